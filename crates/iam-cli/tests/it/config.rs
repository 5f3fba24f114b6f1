//! Who signs: profiles, variables, defaults, keys, and what is said when they do not fit.

use crate::home::{FINGERPRINT, Home, Once, TENANCY, USER, key_file};

const LIST: [&str; 3] = ["iam", "region", "list"];

/// Lists regions against a server of its own; the request that came, and how the run ended.
fn list(home: Home) -> (String, crate::home::Ended) {
    let server = Once::answering("[]");
    let home = home.set("OCI_CLI_ENDPOINT", &server.url);
    let ended = home.oci(&LIST);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    (server.request(), ended)
}

#[test]
fn the_profile_signs_and_nothing_is_said() {
    let (request, ended) = list(Home::with_profile("pkcs8.pem", ""));
    assert!(request.starts_with("GET /20160918/regions HTTP/1.1\r\n"), "{request}");
    assert!(request.contains(&format!("keyId=\"{TENANCY}/{USER}/{FINGERPRINT}\"")), "{request}");
    assert_eq!(ended.err, "");
}

#[test]
fn variables_win_over_the_profile() {
    let home = Home::with_profile("pkcs8.pem", "")
        .set("OCI_CLI_USER", "ocid1.user.oc1..grace")
        .set("OCI_CLI_TENANCY", "");
    let (request, _) = list(home);
    let key_id = format!("keyId=\"{TENANCY}/ocid1.user.oc1..grace/{FINGERPRINT}\"");
    assert!(request.contains(&key_id), "{request}");
}

#[test]
fn variables_alone_suffice() {
    let key = std::fs::read_to_string(key_file("pkcs1.pem")).unwrap();
    let home = Home::new()
        .set("OCI_CLI_USER", USER)
        .set("OCI_CLI_TENANCY", TENANCY)
        .set("OCI_CLI_FINGERPRINT", FINGERPRINT)
        .set("OCI_CLI_REGION", "iad")
        .set("OCI_CLI_KEY_CONTENT", &key);
    assert_eq!(list(home).1.err, "");
}

#[test]
fn a_passphrase_comes_from_the_profile_or_a_variable() {
    list(Home::with_profile("pkcs8-aes256.pem", "pass_phrase=correct-horse\n"));
    list(
        Home::with_profile("pkcs1-aes256.pem", "pass_phrase=wrong\n")
            .set("OCI_CLI_PASSPHRASE", "correct-horse"),
    );
    // The passphrase of the default profile does no harm to a key that has none.
    list(Home::with_profile("pkcs8.pem", "pass_phrase=correct-horse\n"));
}

#[test]
fn a_key_that_cannot_sign_is_explained() {
    for (key, more, official, ours) in [
        (
            "pkcs8-aes256.pem",
            "",
            "The provided key requires a passphrase.\n",
            "the private key is encrypted",
        ),
        (
            "pkcs8-aes256.pem",
            "pass_phrase=wrong\n",
            "The provided key is not a private key, or the provided passphrase is incorrect.\n",
            "the passphrase does not open the private key",
        ),
        (
            "public.pem",
            "",
            "Authentication requires a private key, but a public key was provided.\n",
            "the private key is needed",
        ),
        ("ec.pem", "", "The provided key cannot sign requests.\n", "not an RSA key"),
    ] {
        let ended = Home::with_profile(key, more).oci(&LIST);
        assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""), "{key}");
        assert!(ended.err.starts_with(official) && ended.err.contains(ours), "{}", ended.err);
        assert!(ended.err.contains("key.pem: "), "{}", ended.err);
    }
}

#[test]
fn a_home_without_configuration_is_told_what_to_do() {
    let home = Home::new();
    let ended = home.oci(&LIST);
    assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""));
    let expected = format!(
        "ERROR: Could not find config file at {}\nMake one with `oci setup config`, or name \
         another with `--config-file`\n",
        home.path(".oci/config").display()
    );
    assert_eq!(ended.err, expected);
    assert_eq!(home.oci(&["iam", "region", "list", "--help"]).code, Some(0));
}

#[test]
fn a_profile_that_is_not_there_is_named() {
    let home = Home::with_profile("pkcs8.pem", "");
    let ended = home.oci(&["iam", "region", "list", "--profile", "NOPE"]);
    assert_eq!(ended.code, Some(1));
    let expected = format!(
        "ERROR: Profile 'NOPE' not found in config file {} For more info about config file and how \
         to get required information, see \
         https://docs.oracle.com/en-us/iaas/Content/API/Concepts/sdkconfig.htm\n",
        home.path(".oci/config").display()
    );
    assert_eq!(ended.err, expected);
}

#[test]
fn a_file_that_cannot_be_read_names_the_line() {
    for (text, why) in [
        ("user=x\n", "line 1 stands before any section"),
        ("[DEFAULT]\nuser=x\nUser=y\n", "option `user` in section `DEFAULT` already exists"),
        ("[a]\n[a]\n", "section `a` already exists, line 2"),
        ("[DEFAULT]\nuser\n", "line 2 is neither"),
        (
            "[DEFAULT]\nuser=x\nkey_file=~/none.pem\n",
            "/none.pem' at line 3 must be a valid file path.",
        ),
        ("[DEFAULT]\nkey_content=x\n", "'key_content' cannot be specified in a config file"),
    ] {
        let home = Home::new();
        home.write(".oci/config", text);
        let ended = home.oci(&LIST);
        assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""), "{text}");
        assert!(ended.err.starts_with("ERROR: ") && ended.err.contains(why), "{}", ended.err);
    }
}

