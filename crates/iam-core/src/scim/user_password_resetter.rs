//! The reset of a user's password: a link by mail, or what the client leads the user on with.

use super::{Document, View, must_be_meant, reply_about};
use crate::call::{Call, Reply, store_problem};
use crate::ui_passwords::{self, must_sign_in_here};
use crate::{links, mail, recovery};
use iam_api::Problem;
use iam_api::scim::user_password_resetter::{USER_PASSWORD_RESETTERS, UserPasswordResetter};
use iam_api::users::User;
use iam_store::Resource;
use serde_json::{Value, json};

/// Resets the password of the user whom the path names. Without an address they get a one-time
/// password; else a link is mailed, unless the client does without: then it gets the link's token,
/// if it leads the user on.
pub fn put(
    call: &mut Call<'_, '_>,
    body: UserPasswordResetter,
) -> Result<Reply<UserPasswordResetter>, Problem> {
    let (row, user) = whose(call, &body.0)?;
    let (at, mut own) = (call.at(), Document::new());
    let (mut password_of, mut token) = (None, None);
    if user.email.is_none() {
        let password = ui_passwords::give_one_time(call, &user)?;
        own.insert("oneTimePassword".to_owned(), json!(password));
        password_of = Some(user.id);
    } else if is_set(&body.0, "userFlowControlledByExternalClient") {
        let link = recovery::reset(call.tx, call.context, at, &user)?;
        call.tx.tally(&call.context.counts.resets_handed);
        let page = format!("{}{}", call.context.public_url(), links::PATH);
        own.insert("userToken".to_owned(), json!({"value": link.token, "$ref": page}));
        token = Some(link.token);
    } else if is_set(&body.0, "bypassNotification") {
        recovery::reset_unheard(call.tx, call.context, at, &user)?;
    } else {
        recovery::reset_by_mail(call.tx, call.context, at, &user)?;
    }
    let view = View::of(call, &USER_PASSWORD_RESETTERS)?;
    // What the reset has made is shown whatever the client asks to see: it is shown this once.
    let mut shown = reply_about(call, &view, &row, Document::new())?;
    shown.extend(own);
    let reply = Reply::of(UserPasswordResetter(shown)).made(row.id.as_str());
    Ok(Reply { password_of, link: token, ..reply })
}

/// The user whom the path names, if a password of theirs may be set or reset by this body.
pub(super) fn whose(
    call: &mut Call<'_, '_>,
    document: &Document,
) -> Result<(Resource, User), Problem> {
    let row = call.target_as_seen()?;
    must_be_meant(call, &row.id, document)?;
    no_template(document)?;
    let user: User = row.model().map_err(store_problem)?;
    must_sign_in_here(&user)?;
    Ok((row, user))
}

/// Whether a switch is on.
pub(super) fn is_set(document: &Document, name: &str) -> bool {
    document.get(name) == Some(&Value::Bool(true))
}

/// Refuses the name of a template: which one is used, the event decides.
fn no_template(document: &Document) -> Result<(), Problem> {
    const NAME: &str = "notificationEmailTemplateId";
    if document.get(NAME).is_none_or(Value::is_null) {
        return Ok(());
    }
    Err(Problem::invalid(format!(
        "{NAME} is not served: the template is that of the event `{}`; change that one",
        mail::Event::ResetRequested
    )))
}
