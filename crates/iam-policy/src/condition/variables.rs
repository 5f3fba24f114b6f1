//! The variables of conditions: one table, which the parser, the evaluator, the guide and whoever
//! gathers facts read.
//!
//! A row says how a variable is written, which values it may be compared with, and what it stands
//! for. Those of tags are written with a namespace and a key behind them.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::words::{CREDENTIALS, DAYS, EFFECTS, MONTHS, WEEKDAYS, Words};
use crate::error::{PolicyError, quote};
use crate::fold::fold;
use crate::lex::Token;

/// Which values a variable may be compared with, and how.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// Texts and patterns, by `=`, `!=`, `in` and `not in`.
    Text,
    /// `true` or `false`, likewise.
    Flag,
    /// One of these words, likewise.
    Words(&'static Words),
    /// Moments, by `before`, `after` and `between`.
    Moment,
    /// Times of day, by `between`.
    TimeOfDay,
}

/// What is known of a variable.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// As it is written; of a tag's, what stands before the tag.
    pub name: &'static str,
    /// What it stands for, in words that go on a sentence.
    pub doc: &'static str,
    pub(crate) kind: Kind,
}

/// Writes the table and the names of its rows, which therefore are the same.
macro_rules! table {
    ($($name:ident $written:literal $kind:expr, $doc:literal;)*) => {
        /// The name of a variable, without the tag that it may be about.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum VariableName {
            $(#[doc = concat!("`", $written, "`: ", $doc, ".")] $name,)*
        }

        impl VariableName {
            /// All of them, in the order of the guide.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its row of the table.
            #[must_use]
            pub const fn row(self) -> Row {
                match self {
                    $(Self::$name => Row { name: $written, doc: $doc, kind: $kind },)*
                }
            }
        }
    };
}

