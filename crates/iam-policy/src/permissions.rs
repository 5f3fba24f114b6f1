//! What each verb grants on each resource type: one table, and sets of permissions made from it.
//!
//! A verb includes the weaker ones, so a row says only what each verb *adds*. A permission is known
//! exactly when it stands in the table. The table is OCI's, but for three cells where OCI's own two
//! tables leave a gap, and one permission of our own; they are marked.

use std::fmt;
use std::sync::LazyLock;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::ast::Resource;
use crate::tail_map::TailMap;

/// How much is granted on a resource type; each includes those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verb {
    /// List, without confidential content.
    Inspect,
    /// See content too.
    Read,
    /// Work with what exists.
    Use,
    /// Everything.
    Manage,
}

impl Verb {
    /// All verbs, from the weakest to the strongest.
    pub const ALL: [Self; 4] = [Self::Inspect, Self::Read, Self::Use, Self::Manage];

    /// The verb of that name, in whatever case.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verb| verb.name().eq_ignore_ascii_case(name))
    }

    /// The verb as it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Inspect => "inspect",
            Self::Read => "read",
            Self::Use => "use",
            Self::Manage => "manage",
        }
    }
}

/// One resource type: its name, and what inspect, read, use and manage add.
struct Row(&'static str, [&'static [&'static str]; 4]);

const TABLE: &[Row] = &[
    Row("audit-events", [&[], &["AUDIT_EVENT_READ"], &[], &[]]),
    Row(
        "authentication-policies",
        [&["AUTHENTICATION_POLICY_INSPECT"], &[], &[], &["AUTHENTICATION_POLICY_UPDATE"]],
    ),
    Row(
        "compartments",
        [
            &["COMPARTMENT_INSPECT"],
            &[],
            // OCI's operations need COMPARTMENT_READ (GetWorkRequest), which its verb table lacks
            // but puts here.
            &["COMPARTMENT_READ", "COMPARTMENT_UPDATE"],
            &["COMPARTMENT_CREATE", "COMPARTMENT_DELETE", "COMPARTMENT_RECOVER"],
        ],
    ),
    Row(
        "credentials",
        [
            &["CREDENTIAL_INSPECT"],
            &[],
            // Durward's own: to ask whether what users show to a service is right.
            &["CREDENTIAL_VERIFY"],
            &["CREDENTIAL_ADD", "CREDENTIAL_REMOVE", "CREDENTIAL_UPDATE"],
        ],
    ),
    Row(
        "domains",
        [
            &["DOMAIN_INSPECT"],
            &["DOMAIN_LICENSETYPE_READ", "DOMAIN_READ"],
            &["DOMAIN_UPDATE", "IAM_WORKREQUEST_READ"],
            &[
                "DOMAIN_ACTIVATE",
                "DOMAIN_CREATE",
                "DOMAIN_DEACTIVATE",
                "DOMAIN_DELETE",
                "DOMAIN_MOVE",
                "DOMAIN_REPLICATE",
            ],
        ],
    ),
    Row(
        "dynamic-groups",
        [
            &["DYNAMIC_GROUP_INSPECT"],
            &[],
            &["DYNAMIC_GROUP_UPDATE"],
            &["DYNAMIC_GROUP_CREATE", "DYNAMIC_GROUP_DELETE"],
        ],
    ),
    Row("groups", [&["GROUP_INSPECT"], &[], &["GROUP_UPDATE"], &["GROUP_CREATE", "GROUP_DELETE"]]),
    // OCI names these two work request types but prints no row for them.
    Row("iamworkrequest", [&["IAM_WORKREQUEST_INSPECT"], &["IAM_WORKREQUEST_READ"], &[], &[]]),
    Row("workrequest", [&["COMPARTMENT_READ"], &[], &[], &[]]),
    Row(
        "identity-providers",
        [
            &["IDENTITY_PROVIDER_INSPECT"],
            &[],
            &[],
            &["IDENTITY_PROVIDER_CREATE", "IDENTITY_PROVIDER_DELETE", "IDENTITY_PROVIDER_UPDATE"],
        ],
    ),
    Row(
        "network-sources",
        [
            &["NETWORK_SOURCE_INSPECT"],
            &[],
            &["NETWORK_SOURCE_UPDATE"],
            &["NETWORK_SOURCE_CREATE", "NETWORK_SOURCE_DELETE"],
        ],
    ),
    // `use policies` does not include the update: who may change a policy may grant everything.
    Row(
        "policies",
        [&["POLICY_READ"], &[], &[], &["POLICY_CREATE", "POLICY_DELETE", "POLICY_UPDATE"]],
    ),
    Row(
        "tag-defaults",
        [
            &["TAG_DEFAULT_INSPECT", "TAG_NAMESPACE_READ"],
            &[],
            &[],
            // OCI's operations need _MANAGE, its verb table gives the three others.
            &[
                "TAG_DEFAULT_CREATE",
                "TAG_DEFAULT_DELETE",
                "TAG_DEFAULT_MANAGE",
                "TAG_DEFAULT_UPDATE",
            ],
        ],
    ),
    Row(
        "tag-namespaces",
        [
            &["TAG_NAMESPACE_INSPECT"],
            &[],
            &["TAG_NAMESPACE_USE"],
            &[
                "TAG_NAMESPACE_CREATE",
                "TAG_NAMESPACE_DELETE",
                "TAG_NAMESPACE_MOVE",
                "TAG_NAMESPACE_UPDATE",
            ],
        ],
    ),
    Row("tenancies", [&["TENANCY_INSPECT"], &[], &["TENANCY_UPDATE"], &[]]),
    Row(
        "users",
        [
            &["USER_INSPECT"],
            &["USER_READ"],
            &["USER_UPDATE"],
            &[
                "USER_APIKEY_ADD",
                "USER_APIKEY_REMOVE",
                "USER_AUTHTOKEN_REMOVE",
                "USER_AUTHTOKEN_RESET",
                "USER_AUTHTOKEN_SET",
                "USER_CREATE",
                "USER_DELETE",
                "USER_OAUTH2_CLIENT_CRED_CREATE",
                "USER_OAUTH2_CLIENT_CRED_REMOVE",
                "USER_OAUTH2_CLIENT_CRED_UPDATE",
                "USER_SECRETKEY_ADD",
                "USER_SECRETKEY_REMOVE",
                "USER_SECRETKEY_UPDATE",
                "USER_SUPPORT_ACCOUNT_LINK",
                "USER_SUPPORT_ACCOUNT_UNLINK",
                "USER_SWIFTPASS_REMOVE",
                "USER_SWIFTPASS_RESET",
                "USER_SWIFTPASS_SET",
                "USER_TOTPDEVICE_ADD",
                "USER_TOTPDEVICE_REMOVE",
                "USER_TOTPDEVICE_UPDATE",
                "USER_UIPASS_RESET",
                "USER_UIPASS_SET",
                "USER_UNBLOCK",
            ],
        ],
    ),
];

/// Every permission once, in alphabetical order; its place is its bit in a [`PermissionSet`].
static PERMISSIONS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let adds = TABLE.iter().flat_map(|Row(_, adds)| adds.iter());
    let mut all: Vec<&str> = adds.flat_map(|names| names.iter().copied()).collect();
    all.sort_unstable();
    all.dedup();
    all
});

