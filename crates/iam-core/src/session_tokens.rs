//! Sessions that sign requests: begun by a person at the Console, or by a program with an API key;
//! kept by tokens, each bound to a key that its holder has.
//!
//! A token is a JSON Web Token of [`TOKEN_SECONDS`]. It names a session that is kept here, and the
//! public key that requests have to be signed for. So it is good for nothing without that key, and
//! it ends with the session: whatever ends the user's sessions ends their tokens.

mod key;
mod known;

use crate::access_tokens::jwt::TokenKind;
use crate::access_tokens::keys::{Keys, Signer};
use crate::access_tokens::{NewKey, TOKEN_SECONDS, Unsigned};
use crate::audit::{self, Event, Source};
use crate::call::{Principal, store_problem};
use crate::context::Context;
use crate::server_key::Use;
use crate::sessions::{self, Session};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use iam_api::users::User;
use iam_api::{Code, LifecycleState, Ocid, Problem};
use iam_sign::{KeyId, PublicKey};
use iam_store::{Purpose, StoredSession, Tx};
pub(crate) use key::jwk;
pub use key::{of_jwk, of_pem};
pub(crate) use known::known;
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// How long a session goes on that began at the Console, by one token after the other.
pub const SESSION_SECONDS: i64 = 24 * 60 * 60;
/// How long a session may be asked to go on that an API key begins (facts 6.3).
pub const MINUTES: RangeInclusive<i64> = 5..=60;
/// The most sessions of a user that sign.
pub const SESSIONS_MAX: usize = 100;

/// Who gives the tokens out, and for whom: neither is a name that a token for services has.
const ISSUER: &str = "durward/sessions";
const AUDIENCE: &str = "durward";

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: Ocid,
    tenant: Ocid,
    iat: i64,
    exp: i64,
    /// When the session ends, whatever comes.
    sess_exp: i64,
    /// The name of the session.
    sid: String,
    jti: String,
    /// The key that signs, as a JSON Web Key in a text, which is what OCI's clients read.
    jwk: String,
    /// The fingerprint of the API key that the session was begun with, and ends with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    via: Option<String>,
    /// Whether a code of a device was shown, where the session began at the Console.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mfa: Option<bool>,
}

/// What came of asking for a token.
pub enum Granted {
    /// It is granted, and has to be signed.
    Token(Unsigned),
    /// A key has to be made first.
    NeedsKey,
    /// The session that asks is over.
    Over,
}

/// What the requests around a grant have in common.
pub struct Scene<'a> {
    /// Clock, randomness, the server's key.
    pub context: &'a Context,
    /// Where the request came from.
    pub source: &'a Source,
    /// A key for signing tokens, where one was made.
    pub fresh: Option<&'a NewKey>,
}

/// Begins a session for who is signed in at the Console and has confirmed it.
pub fn authorize(
    tx: &mut Tx<'_>,
    scene: &Scene<'_>,
    session: &Session,
    key: &PublicKey,
) -> Result<Granted, Problem> {
    let principal = &session.principal;
    // What was read before this transaction may have ended since.
    let is_open = tx.session(&session.hash).map_err(store_problem)?;
    if !is_open.is_some_and(|open| open.purpose == Purpose::Console) {
        return Ok(Granted::Over);
    }
    let seconds = SESSION_SECONDS;
    let event = "AuthorizeSession";
    begin(tx, scene, principal, Begun { key, seconds, via: None, event })
}

/// Begins a session for who signed the request with an API key; for who signed it with a token,
/// gives out another of the same session, bound to another key, which never goes on for longer.
pub fn generate(
    tx: &mut Tx<'_>,
    scene: &Scene<'_>,
    principal: &Principal,
    signed_by: KeyId<'_>,
    (key, minutes): (&PublicKey, i64),
) -> Result<Granted, Problem> {
    let (seconds, event) = (minutes * 60, "GenerateUserSecurityToken");
    match signed_by {
        KeyId::ApiKey { fingerprint, .. } => {
            let via = Some(fingerprint.to_owned());
            begin(tx, scene, principal, Begun { key, seconds, via, event })
        }
        KeyId::Token(token) => {
            let Some(mut claims) = known::open(tx, scene.context, token)? else {
                return Ok(Granted::Over);
            };
            claims.jwk = jwk(key);
            claims.sess_exp = claims.sess_exp.min(now_seconds(scene.context) + seconds);
            go_on(tx, scene, principal, claims, event)
        }
    }
}

/// Gives another token out for the session of that one, bound to the same key.
pub fn refresh(
    tx: &mut Tx<'_>,
    scene: &Scene<'_>,
    principal: &Principal,
    token: &str,
) -> Result<Granted, Problem> {
    let Some(claims) = known::open(tx, scene.context, token)? else { return Ok(Granted::Over) };
    go_on(tx, scene, principal, claims, "RefreshSession")
}

