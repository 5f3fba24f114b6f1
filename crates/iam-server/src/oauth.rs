//! OAuth 2.0 for programs: the token endpoint, the keys that tokens are signed with, and where both
//! are (RFC 6749, 7517, 8414). No way to the API: nothing here is an operation, and no operation
//! takes what is given out here.

use crate::app::Shared;
use crate::console::query::Fields;
use crate::http::own_address;
use crate::refusal;
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http_body_util::{BodyExt, Limited};
use iam_api::{Code, Problem, Secret};
use iam_core::access_tokens::{self, Asked, Denied, Issued, NewKey, TOKEN_SECONDS};
use iam_core::audit::Source;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Instant;

/// Where tokens are asked for.
pub(crate) const TOKEN: &str = "/oauth2/token";
/// The keys of a tenancy, and what tells where they are.
const KEYS: &str = "/oauth2/{tenancyId}/keys";
const METADATA: &str = "/.well-known/oauth-authorization-server/oauth2/{tenancyId}";
/// The largest form.
const FORM_MAX: usize = 16 * 1024;
/// How long the keys may be kept by who asks for them: far less than they are published ahead.
const KEYS_FOR: HeaderValue = HeaderValue::from_static("public, max-age=300");
const SECRET: HeaderValue = HeaderValue::from_static("no-store");

/// The routes.
pub(crate) fn router(app: Shared) -> Router {
    Router::new()
        .route(TOKEN, post(token))
        .route(KEYS, get(keys))
        .route(METADATA, get(metadata))
        .with_state(app)
}

/// Why no token is given out.
enum Refused {
    /// As RFC 6749 names it, and what to say.
    Told(StatusCode, &'static str, &'static str),
    Failed(Problem),
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self::Failed(problem)
    }
}

impl From<Denied> for Refused {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::InvalidClient => Self::Told(
                StatusCode::UNAUTHORIZED,
                "invalid_client",
                "the OCID of the credential or its password is not right, or it may not be used",
            ),
            Denied::InvalidScope => Self::Told(
                StatusCode::BAD_REQUEST,
                "invalid_scope",
                "ask for scopes of the credential, all of one audience, each as scope-audience",
            ),
            Denied::TooMany => Self::Told(
                StatusCode::TOO_MANY_REQUESTS,
                "temporarily_unavailable",
                "too many wrong ones were shown; wait a minute and try again",
            ),
        }
    }
}

const fn invalid_request(text: &'static str) -> Refused {
    Refused::Told(StatusCode::BAD_REQUEST, "invalid_request", text)
}

async fn token(State(app): State<Shared>, request: Request) -> Response {
    let begun = Instant::now();
    let answered = match ask(&app, request).await {
        Ok(asked) => give(&app, asked).await,
        Err(refused) => Err(refused),
    };
    match answered {
        Ok(body) => answer(StatusCode::OK, &body, SECRET),
        Err(Refused::Failed(problem)) => {
            crate::dialect::problem(iam_api::Dialect::Identity, &problem)
        }
        Err(Refused::Told(status, error, text)) => {
            let mut response =
                answer(status, &json!({"error": error, "error_description": text}), SECRET);
            if status == StatusCode::UNAUTHORIZED {
                let basic = HeaderValue::from_static("Basic realm=\"durward\"");
                response.headers_mut().insert(header::WWW_AUTHENTICATE, basic);
                refusal::wait(begun).await; // its time tells nothing of why
            }
            response
        }
    }
}

/// What is asked for, and where from.
async fn ask(app: &Shared, request: Request) -> Result<(Asked, Source), Refused> {
    let (parts, body) = request.into_parts();
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let essence = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(invalid_request("send a form: application/x-www-form-urlencoded"));
    }
    let fields = form(app, body).await?;
    match fields.text("grant_type") {
        "client_credentials" => {}
        "" => return Err(invalid_request("grant_type is missing: client_credentials")),
        _ => {
            let text = "grant_type is client_credentials, and no other";
            return Err(Refused::Told(StatusCode::BAD_REQUEST, "unsupported_grant_type", text));
        }
    }
    let (client, secrets) = basic(&parts.headers).ok_or(Denied::InvalidClient)?;
    let base = base(app, &parts.headers);
    let source = parts.extensions.get::<Source>().cloned().unwrap_or_default();
    Ok((Asked { client, secrets, scope: fields.text("scope").to_owned(), base }, source))
}

/// What the names of issuers begin with.
pub(crate) fn base(app: &Shared, headers: &HeaderMap) -> String {
    match app.context.public_url() {
        "" => own_address(app, headers),
        url => url.to_owned(),
    }
}

