//! `oci __complete` for OCIDs: users and compartments by name, from the service and from what is
//! kept of its answers.

use crate::home::{Ended, Home, TENANCY};
use crate::server::{Server, json};
use crate::story::home;
use std::fs::{self, File};
use std::net::TcpListener;
use std::path::PathBuf;
use std::time::{Duration, Instant};

const USERS: &str = r#"[
    {"id": "ocid1.user.oc1..a1", "name": "ada", "lifecycleState": "ACTIVE"},
    {"id": "ocid1.user.oc1..b2", "name": "bo@example.com", "lifecycleState": "ACTIVE"},
    {"id": "ocid1.user.oc1..c3", "name": "adam", "lifecycleState": "INACTIVE"},
    {"id": "ocid1.user.oc1..d4", "name": "evil\u001b[2J", "lifecycleState": "ACTIVE"},
    {"id": "$(reboot)", "name": "ada", "lifecycleState": "ACTIVE"}]"#;

const COMPARTMENTS: &str = r#"[
    {"id": "ocid1.compartment.oc1..n", "name": "net", "lifecycleState": "ACTIVE",
     "compartmentId": "ocid1.tenancy.oc1..acme"},
    {"id": "ocid1.compartment.oc1..p", "name": "prod", "lifecycleState": "ACTIVE",
     "compartmentId": "ocid1.compartment.oc1..n"}]"#;

fn service() -> Server {
    Server::new(|seen| json(200, if seen.target.contains("/users") { USERS } else { COMPARTMENTS }))
}

/// What may stand in the place of the last word of the line.
fn complete(home: &Home, line: &str) -> Ended {
    let words: Vec<_> = std::iter::once("__complete").chain(line.split(' ')).collect();
    let ended = home.oci(&words);
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""), "{line}");
    ended
}

/// The files that hold names.
fn kept(home: &Home) -> Vec<PathBuf> {
    let folder = fs::read_dir(home.path(".cache/durward/completion"));
    let mut files: Vec<_> = folder.into_iter().flatten().map(|file| file.unwrap().path()).collect();
    files.sort();
    files
}

/// Makes all that is kept older.
fn age(home: &Home, minutes: u64) {
    for path in kept(home) {
        let changed = path.metadata().unwrap().modified().unwrap();
        let file = File::options().append(true).open(path).unwrap();
        file.set_modified(changed - Duration::from_secs(60 * minutes)).unwrap();
    }
}

#[test]
fn users_are_found_by_a_part_of_their_names_and_asked_for_once() {
    let server = service();
    let home = home().set("OCI_CLI_ENDPOINT", &server.url);
    for (line, found) in [
        ("iam user get --user-id ad", "ocid1.user.oc1..a1\tada\n"),
        ("iam user get --user-id EXAMPLE", "ocid1.user.oc1..b2\tbo@example.com\n"),
        (
            "iam group add-user --group-id x --user-id ocid1.user.oc1..b",
            "ocid1.user.oc1..b2\tbo@example.com\n",
        ),
        ("--current=ad iam user get --user-id", "ocid1.user.oc1..a1\tada\n"),
        ("iam user get --user-id adam", ""),
        ("iam user get --user-id evil", ""),
    ] {
        assert_eq!(complete(&home, line).out, found, "{line}");
    }
    let seen = server.only();
    assert_eq!(
        (seen.method.as_str(), seen.target.as_str()),
        ("GET", format!("/20160918/users?compartmentId={TENANCY}&limit=1000").as_str())
    );
    let [file] = kept(&home).try_into().unwrap();
    assert_eq!(
        fs::read_to_string(&file).unwrap(),
        "ocid1.user.oc1..a1\tada\nocid1.user.oc1..b2\tbo@example.com\n"
    );
    let name = format!(".cache/durward/completion/{}", file.file_name().unwrap().display());
    assert_eq!((home.mode(&name), home.mode(".cache/durward/completion")), (0o600, 0o700));
}

#[test]
fn compartments_are_told_by_their_paths() {
    let server = service();
    let home = home().set("OCI_CLI_ENDPOINT", &server.url);
    let net = "ocid1.compartment.oc1..n\tnet\n";
    let prod = "ocid1.compartment.oc1..p\tnet/prod\n";
    assert_eq!(complete(&home, "iam compartment get --compartment-id pr").out, prod);
    assert_eq!(complete(&home, "iam policy list -c ne").out, format!("{net}{prod}"));
    let moved = "iam compartment move --target-compartment-id tenancy";
    assert!(complete(&home, moved).out.starts_with(&format!("{TENANCY}\t")));
    let target = server.only().target;
    assert!(target.starts_with("/20160918/compartments?"), "{target}");
    for part in ["accessLevel=ACCESSIBLE", "compartmentIdInSubtree=true", "limit=1000"] {
        assert!(target.contains(part), "{target}");
    }
}

#[test]
fn each_caller_and_address_has_names_of_its_own() {
    let (server, other) = (service(), Server::json("[]"));
    let home = home();
    let line = |url: &str| format!("--endpoint {url} iam user get --user-id ad");
    assert_ne!(complete(&home, &line(&server.url)).out, "");
    assert_eq!(complete(&home, &line(&other.url)).out, "");
    assert_eq!((server.seen().len(), other.seen().len(), kept(&home).len()), (1, 1, 2));
}

#[test]
fn a_list_is_asked_for_anew_after_minutes_and_is_of_no_use_after_an_hour() {
    let server = service();
    let home = home().set("OCI_CLI_ENDPOINT", &server.url);
    let line = "iam user get --user-id ad";
    let found = complete(&home, line).out;
    age(&home, 6);
    assert_eq!(complete(&home, line).out, found);
    assert_eq!(server.seen().len(), 2);
    age(&home, 6);
    drop(server);
    assert_eq!(complete(&home, line).out, found, "nobody answers, and the old list will do");
    age(&home, 60);
    assert_eq!(complete(&home, line).out, "");
}

#[test]
fn nobody_waits_long_or_is_told_of_a_failure() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let line = "iam user get --user-id ad";
    let begun = Instant::now();
    assert_eq!(complete(&home().set("OCI_CLI_ENDPOINT", &url), line).out, "");
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());

    let refusing = Server::new(|_| json(404, r#"{"code":"NotAuthorizedOrNotFound"}"#));
    let home = home().set("OCI_CLI_ENDPOINT", &refusing.url);
    assert_eq!(complete(&home, line).out, "");
    assert_eq!((refusing.seen().len(), kept(&home).len()), (1, 0));
    assert_eq!(complete(&Home::new(), line).out, "", "no profile");
}
