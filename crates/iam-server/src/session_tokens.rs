//! The tokens that OCI's `auth` service gives out: the first one of a session that signs requests,
//! for an API key or for a token; another one for a token that is about to expire; and one to show
//! to databases.
//!
//! No operations of the Identity API, so no policy says who may: all that is asked for is to go on
//! as who one is. What a person begins at the Console is in `console/authorize.rs`.

use crate::api::read_body;
use crate::app::{App, Shared};
use crate::authn::{self, Caller};
use crate::dialect::{plain_headers, problem};
use crate::{oauth, refusal};
use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use iam_api::{Code, Dialect, Problem, Secret};
use iam_core::access_tokens::NewKey;
use iam_core::audit::Source;
use iam_core::db_tokens::{self, DbScope};
use iam_core::session_tokens::{self, Granted, MINUTES, Scene};
use iam_sign::{KeyId, PublicKey};
use iam_store::Tx;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use std::sync::Arc;
use std::time::Instant;

/// Where the first token of a session is asked for.
const GENERATE: &str = "/v1/token/upst/actions/GenerateUpst";
/// Where another one is.
const REFRESH: &str = "/v1/authentication/refresh";
/// Where one for databases is.
const SCOPED: &str = "/v1/actions/generateScopedAccessToken";
/// What is counted, by path and name.
pub(crate) const COUNTED: [(&str, &str); 3] =
    [(GENERATE, "generate"), (REFRESH, "refresh"), (SCOPED, "scoped")];

/// The routes.
pub(crate) fn router(app: Shared) -> Router {
    Router::new()
        .route(GENERATE, post(generate))
        .route(REFRESH, post(refresh))
        .route(SCOPED, post(scoped))
        .with_state(app)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct GenerateDetails {
    public_key: String,
    session_expiration_in_minutes: Option<Minutes>,
}

/// OCI's command line writes the number as a text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Minutes {
    Number(i64),
    Text(String),
}

