//! The request for a link with which a forgotten password is replaced.

use super::{Document, View, text};
use crate::call::{Call, Reply};
use crate::recovery;
use iam_api::Problem;
use iam_api::scim::me_password_reset_requestor::{
    ME_PASSWORD_RESET_REQUESTORS, MePasswordResetRequestor,
};
use serde_json::json;

/// Writes down who asks. The answer is the same for every name.
pub fn create(
    call: &mut Call<'_, '_>,
    body: MePasswordResetRequestor,
) -> Result<Reply<MePasswordResetRequestor>, Problem> {
    let way = text(&body.0, "notificationType").unwrap_or_default();
    if way != "email" {
        return Err(Problem::invalid(format!(
            "notificationType `{way}` is not served; only `email` is"
        )));
    }
    for name in ["notificationEmailAddress", "notificationRedirectUrl"] {
        if text(&body.0, name).is_some_and(|value| !value.is_empty()) {
            return Err(Problem::invalid(format!(
                "{name} is not served: mail goes to the address that is stored for the user, and \
                 leads to this server; leave it out"
            )));
        }
    }
    let user = text(&body.0, "userName").unwrap_or_default();
    let tenancy = crate::tenancies::home(call)?.name;
    recovery::request(call.tx, call.context, call.source, &tenancy, user)?;
    let view = View::of(call, &ME_PASSWORD_RESET_REQUESTORS)?;
    let own: Document =
        [("userName".to_owned(), json!(user)), ("notificationType".to_owned(), json!(way))]
            .into_iter()
            .collect();
    Ok(Reply::of(MePasswordResetRequestor(view.bare(call, own))))
}
