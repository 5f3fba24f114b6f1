//! `durward init` and `durward env`: what is made, for whom, and what is left when it fails.

use crate::process::{durward, init, refusal, run};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// Everything below a directory: mode, time of change and content.
fn tree(root: &Path) -> BTreeMap<PathBuf, (u32, i64, Vec<u8>)> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![root.to_owned()];
    while let Some(path) = waiting.pop() {
        let about = fs::symlink_metadata(&path).unwrap();
        if about.is_dir() {
            waiting.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            found.insert(path, (about.mode(), about.mtime_nsec(), Vec::new()));
        } else {
            let content = fs::read(&path).unwrap();
            found.insert(path, (about.mode(), about.mtime_nsec(), content));
        }
    }
    found
}

fn refused_init(dir: &Path, more: &[&str]) -> String {
    let args = [&["init", "--data-dir", dir.to_str().unwrap()], more].concat();
    refusal(&mut durward(&args))
}

#[test]
fn everything_is_private_even_under_an_open_umask() {
    let root = TempDir::new().unwrap();
    let dir = root.path().join("data");
    let made = Command::new("sh")
        .args(["-c", "umask 000; exec \"$0\" init --data-dir \"$1\""])
        .args([env!("CARGO_BIN_EXE_durward"), dir.to_str().unwrap()])
        .env_clear() // what the tests' own environment says of DURWARD is not for it
        .output();
    assert!(made.unwrap().status.success());
    let made = tree(&dir);
    for (path, (mode, _, _)) in &made {
        let private = if path.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(mode & 0o777, private, "{}", path.display());
    }
    let names: Vec<_> = made.keys().filter_map(|path| path.strip_prefix(&dir).ok()).collect();
    let expected = [
        "",
        "DEFAULT_api_key.pem",
        "client.json",
        "config",
        "durward.db",
        "durward.key",
        "tls",
        "tls/ca.key",
        "tls/ca.pem",
    ];
    assert_eq!(names, expected.map(Path::new));
}

#[test]
fn a_second_init_refuses_and_changes_nothing() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &[]);
    let before = tree(root.path());
    let said = refused_init(&dir, &["--tenancy-name", "other"]);
    assert!(said.contains("already holds an installation"), "{said}");
    assert_eq!(tree(root.path()), before);
}

#[test]
fn a_failed_init_leaves_nothing_behind() {
    let root = TempDir::new().unwrap();
    let dir = root.path().join("deep/data");
    let taken = root.path().join("taken");
    fs::write(&taken, "mine").unwrap();
    let not_a_dir = taken.join("config");
    let before = tree(root.path());
    for (option, value) in [
        ("--tenancy-name", "no spaces"),
        ("--admin-name", ""),
        ("--admin-email", "nobody"),
        ("--region", "../x"),
        ("--host", "https://x"),
        ("--profile", "a]b"),
        ("--key-file", taken.to_str().unwrap()),
        ("--config-file", not_a_dir.to_str().unwrap()),
    ] {
        let said = refused_init(&dir, &[option, value]);
        assert!(said.starts_with("error: "), "{option}: {said}");
        let same = |(path, found): (&PathBuf, &(u32, i64, Vec<u8>))| {
            before.get(path).is_some_and(|old| old.0 == found.0 && old.2 == found.2)
        };
        let after = tree(root.path());
        assert!(after.len() == before.len() && after.iter().all(same), "{option}: {after:?}");
    }
}

#[test]
fn a_directory_with_something_else_in_it_is_left_alone() {
    let root = TempDir::new().unwrap();
    fs::write(root.path().join("letter"), "dear").unwrap();
    let before = tree(root.path());
    assert!(refused_init(root.path(), &[]).contains("`letter`"));
    assert_eq!(tree(root.path()), before);
}

#[test]
fn an_empty_directory_becomes_private_and_is_used() {
    let root = TempDir::new().unwrap();
    let dir = root.path().join("data");
    fs::create_dir_all(dir.join("lost+found")).unwrap();
    fs::set_permissions(&dir, fs::Permissions::from_mode(0o755)).unwrap();
    init(root.path(), &[]);
    assert_eq!(fs::metadata(&dir).unwrap().mode() & 0o777, 0o700);
}

