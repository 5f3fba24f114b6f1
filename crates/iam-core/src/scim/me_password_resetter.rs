//! The end of a reset: a new password by the token of a mailed link.

use super::{Document, View, secret};
use crate::audit::Source;
use crate::call::{Call, Reply};
use crate::recovery;
use iam_api::Problem;
use iam_api::scim::me_password_resetter::{ME_PASSWORD_RESETTERS, MePasswordResetter};

/// Spends the link, and sets the password that was prepared.
pub fn create(
    call: &mut Call<'_, '_>,
    body: MePasswordResetter,
) -> Result<Reply<MePasswordResetter>, Problem> {
    let (token, prepared) = (secret(&body.0, "token"), call.prepared()?);
    let source: &Source = call.source;
    recovery::choose(call.tx, call.context, source, &token, prepared)?;
    let view = View::of(call, &ME_PASSWORD_RESETTERS)?;
    Ok(Reply::of(MePasswordResetter(view.bare(call, Document::new()))))
}
