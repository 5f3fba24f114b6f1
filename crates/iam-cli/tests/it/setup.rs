//! `oci setup …`: dialogues in a pipe, and the files that they leave.

use crate::home::{Ended, Home, Once, TENANCY, USER, key_file};
use iam_sign::PrivateKey;
use std::process::Command;

const KEY: &str = ".oci/oci_api_key.pem";
const PUBLIC: &str = ".oci/oci_api_key_public.pem";

/// Reads two profiles with the official library.
const SCRIPT: &str = "
import oci
for name in ['DEFAULT', 'two']:
    config = oci.config.from_file(profile_name=name)
    oci.config.validate_config(config)
    oci.Signer.from_config(config)
    print(config['region'], config['pass_phrase'])
";

/// The answers to `oci setup config` in an empty home, for a new key without a passphrase.
fn answers(region: &str) -> String {
    ["", USER, TENANCY, region, "", "", "", "N/A", "N/A", ""].join("\n")
}

fn ends(ended: &Ended, code: i32) {
    assert_eq!(ended.code, Some(code), "{ended:?}");
}

#[test]
fn a_key_pair_is_two_files_for_the_owner_alone() {
    let home = Home::new();
    let ended = home.oci(&["setup", "keys", "--passphrase", "secret"]);
    ends(&ended, 0);
    assert_eq!(ended.err, "");
    assert_eq!((home.mode(".oci"), home.mode(KEY), home.mode(PUBLIC)), (0o700, 0o600, 0o600));

    let pem = home.read(KEY);
    assert!(pem.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));
    assert!(pem.ends_with("-----END ENCRYPTED PRIVATE KEY-----\nOCI_API_KEY"));
    assert!(PrivateKey::from_pem(pem.as_bytes(), None).is_err());
    let key = PrivateKey::from_pem(pem.as_bytes(), Some("secret")).unwrap();
    assert_eq!(home.read(PUBLIC), key.public_key_pem());
    let expected = format!(
        "Public key written to: {}\nPrivate key written to: {}\nPublic key fingerprint: {}\n",
        home.path(PUBLIC).display(),
        home.path(KEY).display(),
        key.fingerprint()
    );
    assert!(ended.out.starts_with(&expected), "{}", ended.out);
    assert!(ended.out.contains("oci iam user api-key upload --user-id USER_OCID --key-file /"));
}

#[test]
fn the_passphrase_of_new_keys_comes_from_a_file_or_stdin() {
    let home = Home::new();
    home.write("secret", "first line\r\nsecond line\n");
    let opens = |name: &str, passphrase: &str| {
        let pem = home.read(&format!("keys/{name}.pem"));
        PrivateKey::from_pem(pem.as_bytes(), Some(passphrase)).is_ok()
    };
    let keys = |name, file, input| {
        let args = ["setup", "keys", "--output-dir", "keys", "--key-name", name];
        home.oci_told(&[&args[..], &["--passphrase-file", file]].concat(), input)
    };
    ends(&keys("one", "~/secret", ""), 0);
    assert!(opens("one", "first line"));
    ends(&keys("two", "-", "typed\n"), 0);
    assert!(opens("two", "typed"));
    let args = ["setup", "keys", "--output-dir=keys", "--key-name=three"];
    ends(&home.oci_told(&args, "a\nb\n\nasked\nasked\n"), 0);
    assert!(opens("three", "asked"));

    home.write("empty", "\nx\n");
    for (file, why) in [
        ("empty", "passphrase-file must specify a password in the first line of the file"),
        ("none", "Invalid value for '--passphrase-file': 'none': No such file or directory"),
    ] {
        let ended = keys("four", file, "");
        ends(&ended, 2);
        assert!(ended.err.contains(why), "{}", ended.err);
    }
    let ended = home.oci(&["setup", "keys", "--passphrase", "a", "--passphrase-file", "secret"]);
    ends(&ended, 2);
    assert!(ended.err.contains("Cannot specify both passphrase and passphrase-file options"));
    ends(&home.oci(&["setup", "keys", "--passphrase", "pässword"]), 2);
    assert!(!home.path("keys/four.pem").exists() && !home.path(".oci").exists());
}

