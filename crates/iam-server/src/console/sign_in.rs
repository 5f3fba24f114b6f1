//! Signing in, in two steps: the tenancy's name, then user name and password. Who has a device that
//! draws codes is asked for one then (`sign_in_code`).
//!
//! Whatever is not right about an attempt, its answer is the same to the byte, unless the domain
//! wants people to be told that their account is locked.

use super::fault::Fault;
use super::forms::Form;
use super::frame::page;
use super::query::encode;
use super::text::shown;
use super::visit::Stranger;
use super::{Seat, change_password, cookies, forgot_password, home, next, sign_in_code};
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use iam_api::{Problem, Secret};
use iam_core::sessions::{self, NewSession, Session};
use iam_core::sign_in;
use iam_store::Purpose;

/// The page's address.
pub(crate) const PATH: &str = "/console/sign-in";
/// The word for what a link has done to an address. Whoever is signed in is told so too.
pub(crate) const VERIFIED: &str = "verified";
/// The word for who has to sign in before they confirm an address.
pub(crate) const CONFIRM: &str = "confirm";
/// What the page is told where a form came without a session.
pub(crate) const ENDED: &str = "ended";
/// What it is told where a code came too late.
pub(crate) const CODE_OVER: &str = "code-over";

#[derive(Template)]
#[template(path = "sign_in_tenancy.html")]
struct TenancyPage<'a> {
    next: &'a str,
    notice: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage<'a> {
    tenancy: &'a str,
    tenancy_shown: String,
    user: &'a str,
    next: &'a str,
    change_tenancy: String,
    forgot: String,
    token: String,
    notice: Option<&'static str>,
    refused: Option<Refused>,
}

/// Why nobody was signed in, as far as it is said.
#[derive(Clone, Copy)]
enum Refused {
    /// Something is not right.
    Wrong,
    /// The account is locked, or would be if there were one.
    Locked,
}

impl Refused {
    const fn is_lock(self) -> bool {
        matches!(self, Self::Locked)
    }
}

/// Where somebody signs in to that tenancy, which may not be named, and then goes on to `next`.
pub(crate) fn address(tenancy: &str, next: &str) -> String {
    let tenant = match tenancy {
        "" => String::new(),
        tenancy => format!("tenant={}&", encode(tenancy)),
    };
    format!("{PATH}?{tenant}next={}", encode(next))
}

/// Shows the step that is next.
pub(crate) async fn show(stranger: Stranger) -> Result<Response, Fault> {
    let (tenancy, query) = (stranger.query.text("tenant").trim(), &stranger.query);
    // Who has shown no code yet may begin again.
    let is_in = |session: &&Session| session.purpose != Purpose::SecondFactor;
    if let Some(session) = stranger.session.as_ref().filter(is_in) {
        let to = match (session.purpose, query.text("done")) {
            (Purpose::Console, VERIFIED) => format!("{}?done={VERIFIED}", home::PATH),
            (purpose, _) => after(purpose, query.text("next")),
        };
        return Ok(Redirect::to(&to).into_response());
    }
    let next = next::own_path(query.text("next")).unwrap_or_default();
    let notice = notice(query.text("done"));
    if tenancy.is_empty() {
        return page(&TenancyPage { next, notice });
    }
    let (token, cookie) = form_of(&stranger);
    let mut response = page(&sign_in_page(tenancy, "", next, token, notice, None))?;
    set_cookie(&mut response, cookie);
    Ok(response)
}

/// The token for the form of someone who is not signed in, and the cookie that it is bound to where
/// they have none yet.
pub(crate) fn form_of(stranger: &Stranger) -> (String, Option<HeaderValue>) {
    let context = &stranger.seat.app.context;
    let cookie = stranger.cookie.clone().unwrap_or_else(|| sessions::new_token(context));
    let token = sessions::form_token(context, cookie.expose());
    let is_new = stranger.cookie.is_none();
    (token, is_new.then(|| cookies::set(cookies::FORM, &cookie)).flatten())
}

