//! `--auth security_token`: a session's token signs in the place of an API key.

use crate::home::{Ended, Home};
use crate::server::{Server, json};

/// `{"alg":"none"}.{"exp":33333333333}.sig`: good for a thousand years.
const TOKEN: &str = "eyJhbGciOiJub25lIn0.eyJleHAiOjMzMzMzMzMzMzMzfQ.c2ln";
/// The same that ran out in the year 2001.
const OLD: &str = "eyJhbGciOiJub25lIn0.eyJleHAiOjEwMDAwMDAwMDB9.c2ln";

/// A home whose profile has a session, and needs neither user nor fingerprint.
fn home(token: &str) -> Home {
    let home = Home::with_profile("pkcs8.pem", "");
    home.write("token", token);
    home.write(
        ".oci/config",
        "[DEFAULT]\ntenancy=ocid1.tenancy.oc1..acme\nkey_file=~/key.pem\n\
         security_token_file=~/token\nregion=iad\n",
    );
    home.set("OCI_CLI_AUTH", "security_token")
}

fn list(home: &Home, server: &Server) -> Ended {
    home.oci(&["iam", "region", "list", "--no-retry", "--debug", "--endpoint", &server.url])
}

#[test]
fn the_token_says_who_signs_and_is_never_shown() {
    let server = Server::json("[]");
    let ended = list(&home(&format!("{TOKEN}\n")), &server);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let header = server.only().header("authorization").to_owned();
    assert!(header.contains(&format!("keyId=\"ST${TOKEN}\"")), "{header}");
    assert!(ended.err.contains("keyId=\"ST$***\""), "{}", ended.err);
    assert!(!ended.err.contains(TOKEN), "{}", ended.err);
}

#[test]
fn a_session_that_cannot_sign_is_explained_before_anything_is_sent() {
    let server = Server::json("[]");
    for (token, told) in
        [(OLD, "ran out at 2001-09-09T01:46:40.000Z: "), ("no token", "is not a JSON web token: ")]
    {
        let home = home(token);
        let ended = list(&home, &server);
        assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""));
        let path = home.path("token");
        let start = format!("ERROR: The session token in {} {told}", path.display());
        assert!(ended.err.starts_with(&start), "{}", ended.err);
    }
    let home = home(TOKEN).set("OCI_CLI_SECURITY_TOKEN_FILE", "~/none");
    assert!(list(&home, &server).err.starts_with("ERROR: Cannot read "));
    home.write(".oci/config", "[DEFAULT]\nsecurity_token_file=~/token\n");
    let home = home.set("OCI_CLI_SECURITY_TOKEN_FILE", "~/token");
    assert!(list(&home, &server).err.contains("needs the option `key_file`"));
    let home = Home::with_profile("pkcs8.pem", "").set("OCI_CLI_AUTH", "security_token");
    assert!(list(&home, &server).err.contains("needs the option `security_token_file`"));
    assert!(server.seen().is_empty());
}

#[test]
fn a_token_that_others_can_read_is_warned_about() {
    let home = home(TOKEN);
    home.set_mode("token", 0o644);
    let ended = list(&home, &Server::json("[]"));
    let told = format!("WARNING: Permissions on {} are", home.path("token").display());
    assert!(ended.err.contains(&told), "{}", ended.err);
}

#[test]
fn a_401_tells_of_a_session_that_was_not_used_and_of_a_wrong_clock() {
    let server = Server::new(|_| {
        let body = r#"{"code":"NotAuthenticated","message":"no"}"#;
        let text = String::from_utf8(json(401, body)).unwrap();
        text.replacen("\r\n", "\r\nDate: Tue, 14 Nov 2023 22:13:20 GMT\r\n", 1).into_bytes()
    });
    let home = Home::with_profile("pkcs8.pem", "security_token_file=~/token\n");
    let ended = list(&home, &server);
    assert!(ended.err.contains("This computer's clock is "), "{}", ended.err);
    assert!(ended.err.contains(" minutes ahead of the server's"), "{}", ended.err);
    assert!(ended.err.contains("signs with --auth security_token only"), "{}", ended.err);
}