#[test]
fn keys_that_exist_are_replaced_only_when_allowed() {
    let home = Home::new();
    home.write(KEY, "mine");
    let args = ["setup", "keys", "--passphrase", "secret"];
    for input in ["n\n", "\n", ""] {
        ends(&home.oci_told(&args, input), 1);
        assert_eq!(home.read(KEY), "mine");
        assert!(!home.path(PUBLIC).exists());
    }
    home.set_mode(KEY, 0o644);
    ends(&home.oci_told(&args, "y\n"), 0);
    assert_eq!(home.mode(KEY), 0o600);
    let first = home.read(KEY);
    ends(&home.oci(&[&args[..], &["--overwrite"]].concat()), 0);
    assert_ne!(home.read(KEY), first);
}

#[test]
fn a_key_name_leads_to_no_other_directory() {
    let home = Home::new();
    let ended = home.oci(&["setup", "keys", "--key-name", "../x", "--passphrase", "secret"]);
    ends(&ended, 2);
    assert!(ended.err.contains("`../x` is not the name of a key"), "{}", ended.err);
}

#[test]
fn a_configuration_that_was_asked_for_signs_requests() {
    let home = Home::new();
    let ended = home.oci_told(&["setup", "config"], &answers("us-ashburn-1"));
    ends(&ended, 0);
    let key = PrivateKey::from_pem(home.read(KEY).as_bytes(), None).unwrap();
    let expected = format!(
        "[DEFAULT]\nuser={USER}\nfingerprint={}\nkey_file={}\ntenancy={TENANCY}\n\
         region=us-ashburn-1\n",
        key.fingerprint(),
        home.path(KEY).display()
    );
    assert_eq!(home.read(".oci/config"), expected);
    assert_eq!((home.mode(".oci"), home.mode(".oci/config")), (0o700, 0o600));
    let written = format!("Config written to {}\n", home.path(".oci/config").display());
    assert!(ended.out.contains(&written), "{}", ended.out);

    let server = Once::answering("[]");
    let listed = home.oci(&["iam", "region", "list", "--endpoint", &server.url]);
    ends(&listed, 0);
    assert_eq!(listed.err, "");
    assert!(server.request().contains(&key.fingerprint()));
}

#[test]
fn what_setup_writes_is_read_by_the_official_library() {
    // Read through `vars`, since only the environment of the test itself can name a Python.
    let mut variables = std::env::vars().filter(|(_, value)| !value.is_empty());
    let Some((_, python)) = variables.find(|(name, _)| name == "DURWARD_PYTHON") else {
        println!("skipped: DURWARD_PYTHON names no Python with the official library");
        return;
    };
    let home = Home::new();
    ends(&home.oci_told(&["setup", "config"], &answers("phx")), 0);
    let add = ["", "y", "two", USER, TENANCY, "72", "y", "", "two", "secret", "secret", "y", ""];
    ends(&home.oci_told(&["setup", "config"], &add.join("\n")), 0);
    let mut command = Command::new(python);
    command.args(["-c", SCRIPT]);
    let ended = home.run(command, "");
    assert_eq!(ended.out, "us-phoenix-1 None\nus-ashburn-1 secret\n", "{}", ended.err);
}