#[test]
fn all_that_a_profile_lacks_is_shown_in_one_table() {
    let home = Home::new();
    home.write(".oci/config", "[DEFAULT]\nuser=x\ntenancy=ocid1.tenancy.oc1..a\nregion=r\n");
    let ended = home.oci(&LIST);
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.starts_with(
        "ERROR: The config file at ~/.oci/config is invalid:\n\n+Config Errors+-----------+---"
    ));
    for row in [
        "\n| fingerprint | missing   | ",
        "\n| key_file    | missing   | ",
        "\n| user        | malformed | ",
    ] {
        assert!(ended.err.contains(row), "{}", ended.err);
    }
    assert!(!ended.err.contains("region "), "{}", ended.err);
}

#[test]
fn files_that_others_can_read_are_warned_of_until_silenced() {
    let home = Home::with_profile("pkcs8.pem", "");
    home.set_mode("key.pem", 0o644);
    home.set_mode(".oci/config", 0o640);
    let warning = |name: &str| {
        let path = home.path(name);
        let path = path.display();
        format!(
            "WARNING: Permissions on {path} are too open. \nTo fix this please try executing the \
             following command: \noci setup repair-file-permissions --file {path} \nAlternatively \
             to hide this warning, you may set the environment variable, \
             OCI_CLI_SUPPRESS_FILE_PERMISSIONS_WARNING: \nexport \
             OCI_CLI_SUPPRESS_FILE_PERMISSIONS_WARNING=True\n\n"
        )
    };
    let expected = format!("{}{}", warning(".oci/config"), warning("key.pem"));
    let (_, ended) = list(home);
    assert_eq!(ended.err, expected);

    let home = Home::with_profile("pkcs8.pem", "");
    home.set_mode("key.pem", 0o644);
    let (_, ended) = list(home.set("OCI_CLI_SUPPRESS_FILE_PERMISSIONS_WARNING", "True"));
    assert_eq!(ended.err, "");
}

#[test]
fn a_key_without_a_label_is_warned_of_until_silenced() {
    let unlabelled = || {
        let home = Home::with_profile("pkcs8.pem", "");
        home.write("key.pem", &std::fs::read_to_string(key_file("pkcs8.pem")).unwrap());
        home
    };
    let (_, ended) = list(unlabelled());
    assert!(
        ended.err.starts_with("Warning: To increase security of your API key located at /"),
        "{}",
        ended.err
    );
    assert!(ended.err.ends_with("set the env variable SUPPRESS_LABEL_WARNING=True\n"));
    let (_, ended) = list(unlabelled().set("SUPPRESS_LABEL_WARNING", "true"));
    assert_eq!(ended.err, "");
}

#[test]
fn the_file_of_defaults_gives_endpoint_aliases_and_queries() {
    let server = Once::answering(r#"[{"key":"IAD","name":"us-ashburn-1"}]"#);
    let home = Home::with_profile("pkcs8.pem", "");
    home.write(
        ".oci/oci_cli_rc",
        &format!(
            "[DEFAULT]\niam.endpoint={}\niam.region.query=query://names\n\
             [OCI_CLI_COMMAND_ALIASES]\nls=list\n[OCI_CLI_CANNED_QUERIES]\nnames=data[].name\n",
            server.url
        ),
    );
    let ended = home.oci(&["iam", "region", "ls"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(ended.out, "[\n  \"us-ashburn-1\"\n]\n");
    assert!(server.request().starts_with("GET /20160918/regions "));
}

#[test]
fn a_file_of_defaults_that_is_named_must_exist_and_may_be_empty() {
    let home = Home::with_profile("pkcs8.pem", "");
    home.write(".oci/oci_cli_rc", "[DEFAULT]\noutput=table\n");
    let ended = home.oci(&["iam", "region", "list", "--cli-rc-file", "none"]);
    assert_eq!(ended.code, Some(1));
    assert_eq!(ended.err, "ERROR: Could not find the file of `--cli-rc-file` at none\n");
    let (_, ended) = list(home.set("OCI_CLI_RC_FILE", "/dev/null"));
    assert_eq!((ended.out.as_str(), ended.err.as_str()), ("", ""));
}

#[test]
fn what_cannot_sign_here_says_so() {
    let home = Home::with_profile("pkcs8.pem", "");
    let ended = home.oci(&["iam", "region", "list", "--auth", "instance_principal"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.starts_with("ERROR: --auth instance_principal is not"), "{}", ended.err);
    let ended = home.set("OCI_CLI_AUTH", "nonsense").oci(&LIST);
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("invalid choice: nonsense. (choose from api_key,"), "{}", ended.err);
}

#[test]
fn a_bundle_that_is_not_there_is_named() {
    let home = Home::with_profile("pkcs8.pem", "").set("OCI_CLI_CERT_BUNDLE", "~/none.pem");
    let ended = home.oci(&["iam", "region", "list", "--endpoint", "https://127.0.0.1:1"]);
    assert_eq!(ended.code, Some(1));
    let path = home.path("none.pem");
    let expected = format!("BadParameter: Cannot find cert_bundle file: {}\n", path.display());
    assert_eq!(ended.err, expected);
}
