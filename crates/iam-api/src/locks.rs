//! Locks: what keeps a resource from being changed or deleted by mistake.

use crate::operation::Param;
use crate::wire::Kind;
use crate::{Ocid, Timestamp};
use iam_derive::Wire;
use serde::{Deserialize, Serialize};

/// What a lock keeps from happening.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[serde(rename_all = "UPPERCASE")]
pub enum LockType {
    /// Changes and deletion.
    Full,
    /// Deletion alone.
    Delete,
}

impl LockType {
    /// As it is written on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Full => "FULL",
            Self::Delete => "DELETE",
        }
    }
}

/// A lock on a resource.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct ResourceLock {
    /// FULL keeps the resource from being changed or deleted, DELETE from being deleted alone.
    #[serde(rename = "type")]
    pub kind: LockType,
    /// The OCID of the resource for whose sake there is this lock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub related_resource_id: Option<Ocid>,
    /// Why there is this lock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// When the lock was added.
    pub time_created: Timestamp,
    /// Whether the lock counts.
    pub is_active: bool,
}

/// A lock to add.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddLockDetails {
    /// FULL keeps the resource from being changed or deleted, DELETE from being deleted alone.
    #[serde(rename = "type")]
    pub kind: LockType,
    /// The OCID of the resource for whose sake there is this lock.
    pub related_resource_id: Option<Ocid>,
    /// Why there is this lock, for whoever meets it: at most 400 characters.
    pub message: Option<String>,
}

/// A lock to remove.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RemoveLockDetails {
    /// Which of the resource's locks: there is at most one of each type.
    #[serde(rename = "type")]
    pub kind: LockType,
}

/// `isLockOverride`.
pub const IS_LOCK_OVERRIDE: Param = Param::query(
    "isLockOverride",
    Kind::Boolean,
    "Whether this is done in spite of locks that forbid it.",
);
