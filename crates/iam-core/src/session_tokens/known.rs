//! Whether a token that signed a request counts: all that it depends on, each time that something
//! has changed since it was looked at.

use super::{AUDIENCE, Claims, ISSUER, hash, key, now_seconds};
use crate::access::{self, KnownKey};
use crate::access_tokens::jwt::{self, TokenKind};
use crate::access_tokens::keys::Keys;
use crate::call::{Principal, store_problem};
use crate::context::Context;
use crate::{domains, sessions};
use iam_api::users::User;
use iam_api::{LifecycleState, Ocid, Problem, Timestamp};
use iam_store::{Purpose, TenancyNo, Tx};
use serde::Deserialize;
use std::sync::Arc;

/// Whose keys a token has to be verified with.
#[derive(Deserialize)]
struct Told {
    tenant: Ocid,
}

/// The key that a token is bound to, and its user, where both may sign requests.
pub(crate) fn known(
    tx: &mut Tx<'_>,
    context: &Context,
    token: &str,
) -> Result<Option<KnownKey>, Problem> {
    let Some((at, claims)) = find(tx, context, token)? else { return Ok(None) };
    let Some(key) = key::of_token(&claims.jwk) else {
        return Err(Problem::internal("a token of ours holds no key"));
    };
    let principal = access::principal(tx, at, claims.tenant, claims.sub)?;
    let principal = Principal { second_factor: claims.mfa, ..principal };
    let until = Some(Timestamp::from_micros(claims.exp.saturating_mul(1_000_000)));
    Ok(Some(KnownKey { key, principal: Arc::new(principal), until }))
}

/// The claims of a token that counts.
pub(super) fn open(
    tx: &mut Tx<'_>,
    context: &Context,
    token: &str,
) -> Result<Option<Claims>, Problem> {
    Ok(find(tx, context, token)?.map(|(_, claims)| claims))
}

fn find(
    tx: &mut Tx<'_>,
    context: &Context,
    token: &str,
) -> Result<Option<(TenancyNo, Claims)>, Problem> {
    let Some(Told { tenant }) = jwt::unverified(token) else { return Ok(None) };
    let Some(at) = tx.tenancy(tenant.as_str()).map_err(store_problem)? else { return Ok(None) };
    let claims = jwt::read::<Claims>(&Keys::load(tx, at)?, TokenKind::Session, token)?;
    let is_ours = |claims: &Claims| {
        claims.iss == ISSUER && claims.aud == AUDIENCE && now_seconds(context) < claims.exp
    };
    let Some(claims) = claims.filter(is_ours) else { return Ok(None) };
    let stored = tx.session(&hash(context, &claims.sid)).map_err(store_problem)?;
    let is_open = stored.is_some_and(|stored| {
        stored.purpose == Purpose::Signing
            && stored.tenancy == at
            && stored.user == claims.sub
            && !sessions::is_over(context, &stored)
    });
    if !is_open {
        return Ok(None);
    }
    Ok(may_sign(tx, at, &claims)?.then_some((at, claims)))
}

/// Whether the user is in use, and what the session was begun with still is. A blocked user signs
/// nothing in this way, whatever holds for API keys: a token stands for a password that was shown.
fn may_sign(tx: &mut Tx<'_>, at: TenancyNo, claims: &Claims) -> Result<bool, Problem> {
    let Some(resource) = tx.resource(at, &claims.sub).map_err(store_problem)? else {
        return Ok(false);
    };
    let user: User = resource.model().map_err(store_problem)?;
    if user.lifecycle_state != LifecycleState::Active || !domains::is_open_to(tx, at, &resource)? {
        return Ok(false);
    }
    let may = user.capabilities.as_ref();
    let Some(fingerprint) = &claims.via else {
        return Ok(may.and_then(|may| may.can_use_console_password) != Some(false));
    };
    let user = claims.sub.as_str();
    let is_there = tx.api_key(at, user, fingerprint).map_err(store_problem)?.is_some();
    Ok(is_there && may.and_then(|may| may.can_use_api_keys) != Some(false))
}