/// The place of each permission.
static PLACES: LazyLock<TailMap<&str, u32>> =
    LazyLock::new(|| PERMISSIONS.iter().copied().zip(0..u128::BITS).collect());

/// All permissions there are, in alphabetical order.
#[must_use]
pub fn permissions() -> &'static [&'static str] {
    &PERMISSIONS
}

/// Whether there is a permission of this name, which is case-sensitive here.
#[must_use]
pub fn known_permission(name: &str) -> bool {
    PermissionSet::of([name]).is_some()
}

/// A resource type of the table.
#[derive(Clone, Copy)]
pub struct ResourceType(&'static Row);

impl ResourceType {
    /// All resource types, in the order of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(Self)
    }

    /// The resource type of that name, in whatever case.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|resource| resource.name().eq_ignore_ascii_case(name))
    }

    /// Its name, as it is written in statements.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.0
    }

    /// What the verb grants on it, what weaker verbs grant included.
    #[must_use]
    pub fn grants(self, verb: Verb) -> PermissionSet {
        let verbs = Verb::ALL.into_iter().zip(self.0.1);
        let granted = verbs.filter(|(weaker, _)| *weaker <= verb);
        PermissionSet::of(granted.flat_map(|(_, names)| names.iter().copied())).unwrap_or_default()
    }
}

impl PartialEq for ResourceType {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for ResourceType {}

impl fmt::Debug for ResourceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Resource {
    /// The name, as it is written in statements.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "all-resources",
            Self::Type(resource) => resource.name(),
        }
    }

    /// What the verb grants on it.
    #[must_use]
    pub fn grants(self, verb: Verb) -> PermissionSet {
        match self {
            Self::Type(resource) => resource.grants(verb),
            Self::All => ResourceType::all()
                .fold(PermissionSet::default(), |all, resource| all.union(resource.grants(verb))),
        }
    }
}

/// The need of an operation that no set of single permissions covers.
const EVERYTHING: &str = "manage all-resources";

/// A set of permissions; kept as names, so that another version of the table reads the same.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct PermissionSet(u128);

impl PermissionSet {
    /// Every permission there is.
    #[must_use]
    pub fn all() -> Self {
        Self::of(PERMISSIONS.iter().copied()).unwrap_or_default()
    }

    /// The permissions of these names; `None` where one is unknown.
    pub fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        names.into_iter().try_fold(Self::default(), |set, name| {
            let bit = 1 << PLACES.get(name)?;
            Some(Self(set.0 | bit))
        })
    }

    /// What an operation needs: the permissions of these names, or every one there is where it
    /// names `manage all-resources`; `None` where one is unknown.
    #[must_use]
    pub fn needed(needs: &[&str]) -> Option<Self> {
        match needs.contains(&EVERYTHING) {
            true => Some(Self::all()),
            false => Self::of(needs.iter().copied()),
        }
    }

    /// The permissions of either.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The permissions of this that are not in the other.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Their names, in alphabetical order.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let place = (rest != 0).then(|| rest.trailing_zeros())?;
            rest &= rest - 1;
            PERMISSIONS.get(usize::try_from(place).ok()?).copied()
        })
    }
}

impl fmt::Debug for PermissionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.names()).finish()
    }
}

impl Serialize for PermissionSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.names())
    }
}

impl<'de> Deserialize<'de> for PermissionSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = Vec::<String>::deserialize(deserializer)?;
        Self::of(names.iter().map(String::as_str))
            .ok_or_else(|| D::Error::custom("a permission that this version does not know"))
    }
}
