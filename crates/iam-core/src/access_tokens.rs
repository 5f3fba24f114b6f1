//! Access tokens for programs that show an OAuth 2.0 client credential (RFC 6749, 4.4): JSON Web
//! Tokens that services check for themselves (RFC 9068).
//!
//! [`issue`] decides in a transaction, and notes it; [`Unsigned::sign`] signs outside of one. A
//! token cannot be taken back: it lives for an hour.

pub(crate) mod jwt;
pub(crate) mod keys;
mod shown;

use crate::access::is_in_use;
use crate::audit::{self, Event, Source};
use crate::call::store_problem;
use crate::context::Context;
use crate::domains;
use crate::oauth2_client_credentials::RULES;
use crate::server_key::Use;
use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use iam_api::oauth2_client_credentials::{FullyQualifiedScope, OAuth2ClientCredentialSummary};
use iam_api::users::User;
use iam_api::{LifecycleState, Ocid, Problem, Secret};
use iam_store::{StoredCredential, TenancyNo, Tx};
use jwt::TokenKind;
pub use jwt::Unsigned;
use keys::Keys;
pub use keys::{AHEAD_SECONDS, LIFE_SECONDS, NewKey, PublicJwk};
use serde::{Deserialize, Serialize};
pub use shown::verify;

/// How long a token lives (facts 3.2).
pub const TOKEN_SECONDS: i64 = 60 * 60;
/// The most wrong ones in a minute, of one client and from one peer: more are not looked into.
pub const REFUSED_MAX: i64 = 20;
const REFUSED_FROM_PEER_MAX: i64 = 200;
const REFUSED_SECONDS: i64 = 60;
/// The event of the audit trail.
const EVENT: &str = "IssueAccessToken";

/// What a program asks for.
#[derive(Clone)]
pub struct Asked {
    /// The client: the OCID of the credential.
    pub client: String,
    /// Its password, in each way that the header can be read.
    pub secrets: Vec<Secret>,
    /// The scopes, with a space in between, each as `<scope>-<audience>`.
    pub scope: String,
    /// What the names of issuers begin with.
    pub base: String,
}

/// What came of it.
pub enum Issued {
    /// A token is granted, for these scopes, as they were asked for.
    Granted(Unsigned, String),
    /// A key has to be made first.
    NeedsKey,
    /// It is not granted.
    Denied(Denied),
}

/// Why no token is granted, as RFC 6749 names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denied {
    /// The client is not known, its password is wrong, or it may not be used.
    InvalidClient,
    /// The credential has no such scope, or none was asked for.
    InvalidScope,
    /// Too many wrong ones were shown.
    TooMany,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    sub: Ocid,
    aud: String,
    client_id: String,
    tenant: Ocid,
    scope: String,
    iat: i64,
    exp: i64,
    jti: String,
}

/// The name of a tenancy's issuer, below an address.
#[must_use]
pub fn issuer(base: &str, tenancy: &str) -> String {
    format!("{base}/oauth2/{tenancy}")
}

/// Decides whether a token is granted, and notes it. `fresh` is a key, where one was made.
pub fn issue(
    tx: &mut Tx<'_>,
    context: &Context,
    source: &Source,
    asked: &Asked,
    fresh: Option<&NewKey>,
) -> Result<Issued, Problem> {
    let Some((place, found)) = client(tx, context, asked)? else {
        return refuse(tx, context, source, asked);
    };
    let at = place.0;
    let told: OAuth2ClientCredentialSummary = found.model().map_err(store_problem)?;
    let event =
        Event { at, compartment: "", actor: found.user.as_str(), name: EVENT, target: &found.id };
    let Some((audience, scope)) = granted(&told.scopes, &asked.scope) else {
        audit::record(tx, context, source, &event, "InvalidParameter")?;
        return Ok(Issued::Denied(Denied::InvalidScope));
    };
    let Some(signer) = Keys::ready(tx, context, (at, &place.1), fresh)? else {
        return Ok(Issued::NeedsKey);
    };
    let now = context.now().as_micros() / 1_000_000;
    let claims = Claims {
        iss: issuer(&asked.base, place.1.as_str()),
        sub: found.user.clone(),
        aud: audience,
        client_id: found.id.clone(),
        tenant: place.1,
        scope,
        iat: now,
        exp: now + TOKEN_SECONDS,
        jti: URL_SAFE_NO_PAD.encode(context.random::<16>()),
    };
    audit::record(tx, context, source, &event, "OK")?;
    let token = Unsigned::new(signer, TokenKind::Access, &claims)?;
    Ok(Issued::Granted(token, asked.scope.clone()))
}

/// A tenancy, by its number and its OCID.
type Place = (TenancyNo, Ocid);

