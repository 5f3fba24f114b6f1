//! `oci session …`: what is sent, what is written, and what is refused. How it fits the official
//! command line is in `tests/clients/test_session.py`.

use crate::home::{Ended, Home};
use crate::server::{Server, json};
use iam_sign::PrivateKey;

/// `{"alg":"none"}.{"exp":33333333333,"tenant":"t","sub":"u"}.sig`.
const TOKEN: &str =
    "eyJhbGciOiJub25lIn0.eyJleHAiOjMzMzMzMzMzMzMzLCJ0ZW5hbnQiOiJ0Iiwic3ViIjoidSJ9.c2ln";
/// The same without a tenancy.
const NEWER: &str = "eyJhbGciOiJub25lIn0.eyJleHAiOjMzMzMzMzMzMzMzfQ.c2ln";
/// One that ran out in the year 2001.
const OLD: &str = "eyJhbGciOiJub25lIn0.eyJleHAiOjEwMDAwMDAwMDB9.c2ln";

fn answering(token: &str) -> Server {
    Server::json(&format!("{{\"token\":\"{token}\"}}"))
}

/// A home with a session beside the profile of an API key.
fn home(token: &str) -> Home {
    let home = Home::with_profile("pkcs8.pem", "");
    home.write(".oci/sessions/web/token", token);
    home.write(".oci/sessions/web/oci_api_key.pem", &home.read("key.pem"));
    let more = "\n[web]\nfingerprint=0f\nkey_file=~/.oci/sessions/web/oci_api_key.pem\ntenancy=t\n\
                region=iad\nsecurity_token_file=~/.oci/sessions/web/token\n";
    home.write(".oci/config", &(home.read(".oci/config") + more));
    home
}

fn run(home: &Home, server: &Server, words: &[&str]) -> Ended {
    let rest = ["--endpoint", &server.url, "--region", "iad"];
    home.oci(&[&["session"], words, &rest].concat())
}

fn told(ended: &Ended, text: &str) {
    assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""), "{}", ended.err);
    assert!(ended.err.contains(text), "{}", ended.err);
}

#[test]
fn a_session_is_begun_with_an_api_key_and_kept_for_its_owner_alone() {
    let (home, server) = (Home::with_profile("pkcs8.pem", ""), answering(TOKEN));
    let words = ["authenticate", "--no-browser", "--profile-name", "robot"];
    let words =
        [&words[..], &["--session-expiration-in-minutes", "15", "--use-passphrase"]].concat();
    let rest = ["--endpoint", &server.url, "--region", "IAD"];
    let args = [&["session"], &words[..], &rest].concat();
    let ended = home.oci_told(&args, "open\nopen\ny\n");
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let sent = server.only();
    assert_eq!(sent.target, "/v1/token/upst/actions/GenerateUpst");
    assert!(sent.header("authorization").contains("ocid1.tenancy.oc1..acme/"));
    let public = home.read(".oci/sessions/robot/oci_api_key_public.pem");
    let expected = serde_json::json!({"publicKey": public, "sessionExpirationInMinutes": 15});
    assert_eq!(serde_json::from_str::<serde_json::Value>(&sent.body).unwrap(), expected);
    for name in ["token", "oci_api_key.pem", "oci_api_key_public.pem"] {
        assert_eq!(home.mode(&format!(".oci/sessions/robot/{name}")), 0o600, "{name}");
    }
    assert_eq!((home.mode(".oci/sessions/robot"), home.mode(".oci/config")), (0o700, 0o600));
    assert_eq!(home.read(".oci/sessions/robot/token"), TOKEN);
    let key = home.read(".oci/sessions/robot/oci_api_key.pem");
    let key = PrivateKey::from_pem(key.as_bytes(), Some("open")).unwrap();
    assert_eq!(key.public_key_pem(), public);
    let folder = home.path(".oci/sessions/robot");
    let profile = format!(
        "\n\n\n[robot]\nfingerprint={}\nkey_file={}\ntenancy=t\nregion=us-ashburn-1\n\
         pass_phrase=open\nsecurity_token_file={}\n",
        key.fingerprint(),
        folder.join("oci_api_key.pem").display(),
        folder.join("token").display()
    );
    assert!(home.read(".oci/config").ends_with(&profile), "{}", home.read(".oci/config"));
    let again = home.oci_told(&args, "N/A\nN/A\n");
    assert_eq!(again.code, Some(0), "{}", again.err);
    assert_eq!(home.read(".oci/config").matches("[robot]").count(), 1, "it is replaced");
}

