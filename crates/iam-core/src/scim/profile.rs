//! What only the domain's interface tells of a user, as it is kept beside the user's row: names,
//! numbers, addresses, who made them, and when an administrator locked them.

use super::Document;
use crate::call::{Call, store_problem};
use iam_api::{Ocid, Problem, Timestamp};
use iam_store::{TenancyNo, Tx};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The most bytes of a user's document: enough for every attribute, and for no other use.
const BYTES_MAX: usize = 16 * 1024;
/// The attributes that are kept as they were sent.
pub(crate) const KEPT: [&str; 18] = [
    "externalId",
    "displayName",
    "nickName",
    "profileUrl",
    "title",
    "userType",
    "locale",
    "preferredLanguage",
    "timezone",
    "name",
    "emails",
    "phoneNumbers",
    "ims",
    "photos",
    "addresses",
    "entitlements",
    "roles",
    "tags",
];
/// The extension that is kept as it was sent.
pub(crate) const ENTERPRISE_URN: &str =
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// What is kept.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Profile {
    /// The attributes as they were sent.
    pub(crate) attributes: Document,
    /// When an administrator locked the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) locked: Option<Timestamp>,
    /// The OCID of who made the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) created_by: Option<Ocid>,
    /// The OCID of who last changed the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) modified_by: Option<Ocid>,
}

impl Profile {
    /// The user's, or an empty one.
    pub(crate) fn load(tx: &mut Tx<'_>, at: TenancyNo, user: &Ocid) -> Result<Self, Problem> {
        match tx.profile(at, user).map_err(store_problem)? {
            None => Ok(Self::default()),
            Some(text) => serde_json::from_str(&text).map_err(Problem::internal),
        }
    }

    /// Keeps it.
    pub(crate) fn keep(&self, tx: &mut Tx<'_>, at: TenancyNo, user: &Ocid) -> Result<(), Problem> {
        let text = serde_json::to_string(self).map_err(Problem::internal)?;
        if text.len() > BYTES_MAX {
            return Err(Problem::invalid(format!(
                "the user's attributes take {} bytes; they may take {BYTES_MAX}",
                text.len()
            )));
        }
        tx.set_profile(at, user, &text).map_err(store_problem)
    }

    /// Notes that the caller has made the user, or changed them: where there is a domain to ask.
    pub(crate) fn sign(call: &mut Call<'_, '_>, user: &Ocid, is_new: bool) -> Result<(), Problem> {
        if !call.principal.has_domain {
            return Ok(());
        }
        let (at, caller) = (call.at(), call.principal.user.clone());
        Self::sign_as(call.tx, at, user, caller, is_new)
    }

    /// The same in the name of somebody who asked for it earlier.
    pub(crate) fn sign_as(
        tx: &mut Tx<'_>,
        at: TenancyNo,
        user: &Ocid,
        caller: Ocid,
        is_new: bool,
    ) -> Result<(), Problem> {
        let mut profile = Self::load(tx, at, user)?;
        if is_new {
            profile.created_by = Some(caller.clone());
        }
        profile.modified_by = Some(caller);
        // Not by `keep`: whoever changes something else must not fail at the bound.
        let text = serde_json::to_string(&profile).map_err(Problem::internal)?;
        tx.set_profile(at, user, &text).map_err(store_problem)
    }

    /// How the user wants to be called.
    pub(crate) fn display_name(&self) -> Option<&str> {
        let name = self.attributes.get("displayName").and_then(Value::as_str);
        name.map(str::trim).filter(|name| !name.is_empty())
    }

    /// A part of the user's name, such as `givenName`.
    pub(crate) fn name_part(&self, part: &str) -> Option<&str> {
        self.attributes.get("name").and_then(|name| name.get(part)).and_then(Value::as_str)
    }
}
