//! What many models share: life-cycle states and tags.

use iam_derive::Wire;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where a resource is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[serde(rename_all = "UPPERCASE")]
pub enum LifecycleState {
    /// Being made.
    Creating,
    /// In use.
    Active,
    /// Not usable; `inactiveStatus` says why.
    Inactive,
    /// Being deleted.
    Deleting,
    /// Gone.
    Deleted,
}

impl LifecycleState {
    /// As it is written on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Creating => "CREATING",
            Self::Active => "ACTIVE",
            Self::Inactive => "INACTIVE",
            Self::Deleting => "DELETING",
            Self::Deleted => "DELETED",
        }
    }
}

/// Tags without a namespace: key to value.
pub type FreeformTags = BTreeMap<String, String>;

/// Tags in namespaces: namespace to key to value.
pub type DefinedTags = BTreeMap<String, BTreeMap<String, serde_json::Value>>;

/// `inactiveStatus` of a user whom an administrator has locked (facts 1.4).
pub const SUSPENDED: i64 = 1;

/// `inactiveStatus` of a user whom an administrator has deactivated (facts 1.4).
pub const DISABLED: i64 = 2;

/// `inactiveStatus` of a user who is blocked after too many failed sign-ins (facts 1.4).
pub const BLOCKED: i64 = 4;
