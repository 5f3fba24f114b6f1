//! The log of a server of its own process, in both of its forms: every line of a request names the
//! request, and none holds a secret.

use crate::metrics::Visitor;
use crate::operating::{Answer, Operated, exchange, get};
use crate::secrets::forms;
use crate::world::key;
use serde_json::Value;
use std::collections::BTreeSet;
use tempfile::TempDir;

/// What was kept secret, and the ids of requests that were refused.
#[derive(Default)]
struct Seen {
    secrets: Vec<String>,
    refused: BTreeSet<String>,
}

impl Seen {
    fn refusal(&mut self, answer: &Answer) {
        assert!(answer.status() >= 400, "{}", answer.head);
        self.refused.insert(answer.header("opc-request-id").unwrap().to_owned());
    }

    fn secret(&mut self, secret: &str) {
        assert!(secret.len() > 7, "{secret}: too short to be looked for");
        self.secrets.push(secret.to_owned());
    }
}

/// A reset with a retry token, refusals of it, and requests that cannot be authenticated.
fn reset(server: &Operated, ann: &str, seen: &mut Seen) -> String {
    let path = format!("/20160918/users/{ann}/uiPassword");
    let token = "RetryTokenThatNobodyKnows7";
    let retry = format!("opc-retry-token: {token}\r\n");
    let password = server.send("POST", &path, "", &retry).json()["password"].clone();
    let password = password.as_str().unwrap().to_owned();
    let chosen = "{\"password\":\"ChosenByTheAdministrator9\"}";
    seen.refusal(&server.send("POST", &path, chosen, ""));
    seen.refusal(&server.send("GET", &format!("{path}x"), "", &retry));
    seen.refusal(&get(&server.host, &format!("{path}?password=PutIntoTheQuery123")).unwrap());
    let forged = server.head("GET", &path, "").replace("signature=\"", "signature=\"AAAA");
    seen.refusal(&exchange(&server.host, &format!("{forged}\r\n")).unwrap());
    // Ann has a key, and no right to what is another's.
    let body = serde_json::json!({"key": key(1).public_key_pem()}).to_string();
    let uploaded = server.send("POST", &format!("/20160918/users/{ann}/apiKeys"), &body, "");
    assert_eq!(uploaded.status(), 200, "{}", uploaded.body);
    let others = path.replace(ann, &server.profile["user"]);
    let head = server.head_of(ann, &key(1), "POST", &others, "");
    seen.refusal(&exchange(&server.host, &format!("{head}{retry}\r\n")).unwrap());
    for secret in [token, &password, "ChosenByTheAdministrator9", "PutIntoTheQuery123"] {
        seen.secret(secret);
    }
    password
}

/// Signs in with it, wrongly and rightly, and chooses another.
fn sign_in(server: &Operated, password: &str, seen: &mut Seen) {
    let mut visitor = Visitor::new(server);
    let wrong = visitor.sign_in("ann", "GuessedByAStranger42");
    assert_eq!(wrong.status(), 403, "{}", wrong.body);
    seen.secret("GuessedByAStranger42");
    assert_eq!(visitor.sign_in("ann", password).status(), 303);
    let chosen = "Chosen-by-Ann-herself-77";
    let changed = visitor.submit(
        "/console/change-password",
        &[("new-password", chosen), ("repeat-password", chosen)],
    );
    seen.secret(chosen);
    assert!(changed.status() < 500, "{}", changed.body);
    for cookie in visitor.cookies_seen {
        seen.secret(&cookie);
    }
}

/// Asks for a way back in; the token of the link comes by mail.
fn recover(server: &Operated, seen: &mut Seen) {
    server.user("bob", ",\"email\":\"bob@example.com\"");
    let mailbox = || get(&server.host, "/mailbox.json").unwrap().json();
    let link = loop {
        let text = mailbox().to_string();
        if let Some((_, rest)) = text.split_once("/console/link?t=") {
            break rest.split(['"', '\\', ' ', '<', '&']).next().unwrap().to_owned();
        }
        std::thread::yield_now();
    };
    seen.secret(&link);
    assert!(get(&server.host, &format!("/console/link?t={link}")).unwrap().status() < 400);
}

/// Lines that tell of a request, by what they say, and the id in each.
fn ids(log: &str, is_json: bool) -> BTreeSet<String> {
    let of_request = |text: &str| text.contains("refused") || text.contains("failed");
    let lines = log.lines().filter(|line| !line.is_empty());
    let found = lines.filter_map(|line| {
        if is_json {
            let line: Value = serde_json::from_str(line).unwrap();
            let fields = &line["fields"];
            let is_one = of_request(fields["message"].as_str().unwrap());
            return is_one.then(|| fields["request"].as_str().unwrap().to_owned());
        }
        let (head, rest) = line.split_once(": ").unwrap();
        assert!(head.contains('Z'), "every line begins with its time: {line}");
        let is_one = of_request(rest);
        is_one.then(|| {
            let (_, id) = line.split_once("request=").expect(line);
            id.split(' ').next().unwrap().to_owned()
        })
    });
    found.collect()
}

#[test]
fn every_line_of_a_request_names_it_and_no_line_holds_a_secret() {
    for format in ["text", "json"] {
        let root = TempDir::new().unwrap();
        let more = ["--log-format", format, "--log-level", "trace"];
        let server = Operated::start(&root, &["--tenancy-name", "acme"], &more);
        let mut seen = Seen::default();
        let ann = server.user("ann", "");
        let password = reset(&server, &ann, &mut seen);
        sign_in(&server, &password, &mut seen);
        let mut log = server.stop();
        let root = TempDir::new().unwrap();
        let server = Operated::start(&root, &["--identity-domains"], &more);
        recover(&server, &mut seen);
        log.push_str(&server.stop());
        assert!(log.contains(&ann), "what is logged is found: {log}");
        let ids = ids(&log, format == "json");
        assert!(ids.len() >= 3, "not signed, forged, and not allowed: {ids:?}: {log}");
        assert!(ids.is_subset(&seen.refused), "{ids:?} and {:?}", seen.refused);
        for secret in &seen.secrets {
            for form in forms(secret) {
                let form = String::from_utf8(form).unwrap();
                assert!(!log.contains(&form), "{secret} is in the log as {form}");
            }
        }
    }
}
