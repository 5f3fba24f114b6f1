//! What is asked of a thing that was read elsewhere: the same as if it were made here.

use crate::fields::{check_description, check_email, check_name, check_tag_name};
use crate::kept::Model;
use crate::{domains, network_sources, tagging, tags, users};
use iam_api::compartments::Compartment;
use iam_api::dynamic_groups::DynamicGroup;
use iam_api::groups::Group;
use iam_api::network_sources::NetworkSources;
use iam_api::policies::Policy;
use iam_api::tag_defaults::TagDefault;
use iam_api::tag_namespaces::TagNamespace;
use iam_api::tags::Tag;
use iam_api::tenancies::Tenancy;
use iam_api::users::User;
use iam_api::{Ocid, Problem};
use iam_store::{Resource, ResourceKind};

/// The longest OCID.
const OCID_BYTES_MAX: usize = 255;
/// The fewest parts of an OCID.
const OCID_PARTS_MIN: usize = 5;
/// The longest text that nothing here makes sense of: a matching rule, a statement.
const TEXT_BYTES_MAX: usize = 64 * 1024;
/// The most statements of a policy.
const STATEMENTS_MAX: usize = 1_000;

const ROOT: &[ResourceKind] = &[ResourceKind::Tenancy];
const COMPARTMENTS: &[ResourceKind] = &[ResourceKind::Tenancy, ResourceKind::Compartment];

/// A model that may come from elsewhere.
pub(super) trait Foreign: Model {
    /// What one is called.
    const WHAT: &'static str;
    /// What several are called.
    const PLURAL: &'static str;
    /// What it must be in.
    const IN: &'static [ResourceKind];
    /// What is wrong where it is in something else.
    const IN_WORDS: &'static str = "no compartment that was brought";

    /// What else must be there.
    fn needs(&self) -> Option<&Ocid> {
        None
    }

    /// Refuses what nobody could have made here.
    fn check(&self) -> Result<(), Problem>;
}

/// Refuses what is no OCID of that kind.
pub(super) fn check_ocid(id: &Ocid, kind: ResourceKind) -> Result<(), Problem> {
    check_shape(id)?;
    let word = id.as_str().split(['.', ':']).nth(1).unwrap_or_default();
    match ResourceKind::from_word(word).filter(|named| *named != kind) {
        None => Ok(()),
        Some(_) => Err(Problem::invalid(format!("its OCID is that of a {word}"))),
    }
}

/// Refuses what does not look like an OCID. Old ones have colons, and a region.
pub(super) fn check_shape(id: &Ocid) -> Result<(), Problem> {
    let text = id.as_str();
    let sound = |byte: u8| byte.is_ascii_alphanumeric() || b".:-_".contains(&byte);
    if text.starts_with("ocid")
        && text.len() <= OCID_BYTES_MAX
        && text.bytes().all(sound)
        && text.split(['.', ':']).count() >= OCID_PARTS_MIN
    {
        return Ok(());
    }
    let shown: String = text.chars().take(100).collect();
    Err(Problem::invalid(format!("`{}` is no OCID", shown.escape_debug())))
}

/// Refuses a tenancy that could not have been made here.
pub(super) fn tenancy(tenancy: &Tenancy) -> Result<(), Problem> {
    check_name("tenancy name", &tenancy.name, ".-_")?;
    check_name("home region", &tenancy.home_region, "-")?;
    check_name("home region key", &tenancy.home_region_key, "-")?;
    check_description(&tenancy.description)?;
    tagging::check(&tenancy.freeform_tags, &tenancy.defined_tags)
}

/// Refuses a domain that could not have been made here: its address is made of its OCID.
pub(super) fn domain(row: &Resource) -> Result<(), Problem> {
    if !domains::is_one(&row.id) {
        let shown: String = row.id.as_str().chars().take(100).collect();
        let shown = shown.escape_debug();
        return Err(Problem::invalid(format!("`{shown}` is no OCID of a domain")));
    }
    crate::domain_work::check_display_name(&row.name)
}

