//! How many of each thing there may be: the table `[limits]` of the configuration file.

use iam_core::context::Limits;
use serde::{Deserialize, Serialize};
use std::num::NonZeroU32;

/// How many of each thing there may be; what is left out is as in OCI.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names are those of `iam_core::context::Limits`")]
pub struct LimitSettings {
    pub users: NonZeroU32,
    pub groups: NonZeroU32,
    pub policies: NonZeroU32,
    /// Compartments of a tenancy, deleted ones included as long as they are kept.
    pub compartments: NonZeroU32,
    pub groups_per_user: NonZeroU32,
    pub users_per_group: NonZeroU32,
    pub api_keys_per_user: NonZeroU32,
    /// Auth tokens of one user, and as many of each other kind that is shown to other services.
    pub credentials_per_user: NonZeroU32,
    /// OAuth 2.0 client credentials of one user.
    pub oauth2_credentials_per_user: NonZeroU32,
    pub statements_per_policy: NonZeroU32,
    pub statements_per_path: NonZeroU32,
}

impl Default for LimitSettings {
    fn default() -> Self {
        fn number(limit: impl TryInto<u32>) -> NonZeroU32 {
            limit.try_into().ok().and_then(NonZeroU32::new).unwrap_or(NonZeroU32::MAX)
        }
        let limits = Limits::default();
        Self {
            users: number(limits.users),
            groups: number(limits.groups),
            policies: number(limits.policies),
            compartments: number(limits.compartments),
            groups_per_user: number(limits.groups_per_user),
            users_per_group: number(limits.users_per_group),
            api_keys_per_user: number(limits.api_keys_per_user),
            credentials_per_user: number(limits.credentials_per_user),
            oauth2_credentials_per_user: number(limits.oauth2_credentials_per_user),
            statements_per_policy: number(limits.statements_per_policy),
            statements_per_path: number(limits.statements_per_path),
        }
    }
}

impl LimitSettings {
    /// The limits as the operations read them.
    #[must_use]
    pub fn limits(&self) -> Limits {
        let rows = |limit: NonZeroU32| i64::from(limit.get());
        let items = |limit: NonZeroU32| usize::try_from(limit.get()).unwrap_or(usize::MAX);
        Limits {
            users: rows(self.users),
            groups: rows(self.groups),
            policies: rows(self.policies),
            compartments: rows(self.compartments),
            groups_per_user: rows(self.groups_per_user),
            users_per_group: rows(self.users_per_group),
            api_keys_per_user: items(self.api_keys_per_user),
            credentials_per_user: items(self.credentials_per_user),
            oauth2_credentials_per_user: items(self.oauth2_credentials_per_user),
            statements_per_policy: items(self.statements_per_policy),
            statements_per_path: items(self.statements_per_path),
            ..Limits::default() // the others are OCI's
        }
    }
}
