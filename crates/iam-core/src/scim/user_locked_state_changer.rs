//! Whether a user is locked: kept from signing in, after failures or by an administrator.

use super::user_password_resetter::is_set;
use super::{Profile, View, must_be_meant, reply_about};
use crate::call::{Call, Reply, store_problem};
use crate::{mail, recovery, users};
use iam_api::scim::user_locked_state_changer::{
    USER_LOCKED_STATE_CHANGERS, UserLockedStateChanger,
};
use iam_api::users::User;
use iam_api::{Problem, SUSPENDED};
use iam_store::Resource;
use serde_json::json;

/// Locks or unlocks the user whom the body names; what is so already stays so.
///
/// An administrator's lock is not a block: it does not end by itself, and no link that is mailed to
/// the user ends it.
pub fn create(
    call: &mut Call<'_, '_>,
    body: UserLockedStateChanger,
) -> Result<Reply<UserLockedStateChanger>, Problem> {
    let row = call.target()?;
    must_be_meant(call, &row.id, &body.0)?;
    let locked = is_set(&body.0, "locked");
    let row = if locked { lock(call, row)? } else { unlock(call, row)? };
    let view = View::of(call, &USER_LOCKED_STATE_CHANGERS)?;
    let own = [
        ("userId".to_owned(), body.0.get("userId").cloned().unwrap_or_default()),
        ("locked".to_owned(), json!(locked)),
    ];
    let shown = reply_about(call, &view, &row, own.into_iter().collect())?;
    Ok(Reply::of(UserLockedStateChanger(shown)).made(row.id.as_str()))
}

fn lock(call: &mut Call<'_, '_>, mut row: Resource) -> Result<Resource, Problem> {
    let mut user: User = row.model().map_err(store_problem)?;
    let (at, status) = (call.at(), user.inactive_status.unwrap_or(0));
    if status & SUSPENDED != 0 {
        return Ok(row);
    }
    users::set_status(&mut user, status | SUSPENDED);
    users::keep(call, &mut row, &mut user)?;
    let mut profile = Profile::load(call.tx, at, &row.id)?;
    profile.locked = Some(call.now);
    profile.keep(call.tx, at, &row.id)?;
    call.tx.end_sessions(at, &row.id).map_err(store_problem)?;
    Ok(row)
}

fn unlock(call: &mut Call<'_, '_>, row: Resource) -> Result<Resource, Problem> {
    let at = call.at();
    let (mut row, was_blocked) = users::unblock(call.tx, call.context, at, row)?;
    let mut user: User = row.model().map_err(store_problem)?;
    let status = user.inactive_status.unwrap_or(0);
    let was_locked = status & SUSPENDED != 0;
    if was_locked {
        users::set_status(&mut user, status & !SUSPENDED);
        users::keep(call, &mut row, &mut user)?;
    }
    if was_blocked && !was_locked {
        Profile::sign(call, &user.id, false)?;
    }
    if was_blocked || was_locked {
        recovery::tell(call.tx, call.context, at, mail::Event::AccountUnlocked, &user)?;
    }
    Ok(row)
}
