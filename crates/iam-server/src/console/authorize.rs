//! A program on the person's own computer asks to sign requests as them: `oci session authenticate`
//! and `oci setup bootstrap` open this page, which asks the person, and sends the browser
//! back to the program with a token.
//!
//! The token is good only with a key that the program has made, and goes nowhere but to this
//! computer. Nothing of it happens without the form of this page (docs/decisions/0026).

use super::fault::Fault;
use super::forms::Form;
use super::frame::page;
use super::guard::Policy;
use super::query::{Fields, encode};
use super::text::shown;
use super::visit::{Member, Visit};
use super::{Seat, change_password, sign_in};
use crate::session_tokens::give;
use askama::Template;
use axum::extract::{FromRequestParts, Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use iam_api::users::{GET_USER, USER_ID};
use iam_core::call::Params;
use iam_core::session_tokens::{self, SESSION_SECONDS, Scene};
use iam_core::sessions;
use iam_sign::PublicKey;

/// The page's address, which is the one that OCI's command line opens.
pub(crate) const PATH: &str = "/v1/oauth2/authorize";
/// The one name that programs give themselves here.
const CLIENT: &str = "iaas_console";
/// Where the program listens, but for the port.
const LISTENER: &str = "http://localhost:";
/// A key of 4096 bits has a thousand characters.
const KEY_MAX: usize = 1_400;
const STATE_MAX: usize = 256;

#[derive(Template)]
#[template(path = "authorize.html")]
struct ConfirmPage<'a> {
    user: String,
    tenancy: String,
    /// The tenancy that was asked for, where it is another one.
    other: Option<String>,
    fingerprint: String,
    port: u16,
    hours: i64,
    fields: &'a [(&'static str, String)],
    token: String,
}

/// What a program asks for, once it is known to be in order.
struct Asked {
    key: PublicKey,
    public_key: String,
    port: u16,
    state: String,
    tenant: String,
}

impl Asked {
    fn read(fields: &Fields) -> Result<Self, Fault> {
        let is_one_of = |name: &str, known: &[&str]| known.contains(&fields.text(name));
        if !is_one_of("client_id", &[CLIENT])
            || !is_one_of("response_type", &["token id_token", "token"])
            || !is_one_of("action", &["", "login"])
            || !is_one_of("scope", &["", "openid"])
        {
            return Err(Fault::bad(
                "This page is opened by `oci session authenticate` and `oci setup bootstrap`, and \
                 answers nothing else.",
            ));
        }
        // Sent anywhere else, the token would tell a stranger who uses this.
        let port = fields.text("redirect_uri").strip_prefix(LISTENER).and_then(port);
        let port = port.ok_or_else(|| {
            Fault::bad("The answer goes to http://localhost:PORT and nowhere else.")
        })?;
        let (public_key, state) = (fields.text("public_key"), fields.text("state"));
        if state.len() > STATE_MAX || !state.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Fault::bad("The state is longer than 256 characters, or holds others."));
        }
        if public_key.len() > KEY_MAX {
            return Err(Fault::bad("The key is larger than one of 4096 bits."));
        }
        Ok(Self {
            key: session_tokens::of_jwk(public_key)?,
            public_key: public_key.to_owned(),
            port,
            state: state.to_owned(),
            tenant: fields.text("tenant").trim().to_owned(),
        })
    }

    /// The same, as it is asked for once more.
    fn fields(&self) -> Vec<(&'static str, String)> {
        let mut fields = vec![
            ("client_id", CLIENT.to_owned()),
            ("response_type", "token id_token".to_owned()),
            ("public_key", self.public_key.clone()),
            ("redirect_uri", self.back()),
        ];
        let more = [("state", &self.state), ("tenant", &self.tenant)];
        let more = more.into_iter().filter(|(_, value)| !value.is_empty());
        fields.extend(more.map(|(name, value)| (name, value.clone())));
        fields
    }

    /// This page, with what it is asked for: where somebody comes back to who has to sign in first.
    fn address(&self) -> String {
        // In such an address no two slashes may stand (`next::own_path`).
        let pair = |(name, value): (&str, String)| {
            format!("{name}={}", encode(&value).replace('/', "%2F"))
        };
        let pairs: Vec<String> = self.fields().into_iter().map(pair).collect();
        format!("{PATH}?{}", pairs.join("&"))
    }

    /// Where the program listens.
    fn back(&self) -> String {
        format!("{LISTENER}{}", self.port)
    }
}

