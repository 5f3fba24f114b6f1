//! Values that come as JSON, from files, and from the file of defaults.

use crate::home::Home;
use crate::server::Server;
use crate::story::{ADA, home, oci_words};

const CREATE: &[&str] = &["iam", "user", "create"];

/// The body that a command sends from this home.
fn sent(home: &Home, words: &[&str]) -> String {
    let server = Server::json(ADA);
    let ended = home.oci(&[&["--endpoint", &server.url], words].concat());
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    server.only().body
}

#[test]
fn a_document_fills_in_what_the_line_leaves_open() {
    let home = home();
    home.write(
        "in.json",
        r#"{"name":"file","description":"file","freeformTags":{"a-b":"c_d"},"email":null,"compartment-id":"t"}"#,
    );
    let expected =
        r#"{"compartmentId":"t","description":"file","freeformTags":{"a-b":"c_d"},"name":"line"}"#;
    let from_file = ["--from-json", "file://~/in.json", "--name", "line"];
    assert_eq!(sent(&home, &[CREATE, &from_file].concat()), expected);
    let inline = home.read("in.json");
    let inline = ["--from-json", &inline, "--name", "line"];
    assert_eq!(sent(&home, &[CREATE, &inline].concat()), expected);
}

#[test]
fn an_option_takes_json_or_a_file() {
    let home = home();
    home.write("tags.json", r#"{"Ns":{"k":"v"}}"#);
    let words = ["--name", "n", "--description", "d", "--defined-tags", "file://tags.json"];
    assert_eq!(
        sent(&home, &[CREATE, &words].concat()),
        r#"{"compartmentId":"ocid1.tenancy.oc1..acme","definedTags":{"Ns":{"k":"v"}},"description":"d","name":"n"}"#
    );
    let words = ["iam", "authentication-policy", "update", "-ct", "--force", "--password-policy"];
    let policy = [r#"{"minimum-password-length":14}"#];
    let body = sent(&home, &[&words[..], &policy[..]].concat());
    assert_eq!(body, r#"{"passwordPolicy":{"minimumPasswordLength":14}}"#);
}

#[test]
fn a_python_literal_stands_for_json() {
    let words = ["--name", "n", "--description", "d", "--freeform-tags", "{'a': 'b'}"];
    let body = sent(&home(), &[CREATE, &words].concat());
    assert!(body.contains(r#""freeformTags":{"a":"b"}"#), "{body}");
}

#[test]
fn words_that_python_reads_as_false_are_false() {
    for (word, sent_as) in [("false", "false"), ("No", "false"), ("0", "false"), ("ON", "true")] {
        let words = ["iam", "user", "update-user-state", "--user-id", "u", "--blocked", word];
        assert_eq!(sent(&home(), &words), format!(r#"{{"blocked":{sent_as}}}"#));
    }
}

#[test]
fn a_key_comes_from_a_file() {
    let home = home();
    home.write("public.pem", "-----BEGIN PUBLIC KEY-----\n");
    let words = ["iam", "user", "api-key", "upload", "--user-id", "u"];
    let body = sent(&home, &[&words[..], &["--key-file", "public.pem"]].concat());
    assert_eq!(body, r#"{"key":"-----BEGIN PUBLIC KEY-----\n"}"#);
    let server = Server::json(ADA);
    for (more, code, message) in [
        (vec![], 1, "Must specify either --key or --key-file."),
        (vec!["--key", "k", "--key-file", "f"], 1, "Cannot specify both --key and --key-file."),
        (vec!["--key-file", "/none"], 2, "Invalid value for '--key-file': cannot open `/none`"),
    ] {
        let ended = oci_words(&server, &[&words[..], &more[..]].concat());
        assert_eq!(ended.code, Some(code), "{}", ended.err);
        assert!(ended.err.contains(message), "{}", ended.err);
    }
    assert!(server.seen().is_empty());
}

#[test]
fn what_is_not_json_or_cannot_be_read_is_refused() {
    let home = home();
    home.write("latin.json", "x");
    std::fs::write(home.path("latin.json"), b"{\"name\":\"\xe9\"}").unwrap();
    std::fs::write(home.path("huge.json"), vec![b' '; 10 * 1024 * 1024 + 1]).unwrap();
    home.write("deep.json", &"[".repeat(100_000));
    let server = Server::json(ADA);
    for (value, message) in [
        ("{x", "Parameter 'from-json' must be in JSON format."),
        ("[1]", "We expect a JSON object to be provided to --from-json"),
        ("file:///none", "The specified file 'file:///none' did not exist"),
        ("file:///", "`/` is a directory"),
        ("file://latin.json", "is not text in UTF-8"),
        ("file://huge.json", "is larger than 10 MiB"),
        ("FILE://deep.json", "recursion limit"),
        ("file:///dev/zero", "is larger than 10 MiB"),
        (r#"{"name":{}}"#, "the value of 'name' must be a text"),
        (r#"{"limit":"x"}"#, "'x' is not a valid integer"),
    ] {
        let words = ["iam", "user", "list", "--endpoint", &server.url, "--from-json", value];
        let ended = home.oci(&words);
        assert!(matches!(ended.code, Some(1 | 2)), "{value}: {}", ended.err);
        assert!(ended.err.contains(message), "{value}: {}", ended.err);
    }
    assert!(server.seen().is_empty());
}

#[test]
fn a_key_that_is_no_option_is_told_of() {
    let words = ["--from-json", r#"{"name":"n","description":"d","desciption":"x"}"#];
    let ended = oci_words(&Server::json(ADA), &[CREATE, &words].concat());
    assert_eq!(ended.code, Some(0));
    let note = "note: --from-json: `desciption` is no option of this command; left out\n";
    assert_eq!(ended.err, note);
}

#[test]
fn the_file_of_defaults_fills_in_options_names_queries_and_renames() {
    let home = home();
    home.write(
        ".oci/oci_cli_rc",
        "[DEFAULT]\niam.user.create.description=from rc\nraw-output=true\n\
         [OCI_CLI_CANNED_QUERIES]\nident=data.id\n\
         [OCI_CLI_COMMAND_ALIASES]\nmk=create\nperson=iam.user\n\
         [OCI_CLI_PARAM_ALIASES]\n--called=--name\n",
    );
    let server = Server::json(ADA);
    let words = ["iam", "person", "mk", "--called", "n", "--query", "query://ident"];
    let ended = home.oci(&[&["--endpoint", &server.url], &words[..]].concat());
    assert_eq!(
        (ended.code, ended.out.as_str()),
        (Some(0), "ocid1.user.oc1..ada\n"),
        "{}",
        ended.err
    );
    assert!(server.only().body.contains(r#""description":"from rc","name":"n""#));
}

#[test]
fn a_parameter_shows_its_skeleton() {
    let shown = |line: &str| home().oci(&line.split(' ').collect::<Vec<_>>());
    let ended = shown("iam policy create --generate-param-json-input statements");
    assert_eq!(ended.out, "[\n  \"string\",\n  \"string\"\n]\n");
    let ended = shown("iam user create --generate-param-json-input freeform-tags");
    assert_eq!(ended.out, "{\n  \"tagKey1\": \"tagValue1\",\n  \"tagKey2\": \"tagValue2\"\n}\n");
    let ended = shown("iam user create --generate-param-json-input name");
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), ""));
    assert!(ended.err.starts_with("Option name is not a recognized complex type"), "{}", ended.err);
}