#[test]
fn a_profile_is_added_and_the_others_stay() {
    let home = Home::with_profile("pkcs8.pem", "# a note\n[prod]\nregion=eu-paris-1");
    home.write("locked.pem", &std::fs::read_to_string(key_file("pkcs8-aes256.pem")).unwrap());
    let before = home.read(".oci/config");
    let names = ["", "", "bad name", "Prod", "default", "test"];
    let rest = ["nonsense", USER, TENANCY, "nowhere", "n", "local-1", "y"];
    let key = ["n", "none.pem", "locked.pem", "wrong", "correct-horse", "y", ""];
    let input = [&names[..], &rest[..], &key[..]].concat().join("\n");
    let ended = home.oci_told(&["setup", "config"], &input);
    ends(&ended, 0);
    for said in [
        "Invalid profile name 'bad name'.",
        "Profile PROD already exists in config.",
        "Profile DEFAULT already exists in config.",
        "`nonsense` is not an OCID",
        "Unrecognized region: nowhere.",
        "No file found at: ",
        "Incorrect passphrase, could not decrypt private key",
    ] {
        assert!(ended.out.contains(said), "{said}: {}", ended.out);
    }
    let after = home.read(".oci/config");
    let added = after.strip_prefix(&before).unwrap();
    assert!(added.starts_with("\n\n[test]\nuser="), "{added}");
    assert!(added.ends_with("region=local-1\npass_phrase=correct-horse\n"), "{added}");
}

#[test]
fn an_aborted_dialogue_changes_no_configuration() {
    let home = Home::with_profile("pkcs8.pem", "");
    let before = home.read(".oci/config");
    // Allowed to overwrite, but the answers end before the region.
    let ended = home.oci_told(&["setup", "config"], &["", "n", "y", USER, TENANCY, ""].join("\n"));
    ends(&ended, 1);
    assert!(ended.err.ends_with("Aborted!\n"), "{}", ended.err);
    assert_eq!(home.read(".oci/config"), before);
    let ended = home.oci_told(&["setup", "config"], "\nn\nn\n");
    ends(&ended, 0);
    assert!(ended.out.ends_with("Config creation canceled.\n"), "{}", ended.out);
    assert_eq!(home.read(".oci/config"), before);
}

#[test]
fn permissions_are_repaired() {
    let home = Home::new();
    home.write("x", "");
    home.set_mode("x", 0o755);
    let repair = |file| home.oci(&["setup", "repair-file-permissions", "--file", file]);
    let ended = repair("~/x");
    ends(&ended, 0);
    assert_eq!((ended.out.as_str(), ended.err.as_str(), home.mode("x")), ("", "", 0o600));
    let ended = repair("none");
    ends(&ended, 2);
    assert!(ended.err.contains("Error: Could not find file: none"), "{}", ended.err);
    let ended = repair("~");
    ends(&ended, 2);
    assert!(ended.err.contains("Error: This command is only supported for files."));
    let ended = home.oci(&["setup", "repair-file-permissions"]);
    ends(&ended, 1);
    assert!(ended.err.contains("Missing option(s) --file."), "{}", ended.err);
}

#[test]
fn help_names_what_there_is_and_a_slip_is_recognised() {
    let home = Home::new();
    let ended = home.oci(&["setup", "--help"]);
    ends(&ended, 0);
    for name in ["config", "keys", "repair-file-permissions"] {
        assert!(ended.out.contains(&format!("\n  {name} ")), "{}", ended.out);
    }
    let ended = home.oci(&["setup", "keys", "--help"]);
    ends(&ended, 0);
    assert!(ended.out.contains("\n  --passphrase-file FILENAME "), "{}", ended.out);
    let ended = home.oci(&["setup"]);
    ends(&ended, 2);
    assert!(ended.err.contains("repair-file-permissions"), "{}", ended.err);
    for (args, code, said) in [
        (["setup", "kyes"].as_slice(), 2, "Did you mean 'keys'?"),
        (&["setup", "keys", "--overwite"], 2, "Did you mean '--overwrite'?"),
        (&["setup", "keys", "extra"], 2, "Got unexpected extra argument (extra)"),
        (&["setup", "keys", "--key-name"], 2, "requires an argument"),
        (&["setup", "oci-cli-rc"], 1, "`oci setup oci-cli-rc` is not supported yet"),
    ] {
        let ended = home.oci(args);
        ends(&ended, code);
        assert!(ended.err.contains(said), "{}", ended.err);
    }
}