fn check_text(what: &str, text: &str) -> Result<(), Problem> {
    if text.len() <= TEXT_BYTES_MAX {
        return Ok(());
    }
    Err(Problem::invalid(format!("{what} has more than {TEXT_BYTES_MAX} bytes")))
}

/// Models with description and tags, and what else is asked of each.
macro_rules! foreign {
    ($($model:ty, $what:literal, $plural:literal, in $place:expr, $more:expr;)*) => {$(
        impl Foreign for $model {
            const WHAT: &'static str = $what;
            const PLURAL: &'static str = $plural;
            const IN: &'static [ResourceKind] = $place;

            fn check(&self) -> Result<(), Problem> {
                check_description(&self.description)?;
                tagging::check(&self.freeform_tags, &self.defined_tags)?;
                let more: fn(&Self) -> Result<(), Problem> = $more;
                more(self)
            }
        }
    )*};
}

foreign! {
    Compartment, "compartment", "compartments", in COMPARTMENTS,
        |one| check_name("compartment name", &one.name, ".-_");
    Group, "group", "groups", in ROOT, |one| check_name("group name", &one.name, ".-_");
    DynamicGroup, "dynamic group", "dynamic groups", in ROOT, |one| {
        check_text("matchingRule", &one.matching_rule)?;
        check_name("dynamic group name", &one.name, ".-_")
    };
    NetworkSources, "network source", "network sources", in ROOT, |one| {
        check_name("network source name", &one.name, ".-_")?;
        network_sources::check(one)
    };
    User, "user", "users", in ROOT, |one| {
        check_name("user name", &one.name, users::NAME_SIGNS)?;
        if let Some(name) = one.db_user_name.as_deref() {
            users::check_db_user_name(name)?;
        }
        one.email.as_deref().map_or(Ok(()), check_email)
    };
    TagNamespace, "tag namespace", "tag namespaces", in COMPARTMENTS,
        |one| check_tag_name("tag namespace name", &one.name);
    Tag, "tag", "tags", in &[ResourceKind::TagNamespace], |one| {
        check_tag_name("tag name", &one.name)?;
        one.validator.clone().map_or(Ok(()), |validator| tags::check_validator(validator).map(|_| ()))
    };
    Policy, "policy", "policies", in COMPARTMENTS, |one| {
        check_name("policy name", &one.name, " .-_")?;
        if one.statements.len() > STATEMENTS_MAX {
            let message = format!("it has more than {STATEMENTS_MAX} statements");
            return Err(Problem::invalid(message));
        }
        one.statements.iter().try_for_each(|text| check_text("a statement", text))
    };
}

impl Foreign for TagDefault {
    const WHAT: &'static str = "tag default";
    const PLURAL: &'static str = "tag defaults";
    const IN: &'static [ResourceKind] = COMPARTMENTS;

    fn needs(&self) -> Option<&Ocid> {
        Some(&self.tag_definition_id)
    }

    fn check(&self) -> Result<(), Problem> {
        tagging::check_value(&self.value, None, "value")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ocid_is_of_its_kind_old_or_new() {
        let user = |text: &str| check_ocid(&Ocid::from(text), ResourceKind::User);
        for good in [
            "ocid1.user.oc1..aaaa",
            "ocidv1:user:oc1:phx:1460406592660:aaaa",
            "ocid1.saml2idpuser.oc1..aaaa",
        ] {
            assert!(user(good).is_ok(), "{good}");
        }
        let long = format!("ocid1.user.oc1..{}", "a".repeat(300));
        for bad in [
            "",
            "host",
            "ocid1.group.oc1..a",
            "ocid1.domain.oc1..a",
            "ocid1.user.oc1",
            "ocid1.user.oc1..a/b",
            "ocid1.user.oc1..a\n",
            "ocid1.user.oc1..ä",
            &long,
        ] {
            assert!(user(bad).is_err(), "{bad}");
        }
    }
}
