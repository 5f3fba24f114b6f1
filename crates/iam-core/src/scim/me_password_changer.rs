//! The change of the caller's own password. That they know the old one was weighed before.

use super::{Document, View, reply_about};
use crate::call::{Call, Reply, store_problem};
use crate::change_password;
use iam_api::Problem;
use iam_api::scim::me_password_changer::{ME_PASSWORD_CHANGERS, MePasswordChanger};
use iam_api::users::User;

/// Sets the password that was prepared.
pub fn put(
    call: &mut Call<'_, '_>,
    _: MePasswordChanger,
) -> Result<Reply<MePasswordChanger>, Problem> {
    let row = call.target_as_seen()?;
    let user: User = row.model().map_err(store_problem)?;
    let (at, prepared) = (call.at(), call.prepared()?);
    change_password::set_own(call.tx, call.context, at, &user, prepared)?;
    let view = View::of(call, &ME_PASSWORD_CHANGERS)?;
    let shown = reply_about(call, &view, &row, Document::new())?;
    Ok(Reply::of(MePasswordChanger(shown)).made(row.id.as_str()))
}
