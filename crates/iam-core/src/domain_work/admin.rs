//! The first user of a new domain, who administers it.

use super::NAME_MAX;
use crate::context::Context;
use crate::fields::{check_email, check_name};
use crate::scim::Profile;
use crate::users::{self, NAME_SIGNS};
use crate::work_requests::Work;
use crate::{recovery, tree};
use iam_api::domains::CreateDomainDetails;
use iam_api::users::User;
use iam_api::{Code, Ocid, Problem};
use iam_store::{Resource, ResourceKind, Tx};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The first user of a domain.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Admin {
    name: String,
    given_name: Option<String>,
    family_name: Option<String>,
    email: Option<String>,
    is_quiet: bool,
}

impl Admin {
    /// The one that a new domain is to have, if one is named.
    pub(super) fn asked_for(details: &CreateDomainDetails) -> Result<Option<Self>, Problem> {
        let given = |value: &Option<String>| value.clone().filter(|text| !text.is_empty());
        let email = given(&details.admin_email);
        let (given_name, family_name) =
            (given(&details.admin_first_name), given(&details.admin_last_name));
        let missing = |name: &str, why: &str| {
            Err(Problem::new(Code::MissingParameter, format!("{name} is missing: {why}")))
        };
        let Some(name) = given(&details.admin_user_name) else {
            if email.is_some() || given_name.is_some() || family_name.is_some() {
                return missing("adminUserName", "the administrator needs a name to sign in under");
            }
            return Ok(None);
        };
        check_name("adminUserName", &name, NAME_SIGNS)?;
        for part in [&given_name, &family_name].into_iter().flatten() {
            if part.chars().count() > NAME_MAX {
                return Err(Problem::invalid(format!(
                    "the administrator's names may have at most {NAME_MAX} characters each"
                )));
            }
        }
        match &email {
            Some(email) => check_email(email)?,
            None if details.is_primary_email_required == Some(false) => {}
            None => {
                let why =
                    "users of the domain need an address, unless isPrimaryEmailRequired is false";
                return missing("adminEmail", why);
            }
        }
        let is_quiet = details.is_notification_bypassed == Some(true);
        Ok(Some(Self { name, given_name, family_name, email, is_quiet }))
    }

    /// Makes that user, who gets a link to a first password by mail.
    pub(super) fn make(
        &self,
        tx: &mut Tx<'_>,
        context: &Context,
        work: &mut Work,
        domain: &Resource,
    ) -> Result<(), Problem> {
        let at = work.at;
        let path = tree::path_to_root(tx, at, &domain.parent)?.unwrap_or_default();
        let root = path.last().ok_or_else(Problem::not_found)?;
        let id = Ocid::new(ResourceKind::User.as_str(), &context.random());
        let user = User {
            email_verified: self.email.as_ref().map(|_| false),
            email: self.email.clone(),
            ..users::blank(id, root, self.name.clone(), work.now)
        };
        users::insert(tx, context, at, &user, &domain.id)?;
        let mut profile = Profile::default();
        let name = json!({"givenName": self.given_name, "familyName": self.family_name});
        let name: serde_json::Map<_, _> = match name {
            serde_json::Value::Object(name) => name.into_iter().filter(|(_, part)| !part.is_null()),
            _ => return Err(Problem::internal("a name is no object")),
        }
        .collect();
        if !name.is_empty() {
            profile.attributes.insert("name".to_owned(), name.into());
        }
        profile.keep(tx, at, &user.id)?;
        work.log(format!("made its administrator `{}`", self.name));
        if self.is_quiet {
            return Ok(());
        }
        recovery::welcome(tx, context, at, &user)
    }
}
