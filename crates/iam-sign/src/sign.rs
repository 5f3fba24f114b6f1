//! Signs a request as Oracle's own Python SDK does.
//!
//! Gives the headers that a request must carry, in the SDK's order and spelling, so that a recorded
//! exchange looks the same. It sends nothing and reads no clock: the date comes in as text
//! (`format_http_date`).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::digest::{SHA256, digest};

use crate::{
    key_error::KeyError,
    private_key::PrivateKey,
    signing_string::{REQUEST_TARGET, carries_body, signing_string},
};

const NAMES: [&str; 3] = ["date", REQUEST_TARGET, "host"];
const BODY_NAMES: [&str; 3] = ["content-length", "content-type", "x-content-sha256"];

/// The headers that authenticate a request: `date`, `host`, for POST, PUT and PATCH the three that
/// bind the body (a missing body counts as an empty one), and `authorization`.
///
/// `target` is the path and query exactly as they will be sent, and `key_id` is
/// `<tenancy>/<user>/<fingerprint>`. The body of any other method is not signed.
///
/// # Errors
///
/// [`KeyError::Damaged`] where the key cannot sign.
pub fn sign_request(
    key: &PrivateKey,
    key_id: &str,
    method: &str,
    host: &str,
    target: &str,
    date: &str,
    body: Option<&[u8]>,
) -> Result<Vec<(&'static str, String)>, KeyError> {
    let mut headers = vec![("date", date.to_owned()), ("host", host.to_owned())];
    let mut names = NAMES.to_vec();
    if carries_body(method) {
        let body = body.unwrap_or_default();
        headers.push(("content-length", body.len().to_string()));
        headers.push(("content-type", "application/json".to_owned()));
        headers.push(("x-content-sha256", STANDARD.encode(digest(&SHA256, body))));
        names.extend(BODY_NAMES);
    }
    let value_of = |wanted: &str| {
        headers.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.as_bytes())
    };
    let text = signing_string(method, target, &names, value_of).map_err(|_| KeyError::Failed)?;
    let signature = STANDARD.encode(key.sign(&text)?);
    let names = names.join(" ");
    headers.push((
        "authorization",
        format!(
            "Signature algorithm=\"rsa-sha256\",headers=\"{names}\",keyId=\"{key_id}\",\
             signature=\"{signature}\",version=\"1\""
        ),
    ));
    Ok(headers)
}