/// A session that is about to begin.
struct Begun<'a> {
    key: &'a PublicKey,
    seconds: i64,
    via: Option<String>,
    event: &'static str,
}

fn begin(
    tx: &mut Tx<'_>,
    scene: &Scene<'_>,
    principal: &Principal,
    new: Begun<'_>,
) -> Result<Granted, Problem> {
    let (context, at) = (scene.context, principal.tenancy);
    must_be_active(tx, principal)?;
    let place = (at, &principal.tenancy_id);
    let Some(signer) = Keys::ready(tx, context, place, scene.fresh)? else {
        return Ok(Granted::NeedsKey);
    };
    make_room(tx, context, principal)?;
    let now = context.now();
    let sid = URL_SAFE_NO_PAD.encode(context.random::<16>());
    tx.add_session(&StoredSession {
        hash: hash(context, &sid),
        tenancy: at,
        user: principal.user.clone(),
        purpose: Purpose::Signing,
        second_factor: false,
        created: now,
        seen: now,
    })
    .map_err(store_problem)?;
    note(tx, scene, principal, new.event)?;
    let claims = Claims {
        iss: ISSUER.to_owned(),
        aud: AUDIENCE.to_owned(),
        sub: principal.user.clone(),
        tenant: principal.tenancy_id.clone(),
        iat: 0,
        exp: 0,
        sess_exp: now.as_seconds() + new.seconds,
        sid,
        jti: String::new(),
        jwk: jwk(new.key),
        via: new.via,
        mfa: principal.second_factor,
    };
    granted(signer, from_now(context, claims))
}

/// Gives a token out for a session that is open.
fn go_on(
    tx: &mut Tx<'_>,
    scene: &Scene<'_>,
    principal: &Principal,
    claims: Claims,
    event: &'static str,
) -> Result<Granted, Problem> {
    let context = scene.context;
    let place = (principal.tenancy, &principal.tenancy_id);
    let Some(signer) = Keys::ready(tx, context, place, scene.fresh)? else {
        return Ok(Granted::NeedsKey);
    };
    tx.touch_session(&hash(context, &claims.sid), context.now()).map_err(store_problem)?;
    note(tx, scene, principal, event)?;
    granted(signer, from_now(context, claims))
}

fn granted(signer: Signer, claims: Claims) -> Result<Granted, Problem> {
    Unsigned::new(signer, TokenKind::Session, &claims).map(Granted::Token)
}

/// The claims of a token that begins now.
fn from_now(context: &Context, claims: Claims) -> Claims {
    let now = now_seconds(context);
    let exp = (now + TOKEN_SECONDS).min(claims.sess_exp);
    let jti = URL_SAFE_NO_PAD.encode(context.random::<16>());
    Claims { iat: now, exp, jti, ..claims }
}

/// Refuses a user who may not sign with a token anyway: a blocked one has to show who they are.
pub(crate) fn must_be_active(tx: &mut Tx<'_>, principal: &Principal) -> Result<(), Problem> {
    let found = tx.resource(principal.tenancy, &principal.user).map_err(store_problem)?;
    let found = found.ok_or_else(Problem::not_authenticated)?;
    let user: User = found.model().map_err(store_problem)?;
    if user.lifecycle_state == LifecycleState::Active {
        return Ok(());
    }
    Err(Problem::new(
        Code::NotAuthorized,
        format!("user `{}` is not active and is given no token; unblock the user", user.name),
    ))
}

/// Drops those sessions of the user's that are over, and refuses where there still are too many.
fn make_room(tx: &mut Tx<'_>, context: &Context, principal: &Principal) -> Result<(), Problem> {
    let mut open = 0;
    for stored in tx.sessions(principal.tenancy, &principal.user).map_err(store_problem)? {
        match stored.purpose {
            Purpose::Signing if sessions::is_over(context, &stored) => {
                tx.end_session(&stored.hash).map_err(store_problem)?;
            }
            Purpose::Signing => open += 1,
            _ => {}
        }
    }
    if open < SESSIONS_MAX {
        return Ok(());
    }
    Err(Problem::new(
        Code::LimitExceeded,
        format!(
            "the user has {SESSIONS_MAX} sessions that sign; end some in the Console, or wait until \
             they are over"
        ),
    ))
}

pub(crate) fn note(
    tx: &mut Tx<'_>,
    scene: &Scene<'_>,
    principal: &Principal,
    name: &'static str,
) -> Result<(), Problem> {
    let (at, actor) = (principal.tenancy, principal.user.as_str());
    let event = Event { at, compartment: "", actor, name, target: actor };
    audit::record(tx, scene.context, scene.source, &event, "OK")
}

fn hash(context: &Context, sid: &str) -> String {
    context.key.hash(Use::SigningSession, &[sid.as_bytes()])
}

/// The time in seconds. A clock that went back does not bring a token back to life.
pub(crate) fn now_seconds(context: &Context) -> i64 {
    context.now().max(context.high_water()).as_seconds()
}
