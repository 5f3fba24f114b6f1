//! The token of a session: what stands in the place of an API key with `--auth security_token`.
//!
//! The token is a JSON web token that somebody else made and the server checks; here it is only
//! looked at, so that one that has run out is found before it is sent. The one idea: the token is
//! as good as a password while it lasts, so it is wiped when dropped, and never shown.

use super::{env::Environment, file::read_text, permissions::warn_if_open};
use crate::{failure::Failure, json::Json};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use iam_api::Timestamp;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Where a new token comes from.
const MORE: &str = "`oci session authenticate` makes a new one";

/// The name under which requests are signed that this token vouches for.
pub(super) fn key_id(
    path: Option<&PathBuf>,
    now: Timestamp,
    env: &dyn Environment,
) -> Result<Zeroizing<String>, Failure> {
    let Some(path) = path else {
        return Err(Failure::Client(
            "ERROR: --auth security_token needs the option `security_token_file` in the profile, \
             or the variable OCI_CLI_SECURITY_TOKEN_FILE"
                .to_owned(),
        ));
    };
    let text = read_text(path)?;
    warn_if_open(path, env);
    let token = text.trim();
    check(token, now).map_err(|why| refuse(path, &why))?;
    Ok(signing(token))
}

/// The name under which whoever has that token signs.
pub(super) fn signing(token: &str) -> Zeroizing<String> {
    Zeroizing::new(format!("ST${token}"))
}

fn refuse(path: &Path, why: &str) -> Failure {
    Failure::Client(format!("ERROR: The session token in {} {why}: {MORE}", path.display()))
}

/// What a token says, whoever wrote it; the reason why not ends a sentence.
pub(crate) fn claims(token: &str) -> Result<Json, String> {
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.=".contains(&byte);
    let not_one = || "is not a JSON web token".to_owned();
    let claims = token.bytes().all(letters).then(|| token.split('.').nth(1)).flatten();
    let claims = claims.and_then(|part| URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok());
    let claims = claims.map(Zeroizing::new).ok_or_else(not_one)?;
    Json::parse(&claims).map_err(|_| not_one())
}

/// When a token runs out, in seconds.
pub(crate) fn end(claims: &Json) -> Result<i64, String> {
    match claims.get("exp") {
        Some(Json::Int(seconds)) => Ok(i64::try_from(*seconds).unwrap_or(i64::MAX)),
        _ => Err("does not say when it runs out".to_owned()),
    }
}

/// Whether a text can be a token, and has not run out; the reason why not ends a sentence.
fn check(token: &str, now: Timestamp) -> Result<(), String> {
    let seconds = end(&claims(token)?)?;
    if now.as_seconds() > seconds {
        let end = Timestamp::from_micros(seconds.saturating_mul(1_000_000));
        return Err(format!("ran out at {end}"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(claims: &str) -> String {
        format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims))
    }

    #[test]
    fn a_token_is_good_until_the_second_that_it_names() {
        let at = |seconds: i64| Timestamp::from_micros(seconds * 1_000_000);
        let token = token(r#"{"sub":"u","exp":1700000000}"#);
        assert_eq!(check(&token, at(1_700_000_000)), Ok(()));
        let refused = check(&token, at(1_700_000_001));
        assert_eq!(refused, Err("ran out at 2023-11-14T22:13:20.000Z".to_owned()));
    }

    #[test]
    fn what_is_no_token_is_refused() {
        let now = Timestamp::from_micros(0);
        for (text, why) in [
            (String::new(), "is not a JSON web token"),
            ("e30".to_owned(), "is not a JSON web token"),
            ("e30.!.e30".to_owned(), "is not a JSON web token"),
            ("e30.eyJ9.\"".to_owned(), "is not a JSON web token"),
            (token("{}"), "does not say when it runs out"),
            (token(r#"{"exp":"soon"}"#), "does not say when it runs out"),
        ] {
            assert_eq!(check(&text, now), Err(why.to_owned()), "{text}");
        }
    }
}
