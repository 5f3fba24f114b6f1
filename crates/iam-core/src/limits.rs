//! How many of each thing there may be: one table, which the configuration file's `[limits]` is.

use serde::{Deserialize, Deserializer, Serialize};
use std::num::NonZeroU32;

/// Writes the table out as a struct, and as its defaults.
macro_rules! limits {
    ($($(#[doc = $doc:literal])+ $name:ident: $number:ty = $default:literal,)+) => {
        /// How many of each thing there may be, from one on. The defaults are OCI's (facts 3.2). In
        /// the configuration file the names have dashes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
        pub struct Limits {
            $($(#[doc = $doc])+ #[serde(deserialize_with = "from_one")] pub $name: $number,)+
        }

        impl Default for Limits {
            fn default() -> Self {
                Self { $($name: $default,)+ }
            }
        }
    };
}

limits! {
    /// Users of a tenancy.
    users: i64 = 2_000,
    /// Groups of a tenancy.
    groups: i64 = 250,
    /// Policies of a tenancy.
    policies: i64 = 100,
    /// Compartments of a tenancy, deleted ones included as long as they are kept.
    compartments: i64 = 1_000,
    /// Identity domains of a tenancy.
    domains: i64 = 10,
    /// Identity providers of a tenancy.
    identity_providers: i64 = 3,
    /// Group mappings of one identity provider.
    mappings_per_identity_provider: i64 = 250,
    /// Tag namespaces of a tenancy.
    tag_namespaces: i64 = 100,
    /// Tags of one tag namespace.
    tags_per_namespace: i64 = 100,
    /// Tag defaults of one compartment.
    tag_defaults_per_compartment: i64 = 5,
    /// Tags of a tenancy by which costs are tracked.
    cost_tracking_tags: usize = 10,
    /// Dynamic groups of a tenancy.
    dynamic_groups: i64 = 50,
    /// Network sources of a tenancy.
    network_sources: i64 = 10,
    /// Groups that one user is in.
    groups_per_user: i64 = 250,
    /// Users in one group.
    users_per_group: i64 = 2_000,
    /// API keys of one user.
    api_keys_per_user: usize = 3,
    /// Auth tokens of one user, and as many of each other kind that is shown to other services.
    credentials_per_user: usize = 2,
    /// OAuth 2.0 client credentials of one user.
    oauth2_credentials_per_user: usize = 10,
    /// Statements of one policy.
    statements_per_policy: usize = 50,
    /// Statements on any way from the root to a leaf of the compartments.
    statements_per_path: usize = 500,
}

/// A limit of nothing is a slip of the pen, and so is one that no store could hold.
fn from_one<'de, D, N>(source: D) -> Result<N, D::Error>
where
    D: Deserializer<'de>,
    N: TryFrom<u32, Error: std::fmt::Display>,
{
    let number = NonZeroU32::deserialize(source)?;
    N::try_from(number.get()).map_err(serde::de::Error::custom)
}