/// The port at the end of an address that ends with it.
fn port(text: &str) -> Option<u16> {
    let digits = text.strip_suffix('/').unwrap_or(text);
    let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    digits.parse().ok().filter(|_| is_plain)
}

/// Asks the person, once they are wholly signed in.
pub(crate) async fn show(State(seat): State<Seat>, request: Request) -> Result<Response, Fault> {
    let (mut parts, _) = request.into_parts();
    let asked = Asked::read(&Fields::read(parts.uri.query().unwrap_or_default())?)?;
    match Member::from_request_parts(&mut parts, &seat).await {
        Ok(Member(visit)) => confirm(&visit, &asked).await,
        Err(Fault::SignIn(_)) => {
            let to = sign_in::address(&asked.tenant, &asked.address());
            Ok(Redirect::to(&to).into_response())
        }
        Err(Fault::ChangeFirst) => {
            let to = change_password::address(&asked.address());
            Ok(Redirect::to(&to).into_response())
        }
        Err(fault) => Err(fault),
    }
}

async fn confirm(visit: &Visit, asked: &Asked) -> Result<Response, Fault> {
    let params = Params::default().with(USER_ID.name, visit.principal.user.as_str());
    let user = visit.perform(&GET_USER, params, &()).await?.body;
    let tenancy = tenancy(visit).await?;
    let is_other = !asked.tenant.is_empty() && !asked.tenant.eq_ignore_ascii_case(&tenancy);
    let mut response = page(&ConfirmPage {
        user: shown(&user.name),
        tenancy: shown(&tenancy),
        other: is_other.then(|| shown(&asked.tenant)),
        fingerprint: asked.key.fingerprint(),
        port: asked.port,
        hours: SESSION_SECONDS / 3_600,
        fields: &asked.fields(),
        token: visit.form_token(),
    })?;
    // Browsers also look at where the answer to a form sends them.
    response.extensions_mut().insert(Policy::form_to(&asked.back()));
    Ok(response)
}

async fn tenancy(visit: &Visit) -> Result<String, Fault> {
    let session = visit.session.clone();
    Ok(visit.app.read(move |_, tx| sessions::tenancy_name(tx, &session)).await?)
}

/// Begins the session, and sends the browser back to the program.
pub(crate) async fn submit(Form(Member(visit), fields): Form<Member>) -> Result<Response, Fault> {
    let asked = Asked::read(&fields)?;
    if !asked.tenant.is_empty() && !asked.tenant.eq_ignore_ascii_case(&tenancy(&visit).await?) {
        return confirm(&visit, &asked).await;
    }
    let (session, source, key) = (visit.session.clone(), visit.source.clone(), asked.key.clone());
    let token = give(&visit.app, move |app, tx, fresh| {
        let scene = Scene { context: &app.context, source: &source, fresh };
        session_tokens::authorize(tx, &scene, &session, &key)
    });
    let Some(token) = token.await? else { return Err(Fault::SignIn(Some(asked.address()))) };
    let state = match asked.state.as_str() {
        "" => String::new(),
        state => format!("&state={}", encode(state)),
    };
    let to = format!("{}/#security_token={}{state}", asked.back(), token.expose());
    Ok(Redirect::to(&to).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_goes_to_a_port_of_this_computer() {
        for (text, is) in [
            ("8181", Some(8181)),
            ("8181/", Some(8181)),
            ("1", Some(1)),
            ("", None),
            ("0", None),
            ("08181", None),
            ("+80", None),
            ("65536", None),
            ("8181//", None),
            ("8181/x", None),
            ("8181@evil.example", None),
            ("8181.evil.example", None),
            ("8181#", None),
        ] {
            assert_eq!(port(text), is, "{text}");
        }
    }
}