async fn form(app: &Shared, body: Body) -> Result<Fields, Refused> {
    let read = tokio::time::timeout(app.timeouts.body, Limited::new(body, FORM_MAX).collect());
    let read = read.await.map_err(|_| invalid_request("the form did not arrive in time"))?;
    let bytes = read.map_err(|_| invalid_request("the form is too large, or was cut off"))?;
    let bytes = bytes.to_bytes();
    let text = std::str::from_utf8(&bytes).map_err(|_| invalid_request("the form is not UTF-8"))?;
    Fields::read(text).map_err(|_| invalid_request("the form cannot be read, or a field is twice"))
}

/// Name and password of an `Authorization: Basic`. Clients differ in whether they encode both as in
/// a form first (RFC 6749, 2.3.1), so a password that could be so is tried in both ways.
fn basic(headers: &HeaderMap) -> Option<(String, Vec<Secret>)> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (value, others) = (values.next()?.to_str().ok()?, values.next());
    let (scheme, encoded) = value.split_once(' ')?;
    if others.is_some() || !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let plain = zeroize::Zeroizing::new(STANDARD.decode(encoded.trim()).ok()?);
    let (client, secret) = std::str::from_utf8(&plain).ok()?.split_once(':')?;
    let mut secrets = vec![Secret::new(secret.to_owned())];
    if secret.contains(['%', '+']) {
        let spaced = zeroize::Zeroizing::new(secret.replace('+', " "));
        let decoded = percent_decode_str(&spaced).decode_utf8().ok();
        secrets.extend(decoded.map(|text| Secret::new(text.into_owned())));
    }
    let client = percent_decode_str(client).decode_utf8().ok()?.into_owned();
    Some((client, secrets))
}

/// Gives a token out, or says why not. Where a key has to be made, that is done in between.
async fn give(app: &Shared, (asked, source): (Asked, Source)) -> Result<Value, Refused> {
    let (asked, source) = (Arc::new(asked), Arc::new(source));
    let mut issued = issue(app, &asked, &source, None).await?;
    if matches!(issued, Issued::NeedsKey) {
        let fresh = app.hash(|_| NewKey::generate()).await??;
        issued = issue(app, &asked, &source, Some(fresh)).await?;
    }
    let (token, scope) = match issued {
        Issued::Granted(token, scope) => (token, scope),
        Issued::Denied(denied) => return Err(denied.into()),
        Issued::NeedsKey => return Err(Problem::internal("a key was made and is not there").into()),
    };
    let token = tokio::task::spawn_blocking(move || token.sign()).await;
    let token = token.map_err(Problem::internal)??;
    Ok(json!({
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": TOKEN_SECONDS,
        "scope": scope,
    }))
}

async fn issue(
    app: &Shared,
    asked: &Arc<Asked>,
    source: &Arc<Source>,
    fresh: Option<NewKey>,
) -> Result<Issued, Problem> {
    let (asked, source) = (Arc::clone(asked), Arc::clone(source));
    app.write(move |app, tx| {
        access_tokens::issue(tx, &app.context, &source, &asked, fresh.as_ref())
    })
    .await
}

async fn keys(State(app): State<Shared>, Path(tenancy): Path<String>) -> Response {
    let read = move |app: &crate::app::App, tx: &mut iam_store::Tx<'_>| {
        access_tokens::public_keys(tx, &app.context, &tenancy)
    };
    match app.read(read).await {
        Ok(Some(keys)) => answer(StatusCode::OK, &json!({"keys": keys}), KEYS_FOR),
        Ok(None) => nothing_here(),
        Err(problem) => crate::dialect::problem(iam_api::Dialect::Identity, &problem),
    }
}

async fn metadata(
    State(app): State<Shared>,
    Path(tenancy): Path<String>,
    headers: HeaderMap,
) -> Response {
    let (id, read) = (tenancy.clone(), tenancy);
    let known = app.read(move |app, tx| access_tokens::public_keys(tx, &app.context, &read)).await;
    match known {
        Ok(Some(_)) => {}
        Ok(None) => return nothing_here(),
        Err(problem) => return crate::dialect::problem(iam_api::Dialect::Identity, &problem),
    }
    let base = base(&app, &headers);
    let issuer = access_tokens::issuer(&base, &id);
    let body = json!({
        "issuer": issuer,
        "token_endpoint": format!("{base}{TOKEN}"),
        "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": [],
        "grant_types_supported": ["client_credentials"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic"],
    });
    answer(StatusCode::OK, &body, KEYS_FOR)
}

fn nothing_here() -> Response {
    let problem = Problem::new(Code::NotFound, "There is no tenancy of that OCID.");
    crate::dialect::problem(iam_api::Dialect::Identity, &problem)
}

fn answer(status: StatusCode, body: &Value, kept: HeaderValue) -> Response {
    let mut response = (status, body.to_string()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if kept == SECRET {
        headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    }
    headers.insert(header::CACHE_CONTROL, kept);
    response
}