/// The credential that is shown, if it is right, in use, and of a user who may use it.
fn client(
    tx: &mut Tx<'_>,
    context: &Context,
    asked: &Asked,
) -> Result<Option<(Place, StoredCredential)>, Problem> {
    // Which tenancy it is of, its name does not say; an installation has few.
    for place in tx.tenancies().map_err(store_problem)? {
        let found = tx.credential(place.0, &asked.client).map_err(store_problem)?;
        let Some(found) = found.filter(|found| found.kind == RULES.kind) else { continue };
        let is_right = asked.secrets.iter().fold(false, |is_right, secret| {
            let hash = RULES.hash(&context.key, &found.user, &found.id, secret);
            is_right | verify_slices_are_equal(&hash, &found.secret).is_ok()
        });
        let owner = tx.resource(place.0, &found.user).map_err(store_problem)?;
        let Some(owner) = owner else { return Ok(None) };
        let user: User = owner.model().map_err(store_problem)?;
        let may = is_in_use(&user, context.blocked_may_sign)
            && RULES.may_use(&user)
            && domains::is_open_to(tx, place.0, &owner)?;
        let is_active = found.state == LifecycleState::Active.as_str();
        return Ok((is_right && may && is_active).then_some((place, found)));
    }
    Ok(None)
}

/// The one audience and the scopes that were asked for, if the credential has them all.
fn granted(had: &[FullyQualifiedScope], asked: &str) -> Option<(String, String)> {
    let (mut audience, mut scopes) = (None, Vec::new());
    for word in asked.split(' ').filter(|word| !word.is_empty()) {
        let is_it = |one: &&FullyQualifiedScope| format!("{}-{}", one.scope, one.audience) == word;
        let mut fitting = had.iter().filter(is_it);
        let found = fitting.next()?;
        // Both parts may hold a dash. What can be read in two ways is not granted in either.
        if fitting.any(|other| other != found) {
            return None;
        }
        if *audience.get_or_insert(&found.audience) != &found.audience {
            return None; // a token for two services can be carried from one to the other
        }
        if !scopes.contains(&found.scope.as_str()) {
            scopes.push(&found.scope);
        }
    }
    Some((audience?.clone(), scopes.join(" ")))
}

/// Counts a wrong one and notes it. Where there were too many, nothing is written.
fn refuse(
    tx: &mut Tx<'_>,
    context: &Context,
    source: &Source,
    asked: &Asked,
) -> Result<Issued, Problem> {
    let (now, since) = (context.now(), context.now().plus_seconds(-REFUSED_SECONDS));
    let mut count = |what: &str, whose: &str| {
        let name = context.key.hash(Use::Counter, &[what.as_bytes(), whose.as_bytes()]);
        tx.count(&name, now, since).map_err(store_problem)
    };
    let of_client = count("refused client", &asked.client)?;
    let of_peer = count("refused clients from", &source.address)?;
    if of_client > REFUSED_MAX || of_peer > REFUSED_FROM_PEER_MAX {
        return Ok(Issued::Denied(Denied::TooMany));
    }
    let event = Event { at: TenancyNo(0), compartment: "", actor: "", name: EVENT, target: "" };
    audit::record(tx, context, source, &event, "NotAuthenticated")?;
    Ok(Issued::Denied(Denied::InvalidClient))
}

/// The public keys of a tenancy; none where there is no such tenancy.
pub fn public_keys(
    tx: &mut Tx<'_>,
    context: &Context,
    tenancy: &str,
) -> Result<Option<Vec<PublicJwk>>, Problem> {
    let Some(at) = tx.tenancy(tenancy).map_err(store_problem)? else { return Ok(None) };
    Keys::load(tx, at)?.public(context.now()).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(scope: &str, audience: &str) -> FullyQualifiedScope {
        FullyQualifiedScope { scope: scope.to_owned(), audience: audience.to_owned() }
    }

    #[test]
    fn scopes_are_granted_of_one_audience_and_only_as_they_can_be_read() {
        let had = [one("read", "shop"), one("write", "shop"), one("read", "bank")];
        let of_shop = |scopes: &str| Some(("shop".to_owned(), scopes.to_owned()));
        assert_eq!(granted(&had, "read-shop"), of_shop("read"));
        assert_eq!(granted(&had, "write-shop  read-shop write-shop"), of_shop("write read"));
        for refused in ["", " ", "read", "shop", "read-shop read-bank", "read-shop x-shop", "-"] {
            assert_eq!(granted(&had, refused), None, "{refused}");
        }
        let dashed = [one("a-b", "c"), one("a", "b-c")];
        assert_eq!(granted(&dashed, "a-b-c"), None);
        assert_eq!(granted(&[one("a-b", "c"), one("a-b", "c")], "a-b-c").unwrap().1, "a-b");
    }
}
