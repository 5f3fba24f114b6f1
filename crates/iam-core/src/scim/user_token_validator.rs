//! The question whether the token of a mailed link still counts. Asking uses nothing up.

use super::{View, secret};
use crate::call::{Call, Reply};
use crate::{links, recovery};
use iam_api::Problem;
use iam_api::scim::user_token_validator::{USER_TOKEN_VALIDATORS, UserTokenValidator};
use serde_json::json;

/// Tells whose link it is, if it is open.
pub fn create(
    call: &mut Call<'_, '_>,
    body: UserTokenValidator,
) -> Result<Reply<UserTokenValidator>, Problem> {
    let token = secret(&body.0, "token");
    let link = links::find(call.tx, call.context, &token, recovery::TO_A_PASSWORD)?;
    // A link of another tenancy is none here.
    let at = call.at();
    let link = link.filter(|link| link.at == at).ok_or_else(recovery::void_link)?;
    let view = View::of(call, &USER_TOKEN_VALIDATORS)?;
    let own = [("userName".to_owned(), json!(link.user.name))].into_iter().collect();
    Ok(Reply::of(UserTokenValidator(view.bare(call, own))))
}