table! {
    UserId "request.user.id" Kind::Text, "the OCID of the user who asks";
    UserName "request.user.name" Kind::Text, "the name of the user who asks";
    MfaTotpVerified "request.user.mfaTotpVerified" Kind::Flag,
        "whether the user showed a code of a device when the session began; of who signs with an \
         API key it is not known";
    GroupsId "request.groups.id" Kind::Text, "the OCIDs of the groups that the caller is in";
    GroupsName "request.groups.name" Kind::Text, "the names of the groups that the caller is in";
    DynamicGroupId "request.dynamicgroup.id" Kind::Text,
        "the OCIDs of the dynamic groups that the caller is in";
    DynamicGroupName "request.dynamicgroup.name" Kind::Text,
        "the names of the dynamic groups that the caller is in";
    DomainId "request.domain.id" Kind::Text,
        "the OCID of the identity domain that the user who asks is in";
    DomainName "request.domain.name" Kind::Text,
        "the name of the identity domain that the user who asks is in";
    PrincipalId "request.principal.id" Kind::Text, "the OCID of the caller, whatever it is";
    PrincipalType "request.principal.type" Kind::Text, "what the caller is, such as `user`";
    PrincipalCompartmentId "request.principal.compartment.id" Kind::Text,
        "the OCID of the compartment that the caller is in; of users that is the tenancy, or the \
         compartment of their identity domain";
    PrincipalCompartmentTag "request.principal.compartment.tag." Kind::Text,
        "the value of that tag on the compartment that the caller is in";
    PrincipalGroupTag "request.principal.group.tag." Kind::Text,
        "the values of that tag on the groups and dynamic groups that the caller is in";
    InstanceId "request.instance.id" Kind::Text, "the OCID of the compute instance that asks";
    InstanceCompartmentId "request.instance.compartment.id" Kind::Text,
        "the OCID of the compartment that the compute instance is in that asks";
    ResourceCompartmentId "request.resource.compartment.id" Kind::Text,
        "the OCID of the compartment that the resource is in that asks, where it is no instance";
    Permission "request.permission" Kind::Text,
        "the permission that is asked for: where an operation needs several, each is looked at by \
         itself";
    Operation "request.operation" Kind::Text, "the operation, such as `ListUsers`";
    NetworkSource "request.networkSource.name" Kind::Text,
        "the network sources that the request's address is in";
    Region "request.region" Kind::Text,
        "the three letters of the region that the request is sent to, which is the home region";
    Timestamp "request.utc-timestamp" Kind::Moment, "when the request arrived";
    MonthOfYear "request.utc-timestamp.month-of-year" Kind::Words(&MONTHS),
        "the month in which it arrived, `1` to `12`";
    DayOfMonth "request.utc-timestamp.day-of-month" Kind::Words(&DAYS),
        "the day of the month on which it arrived, `1` to `31`";
    DayOfWeek "request.utc-timestamp.day-of-week" Kind::Words(&WEEKDAYS),
        "the day of the week on which it arrived, such as `Monday`";
    TimeOfDay "request.utc-timestamp.time-of-day" Kind::TimeOfDay,
        "the time of day at which it arrived";
    CompartmentId "target.compartment.id" Kind::Text,
        "the OCID of the compartment that is acted on or in: of a compartment its own, of a new \
         one its parent's";
    CompartmentName "target.compartment.name" Kind::Text, "the name of that compartment";
    ResourceTag "target.resource.tag." Kind::Text,
        "the value of that tag on what is acted on, where that is there already";
    ResourceCompartmentTag "target.resource.compartment.tag." Kind::Text,
        "the value of that tag on the compartment that is acted on or in, also where something is \
         listed or made";
    TenantId "target.tenant.id" Kind::Text, "the OCID of the tenancy that is acted in";
    TenantName "target.tenant.name" Kind::Text, "the name of the tenancy that is acted in";
    TargetUserId "target.user.id" Kind::Text, "the OCID of the user who is acted on";
    TargetUserName "target.user.name" Kind::Text, "the name of the user who is acted on or made";
    TargetGroupId "target.group.id" Kind::Text, "the OCID of the group that is acted on";
    TargetGroupName "target.group.name" Kind::Text,
        "the name of the group that is acted on or made";
    TargetGroupMember "target.group.member" Kind::Flag,
        "whether the caller is in the group that is acted on; in a new one nobody is";
    TargetDynamicGroupId "target.dynamicgroup.id" Kind::Text,
        "the OCID of the dynamic group that is acted on";
    TargetDynamicGroupName "target.dynamicgroup.name" Kind::Text,
        "the name of the dynamic group that is acted on";
    TargetPolicyId "target.policy.id" Kind::Text, "the OCID of the policy that is acted on";
    TargetPolicyName "target.policy.name" Kind::Text,
        "the name of the policy that is acted on or made";
    TargetPolicyAutoupdate "target.policy.autoupdate" Kind::Flag,
        "whether the policy that is acted on or made has no version date";
    TargetPolicyType "target.policy.type" Kind::Words(&EFFECTS),
        "`allow`, `deny` or both: what statements the policy has, or is to have";
    TargetTagNamespaceId "target.tag-namespace.id" Kind::Text,
        "the OCID of the tag namespace that is acted on or in";
    TargetTagNamespaceName "target.tag-namespace.name" Kind::Text,
        "the name of the tag namespace that is acted on or in, or made";
    TargetCredentialType "target.credential.type" Kind::Words(&CREDENTIALS),
        "`smtp`, `swift` or `secretkey`, where a credential of that type is acted on or made";
    TargetDomainId "target.domain.id" Kind::Text,
        "the OCID of the identity domain that is acted on";
    TargetDomainName "target.domain.name" Kind::Text,
        "the name of the identity domain that is acted on or made";
    TargetResourceDomainId "target.resource.domain.id" Kind::Text,
        "the OCID of the identity domain that the user or group is in, who is acted on or made";
    TargetResourceDomainName "target.resource.domain.name" Kind::Text,
        "the name of the identity domain that the user or group is in, who is acted on or made";
}

/// Variables of OCI that nothing here can ever know, each with the reason.
const UNKNOWABLE: [(&str, &str); 2] = [
    ("request.ad", "requests come from no availability domain here; name a network source instead"),
    ("request.user.authn-type", "OCI does not say which values it has; name another variable"),
];

impl VariableName {
    /// Whether a namespace and a key belong behind it.
    pub(crate) fn is_of_tag(self) -> bool {
        self.row().name.ends_with('.')
    }

    /// Whether it tells the time, which is always known.
    pub(crate) const fn is_of_clock(self) -> bool {
        matches!(
            self,
            Self::Timestamp
                | Self::MonthOfYear
                | Self::DayOfMonth
                | Self::DayOfWeek
                | Self::TimeOfDay
        )
    }
}

