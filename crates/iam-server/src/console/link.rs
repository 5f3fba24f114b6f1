//! What a mailed link leads to: choosing a password, confirming an address, ending a block.
//!
//! The token leaves the address bar at once, for a cookie of this page's own: it stands in no
//! history, and goes along to nowhere. Looking at a link changes nothing, so that what opens links
//! before people do (mail scanners, previews) uses none up; only the form does.

use super::fault::Fault;
use super::forms::{Bound, Form};
use super::frame::page;
use super::password_form::{NEW, PasswordForm, REPEATED, Wrong};
use super::query::{Fields, encode};
use super::sign_in::{self, set_cookie};
use super::text::shown;
use super::{Seat, cookies, forgot_password};
use crate::app::Shared;
use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::{StatusCode, request::Parts};
use axum::response::{IntoResponse, Redirect, Response};
use iam_api::{Problem, Secret};
use iam_core::audit::Source;
use iam_core::change_password::{self, Declined, Situation};
use iam_core::links::{self, Link};
use iam_core::recovery::{self, Confirmed};
use iam_core::sessions;
use iam_store::LinkPurpose;

/// The page's address.
pub(crate) const PATH: &str = iam_core::links::PATH;

/// Someone who has followed a link.
pub(crate) struct Holder {
    app: Shared,
    source: Source,
    query: Fields,
    token: Option<Secret>,
    /// The cookie of the session that they have all the same.
    session: Option<Secret>,
}

impl FromRequestParts<Seat> for Holder {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, seat: &Seat) -> Result<Self, Fault> {
        Ok(Self {
            app: seat.app.clone(),
            source: parts.extensions.get::<Source>().cloned().unwrap_or_default(),
            query: Fields::read(parts.uri.query().unwrap_or_default())?,
            token: cookies::read(&parts.headers, cookies::LINK),
            session: cookies::read(&parts.headers, cookies::SESSION),
        })
    }
}

impl Bound for Holder {
    fn cookie(&self) -> &str {
        self.token.as_ref().map_or("", Secret::expose)
    }
}

#[derive(Template)]
#[template(path = "link_password.html")]
struct PasswordPage {
    is_first: bool,
    tenancy: String,
    form: PasswordForm,
}

#[derive(Template)]
#[template(path = "link_confirm.html")]
struct ConfirmPage {
    user: String,
    email: String,
    verifies: bool,
    /// Whether whoever confirms is signed in as somebody else.
    is_other: bool,
    token: String,
}

#[derive(Template)]
#[template(path = "link_void.html")]
struct VoidPage {
    forgot: &'static str,
}

/// Takes the token out of the address; without one there, shows what the link leads to.
pub(crate) async fn show(holder: Holder) -> Result<Response, Fault> {
    let given = holder.query.text(iam_core::links::TOKEN);
    if !given.is_empty() {
        if !cookies::is_token(given) {
            return void();
        }
        let mut response = Redirect::to(PATH).into_response();
        let token = holder.query.secret(iam_core::links::TOKEN);
        set_cookie(&mut response, cookies::set(cookies::LINK, &token));
        return Ok(response);
    }
    let Some(token) = holder.token.clone() else { return void() };
    match open(&holder, token).await? {
        None => void(),
        Some(link) if recovery::TO_A_PASSWORD.contains(&link.purpose) => {
            password(&holder, Wrong::default()).await
        }
        Some(link) => confirm(&holder, &link, false),
    }
}

fn confirm(holder: &Holder, link: &Link, is_other: bool) -> Result<Response, Fault> {
    page(&ConfirmPage {
        verifies: link.purpose == LinkPurpose::VerifyEmail,
        is_other,
        user: shown(&link.user.name),
        email: shown(link.user.email.as_deref().unwrap_or_default()),
        token: form_token(holder),
    })
}

/// Does what the link is for.
pub(crate) async fn submit(Form(holder, fields): Form<Holder>) -> Result<Response, Fault> {
    let Some(token) = holder.token.clone() else { return void() };
    let Some(link) = open(&holder, token.clone()).await? else { return void() };
    let (app, source) = (&holder.app, holder.source.clone());
    let spent = match link.purpose {
        LinkPurpose::Activate | LinkPurpose::ResetPassword => {
            let chosen = choose(&holder, token, fields.secret(NEW), fields.secret(REPEATED)).await;
            return match chosen.map_err(Wrong::of) {
                Ok(tenancy) => done(&tenancy, "password-set"),
                Err(Ok(wrong)) => {
                    let again = password(&holder, wrong).await?;
                    Ok((StatusCode::UNPROCESSABLE_ENTITY, again).into_response())
                }
                Err(Err(Declined::Failed(problem))) => Err(problem.into()),
                Err(Err(_)) => void(),
            };
        }
        LinkPurpose::VerifyEmail => return verify_email(&holder, &link, token).await,
        LinkPurpose::Unblock => {
            let spend =
                app.write(move |app, tx| recovery::unblock(tx, &app.context, &source, &token));
            spend.await?.then_some("unblocked")
        }
    };
    match spent {
        Some(word) => done(&tenancy_name(&holder, &link).await?, word),
        None => void(),
    }
}