/// Takes user name and password.
pub(crate) async fn submit(
    State(seat): State<Seat>,
    Form(stranger, fields): Form<Stranger>,
) -> Result<Response, Fault> {
    let (tenancy, user) = (fields.text("tenant").trim(), fields.text("username"));
    let next = next::own_path(fields.text("next")).unwrap_or_default();
    let tried = attempt(&seat, &stranger, tenancy, user, fields.secret("password")).await?;
    let new = match tried {
        Ok(new) => new,
        Err(refused) => {
            let cookie = stranger.cookie.as_ref().map_or("", Secret::expose);
            let token = sessions::form_token(&seat.app.context, cookie);
            let again = page(&sign_in_page(tenancy, user, next, token, None, Some(refused)))?;
            return Ok((StatusCode::FORBIDDEN, again).into_response());
        }
    };
    if let Some(old) = stranger.session {
        let source = stranger.source;
        let end = seat.app.write(move |app, tx| sessions::end(tx, &app.context, &source, &old));
        end.await?;
    }
    let mut response = Redirect::to(&after(new.purpose, next)).into_response();
    set_cookie(&mut response, cookies::set(cookies::SESSION, &new.token));
    set_cookie(&mut response, cookies::clear(cookies::FORM));
    Ok(response)
}

/// Counts the attempt, weighs the password, and writes down what came of it.
async fn attempt(
    seat: &Seat,
    stranger: &Stranger,
    tenancy: &str,
    user: &str,
    password: Secret,
) -> Result<Result<NewSession, Refused>, Problem> {
    let _place = seat.app.place()?;
    let (names, source) = ((tenancy.to_owned(), user.to_owned()), stranger.source.clone());
    let reserve = seat.app.write(move |app, tx| {
        let names = (names.0.as_str(), names.1.as_str());
        sign_in::reserve(tx, &app.context, &app.strangers, &source, names)
    });
    let attempt = reserve.await?;
    let verdict = seat.app.weigh(&attempt, password).await?;
    let source = stranger.source.clone();
    let refused = if verdict.tells_of_lock { Refused::Locked } else { Refused::Wrong };
    let conclude = seat
        .app
        .write(move |app, tx| sign_in::conclude(tx, &app.context, &source, &attempt, &verdict));
    Ok(conclude.await?.ok_or(refused))
}

fn sign_in_page<'a>(
    tenancy: &'a str,
    user: &'a str,
    next: &'a str,
    token: String,
    notice: Option<&'static str>,
    refused: Option<Refused>,
) -> SignInPage<'a> {
    let change_tenancy =
        if next.is_empty() { PATH.to_owned() } else { format!("{PATH}?next={}", encode(next)) };
    let tenancy_shown = shown(tenancy);
    let forgot = format!("{}?tenant={}", forgot_password::PATH, encode(tenancy));
    SignInPage {
        tenancy,
        tenancy_shown,
        user,
        next,
        change_tenancy,
        forgot,
        token,
        notice,
        refused,
    }
}

/// Where someone goes who has just signed in.
pub(crate) fn after(purpose: Purpose, next: &str) -> String {
    match purpose {
        Purpose::SecondFactor => sign_in_code::address(next),
        Purpose::ChangePassword => change_password::address(next),
        // No cookie leads to one that signs.
        Purpose::Console | Purpose::Signing => {
            next::own_path(next).unwrap_or(home::PATH).to_owned()
        }
    }
}

fn notice(word: &str) -> Option<&'static str> {
    Some(match word {
        "signed-out" => "You are signed out.",
        "password-set" => "Your new password is set. Sign in with it.",
        "unblocked" => "Your account is unlocked. Sign in.",
        CONFIRM => "Sign in to confirm that the e-mail address is yours.",
        ENDED => "Your session has ended, so nothing was changed. Sign in and do it again.",
        CODE_OVER => {
            "Nobody was signed in: too much time went by, or the device that drew the code was \
             removed. Sign in again."
        }
        VERIFIED => "Your e-mail address is confirmed.",
        "over" => {
            "The one-time password is no longer valid: it has expired, it was replaced, or too \
             much time went by. Sign in again, or ask an administrator for a new one."
        }
        _ => return None,
    })
}

/// Adds a cookie to an answer.
pub(crate) fn set_cookie(response: &mut Response, cookie: Option<HeaderValue>) {
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}