/// What a condition looks at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Variable {
    name: VariableName,
    /// The namespace and key of the tag, with a `.` between them; empty of all others.
    tag: Box<str>,
}

impl From<VariableName> for Variable {
    /// The variable of that name, which is no tag's.
    fn from(name: VariableName) -> Self {
        Self { name, tag: Box::default() }
    }
}

impl Variable {
    /// The variable that is written so, in whatever case.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        VariableName::ALL.iter().find_map(|name| {
            let written = name.row().name;
            let (start, tag) = text.split_at_checked(written.len())?;
            let fits = if name.is_of_tag() { is_tag(tag) } else { tag.is_empty() };
            let is_it = fits && start.eq_ignore_ascii_case(written);
            is_it.then(|| Self { name: *name, tag: tag.into() })
        })
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> VariableName {
        self.name
    }

    /// The same in the form in which tags are compared.
    #[must_use]
    pub fn folded(&self) -> Self {
        Self { name: self.name, tag: fold(&self.tag).into() }
    }

    /// The namespace and key of the tag that it is about; none where it is about no tag.
    #[must_use]
    pub fn tag(&self) -> Option<(&str, &str)> {
        self.tag.split_once('.')
    }

    pub(crate) fn kind(&self) -> Kind {
        self.name.row().kind
    }

    /// The variable that a statement names there.
    pub(super) fn read(token: &Token<'_>) -> Result<Self, PolicyError> {
        let text = token.text;
        if let Some(found) = Self::named(text) {
            return Ok(found);
        }
        let refuse = |message: String| PolicyError::new(token.span.clone(), message);
        let same = |name: &str| name.eq_ignore_ascii_case(text);
        if let Some((_, reason)) = UNKNOWABLE.iter().find(|(name, _)| same(name)) {
            let message = format!("the variable {} is never known here", quote(text));
            return Err(refuse(message).with_hint(*reason));
        }
        let mut of_tags = VariableName::ALL.iter().filter(|name| name.is_of_tag());
        let start = of_tags.find_map(|name| {
            let written = name.row().name;
            let start = text.get(..written.len() - 1)?;
            start.eq_ignore_ascii_case(written.trim_end_matches('.')).then_some(written)
        });
        if let Some(start) = start {
            return Err(refuse(format!("{} names no tag", quote(text)))
                .with_hint(format!("write `{start}<namespace>.<key>`")));
        }
        let known = VariableName::ALL.iter().map(|name| name.row().name);
        let unknown = UNKNOWABLE.iter().map(|(name, _)| *name);
        Err(refuse(format!("unknown variable {}", quote(text))).suggest(text, known.chain(unknown)))
    }
}

/// Whether that is a namespace and a key; neither of them can hold a `.`.
fn is_tag(text: &str) -> bool {
    text.split_once('.')
        .is_some_and(|(space, key)| !space.is_empty() && !key.is_empty() && !key.contains('.'))
}

impl fmt::Display for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name.row().name)?;
        f.write_str(&self.tag)
    }
}

impl Serialize for Variable {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Variable {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = String::deserialize(input)?;
        Self::named(&text).ok_or_else(|| de::Error::custom(format!("no variable: {text}")))
    }
}

#[cfg(test)]
mod tests {
    use super::{Variable, VariableName};

    #[test]
    fn a_variable_is_known_by_its_name_and_written_by_it() {
        for name in VariableName::ALL {
            let tag = if name.is_of_tag() { "Ops.Team" } else { "" };
            let written = format!("{}{tag}", name.row().name);
            let found = Variable::named(&written.to_uppercase()).unwrap();
            assert_eq!(found.name(), *name);
            assert_eq!(found.folded().tag(), name.is_of_tag().then_some(("ops", "team")));
            assert_eq!(found.to_string().to_lowercase(), written.to_lowercase());
            assert!(!name.row().doc.is_empty() && !name.row().doc.ends_with('.'));
        }
    }

    #[test]
    fn names_are_whole() {
        for wrong in [
            "",
            "request",
            "request.user.id.x",
            "target.resource.tag",
            "target.resource.tag.",
            "target.resource.tag.ops",
            "target.resource.tag.ops.",
            "target.resource.tag..team",
            "target.resource.tag.ops.team.x",
        ] {
            assert_eq!(Variable::named(wrong), None, "{wrong}");
        }
    }
}
