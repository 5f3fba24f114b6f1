//! Whether a user is locked: kept from signing in, after failures or by an administrator.

use super::user_password_resetter::is_set;
use super::{View, must_be_meant, reply_about};
use crate::call::{Call, Reply, store_problem};
use crate::{mail, recovery, sign_in, users};
use iam_api::Problem;
use iam_api::scim::user_locked_state_changer::{
    USER_LOCKED_STATE_CHANGERS, UserLockedStateChanger,
};
use iam_api::users::User;
use serde_json::json;

/// Locks or unlocks the user whom the body names; what is so already stays so.
pub fn create(
    call: &mut Call<'_, '_>,
    body: UserLockedStateChanger,
) -> Result<Reply<UserLockedStateChanger>, Problem> {
    let row = call.target()?;
    must_be_meant(call, &row.id, &body.0)?;
    let (at, locked) = (call.at(), is_set(&body.0, "locked"));
    if locked {
        sign_in::block(call.tx, call.context, at, &row)?;
    } else {
        let (row, was_locked) = users::unblock(call.tx, call.context, at, row.clone())?;
        if was_locked {
            let user: User = row.model().map_err(store_problem)?;
            recovery::tell(call.tx, call.context, at, mail::Event::AccountUnlocked, &user)?;
        }
    }
    let view = View::of(call, &USER_LOCKED_STATE_CHANGERS)?;
    let own = [
        ("userId".to_owned(), body.0.get("userId").cloned().unwrap_or_default()),
        ("locked".to_owned(), json!(locked)),
    ];
    let shown = reply_about(call, &view, &row, own.into_iter().collect())?;
    Ok(Reply::of(UserLockedStateChanger(shown)).made(row.id.as_str()))
}