/// Notes that the address is the user's, if it is they who say so. Who is not signed in does that
/// first, and comes back. Whether they are, only the form's request tells: a browser that comes
/// from a web mailer does not send the session's cookie along.
async fn verify_email(holder: &Holder, link: &Link, token: Secret) -> Result<Response, Fault> {
    let (source, cookie) = (holder.source.clone(), holder.session.clone());
    let user = link.user.id.clone();
    let spend = holder.app.write(move |app, tx| {
        let session = match &cookie {
            Some(cookie) => sessions::find(tx, &app.context, cookie.expose())?,
            None => None,
        };
        let confirmed =
            recovery::verify_email(tx, &app.context, &source, &token, session.as_ref())?;
        let is_other = session.is_some_and(|session| session.principal.user != user);
        Ok::<_, Problem>((confirmed, is_other))
    });
    let tenancy = tenancy_name(holder, link).await?;
    match spend.await? {
        (Confirmed::Done, _) => done(&tenancy, sign_in::VERIFIED),
        (Confirmed::Void, _) => void(),
        (Confirmed::NotSignedIn, true) => {
            let again = confirm(holder, link, true)?;
            Ok((StatusCode::FORBIDDEN, again).into_response())
        }
        (Confirmed::NotSignedIn, false) => {
            let (tenancy, word) = (encode(&tenancy), sign_in::CONFIRM);
            let next = encode(PATH);
            let to = format!("{}?tenant={tenancy}&next={next}&done={word}", sign_in::PATH);
            Ok(Redirect::to(&to).into_response())
        }
    }
}

/// The link, if it is open. It stays so.
async fn open(holder: &Holder, token: Secret) -> Result<Option<Link>, Problem> {
    const ANY: &[LinkPurpose] = &[
        LinkPurpose::Activate,
        LinkPurpose::ResetPassword,
        LinkPurpose::VerifyEmail,
        LinkPurpose::Unblock,
    ];
    holder.app.read(move |app, tx| links::find(tx, &app.context, &token, ANY)).await
}

/// Sets the password that was chosen, and answers the tenancy's name.
async fn choose(
    holder: &Holder,
    token: Secret,
    new: Secret,
    repeated: Secret,
) -> Result<String, Declined> {
    let app = &holder.app;
    let situation = situation(holder, token.clone()).await?;
    let tenancy = situation.tenancy.clone();
    let prepared = app
        .hash(move |app| change_password::prepare(&app.context, &situation, &new, &repeated))
        .await??;
    let source = holder.source.clone();
    app.write(move |app, tx| recovery::choose(tx, &app.context, &source, &token, &prepared))
        .await?;
    Ok(tenancy)
}

async fn situation(holder: &Holder, token: Secret) -> Result<Situation, Declined> {
    holder.app.read(move |app, tx| recovery::situation(tx, &app.context, &token, None)).await
}

async fn password(holder: &Holder, wrong: Wrong) -> Result<Response, Fault> {
    let Some(token) = holder.token.clone() else { return void() };
    let situation = match situation(holder, token).await {
        Ok(situation) => situation,
        Err(Declined::Failed(problem)) => return Err(problem.into()),
        Err(_) => return void(),
    };
    let form = PasswordForm::new(PATH, form_token(holder), "Set password", &situation, wrong);
    let is_first = situation.user.email_verified != Some(true);
    page(&PasswordPage { is_first, tenancy: shown(&situation.tenancy), form })
}

async fn tenancy_name(holder: &Holder, link: &Link) -> Result<String, Problem> {
    let (at, id) = (link.at, link.user.compartment_id.clone());
    let found =
        holder.app.read(move |_, tx| tx.resource(at, &id).map_err(iam_core::call::store_problem));
    Ok(found.await?.map(|tenancy| tenancy.name).unwrap_or_default())
}

fn form_token(holder: &Holder) -> String {
    sessions::form_token(&holder.app.context, holder.cookie())
}

/// On to signing in; the browser forgets the link.
fn done(tenancy: &str, word: &str) -> Result<Response, Fault> {
    let to = format!("{}?tenant={}&done={word}", sign_in::PATH, encode(tenancy));
    let mut response = Redirect::to(&to).into_response();
    set_cookie(&mut response, cookies::clear(cookies::LINK));
    Ok(response)
}

/// The link leads nowhere any more.
fn void() -> Result<Response, Fault> {
    let mut response = page(&VoidPage { forgot: forgot_password::PATH })?;
    *response.status_mut() = StatusCode::GONE;
    set_cookie(&mut response, cookies::clear(cookies::LINK));
    Ok(response)
}