#[test]
fn what_cannot_begin_is_refused_before_anything_is_sent_or_written() {
    let (home, server) = (Home::with_profile("pkcs8.pem", ""), answering(TOKEN));
    let before = home.read(".oci/config");
    let begin =
        |more: &[&str]| run(&home, &server, &[&["authenticate", "--no-browser"], more].concat());
    for name in ["../x", ".", "..", "a b", "a/b", "[x]"] {
        let ended = begin(&["--profile-name", name]);
        assert_eq!(ended.code, Some(2), "{}", ended.err);
        assert!(ended.err.contains(&format!("Invalid profile name '{name}'")), "{}", ended.err);
    }
    let minutes = |text| begin(&["--profile-name", "x", "--session-expiration-in-minutes", text]);
    told(&minutes("61"), "cannot be longer than 60 minutes");
    told(&minutes("4"), "cannot be shorter than 5 minutes");
    assert_eq!(minutes("x").code, Some(2));
    let key = ["--profile-name", "x", "--public-key-file-path"];
    told(&begin(&[&key[..], &["~/key.pem"]].concat()), "Could not load public key");
    assert!(server.seen().is_empty());

    let refusing = Server::new(|_| json(401, r#"{"code":"NotAuthenticated","message":"no"}"#));
    let ended = run(&home, &refusing, &["authenticate", "--no-browser", "--profile-name", "x"]);
    told(&ended, "\"operation_name\": \"generate_user_security_token\"");
    assert_eq!(home.read(".oci/config"), before);
    assert!(!home.path(".oci/sessions").exists());
}

#[test]
fn a_refreshed_token_takes_the_place_of_the_one_before() {
    let (home, server) = (home(TOKEN), answering(NEWER));
    let refresh = ["refresh", "--profile", "web"];
    let ended = run(&home, &server, &refresh);
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), ""), "{}", ended.err);
    assert!(ended.err.ends_with("Successfully refreshed token\n"));
    let sent = server.only();
    assert_eq!(
        (sent.method.as_str(), sent.target.as_str()),
        ("POST", "/v1/authentication/refresh")
    );
    assert!(sent.header("authorization").contains(&format!("keyId=\"ST${TOKEN}\"")));
    assert_eq!(sent.body, format!("{{\"currentToken\":\"{TOKEN}\"}}"));
    assert_eq!(home.read(".oci/sessions/web/token"), NEWER);
    assert_eq!(home.mode(".oci/sessions/web/token"), 0o600);

    let over = "Your session is no longer valid and cannot be refreshed.";
    told(&run(&home, &Server::new(|_| json(401, "{}")), &refresh), over);
    told(&run(&home, &Server::new(|_| json(500, "oh")), &refresh), "Failed to refresh session");
    told(&run(&home, &Server::json("{}"), &refresh), "no token came");
    told(&run(&home, &answering("a b"), &refresh), "no token came");
    assert_eq!(home.read(".oci/sessions/web/token"), NEWER, "the one that there is stays");
    told(&run(&home, &server, &["refresh"]), "does not have a value for 'security_token_file'");
    home.write(".oci/sessions/web/token", OLD);
    told(&run(&home, &server, &refresh), over);
    assert_eq!(server.seen().len(), 1, "what ran out is not sent");
}

#[test]
fn a_session_is_looked_at_here_or_asked_about() {
    let home = home(TOKEN);
    let validate = ["validate", "--profile", "web"];
    let local = [&validate[..], &["--local"]].concat();
    let server = Server::json("[]");
    for words in [&validate[..], &local] {
        let ended = run(&home, &server, words);
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        assert_eq!(ended.err, "Session is valid until 3026-04-17 11:15:33 UTC\n");
    }
    assert_eq!(server.only().target, "/20160918/regions");
    let ended = run(&home, &Server::new(|_| json(401, "{}")), &validate);
    told(&ended, "Session was deemed invalid by service");
    told(&run(&home, &Server::new(|_| json(500, "{}")), &validate), "ServiceError:");
    home.write(".oci/sessions/web/token", OLD);
    told(&run(&home, &server, &local), "Session has expired");
}

#[test]
fn a_session_is_taken_away_and_nothing_else() {
    let (home, server) = (home(TOKEN), Server::json("[]"));
    let before = home.read(".oci/config");
    let default = home
        .read(".oci/config")
        .replace("region=us-ashburn-1", "region=x\nsecurity_token_file=~/t");
    home.write(".oci/config", &default);
    home.write("t", TOKEN);
    told(&run(&home, &server, &["terminate"]), "Cannot terminate DEFAULT profile");
    home.write(".oci/config", &before);
    told(&run(&home, &server, &["terminate"]), "does not have a value for 'security_token_file'");
    let ended = run(&home, &server, &["terminate", "--profile", "web"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(!home.path(".oci/sessions/web").exists() && home.path(".oci/sessions").exists());
    assert!(before.starts_with(home.read(".oci/config").trim_end()));
    assert!(!home.read(".oci/config").contains("[web]"));
    assert!(server.seen().is_empty());
}

#[test]
fn a_session_is_carried_in_an_archive_that_leads_nowhere_else() {
    let (from, server) = (home(TOKEN), Server::json("[]"));
    let export = ["export", "--profile", "web", "--output-file", "~/out"];
    let ended = run(&from, &server, &export);
    assert_eq!((ended.code, from.mode("out.zip")), (Some(0), 0o600), "{}", ended.err);
    let archive = std::fs::read(from.path("out.zip")).unwrap();

    let to = Home::new();
    std::fs::write(to.path("in.zip"), &archive).unwrap();
    let import = ["import", "--session-archive", "in.zip"];
    assert_eq!(run(&to, &server, &import).code, Some(0));
    assert_eq!(to.read(".oci/sessions/web/token"), TOKEN);
    assert_eq!(to.mode(".oci/sessions/web/oci_api_key.pem"), 0o600);
    let ended = run(&to, &server, &["validate", "--local", "--profile", "web"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert_eq!(run(&to, &server, &[&import[..], &["--force"]].concat()).code, Some(0));
    assert_eq!(to.read(".oci/config").matches("[web]").count(), 1);

    // Of the same length, so that nothing else of the archive is wrong but a checksum.
    let find = |what: &[u8]| archive.windows(what.len()).position(|part| part == what).unwrap();
    let mut bent = archive.clone();
    let at = find(b"= token");
    bent[at + 2..at + 7].copy_from_slice(b"../xx");
    std::fs::write(to.path("in.zip"), bent).unwrap();
    told(&run(&to, &server, &import), "is invalid");
    std::fs::write(to.path("in.zip"), b"PK no archive").unwrap();
    told(&run(&to, &server, &import), "it is not a ZIP archive");
    let from_key = ["export", "--output-file", "~/key"];
    told(&run(&from, &server, &from_key), "not a valid token profile");
    let ended = from.oci(&["session", "import"]);
    told(&ended, "Missing option(s) --session-archive.");
}