#[test]
fn a_profile_joins_those_of_an_existing_file_and_never_replaces_one() {
    let root = TempDir::new().unwrap();
    let config = root.path().join("oci/config");
    fs::create_dir(root.path().join("oci")).unwrap();
    let old = "# mine\n[DEFAULT]\nuser=me\n[work]\nuser=me-at-work";
    fs::write(&config, old).unwrap();
    let to_config = ["--config-file", config.to_str().unwrap(), "--profile"];

    let said = refused_init(&root.path().join("data"), &[&to_config[..], &["work"]].concat());
    assert!(said.contains("already has a profile `work`"), "{said}");
    assert_eq!(fs::read_to_string(&config).unwrap(), old);
    assert!(!root.path().join("data").exists());

    init(root.path(), &[&to_config[..], &["local"]].concat());
    let new = fs::read_to_string(&config).unwrap();
    let added = new.strip_prefix(old).unwrap();
    assert!(added.starts_with("\n\n[local]\nuser=ocid1.user."), "{added}");
    let key = root.path().join("oci/local_api_key.pem");
    assert!(added.contains(&format!("key_file={}\n", key.display())), "{added}");
    assert_eq!(fs::metadata(&key).unwrap().mode() & 0o777, 0o600);
}

#[test]
fn the_report_names_what_was_made_and_holds_no_secret() {
    let root = TempDir::new().unwrap();
    let (dir, key) = (root.path().join("data"), root.path().join("keys/server.key"));
    fs::create_dir(root.path().join("keys")).unwrap();
    let (dir_text, key_text) = (dir.to_str().unwrap(), key.to_str().unwrap());
    let args = ["init", "--data-dir", dir_text, "--key-file", key_text, "--output", "json"];
    let ended = run(&args);
    let report: Value = serde_json::from_slice(&ended.stdout).unwrap();
    for file in ["server-key-file", "config-file", "api-key-file", "ca-file", "data-dir"] {
        assert!(Path::new(report[file].as_str().unwrap()).exists(), "{file}");
    }
    assert!(!dir.join("durward.key").exists());
    let next = report["next"][0].as_str().unwrap();
    assert_eq!(next, format!("durward serve --data-dir {dir_text} --key-file {key_text}"));

    let said = String::from_utf8(ended.stdout).unwrap();
    let pem = fs::read_to_string(report["api-key-file"].as_str().unwrap()).unwrap();
    let secrets = pem.lines().filter(|line| line.len() > 40);
    let server_key = fs::read_to_string(&key).unwrap();
    let authority = fs::read_to_string(dir.join("tls/ca.key")).unwrap();
    let authority = authority.lines().filter(|line| line.len() > 40);
    for secret in secrets.chain(authority).chain([server_key.trim()]) {
        assert!(!said.contains(secret));
    }
}

#[test]
fn the_database_holds_neither_key() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &[]);
    let database = fs::read(dir.join("durward.db")).unwrap();
    let holds = |secret: &[u8]| database.windows(secret.len()).any(|window| window == secret);
    assert!(holds(b"Tenant Admin Policy"), "the database is what is looked into");
    let key = fs::read_to_string(dir.join("durward.key")).unwrap();
    assert!(!holds(key.trim().as_bytes()));
    let api_key = fs::read_to_string(dir.join("DEFAULT_api_key.pem")).unwrap();
    assert!(!holds(api_key.lines().nth(5).unwrap().as_bytes()));
}

#[test]
fn two_installations_have_no_key_in_common() {
    let roots = [TempDir::new().unwrap(), TempDir::new().unwrap()];
    let dirs = roots.each_ref().map(|root| init(root.path(), &[]));
    for name in ["durward.key", "DEFAULT_api_key.pem", "tls/ca.key"] {
        let [one, other] = dirs.each_ref().map(|dir| fs::read(dir.join(name)).unwrap());
        assert_ne!(one, other, "{name}");
    }
}

/// What a shell has in those variables after it has evaluated the lines for that client.
fn evaluated(dir: &Path, more: &[&str], variables: &str) -> String {
    let args = [&["env", "--data-dir", dir.to_str().unwrap()], more].concat();
    let ended = run(&args);
    assert!(ended.status.success(), "{ended:?}");
    let lines = String::from_utf8(ended.stdout).unwrap();
    let shell = Command::new("sh")
        .args(["-euc", &format!("eval \"$1\"; printf '%s|' {variables}"), "sh", &lines])
        .env_clear()
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(shell.stderr).unwrap(), "");
    String::from_utf8(shell.stdout).unwrap()
}

