//! Tokens for databases: what a database client shows in the place of a password, together with a
//! signature by the key that the token names.
//!
//! A token vouches for the user, their tenancy and the scope that was asked for, and for nothing
//! that this program looks into: what the scope names is the database's, and so is the decision. So
//! nobody learns by asking what there is. It cannot be taken back, and lives as long as an access
//! token; a database verifies it with the tenancy's published keys.

use crate::access_tokens::jwt::TokenKind;
use crate::access_tokens::keys::Keys;
use crate::access_tokens::{TOKEN_SECONDS, Unsigned, issuer};
use crate::call::Principal;
use crate::session_tokens::{self, Granted, Scene};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use iam_api::{Ocid, Problem};
use iam_sign::PublicKey;
use iam_store::Tx;
use serde::Serialize;

/// What every scope begins with; databases are named after it by OCIDs or by names.
const BY_ID: &str = "urn:oracle:db::id::";
const BY_PATH: &str = "urn:oracle:db::path::";
/// The longest scope: three OCIDs, about.
const SCOPE_CHARS_MAX: usize = 1_000;
/// Whom the tokens are for.
const AUDIENCE: &str = "urn:oracle:db";
/// The event of the audit trail.
const EVENT: &str = "GenerateScopedAccessToken";

#[derive(Serialize)]
struct Claims<'a> {
    iss: String,
    aud: &'a str,
    sub: &'a Ocid,
    tenant: &'a Ocid,
    scope: &'a str,
    iat: i64,
    exp: i64,
    jti: String,
    /// The key that its holder has, as a JSON Web Key in a text.
    jwk: String,
}

/// Databases, as a scope names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DbScope(String);

impl DbScope {
    /// Reads a scope; refuses what names no databases.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let named = [BY_ID, BY_PATH].into_iter().find_map(|start| text.strip_prefix(start));
        let is_plain = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '\\');
        let is_one = named.is_some_and(|named| !named.is_empty() && named.chars().all(is_plain));
        if is_one && text.len() <= SCOPE_CHARS_MAX {
            return Ok(Self(text.to_owned()));
        }
        Err(Problem::invalid(format!(
            "scope must name databases, as `{BY_ID}*`, `{BY_ID}<compartment OCID>` or \
             `{BY_PATH}<tenancy name>` do, in at most {SCOPE_CHARS_MAX} characters"
        )))
    }
}

/// Grants who asks a token for databases, bound to that key. `base` is what the names of issuers
/// begin with.
pub fn grant(
    tx: &mut Tx<'_>,
    scene: &Scene<'_>,
    principal: &Principal,
    (key, scope, base): (&PublicKey, &DbScope, &str),
) -> Result<Granted, Problem> {
    session_tokens::must_be_active(tx, principal)?;
    let (context, place) = (scene.context, (principal.tenancy, &principal.tenancy_id));
    let Some(signer) = Keys::ready(tx, context, place, scene.fresh)? else {
        return Ok(Granted::NeedsKey);
    };
    session_tokens::note(tx, scene, principal, EVENT)?;
    let now = session_tokens::now_seconds(context);
    let claims = Claims {
        iss: issuer(base, principal.tenancy_id.as_str()),
        aud: AUDIENCE,
        sub: &principal.user,
        tenant: &principal.tenancy_id,
        scope: &scope.0,
        iat: now,
        exp: now + TOKEN_SECONDS,
        jti: URL_SAFE_NO_PAD.encode(context.random::<16>()),
        jwk: session_tokens::jwk(key),
    };
    Unsigned::new(signer, TokenKind::Database, &claims).map(Granted::Token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_names_databases() {
        for scope in [
            "urn:oracle:db::id::*",
            "urn:oracle:db::id::ocid1.compartment.oc1..a::ocid1.autonomousdatabase.oc1.phx.b",
            "urn:oracle:db::path::acme:sales",
        ] {
            assert_eq!(DbScope::parse(scope).unwrap().0, scope);
        }
        let long = format!("urn:oracle:db::id::{}", "a".repeat(SCOPE_CHARS_MAX));
        for scope in [
            "",
            "urn:oracle:db:",
            "urn:oracle:db::id::",
            "urn:oracle:db::name::acme",
            "x urn:oracle:db::id::*",
            "urn:oracle:db::id::a b",
            "urn:oracle:db::id::a\"b",
            "urn:oracle:db::id::\u{e9}",
            &long,
        ] {
            assert!(DbScope::parse(scope).is_err(), "{scope}");
        }
    }
}
