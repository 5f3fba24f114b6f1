//! What all engines are asked: a tenancy with so many statements, a caller in so many groups of it.

/// How many groups and compartments there are that statements speak of.
const GROUPS: usize = 100;
const COMPARTMENTS: usize = 100;
/// The tenancy, which is the root of its compartments.
pub const TENANCY: &str = "ocid1.tenancy.oc1..root";

/// `Allow group … to <may> in <place>`.
pub struct Statement {
    pub group: String,
    pub may: May,
    pub place: String,
}

/// What a statement gives, or a question asks for. Other engines know it as one action; Durward
/// looks for each permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum May {
    ReadTagDefaults,
    ManageUsers,
    ManagePolicies,
}

impl May {
    /// As a statement says it.
    pub fn words(self) -> &'static str {
        match self {
            Self::ReadTagDefaults => "read tag-defaults",
            Self::ManageUsers => "manage users",
            Self::ManagePolicies => "manage policies",
        }
    }

    /// What an operation needs of it: a reset of a password, an update of a policy.
    pub fn needs(self) -> &'static [&'static str] {
        match self {
            Self::ReadTagDefaults => &["TAG_DEFAULT_INSPECT"],
            Self::ManageUsers => &["USER_UPDATE", "USER_UIPASS_RESET"],
            Self::ManagePolicies => &["POLICY_UPDATE"],
        }
    }
}

/// Whether the caller may do that, in a compartment right below the tenancy.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    pub asks: May,
    pub is_allowed: bool,
}

/// A tenancy with a caller.
pub struct Scene {
    pub caller: String,
    /// The caller's groups.
    pub groups: Vec<String>,
    pub statements: Vec<Statement>,
    /// The target's compartment.
    pub place: String,
    /// Every compartment below the tenancy.
    pub compartments: Vec<String>,
}

impl Scene {
    /// The statements are spread evenly over groups and compartments; the last of them lets the
    /// last group of the caller manage users in the whole tenancy.
    pub fn new(statements: usize, groups: usize) -> Self {
        let groups: Vec<String> = (0..groups).map(|number| ocid("group", number)).collect();
        let mut all: Vec<Statement> = (1..statements)
            .map(|number| Statement {
                group: ocid("group", number % GROUPS),
                may: May::ReadTagDefaults,
                place: ocid("compartment", number / GROUPS % COMPARTMENTS),
            })
            .collect();
        all.push(Statement {
            group: groups[groups.len() - 1].clone(),
            may: May::ManageUsers,
            place: TENANCY.to_owned(),
        });
        Self {
            caller: ocid("user", 1),
            groups,
            statements: all,
            place: ocid("compartment", 1),
            compartments: (0..COMPARTMENTS).map(|number| ocid("compartment", number)).collect(),
        }
    }

    /// One that is allowed by the last statement, one that nothing allows.
    pub fn questions(&self) -> [Question; 2] {
        [
            Question { asks: May::ManageUsers, is_allowed: true },
            Question { asks: May::ManagePolicies, is_allowed: false },
        ]
    }
}

/// An OCID that differs from others at its end, as real ones do.
fn ocid(kind: &str, number: usize) -> String {
    format!("ocid1.{kind}.oc1..aaaaaaaa{:a>52}", number.wrapping_mul(2_654_435_761))
}
