//! Giving a user a one-time password: first what ends with it, then the password, shown once. In a
//! tenancy with identity domains the same operation mails the user a link, and the pages say so.
//!
//! The password is in the answer to the form itself, which browsers do not keep. The form's retry
//! token makes a reload harmless: it shows the same answer as long as that is true, and never
//! resets twice.

use super::fault::Fault;
use super::forms::Form;
use super::frame::{Frame, page};
use super::query::encode;
use super::sign_in;
use super::text::{Moment, new_retry_token, sentence, shown};
use super::user::{Shown, is_pending, params, password, read};
use super::visit::{Member, Visit};
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use iam_api::operation::RETRY_TOKEN;
use iam_api::ui_passwords::{CREATE_OR_RESET_UI_PASSWORD, GET_USER_UI_PASSWORD_INFORMATION};
use iam_api::users::UPDATE_USER_STATE;
use iam_api::{Code, Problem};
use iam_core::sessions;
use iam_core::ui_passwords::ONE_TIME_SECONDS;

/// What ends with a reset, as far as the caller may know.
enum Ends {
    Password(Moment),
    Nothing,
    Unknown,
}

#[derive(Template)]
#[template(path = "one_time_password.html")]
struct ConfirmPage {
    frame: Frame,
    user: Shown,
    is_self: bool,
    ends: Ends,
    retry: String,
    refused: Option<String>,
}

/// The same where a link is mailed.
#[derive(Template)]
#[template(path = "reset_by_mail.html")]
struct ConfirmMailPage {
    frame: Frame,
    user: Shown,
    email: String,
    is_self: bool,
    is_pending: bool,
    is_verified: bool,
    retry: String,
    refused: Option<String>,
}

#[derive(Template)]
#[template(path = "reset_mailed.html")]
struct MailedPage {
    frame: Frame,
    user: Shown,
    email: String,
}

/// A stretch of the password, all letters, all digits or all signs, so that people can tell them
/// apart when they read it out.
struct Stretch<'a> {
    class: &'static str,
    text: &'a str,
}

#[derive(Template)]
#[template(path = "one_time_password_shown.html")]
struct ShownPage<'a> {
    frame: Frame,
    user: Shown,
    password: &'a str,
    stretches: Vec<Stretch<'a>>,
    expires: Moment,
    tenancy: String,
    address: String,
    may_unblock: bool,
}

/// Shows what ends with a reset, and asks.
pub(crate) async fn show(
    Member(visit): Member,
    Path(user_id): Path<String>,
) -> Result<Response, Fault> {
    confirm(&visit, &user_id, None).await
}

/// Resets, and shows the password. All else that the page shows is read before, so that nothing can
/// fail between the reset and the showing.
pub(crate) async fn submit(
    Path(user_id): Path<String>,
    Form(Member(visit), fields): Form<Member>,
) -> Result<Response, Fault> {
    let (user, _) = read(&visit, &user_id).await?;
    let session = visit.session.clone();
    let tenancy = visit.app.read(move |_, tx| sessions::tenancy_name(tx, &session)).await?;
    let [may_unblock] = visit.may_to(Some(&user.id), [&UPDATE_USER_STATE.spec]).await?;
    let frame = Frame::of(&visit, "users").await?;
    let params = params(&user_id).with(RETRY_TOKEN.name, fields.text("retry-token"));
    let made = match visit.perform(&CREATE_OR_RESET_UI_PASSWORD, params, &()).await {
        Ok(reply) => reply.body,
        Err(problem) => return refuse(&visit, &user_id, problem).await,
    };
    let Some(password) = made.password else {
        let email = shown(user.email.as_deref().unwrap_or_default());
        return page(&MailedPage { frame, user: Shown::from(&user), email });
    };
    page(&ShownPage {
        frame,
        user: Shown::from(&user),
        password: password.expose(),
        stretches: stretches(password.expose()),
        expires: made.time_created.plus_seconds(ONE_TIME_SECONDS).into(),
        address: format!("{}{}?tenant={}", visit.origin, sign_in::PATH, encode(&tenancy)),
        tenancy: shown(&tenancy),
        may_unblock,
    })
}

async fn refuse(visit: &Visit, user_id: &str, problem: Problem) -> Result<Response, Fault> {
    let (status, text) = match problem.code {
        Code::InvalidParameter => (StatusCode::UNPROCESSABLE_ENTITY, sentence(&problem.message)),
        Code::InvalidatedRetryToken => {
            let text = "This form was already used, and the one-time password that it made is no \
                        longer valid. Nothing was changed now.";
            (StatusCode::CONFLICT, text.to_owned())
        }
        _ => return Err(problem.into()),
    };
    let again = confirm(visit, user_id, Some(text)).await?;
    Ok((status, again).into_response())
}

async fn confirm(visit: &Visit, user_id: &str, refused: Option<String>) -> Result<Response, Fault> {
    let (user, _) = read(visit, user_id).await?;
    let is_self = user.id == visit.principal.user;
    let [may, sees] = visit
        .may_to(
            Some(&user.id),
            [&CREATE_OR_RESET_UI_PASSWORD.spec, &GET_USER_UI_PASSWORD_INFORMATION.spec],
        )
        .await?;
    if !may && !is_self {
        return Err(Problem::not_found().into());
    }
    let retry = new_retry_token(&visit.app.context);
    let frame = Frame::of(visit, "users").await?;
    if let Some(email) = user.email.as_deref().filter(|_| visit.principal.has_domain) {
        return page(&ConfirmMailPage {
            frame,
            is_pending: is_pending(&user),
            is_verified: user.email_verified == Some(true),
            email: shown(email),
            user: Shown::from(&user),
            is_self,
            retry,
            refused,
        });
    }
    let ends = match sees || is_self {
        false => Ends::Unknown,
        true => match password(visit, user_id).await? {
            Some(password) => Ends::Password(password.made),
            None => Ends::Nothing,
        },
    };
    page(&ConfirmPage { frame, user: Shown::from(&user), is_self, ends, retry, refused })
}

fn stretches(password: &str) -> Vec<Stretch<'_>> {
    let class = |letter: char| match letter {
        letter if letter.is_ascii_digit() => "digit",
        letter if letter.is_ascii_alphabetic() => "letter",
        _ => "sign",
    };
    let mut found = Vec::new();
    let mut rest = password;
    while let Some(first) = rest.chars().next().map(class) {
        let end = rest.find(|letter| class(letter) != first).unwrap_or(rest.len());
        let Some((text, others)) = rest.split_at_checked(end) else { break };
        found.push(Stretch { class: first, text });
        rest = others;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stretches_of_a_password_are_the_password() {
        let password = "Ab1;2#-xYz99(q";
        let texts: Vec<&str> = stretches(password).iter().map(|stretch| stretch.text).collect();
        assert_eq!(texts, ["Ab", "1", ";", "2", "#-", "xYz", "99", "(", "q"]);
        assert_eq!(texts.concat(), password);
    }
}
