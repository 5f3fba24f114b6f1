//! The settings of an identity domain that flows read: whether users need an e-mail address, how
//! long mailed links are good, and whether a sign-in page says who is locked.
//!
//! They are kept as the document that the domain's interface shows; what it leaves out has the
//! value that a new domain has (facts 2.2).

use crate::call::store_problem;
use iam_api::Problem;
use iam_store::{LinkPurpose, TenancyNo, Tx};
use serde::Deserialize;

/// The setting's name in the store.
pub const NAME: &str = "identity-settings";
pub(crate) const RESET_MINUTES: i64 = 60;
pub(crate) const VERIFY_MINUTES: i64 = 24 * 60;
pub(crate) const ACTIVATE_MINUTES: i64 = 7 * 24 * 60;

/// What flows read of the document.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct IdentitySettings {
    primary_email_required: Option<bool>,
    #[serde(rename = "emitLockedMessageWhenUserIsLocked")]
    tells_of_locks: Option<bool>,
    tokens: Vec<Token>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Token {
    r#type: String,
    expires_after: Option<i64>,
}

impl IdentitySettings {
    /// Whether a new user has to have an e-mail address; so it is unless the domain says otherwise.
    #[must_use]
    pub fn requires_email(&self) -> bool {
        self.primary_email_required.unwrap_or(true)
    }

    /// Whether the sign-in page says of a name that it is locked; it does not unless the domain
    /// says so.
    #[must_use]
    pub fn tells_of_locks(&self) -> bool {
        self.tells_of_locks == Some(true)
    }

    /// How long a link of that purpose is good, in seconds.
    #[must_use]
    pub fn link_seconds(&self, purpose: LinkPurpose) -> i64 {
        let (word, minutes) = match purpose {
            LinkPurpose::Activate => ("createUser", ACTIVATE_MINUTES),
            LinkPurpose::ResetPassword | LinkPurpose::Unblock => ("passwordReset", RESET_MINUTES),
            LinkPurpose::VerifyEmail => ("emailVerification", VERIFY_MINUTES),
        };
        let set = self.tokens.iter().find(|token| token.r#type == word);
        set.and_then(|token| token.expires_after).unwrap_or(minutes).saturating_mul(60)
    }
}

/// The settings of the tenancy's domain.
pub fn load(tx: &mut Tx<'_>, at: TenancyNo) -> Result<IdentitySettings, Problem> {
    match tx.setting(at, NAME).map_err(store_problem)? {
        Some(setting) => serde_json::from_str(&setting.body).map_err(Problem::internal),
        None => Ok(IdentitySettings::default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_document_leaves_out_is_as_in_a_new_domain() {
        let text = r#"{"tokens":[{"type":"passwordReset","expiresAfter":5},{"type":"createUser"}],
                       "primaryEmailRequired":false,"POSIXUid":{}}"#;
        let set: IdentitySettings = serde_json::from_str(text).unwrap();
        let seconds = |purpose| set.link_seconds(purpose);
        assert!(!set.requires_email() && IdentitySettings::default().requires_email());
        assert_eq!(seconds(LinkPurpose::ResetPassword), 5 * 60);
        assert_eq!(seconds(LinkPurpose::Unblock), 5 * 60);
        assert_eq!(seconds(LinkPurpose::VerifyEmail), 24 * 60 * 60);
        assert_eq!(seconds(LinkPurpose::Activate), 7 * 24 * 60 * 60);
    }
}