impl Minutes {
    fn read(given: Option<Self>) -> Result<i64, Problem> {
        let number = match given {
            None => Some(*MINUTES.end()),
            Some(Self::Number(number)) => Some(number),
            Some(Self::Text(text)) => text.parse().ok(),
        };
        number.filter(|number| MINUTES.contains(number)).ok_or_else(|| {
            let (least, most) = (MINUTES.start(), MINUTES.end());
            Problem::invalid(format!(
                "sessionExpirationInMinutes must be a whole number from {least} to {most}"
            ))
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RefreshDetails {
    current_token: Secret,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ScopedDetails {
    scope: String,
    public_key: String,
}

async fn generate(State(app): State<Shared>, request: Request) -> Response {
    answer(&app, request, asked_to_generate).await
}

async fn refresh(State(app): State<Shared>, request: Request) -> Response {
    answer(&app, request, asked_to_refresh).await
}

async fn scoped(State(app): State<Shared>, request: Request) -> Response {
    answer(&app, request, asked_for_databases).await
}

/// What is asked for, once who asks is known.
enum Asked {
    /// A token bound to this key, of a session of so many minutes.
    Token { key: PublicKey, minutes: i64, signed_by: SignedBy },
    /// Another token of the session of this one.
    Another(Secret),
    /// A token for these databases, bound to this key.
    ForDatabases { key: PublicKey, scope: DbScope },
}

/// A [`KeyId`] of its own, as far as it is needed.
enum SignedBy {
    ApiKey(String),
    Token(Secret),
}

fn asked_to_generate(signed_by: KeyId<'_>, body: &[u8]) -> Result<Asked, Problem> {
    let details: GenerateDetails = read(body)?;
    let key = session_tokens::of_pem(&details.public_key)?;
    let minutes = Minutes::read(details.session_expiration_in_minutes)?;
    let signed_by = match signed_by {
        KeyId::ApiKey { fingerprint, .. } => SignedBy::ApiKey(fingerprint.to_owned()),
        KeyId::Token(token) => SignedBy::Token(Secret::new(token.to_owned())),
    };
    Ok(Asked::Token { key, minutes, signed_by })
}

fn asked_to_refresh(signed_by: KeyId<'_>, body: &[u8]) -> Result<Asked, Problem> {
    let RefreshDetails { current_token } = read(body)?;
    match signed_by {
        KeyId::Token(token) if token == current_token.expose() => Ok(Asked::Another(current_token)),
        KeyId::Token(_) => {
            Err(Problem::invalid("currentToken is not the token that the request is signed with"))
        }
        KeyId::ApiKey { .. } => Err(Problem::invalid(
            "the request is signed with an API key: only a session is refreshed, with its token",
        )),
    }
}

fn asked_for_databases(_: KeyId<'_>, body: &[u8]) -> Result<Asked, Problem> {
    let details: ScopedDetails = read(body)?;
    let key = session_tokens::of_pem(&details.public_key)?;
    Ok(Asked::ForDatabases { key, scope: DbScope::parse(&details.scope)? })
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|cause| {
        let code = match cause.classify() {
            serde_json::error::Category::Data => Code::InvalidParameter,
            _ => Code::CannotParseRequest,
        };
        Problem::new(code, format!("the body is not what this takes: {cause}"))
    })
}

async fn answer(
    app: &Shared,
    request: Request,
    reads: fn(KeyId<'_>, &[u8]) -> Result<Asked, Problem>,
) -> Response {
    let begun = Instant::now();
    match perform(app, request, reads).await {
        Ok(token) => {
            let body = json!({"token": token.expose()}).to_string();
            let mut response = body.into_response();
            plain_headers(Dialect::Identity, response.headers_mut());
            response
        }
        Err(refused) => {
            if refused.code == Code::NotAuthenticated {
                refusal::wait(begun).await; // its time tells nothing of why
            }
            problem(Dialect::Identity, &refused)
        }
    }
}

async fn perform(
    app: &Shared,
    request: Request,
    reads: fn(KeyId<'_>, &[u8]) -> Result<Asked, Problem>,
) -> Result<Secret, Problem> {
    let (parts, body) = request.into_parts();
    let signed = authn::verify(app, parts.method.as_str(), &parts.uri, &parts.headers).await?;
    app.rates.admit(&app.context, &signed.caller.principal)?;
    let bytes = read_body(body, app.timeouts.body).await;
    let asked = bytes.and_then(|bytes| {
        signed.verify_body(&bytes)?;
        reads(signed.key_id(), &bytes)
    });
    let asked = match asked {
        Ok(asked) => asked,
        Err(problem) => {
            signed.caller.settle_alone(app).await?;
            return Err(problem);
        }
    };
    let source = parts.extensions.get::<Source>().cloned().unwrap_or_default();
    let base = oauth::base(app, &parts.headers);
    let (caller, asked) = (Arc::new(signed.caller), Arc::new((asked, base)));
    let grant = move |app: &App, tx: &mut Tx<'_>, fresh: Option<&NewKey>| {
        let scene = Scene { context: &app.context, source: &source, fresh };
        granted(app, tx, &scene, &caller, &asked)
    };
    give(app, grant).await?.ok_or_else(Problem::not_authenticated)
}

/// Grants what was asked for, to who still is who they were when the signature was verified.
fn granted(
    app: &App,
    tx: &mut Tx<'_>,
    scene: &Scene<'_>,
    caller: &Caller,
    (asked, base): &(Asked, String),
) -> Result<Granted, Problem> {
    let principal = caller.settle(app, tx)?;
    match asked {
        Asked::ForDatabases { key, scope } => {
            db_tokens::grant(tx, scene, &principal, (key, scope, base))
        }
        Asked::Another(token) => session_tokens::refresh(tx, scene, &principal, token.expose()),
        Asked::Token { key, minutes, signed_by } => {
            let signed_by = match signed_by {
                SignedBy::Token(token) => KeyId::Token(token.expose()),
                SignedBy::ApiKey(fingerprint) => KeyId::ApiKey {
                    tenancy: principal.tenancy_id.as_str(),
                    user: principal.user.as_str(),
                    fingerprint,
                },
            };
            session_tokens::generate(tx, scene, &principal, signed_by, (key, *minutes))
        }
    }
}

/// Has a token granted and signs it; none where the session that asks is over. Where a key has to
/// be made first, that is done in between.
pub(crate) async fn give(
    app: &Shared,
    grant: impl Fn(&App, &mut Tx<'_>, Option<&NewKey>) -> Result<Granted, Problem>
    + Send
    + Sync
    + 'static,
) -> Result<Option<Secret>, Problem> {
    let grant = Arc::new(grant);
    let first = Arc::clone(&grant);
    let mut granted = app.write(move |app, tx| first(app, tx, None)).await?;
    if matches!(granted, Granted::NeedsKey) {
        let fresh = app.hash(|_| NewKey::generate()).await??;
        granted = app.write(move |app, tx| grant(app, tx, Some(&fresh))).await?;
    }
    match granted {
        Granted::Over => Ok(None),
        Granted::NeedsKey => Err(Problem::internal("a key was made and is not there")),
        Granted::Token(grant) => {
            let token = tokio::task::spawn_blocking(move || grant.sign()).await;
            token.map_err(Problem::internal)?.map(Some)
        }
    }
}
