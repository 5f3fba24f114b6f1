//! What kinds of credentials a user may use.

use super::user_edit::{Effects, take_capabilities};
use super::users::keep;
use super::{Identity, View, must_be_meant, scim_id};
use crate::call::{Call, Reply, store_problem};
use iam_api::Problem;
use iam_api::scim::user_capabilities_changer::{
    USER_CAPABILITIES_CHANGERS, UserCapabilitiesChanger,
};
use iam_api::users::User;

/// Changes what kinds of credentials a user may use. What is left out stays as it is.
pub fn put(
    call: &mut Call<'_, '_>,
    body: UserCapabilitiesChanger,
) -> Result<Reply<UserCapabilitiesChanger>, Problem> {
    let row = call.target_as_seen()?;
    must_be_meant(call, &row.id, &body.0)?;
    let mut user: User = row.model().map_err(store_problem)?;
    let bars_console = take_capabilities(&mut user, &body.0)?;
    let own = super::user_document::capabilities(user.capabilities.as_ref());
    let row = keep(call, row, user, &Effects { bars_console, ..Effects::default() })?;
    let view = View::of(call, &USER_CAPABILITIES_CHANGERS)?;
    let identity = Identity::of_row(scim_id(&row.id)?, &row);
    let document = view.dress(call, &identity, own);
    let reply = Reply::of(UserCapabilitiesChanger(view.show(&document)));
    Ok(reply.etag(&row.etag).made(row.id.as_str()))
}
