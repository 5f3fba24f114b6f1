//! The change of a user's password to one that an administrator knows.

use super::user_password_resetter::{is_set, whose};
use super::{Document, View, reply_about};
use crate::call::{Call, Reply};
use crate::change_password::{self, Told};
use crate::ui_passwords::ONE_TIME_SECONDS;
use iam_api::Problem;
use iam_api::scim::user_password_changer::{USER_PASSWORD_CHANGERS, UserPasswordChanger};

/// Sets the password of the user whom the path names. Somebody else knows it, so it is good for a
/// week and for one thing: to choose another.
pub fn put(
    call: &mut Call<'_, '_>,
    body: UserPasswordChanger,
) -> Result<Reply<UserPasswordChanger>, Problem> {
    let (row, user) = whose(call, &body.0)?;
    let told = if is_set(&body.0, "bypassNotification") { Told::Nothing } else { Told::SetByOther };
    let (at, prepared) = (call.at(), call.prepared()?);
    let expires = call.now.plus_seconds(ONE_TIME_SECONDS);
    change_password::set(call.tx, call.context, at, &user, prepared, told, Some(expires))?;
    let view = View::of(call, &USER_PASSWORD_CHANGERS)?;
    let shown = reply_about(call, &view, &row, Document::new())?;
    Ok(Reply::of(UserPasswordChanger(shown)).made(row.id.as_str()))
}
