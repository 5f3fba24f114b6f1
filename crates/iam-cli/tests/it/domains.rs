//! `oci identity-domains …`: what differs from the commands of `oci iam`.

use crate::server::{Server, json, with};
use crate::story::{home, oci, oci_words};
use serde_json::Value;

const SCHEMAS: [&str; 2] = ["--schemas", r#"["s"]"#];

/// A list of two pages, with one user each.
fn pages() -> Server {
    Server::new(|seen| match seen.target.contains("page=P2") {
        true => json(200, r#"{"schemas":["l"],"totalResults":2,"Resources":[{"id":"u2"}]}"#),
        false => with(
            200,
            &[("opc-next-page", "P2")],
            r#"{"schemas":["l"],"totalResults":2,"Resources":[{"id":"u1"}]}"#,
        ),
    })
}

#[test]
fn every_domain_has_an_address_of_its_own() {
    let ended = home().oci(&["identity-domains", "users", "list"]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""));
    let expected = "Usage: oci identity-domains users list [OPTIONS]\n\nError: Missing option \
                    --endpoint.\n";
    assert_eq!(ended.err, expected);
}

#[test]
fn a_page_is_an_object_and_all_pages_become_one() {
    let ended = oci(&pages(), "identity-domains users list --query data");
    let page: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(page["resources"][0]["id"], "u1");
    assert_eq!((&page["total-results"], &page["start-index"]), (&2.into(), &Value::Null));
    assert!(ended.err.contains("not all resources were returned"), "{}", ended.err);
    for more in ["--all", "--limit 2"] {
        let server = pages();
        let line = format!("identity-domains users list {more} --query data.resources[].id");
        let ended = oci(&server, &line);
        assert_eq!(ended.out, "[\n  \"u1\",\n  \"u2\"\n]\n", "{more}: {}", ended.err);
        assert_eq!(server.seen().len(), 2, "{more}");
    }
}

#[test]
fn extensions_have_options_and_travel_under_their_urn() {
    let own = r#"{"allow-self-change":true}"#;
    let squeezed = "urnietfparamsscimschemasoracleidcsextensionselfChangeUser";
    let document = format!(r#"{{"schemas":["s"],"userName":"n","{squeezed}":{own}}}"#);
    for words in [
        vec!["--user-name", "n", SCHEMAS[0], SCHEMAS[1], "--ext-self-change-user", own],
        vec!["--from-json", &document],
    ] {
        let server = Server::json("{}");
        let ended =
            oci_words(&server, &[&["identity-domains", "user", "create"], &words[..]].concat());
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        let body: Value = serde_json::from_str(&server.only().body).unwrap();
        let urn = "urn:ietf:params:scim:schemas:oracle:idcs:extension:selfChange:User";
        assert_eq!(body[urn], serde_json::json!({"allowSelfChange": true}), "{body}");
    }
}

#[test]
fn words_of_a_list_are_given_one_by_one() {
    let server = Server::json("{}");
    let line = "identity-domains user get --user-id u --attribute-sets all --attribute-sets NEVER";
    assert_eq!(oci(&server, line).code, Some(0));
    let target = "/admin/v1/Users/u?attributeSets=all&attributeSets=never";
    assert_eq!(server.only().target, target);
    let server = Server::json("{}");
    let words = ["identity-domains", "user", "create", SCHEMAS[0], SCHEMAS[1], "--user-name", "n"];
    let more = ["--idcs-prevented-operations", "delete"];
    assert_eq!(oci_words(&server, &[&words[..], &more].concat()).code, Some(0));
    let body: Value = serde_json::from_str(&server.only().body).unwrap();
    assert_eq!(body["idcsPreventedOperations"], serde_json::json!(["delete"]));
}

#[test]
fn an_error_of_the_domain_is_reported_with_its_details() {
    let body = r#"{"schemas":["e"],"detail":"no such user","status":"404","x:messages:Error":1}"#;
    let server = Server::new(move |_| json(404, body));
    let ended = oci(&server, "identity-domains user get --user-id u");
    assert_eq!(ended.code, Some(1));
    let facts: Value =
        serde_json::from_str(ended.err.strip_prefix("ServiceError:\n").unwrap()).unwrap();
    assert_eq!(facts["detail"], "no such user");
    assert_eq!(facts["message"], "The service returned error code 404");
    assert_eq!((&facts["code"], &facts["status"]), (&Value::Null, &404.into()));
    assert_eq!(facts["target_service"], "identity_domains");
    assert_eq!(facts["x:messages:_error"], 1);
}

#[test]
fn nothing_but_the_signature_authorizes() {
    let server = Server::json("{}");
    let line = "identity-domains user get --user-id u --authorization Basic";
    assert_eq!(oci(&server, line).code, Some(0));
    let seen = server.only();
    let named = seen.headers.iter().filter(|(name, _)| name == "authorization");
    assert_eq!(named.count(), 1);
    assert!(seen.header("authorization").starts_with("Signature "), "{seen:?}");
    assert_eq!(seen.header("accept"), "application/scim+json, application/json");
}
