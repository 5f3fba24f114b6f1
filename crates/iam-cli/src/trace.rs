//! What `--debug` shows: what is sent and answered, with secrets masked.
//!
//! Masked are the signature, and every text under a key that names a secret. What is not JSON is
//! shown only by its length, since nobody knows what is in it.

use crate::json::{Json, Layout};
use crate::send::Answer;
use crate::terminal::note;

/// What stands for a secret.
const MASK: &str = "***";

/// Shows a request.
pub(crate) fn request(method: &str, uri: &str, headers: &[(&str, String)], body: Option<&[u8]>) {
    note(&format!("DEBUG > {method} {uri}"));
    for (name, value) in headers {
        note(&format!("DEBUG > {name}: {}", mask_header(name, value)));
    }
    if let Some(body) = body {
        note(&format!("DEBUG > {}", mask_body(body)));
    }
}

/// Shows an answer.
pub(crate) fn answer(answer: &Answer) {
    note(&format!("DEBUG < status {}", answer.status));
    for (name, value) in &answer.headers {
        note(&format!("DEBUG < {name}: {}", mask_header(name, value)));
    }
    note(&format!("DEBUG < {}", mask_body(&answer.body)));
}

fn mask_header(name: &str, value: &str) -> String {
    match name {
        "authorization" => mask_authorization(value),
        "set-cookie" | "cookie" | "proxy-authorization" => MASK.to_owned(),
        _ => value.to_owned(),
    }
}

/// The header without the signature, and without the token of a session, which is a secret too.
fn mask_authorization(value: &str) -> String {
    let Some((before, after)) = value.split_once("signature=\"") else { return MASK.to_owned() };
    let rest = after.split_once('"').map_or("", |(_, rest)| rest);
    let before = match before.split_once("keyId=\"ST$") {
        Some((before, after)) => {
            let rest = after.split_once('"').map_or("", |(_, rest)| rest);
            format!("{before}keyId=\"ST${MASK}\"{rest}")
        }
        None => before.to_owned(),
    };
    format!("{before}signature=\"{MASK}\"{rest}")
}

fn mask_body(body: &[u8]) -> String {
    if body.is_empty() {
        return "(no body)".to_owned();
    }
    match Json::parse(body) {
        Ok(value) => mask(&value).text(Layout::WIRE),
        Err(_) => format!("({} bytes that are not JSON)", body.len()),
    }
}

fn mask(value: &Json) -> Json {
    match value {
        Json::Object(pairs) => Json::Object(
            pairs
                .iter()
                .map(|(key, value)| match value {
                    Json::Text(_) if is_secret(key) => (key.clone(), Json::text_of(MASK)),
                    _ => (key.clone(), mask(value)),
                })
                .collect(),
        ),
        Json::List(items) => Json::List(items.iter().map(mask).collect()),
        other => other.clone(),
    }
}

/// Whether what stands under this key is a secret.
fn is_secret(key: &str) -> bool {
    let key = key.to_lowercase();
    ["password", "passphrase", "secret", "token", "privatekey", "credential"]
        .iter()
        .any(|word| key.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_masked_and_the_rest_is_shown() {
        let body =
            br#"{"password":"p","passwordPolicy":{"minimumPasswordLength":12},"userId":"u"}"#;
        assert_eq!(
            mask_body(body),
            r#"{"password":"***","passwordPolicy":{"minimumPasswordLength":12},"userId":"u"}"#
        );
        let header = r#"Signature keyId="k",signature="abc",version="1""#;
        assert_eq!(
            mask_header("authorization", header),
            r#"Signature keyId="k",signature="***",version="1""#
        );
        let header = r#"Signature keyId="ST$e30.e30.x",signature="abc",version="1""#;
        assert_eq!(
            mask_header("authorization", header),
            r#"Signature keyId="ST$***",signature="***",version="1""#
        );
        assert_eq!(mask_body(b"<html>"), "(6 bytes that are not JSON)");
    }
}
