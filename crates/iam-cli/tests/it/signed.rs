//! Signatures, ids and what `--debug` shows of them.

use crate::home::key_file;
use crate::server::{Seen, Server};
use crate::story::{ADA, oci};
use iam_sign::{Presented, PublicKey, parse_http_date};

/// Checks a request as the server does; `target` is what came unless a test says otherwise.
fn verify(seen: &Seen) {
    let key = std::fs::read_to_string(key_file("public.pem")).unwrap();
    let key = PublicKey::from_spki_pem(&key).unwrap();
    let headers = seen.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    let now = parse_http_date(seen.header("date")).unwrap();
    let presented = Presented::read(&seen.method, &seen.target, headers, now).unwrap();
    presented.verify(&key).unwrap();
    presented.verify_body(seen.body.as_bytes()).unwrap();
}

#[test]
fn every_kind_of_request_is_signed_as_the_server_checks() {
    for line in [
        "iam user get --user-id ocid1.user.oc1..ada",
        "iam user list --name a&b=c+d",
        "iam user create --name n --description ä",
        "iam user ui-password create-or-reset --user-id u",
        "iam user update --user-id a/b --email a@b.c --if-match e1",
        "iam user delete --user-id u --force",
    ] {
        let server = Server::json(ADA);
        oci(&server, line);
        let seen = server.only();
        verify(&seen);
        assert_eq!(seen.header("host"), server.url.trim_start_matches("http://"), "{line}");
        assert_eq!(seen.header("accept"), "application/json");
        assert!(seen.header("user-agent").starts_with("Durward-CLI/"));
        assert_eq!(seen.header("if-match"), if line.contains("if-match") { "e1" } else { "" });
    }
}

#[test]
fn a_request_id_is_sent_as_given() {
    for name in ["--opc-request-id", "--request-id", "--opc-client-request-id"] {
        let server = Server::json(ADA);
        oci(&server, &format!("iam user get --user-id u {name} my-own"));
        assert_eq!(server.only().header("opc-request-id"), "my-own");
    }
}

#[test]
fn debug_shows_the_exchange_and_no_secret() {
    let server = Server::json(r#"{"userId":"u","password":"Zx9!one-time"}"#);
    let ended = oci(&server, "iam user ui-password create-or-reset --user-id u --debug");
    assert!(ended.out.contains("Zx9!one-time"), "the answer itself is shown: {}", ended.out);
    assert!(!ended.err.contains("Zx9!one-time"), "{}", ended.err);
    let signature = server.only().header("authorization").to_owned();
    let signature = signature.split("signature=\"").nth(1).unwrap().split('"').next().unwrap();
    assert!(!ended.err.contains(signature), "{}", ended.err);
    for part in ["DEBUG > POST http://127.0.0.1:", "signature=\"***\"", "DEBUG < status 200"] {
        assert!(ended.err.contains(part), "{part}: {}", ended.err);
    }
}

#[test]
fn an_endpoint_may_name_the_version_of_the_api() {
    for ending in ["", "/", "/20160918", "/20160918/"] {
        let server = Server::json("[]");
        let address = format!("{}{ending}", server.url);
        let ended = crate::story::home().oci(&["iam", "region", "list", "--endpoint", &address]);
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        assert_eq!(server.only().target, "/20160918/regions");
    }
}