#[test]
fn a_shell_reads_the_lines_as_they_are_meant() {
    let root = TempDir::new().unwrap();
    let odd = root.path().join("it's $HOME; \"odd\" `x`");
    fs::create_dir(&odd).unwrap();
    let dir = init(&odd, &["--profile", "local"]);
    let config = dir.join("config").display().to_string();
    let got = evaluated(
        &dir,
        &["--endpoint", "http://127.0.0.1:9"],
        "\"$OCI_CLI_CONFIG_FILE\" \"$OCI_CLI_PROFILE\" \"$OCI_CLI_ENDPOINT\"",
    );
    assert_eq!(got, format!("{config}|local|http://127.0.0.1:9|"));
    let key = dir.join("local_api_key.pem").display().to_string();
    let got = evaluated(
        &dir,
        &["--client", "terraform"],
        "\"$TF_VAR_private_key_path\" \"$TF_VAR_region\" \"$CLIENT_HOST_OVERRIDES\"",
    );
    let overrides = "oci_identity.IdentityClient=http://127.0.0.1:7070";
    assert_eq!(got, format!("{key}|us-ashburn-1|{overrides}|"));
    for client in ["python", "typescript", "go"] {
        evaluated(&dir, &["--client", client], "done");
    }
}

#[test]
fn with_a_region_of_ones_own_a_client_needs_nothing_but_variables() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &["--region", "local-1"]);
    let endpoint = ["--endpoint", "https://identity.local-1.oci.localhost:7443"];
    let authority = dir.join("tls/ca.pem").display().to_string();
    for (client, trusts) in [
        ("cli", "REQUESTS_CA_BUNDLE"),
        ("python", "REQUESTS_CA_BUNDLE"),
        ("ansible", "REQUESTS_CA_BUNDLE"),
        ("typescript", "NODE_EXTRA_CA_CERTS"),
        ("go", "OCI_DEFAULT_CERTS_PATH"),
        ("terraform", "SSL_CERT_FILE"),
    ] {
        let trust = format!("\"$OCI_REGION_METADATA\" \"${{{trusts}-}}\"");
        for (told, port, trusted) in [
            (&endpoint[..], ":7443", ""),
            (&["--tls", "dev"], ":7443", &authority),
            (&["--tls", "dev", "--endpoint", "https://127.0.0.1:9443"], ":9443", &authority),
            (&["--tls", "dev", "--endpoint", "https://[::1]"], "", &authority),
        ] {
            let got = evaluated(&dir, &[told, &["--client", client]].concat(), &trust);
            let (metadata, rest) = got.split_once('|').unwrap();
            let metadata: Value = serde_json::from_str(metadata).unwrap();
            assert_eq!(metadata["regionIdentifier"], "local-1");
            assert_eq!(metadata["realmDomainComponent"], format!("localhost{port}"));
            assert_eq!(rest, format!("{trusted}|"), "{client} {told:?}");
        }
    }
    let stale = "OCI_CLI_ENDPOINT=http://x; export OCI_CLI_ENDPOINT";
    let args = ["env", "--tls", "dev", "--data-dir", dir.to_str().unwrap()];
    let lines = String::from_utf8(run(&args).stdout).unwrap();
    assert!(lines.contains("\n#   127.0.0.1 identity.local-1.localhost identity.local-1.oci."));
    let script = format!("{stale}\n{lines}\nprintf '%s' \"${{OCI_CLI_ENDPOINT-unset}}\"");
    let shell = Command::new("sh").args(["-euc", &script]).env_clear().output().unwrap();
    assert_eq!(String::from_utf8(shell.stdout).unwrap(), "unset");
    let ansible = ["env", "--client", "ansible", "--data-dir", dir.to_str().unwrap()];
    assert!(refusal(&mut durward(&ansible)).contains("identity.local-1.oci.DOMAIN:PORT"));
}

#[test]
fn with_a_region_of_oracles_a_client_is_given_the_address_and_whom_to_trust() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &[]);
    let authority = dir.join("tls/ca.pem").display().to_string();
    let got = evaluated(
        &dir,
        &["--tls", "dev"],
        "\"$OCI_CLI_ENDPOINT\" \"$REQUESTS_CA_BUNDLE\" \"${OCI_REGION_METADATA-none}\"",
    );
    assert_eq!(got, format!("https://localhost:7443|{authority}|none|"));
    let plain = ["--tls", "dev", "--endpoint", "http://127.0.0.1:7070"];
    let args = [&["env", "--data-dir", dir.to_str().unwrap()], &plain[..]].concat();
    assert!(refusal(&mut durward(&args)).contains("such as https://localhost:7443"));
}

#[test]
fn an_endpoint_that_no_client_takes_is_refused() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &[]);
    for endpoint in ["127.0.0.1:7070", "ftp://x", "http://x/path", "http://u@x", "http://x?q", ""] {
        let args = ["env", "--data-dir", dir.to_str().unwrap(), "--endpoint", endpoint];
        let said = refusal(&mut durward(&args));
        assert!(said.contains("is not a server's address"), "{endpoint}: {said}");
    }
}
