//! `durward serve --tls dev`: TLS by the development authority that `durward init` made.

use crate::process::{Serving, durward, end_of, init, refusal, run};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;

/// What is answered to a request by somebody who trusts the authority of that directory alone.
fn asked(serving: &Serving, dir: &Path, name: &str) -> Result<String, String> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(dir.join("tls/ca.pem")).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let host = ServerName::try_from(name.to_owned()).unwrap();
    let connection = ClientConnection::new(Arc::new(config), host).unwrap();
    let mut stream = StreamOwned::new(connection, serving.connect());
    let request =
        format!("GET /console/sign-in HTTP/1.1\r\nhost: {name}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).map_err(|cause| cause.to_string())?;
    let mut answer = Vec::new();
    let _end_without_notice = stream.read_to_end(&mut answer);
    Ok(String::from_utf8(answer).unwrap())
}

fn is_served(serving: &Serving, dir: &Path, name: &str) -> bool {
    asked(serving, dir, name).unwrap().starts_with("HTTP/1.1 200 ")
}

fn refused(dir: &Path, more: &[&str]) -> String {
    let args =
        ["serve", "--tls", "dev", "--listen", "127.0.0.1:0", "--data-dir", dir.to_str().unwrap()];
    refusal(&mut durward(&[&args, more].concat()))
}

fn set_mode(path: PathBuf, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn every_name_that_a_client_forms_of_the_region_is_served_and_no_other() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &["--region", "local-1", "--host", "iam.example.com"]);
    let serving = Serving::start(&dir, &["--tls", "dev"]);
    assert!(serving.address.starts_with("https://127.0.0.1:"), "{}", serving.address);
    for name in [
        "localhost",
        "127.0.0.1",
        "identity.localhost",
        "identity.local-1.oci.localhost",
        "audit.local-1.localhost",
        "auth.local-1.localhost",
        "login.local-1.localhost",
    ] {
        assert!(is_served(&serving, &dir, name), "{name}");
    }
    for name in ["evil.localhost", "identity.local-2.oci.localhost", "iam.example.com"] {
        let said = asked(&serving, &dir, name).unwrap_err();
        assert!(said.contains("NotValidForName") || said.contains("not valid"), "{name}: {said}");
    }
    let mut plain = serving.connect();
    plain.write_all(b"GET /console/sign-in HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    let _reset = plain.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP/"), "{}", String::from_utf8_lossy(&answer));
    serving.stop();

    let serving = Serving::start(&dir, &["--tls", "dev", "--host", "iam.example.com"]);
    assert!(is_served(&serving, &dir, "iam.example.com"));
    serving.stop();
    let said = refused(&dir, &["--host", "other.example.com"]);
    assert!(said.contains("was not made for `other.example.com`"), "{said}");
}

#[test]
fn a_region_of_oracles_is_never_claimed() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &[]);
    let serving = Serving::start(&dir, &["--tls", "dev"]);
    assert!(is_served(&serving, &dir, "localhost"));
    assert!(asked(&serving, &dir, "identity.us-ashburn-1.oci.localhost").is_err());
}

#[test]
fn each_start_has_a_key_of_its_own_and_the_authority_stays() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &[]);
    let files = || ["tls/ca.pem", "tls/ca.key"].map(|name| fs::read(dir.join(name)).unwrap());
    let before = files();
    for _start in 0..2 {
        let serving = Serving::start(&dir, &["--tls", "dev"]);
        assert!(is_served(&serving, &dir, "localhost"));
        serving.stop();
    }
    assert_eq!(files(), before);
    let names: Vec<_> = fs::read_dir(dir.join("tls")).unwrap().flatten().collect();
    assert_eq!(names.len(), 2, "{names:?}");
}

#[test]
fn a_key_that_others_can_read_is_refused_and_found() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &[]);
    set_mode(dir.join("tls/ca.key"), 0o640);
    let said = refused(&dir, &[]);
    assert!(said.contains("ca.key` can be read or changed by others"), "{said}");
    set_mode(dir.join("tls/ca.pem"), 0o622);
    let ended = run(&["verify", "--data-dir", dir.to_str().unwrap()]);
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    let said = String::from_utf8(ended.stdout).unwrap();
    assert!(said.contains("ca.key` is open to others (mode 640)"), "{said}");
    assert!(said.contains("ca.pem` is open to others (mode 622)"), "{said}");
    set_mode(dir.join("tls/ca.key"), 0o600);
    set_mode(dir.join("tls/ca.pem"), 0o644); // others may know whom to trust
    let said = end_of(&mut durward(&["verify", "--data-dir", dir.to_str().unwrap()]));
    assert!(said.contains("nothing wrong"), "{said}");
}

#[test]
fn without_an_authority_one_is_made_and_plain_http_needs_none() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &["--region", "local-1"]);
    fs::remove_dir_all(dir.join("tls")).unwrap();
    let env = ["env", "--tls", "dev", "--data-dir", dir.to_str().unwrap()];
    assert!(refusal(&mut durward(&env)).contains("`durward serve --tls dev` makes one"));
    let serving = Serving::start(&dir, &[]);
    assert!(serving.address.starts_with("http://"));
    serving.stop();
    assert!(!dir.join("tls").exists(), "nothing is made that nobody asked for");

    let serving = Serving::start(&dir, &["--tls", "dev", "--host", "iam.example.com"]);
    for name in ["identity.local-1.oci.localhost", "iam.example.com"] {
        assert!(is_served(&serving, &dir, name), "{name}");
    }
    serving.stop();
    for (name, mode) in [("", 0o700), ("ca.key", 0o600), ("ca.pem", 0o600)] {
        let made = fs::metadata(dir.join("tls").join(name)).unwrap().permissions().mode();
        assert_eq!(made & 0o777, mode, "{name}");
    }
    assert!(end_of(&mut durward(&env)).contains("REQUESTS_CA_BUNDLE="));
}

#[test]
fn it_comes_along_to_another_directory_and_is_in_no_database() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &[]);
    let to = root.path().join("other");
    let place = |dir: &Path| dir.to_str().unwrap().to_owned();
    end_of(&mut durward(&["move", "--from", &place(&dir), "--to", &place(&to)]));
    for name in ["tls/ca.pem", "tls/ca.key"] {
        assert_eq!(fs::read(to.join(name)).unwrap(), fs::read(dir.join(name)).unwrap());
        assert_eq!(fs::metadata(to.join(name)).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let serving = Serving::start(&to, &["--tls", "dev"]);
    assert!(is_served(&serving, &dir, "localhost"), "clients need not be told anew");
    serving.stop();

    let key = fs::read_to_string(dir.join("tls/ca.key")).unwrap();
    let line = key.lines().nth(1).unwrap().as_bytes();
    let backup = root.path().join("backup");
    let from = ["backup", "--data-dir", &place(&dir), "--to", &place(&backup)];
    end_of(&mut durward(&from));
    for file in [dir.join("durward.db"), backup] {
        let bytes = fs::read(file).unwrap();
        assert!(!bytes.windows(line.len()).any(|window| window == line));
    }
}
