//! Command lines that are not accepted, and services that refuse: message and exit code.

use crate::home::Home;
use crate::server::{Server, json};
use crate::story::{ADA, NOT_FOUND, home, oci, oci_words};
use serde_json::Value;

/// Runs a line that must be refused before anything is sent.
fn refused(line: &str) -> (Option<i32>, String) {
    let server = Server::json(ADA);
    let ended = oci(&server, line);
    assert_eq!(ended.out, "", "{line}");
    assert!(server.seen().is_empty(), "{line}");
    (ended.code, ended.err)
}

#[test]
fn mistakes_in_the_line_exit_with_2_and_suggest_what_was_meant() {
    for (line, message) in [
        (
            "iam user ui-password create",
            "No such command 'create'. Did you mean 'create-or-reset'?",
        ),
        ("iam usr get", "No such command 'usr'. Did you mean 'user'?"),
        ("iam user get --usr-id x", "No such option '--usr-id'. Did you mean '--user-id'?"),
        ("iam user --user-id x get", "No such option '--user-id'."),
        ("iam user get --user-id u more", "Got unexpected extra argument (more)"),
        ("iam user get --user-id", "Option '--user-id' requires an argument."),
        ("iam user create --name --description d", "Option '--name' requires an argument."),
        ("iam user delete --user-id u --force=1", "Option '--force' does not take a value."),
        ("iam user list --limit x", "Invalid value for '--limit': 'x' is not a valid integer."),
        (
            "iam user list --sort-by foo",
            "Invalid value for '--sort-by': invalid choice: foo. (choose from TIMECREATED, NAME)",
        ),
        ("iam user update-user-state --user-id u --blocked x", "'x' is not a valid boolean."),
        ("iam user list --output xml", "'xml' is not one of 'json', 'table'."),
        ("iam user list --max-retries 2 --no-retry", "--max-retries is not applicable"),
        ("banana", "No such command 'banana'."),
    ] {
        let (code, err) = refused(line);
        assert_eq!(code, Some(2), "{line}");
        assert!(err.starts_with("Usage: oci"), "{line}: {err}");
        assert!(
            err.contains(&format!("Error: {message}")) || err.contains(message),
            "{line}: {err}"
        );
    }
}

#[test]
fn missing_options_are_named_together() {
    let (code, err) = refused("iam policy create --description d");
    assert_eq!(code, Some(1));
    assert_eq!(
        err,
        "Usage: oci iam policy create [OPTIONS]\n\nError: Missing option(s) --compartment-id, \
         --name, --statements.\n"
    );
}

#[test]
fn values_that_cannot_be_sent_are_refused_before_anything_is() {
    let server = Server::json(ADA);
    for (words, message) in [
        (
            vec!["--user-id", ""],
            "UsageError: Parameter --user-id cannot be whitespace or empty string",
        ),
        (vec!["--user-id", ".."], "UsageError: Parameter --user-id cannot be `..`"),
        (vec!["--user-id", "u", "--query", "data["], "Invalid --query: "),
        (
            vec!["--user-id", "u", "--query", "query://none"],
            "UsageError: Query none is not defined",
        ),
        (vec!["--user-id", "u", "--endpoint", "localhost:1"], "invalid endpoint `localhost:1`"),
        (vec!["--user-id", "u", "--auth", "instance_principal"], "instance_principal"),
    ] {
        let ended = oci_words(&server, &[&["iam", "user", "get"], &words[..]].concat());
        assert_eq!(ended.code, Some(1), "{words:?}");
        assert!(ended.err.contains(message), "{words:?}: {}", ended.err);
    }
    let (code, err) = refused("iam user list --all --limit 2");
    let both =
        "UsageError: If you provide the --all option you cannot provide the --limit option\n";
    assert_eq!((code, err.as_str()), (Some(1), both));
    assert!(server.seen().is_empty());
}

#[test]
fn an_id_with_odd_letters_stays_one_segment_of_the_path() {
    let server = Server::json(ADA);
    assert_eq!(
        oci_words(&server, &["iam", "user", "get", "--user-id", "../../x?y#z"]).code,
        Some(0)
    );
    assert_eq!(server.only().target, "/20160918/users/..%2F..%2Fx%3Fy%23z");
}

#[test]
fn nothing_is_asked_of_a_foreign_host() {
    // Were a host asked, it would be through this.
    let proxy = Server::json("{}");
    let home = home().set("https_proxy", &proxy.url).set("http_proxy", &proxy.url);
    let ended = home.oci(&["--release-info"]);
    assert_eq!(ended.code, Some(0));
    assert!(ended.out.contains("`oci`"), "{}", ended.out);
    assert!(ended.err.starts_with("note: the releases up to this one, "), "{}", ended.err);
    let ended = home.oci(&["iam", "region", "list", "--latest-version"]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""));
    assert!(ended.err.contains("which release is the latest is not known"), "{}", ended.err);
    assert!(proxy.seen().is_empty());
}

