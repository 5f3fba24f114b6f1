//! Whether a user is active.

use super::user_document::is_active;
use super::user_edit::Effects;
use super::users::keep;
use super::{Identity, View, must_be_meant, scim_id};
use crate::call::{Call, Reply, store_problem};
use crate::users;
use iam_api::scim::user_status_changer::{USER_STATUS_CHANGERS, UserStatusChanger};
use iam_api::users::User;
use iam_api::{Code, Problem};
use serde_json::{Value, json};

/// Activates a user, or deactivates them.
pub fn put(
    call: &mut Call<'_, '_>,
    body: UserStatusChanger,
) -> Result<Reply<UserStatusChanger>, Problem> {
    let row = call.target_as_seen()?;
    must_be_meant(call, &row.id, &body.0)?;
    let active = body.0.get("active").and_then(Value::as_bool);
    let active = active.ok_or_else(|| {
        Problem::new(Code::MissingParameter, "active is missing; set it to true or false")
    })?;
    let mut user: User = row.model().map_err(store_problem)?;
    let row = if is_active(&user) == active {
        row
    } else {
        users::set_active(&mut user, active);
        keep(call, row, user, &Effects { activated: Some(active), ..Effects::default() })?
    };
    let view = View::of(call, &USER_STATUS_CHANGERS)?;
    let identity = Identity::of_row(scim_id(&row.id)?, &row);
    let own = [("active".to_owned(), json!(active))].into_iter().collect();
    let document = view.dress(call, &identity, own);
    let reply = Reply::of(UserStatusChanger(view.show(&document)));
    Ok(reply.etag(&row.etag).made(row.id.as_str()))
}
