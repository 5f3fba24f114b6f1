//! Locks: what keeps a resource from being changed or deleted by mistake. Who may change it may
//! also lift them, so they are no permissions.

use crate::call::Call;
use crate::fields::check_description;
use iam_api::locks::{AddLockDetails, LockType, ResourceLock};
use iam_api::{Code, Problem, Timestamp};

/// What a lock may forbid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    /// A change.
    Change,
    /// The end.
    Deletion,
}

/// The locks that something has from its beginning.
pub(crate) fn of_new(
    now: Timestamp,
    given: Option<Vec<AddLockDetails>>,
) -> Result<Vec<ResourceLock>, Problem> {
    let mut locks = Vec::new();
    for lock in given.unwrap_or_default() {
        add(now, &mut locks, lock)?;
    }
    Ok(locks)
}

/// Adds a lock; there is at most one of each type.
pub(crate) fn add(
    now: Timestamp,
    locks: &mut Vec<ResourceLock>,
    new: AddLockDetails,
) -> Result<(), Problem> {
    check_description(new.message.as_deref().unwrap_or_default())
        .map_err(|_| Problem::invalid("message of a lock has more than 400 characters"))?;
    if locks.iter().any(|lock| lock.kind == new.kind) {
        return Err(Problem::new(
            Code::Conflict,
            format!("there is a {} lock already; remove it first", new.kind.as_str()),
        ));
    }
    locks.push(ResourceLock {
        kind: new.kind,
        related_resource_id: new.related_resource_id,
        message: new.message,
        time_created: now,
        is_active: true,
    });
    Ok(())
}

/// Removes the lock of that type.
pub(crate) fn remove(locks: &mut Vec<ResourceLock>, kind: LockType) -> Result<(), Problem> {
    let before = locks.len();
    locks.retain(|lock| lock.kind != kind);
    if locks.len() < before {
        return Ok(());
    }
    Err(Problem::new(Code::Conflict, format!("there is no {} lock to remove", kind.as_str())))
}

/// Refuses what a lock forbids, unless the request says that it is meant in spite of it.
pub(crate) fn must_allow(
    call: &Call<'_, '_>,
    what: &str,
    locks: &[ResourceLock],
    deed: Deed,
) -> Result<(), Problem> {
    if call.params.get("isLockOverride") == Some("true") {
        return Ok(());
    }
    must_not_forbid(what, locks, deed)
}

/// Refuses what a lock forbids.
pub(crate) fn must_not_forbid(
    what: &str,
    locks: &[ResourceLock],
    deed: Deed,
) -> Result<(), Problem> {
    let forbids = |lock: &&ResourceLock| lock.kind == LockType::Full || deed == Deed::Deletion;
    let Some(lock) = locks.iter().filter(|lock| lock.is_active).find(forbids) else {
        return Ok(());
    };
    let why = lock.message.as_deref().map(|why| format!(": {}", why.escape_debug()));
    Err(Problem::new(
        Code::ResourceLocked,
        format!(
            "{what} has a {} lock{}; remove it, or set isLockOverride",
            lock.kind.as_str(),
            why.unwrap_or_default()
        ),
    ))
}