#[test]
fn questions_need_somebody_to_answer_them() {
    for line in ["-i", "iam user --cli-auto-prompt", "iam user get -i"] {
        let words: Vec<_> = line.split(' ').collect();
        let ended = home().oci(&words);
        assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""), "{line}");
        assert!(ended.err.contains("there is no terminal to answer them"), "{}", ended.err);
    }
    let ended = home().set("OCI_CLI_AUTO_PROMPT", "True").oci(&["iam", "user", "get"]);
    assert!(ended.err.contains("there is no terminal to answer them"), "{}", ended.err);
}

#[test]
fn an_argument_that_is_not_text_is_refused() {
    use std::os::unix::ffi::OsStrExt as _;
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_oci"));
    command.args(["iam", "user", "get", "--user-id"]);
    command.arg(std::ffi::OsStr::from_bytes(b"\xff\xfe"));
    let ended = home().run(command, "");
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("is not text in UTF-8"), "{}", ended.err);
}

#[test]
fn a_group_alone_shows_its_commands_and_exits_with_2() {
    let ended = home().oci(&["iam", "user"]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""));
    assert!(ended.err.contains("ui-password"), "{}", ended.err);
    let ended = home().oci(&[]);
    assert_eq!(ended.code, Some(0));
    assert!(ended.out.contains("Global options:"), "{}", ended.out);
}

#[test]
fn a_refusal_of_the_service_is_reported_in_full() {
    let server = Server::new(|_| json(404, NOT_FOUND));
    let ended = oci(&server, "iam user get --user-id ocid1.user.oc1..none");
    assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""));
    let details = ended.err.strip_prefix("ServiceError:\n").unwrap();
    assert!(details.starts_with("{\n    \"client_version\": "), "{details}");
    let details: Value = serde_json::from_str(details).unwrap();
    assert_eq!(details["code"], "NotAuthorizedOrNotFound");
    assert_eq!(details["message"], "Authorization failed or requested resource not found");
    assert_eq!(details["status"], 404);
    assert_eq!(details["opc-request-id"], "REQ/1");
    assert_eq!(details["operation_name"], "get_user");
    assert_eq!(details["target_service"], "identity");
    let place = format!("GET {}/20160918/users/ocid1.user.oc1..none", server.url);
    assert_eq!(details["request_endpoint"], place);
    for key in ["timestamp", "logging_tips", "troubleshooting_tips"] {
        assert!(details[key].as_str().is_some_and(|text| text.len() > 10), "{key}");
    }
    assert_eq!(server.seen().len(), 1, "a refusal is not sent again");
}

#[test]
fn what_may_pass_is_tried_again_with_the_same_retry_token() {
    let tries = std::sync::atomic::AtomicUsize::new(0);
    let server =
        Server::new(move |_| match tries.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
            0 => json(409, r#"{"code":"IncorrectState","message":"wait"}"#),
            _ => json(200, ADA),
        });
    let ended = oci(&server, "iam user create --name n --description d --query data.name");
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), "\"ada\"\n"), "{}", ended.err);
    let seen = server.seen();
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[0].header("opc-retry-token"), seen[1].header("opc-retry-token"));
    assert_ne!(seen[0].header("opc-request-id"), seen[1].header("opc-request-id"));
}

#[test]
fn retries_can_be_limited_or_switched_off() {
    for (option, times) in [("--no-retry", 1), ("--max-retries=2", 2)] {
        let server = Server::new(|_| json(503, r#"{"code":"ServiceUnavailable","message":"no"}"#));
        let ended = oci(&server, &format!("iam region list {option}"));
        assert_eq!(ended.code, Some(1));
        assert!(ended.err.starts_with("TransientServiceError:\n"), "{}", ended.err);
        assert_eq!(server.seen().len(), times, "{option}");
    }
    let server = Server::new(|_| json(409, r#"{"code":"UserAlreadyExists","message":"no"}"#));
    assert_eq!(oci(&server, "iam user create --name n --description d").code, Some(1));
    assert_eq!(server.seen().len(), 1, "a conflict that stays is not tried again");
}

#[test]
fn help_is_there_on_every_level_without_any_configuration() {
    for line in ["--help", "iam -h", "iam user -?", "iam user create --help", "completion --help"] {
        let words: Vec<_> = line.split(' ').collect();
        let ended = Home::new().oci(&words);
        assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""), "{line}");
        assert!(ended.out.contains("Usage: oci"), "{line}: {}", ended.out);
    }
    let help = Home::new().oci(&["iam", "user", "create", "--help"]).out;
    for part in ["Required:\n  --name TEXT", "--compartment-id, -c TEXT", "Examples:", "JSON"] {
        assert!(help.contains(part), "{part}: {help}");
    }
}

#[test]
fn shells_are_told_how_to_complete() {
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let ended = Home::new().oci(&["completion", shell]);
        assert!(ended.out.contains("oci __complete"), "{shell}: {}", ended.out);
    }
    assert_eq!(Home::new().oci(&["completion", "tcsh"]).code, Some(2));
    let ended = Home::new().oci(&["__complete", "iam", "user", "ui-password", "cr"]);
    assert_eq!(ended.out.split('\t').next(), Some("create-or-reset"));
}
