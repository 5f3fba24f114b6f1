//! `durward serve`: ready, private, alone on its directory, and gone in good order.

use crate::process::{Serving, durward, init, refusal};
use crate::world::key;
use iam_sign::PrivateKey;
use rcgen::{Certificate, CertifiedKey};
use rustix::process::Signal;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

/// The first administrator as the configuration profile has them.
struct Administrator {
    values: BTreeMap<String, String>,
    key: PrivateKey,
}

impl Administrator {
    fn of(dir: &Path) -> Self {
        let text = fs::read_to_string(dir.join("config")).unwrap();
        let values: BTreeMap<String, String> = text
            .lines()
            .filter_map(|line| line.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let key = fs::read_to_string(&values["key_file"]).unwrap();
        Self { key: PrivateKey::from_pem(key.as_bytes(), None).unwrap(), values }
    }

    fn key_id(&self, fingerprint: &str) -> String {
        format!("{}/{}/{fingerprint}", self.values["tenancy"], self.values["user"])
    }

    fn tenancy_path(&self) -> String {
        format!("/20160918/tenancies/{}", self.values["tenancy"])
    }

    /// Asks for the tenancy, signed.
    fn get_tenancy(&self, serving: &Serving) -> String {
        let key_id = self.key_id(&self.values["fingerprint"]);
        serving.get_signed(&self.tenancy_path(), &key_id, &self.key)
    }
}

fn args(dir: &Path) -> [&str; 5] {
    ["serve", "--data-dir", dir.to_str().unwrap(), "--listen", "127.0.0.1:0"]
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

#[test]
fn the_profile_that_init_wrote_signs_requests_that_are_answered() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &["--tenancy-name", "acme"]);
    let serving = Serving::start(&dir, &[]);
    assert!(serving.address.starts_with("http://127.0.0.1:") && !serving.address.ends_with(":0"));
    let answer = Administrator::of(&dir).get_tenancy(&serving);
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("\"name\" : \"acme\""), "{answer}");
    serving.stop();
}

#[test]
fn no_default_credential_works() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &[]);
    let serving = Serving::start(&dir, &[]);
    let admin = Administrator::of(&dir);
    let unsigned = serving.get(&admin.tenancy_path());
    assert!(unsigned.starts_with("HTTP/1.1 401 "), "{unsigned}");
    // A key that is public knowledge, as one that a program comes with would be.
    for fingerprint in [key(0).fingerprint(), admin.values["fingerprint"].clone()] {
        let key_id = admin.key_id(&fingerprint);
        let answer = serving.get_signed(&admin.tenancy_path(), &key_id, &key(0));
        assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    }
    for password in ["", "admin", "password", "durward", "changeme", "Welcome1!", "admin@123"] {
        let answer = sign_in(&serving, "durward", "admin", password);
        assert!(answer.starts_with("HTTP/1.1 403 "), "{password}: {answer}");
        assert!(!answer.contains("durward-session="), "{password}: {answer}");
    }
}

/// Signs in to the Console, as a browser would; the answer.
fn sign_in(serving: &Serving, tenancy: &str, user: &str, password: &str) -> String {
    let between = |text: &str, before: &str, after: &str| -> String {
        let (_, rest) = text.split_once(before).unwrap_or_else(|| panic!("no {before}: {text}"));
        rest.split_once(after).unwrap().0.to_owned()
    };
    let page = serving.get(&format!("/console/sign-in?tenant={tenancy}"));
    let cookie = between(&page, "set-cookie: ", ";");
    let token = between(&between(&page, "name=\"form-token\"", ">"), "value=\"", "\"");
    let body = format!("tenant={tenancy}&username={user}&password={password}&form-token={token}");
    let host = serving.host();
    serving.exchange(&format!(
        "POST /console/sign-in HTTP/1.1\r\nhost: {host}\r\norigin: http://{host}\r\n\
         cookie: {cookie}\r\ncontent-type: application/x-www-form-urlencoded\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    ))
}

#[test]
fn a_second_process_on_the_same_directory_is_refused_and_the_first_goes_on() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &[]);
    let serving = Serving::start(&dir, &[]);
    let said = refusal(&mut durward(&args(&dir)));
    assert!(said.contains("another process"), "{said}");
    assert!(Administrator::of(&dir).get_tenancy(&serving).starts_with("HTTP/1.1 200 "));
    serving.stop();
    Serving::start(&dir, &[]).stop();
}

#[test]
fn an_open_request_is_answered_before_the_server_ends() {
    for signal in [Signal::TERM, Signal::INT] {
        let root = TempDir::new().unwrap();
        let dir = init(root.path(), &[]);
        let serving = Serving::start(&dir, &[]);
        let admin = Administrator::of(&dir);
        let body = format!(
            "{{\"compartmentId\":\"{}\",\"name\":\"ann\",\"description\":\"late\"}}",
            admin.values["tenancy"]
        );
        let key_id = admin.key_id(&admin.values["fingerprint"]);
        let head = serving.signed("POST", "/20160918/users", &key_id, &admin.key, &body);
        let mut stream = serving.connect();
        write!(stream, "{head}expect: 100-continue\r\n\r\n").unwrap();
        let mut go_on = [0; 25];
        stream.read_exact(&mut go_on).unwrap(); // the request is in the server's hands
        assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
        serving.signal(signal);
        wait_until_nobody_listens(&serving);
        stream.write_all(body.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        let (status, log) = serving.ended();
        assert!(status.success(), "{status}: {log}");
    }
}

fn wait_until_nobody_listens(serving: &Serving) {
    let address = serving.host();
    for _ in 0..100_000 {
        if std::net::TcpStream::connect(address).is_err() {
            return;
        }
        std::thread::yield_now();
    }
    panic!("{address} is still listened on");
}

#[test]
fn beyond_loopback_plain_http_needs_the_explicit_word() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &[]);
    let beyond = ["serve", "--data-dir", dir.to_str().unwrap(), "--listen", "0.0.0.0:0"];
    let refused = refusal(&mut durward(&[&beyond[..], &["--host", "localhost"]].concat()));
    assert!(refused.contains("plain HTTP"), "{refused}");
    let more = ["--host", "iam.example.com", "--behind-proxy"];
    let serving = Serving::run(&mut durward(&[&beyond[..], &more].concat()));
    let sign_in = |host: &str| {
        serving.exchange(&format!(
            "GET /console/sign-in HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n"
        ))
    };
    assert!(sign_in("iam.example.com").starts_with("HTTP/1.1 200 "));
    assert!(!sign_in("evil.example.com").starts_with("HTTP/1.1 200 "));
}

/// A certificate for `localhost` in two files, as options, and itself.
fn certificate(root: &Path) -> ([String; 4], Certificate) {
    let CertifiedKey { cert, signing_key } =
        rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (cert_file, key_file) = (root.join("cert.pem"), root.join("key.pem"));
    fs::write(&cert_file, cert.pem()).unwrap();
    fs::write(&key_file, signing_key.serialize_pem()).unwrap();
    set_mode(&key_file, 0o600);
    let word = |path: &Path| path.to_str().unwrap().to_owned();
    (["--tls-cert".to_owned(), word(&cert_file), "--tls-key".to_owned(), word(&key_file)], cert)
}

/// What is answered to a request by TLS, by a server that has that certificate.
fn by_tls(stream: TcpStream, cert: &Certificate, request: &[u8]) -> String {
    let mut roots = RootCertStore::empty();
    roots.add(cert.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = StreamOwned::new(connection, stream);
    stream.write_all(request).unwrap();
    let mut answer = Vec::new();
    let _end_without_notice = stream.read_to_end(&mut answer);
    String::from_utf8(answer).unwrap()
}

#[test]
fn with_a_certificate_tls_is_spoken_and_nothing_else() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &[]);
    let (files, cert) = certificate(root.path());
    let key_file = root.path().join("key.pem");
    let files = files.each_ref().map(String::as_str);
    set_mode(&key_file, 0o644);
    let said = refusal(&mut durward(&[&args(&dir)[..], &files].concat()));
    assert!(said.contains("key.pem") && said.contains("others"), "{said}");
    set_mode(&key_file, 0o600);

    let serving = Serving::start(&dir, &files);
    assert!(serving.address.starts_with("https://127.0.0.1:"));
    let request = b"GET /20160918/users HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    let answer = by_tls(serving.connect(), &cert, request);
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");

    let mut plain = serving.connect();
    plain.write_all(request).unwrap();
    let mut answer = Vec::new();
    let _reset = plain.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP/"), "{}", String::from_utf8_lossy(&answer));
    serving.stop();
}

#[test]
fn metrics_beyond_loopback_are_served_by_tls_alone() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &[]);
    let (files, cert) = certificate(root.path());
    let files = files.each_ref().map(String::as_str);
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let metrics = format!("0.0.0.0:{free}");
    let _serving = Serving::start(&dir, &[&files[..], &["--metrics-listen", &metrics]].concat());
    let connect = || {
        let mut waited = 0;
        loop {
            // Its listener opens with the first one; it is served a moment later.
            match TcpStream::connect(("127.0.0.1", free)) {
                Ok(stream) => return stream,
                Err(_) if waited < 100_000 => waited += 1,
                Err(cause) => panic!("{cause}"),
            }
        }
    };
    let request = b"GET /metrics HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n";
    let answer = by_tls(connect(), &cert, request);
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("\ndurward_ready "), "{answer}");
    let mut plain = connect();
    plain.write_all(request).unwrap();
    let mut answer = Vec::new();
    let _reset = plain.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP/"), "{}", String::from_utf8_lossy(&answer));
}

#[test]
fn a_certificate_without_its_key_is_refused() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &[]);
    let make = || rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (cert_file, key_file) = (root.path().join("cert.pem"), root.path().join("key.pem"));
    fs::write(&cert_file, make().cert.pem()).unwrap();
    fs::write(&key_file, make().signing_key.serialize_pem()).unwrap();
    set_mode(&key_file, 0o600);
    let files =
        ["--tls-cert", cert_file.to_str().unwrap(), "--tls-key", key_file.to_str().unwrap()];
    let said = refusal(&mut durward(&[&args(&dir)[..], &files].concat()));
    assert!(said.contains("cannot be used for TLS"), "{said}");
}

#[test]
fn a_key_that_is_missing_open_to_others_damaged_or_anothers_is_refused() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &[]);
    let other = TempDir::new().unwrap();
    let other = init(other.path(), &[]).join("durward.key");
    let key = dir.join("durward.key");
    let right = fs::read(&key).unwrap();
    let refused = |named: &str| {
        let said = refusal(&mut durward(&args(&dir)));
        assert!(said.contains("durward.key") && said.contains(named), "{named}: {said}");
    };
    for mode in [0o640, 0o604, 0o620] {
        set_mode(&key, mode);
        refused("chmod 600");
    }
    set_mode(&key, 0o600);
    fs::write(&key, fs::read(other).unwrap()).unwrap();
    refused("is not the one");
    fs::write(&key, "not a key").unwrap();
    refused("32 bytes in base64");
    fs::remove_file(&key).unwrap();
    refused("does not exist");

    fs::write(&key, right).unwrap();
    set_mode(&key, 0o600);
    Serving::start(&dir, &[]).stop();
}

#[test]
fn a_data_directory_that_others_may_look_into_is_refused() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &[]);
    set_mode(&dir, 0o755);
    assert!(refusal(&mut durward(&args(&dir))).contains("chmod 700"));
    let nowhere = root.path().join("nowhere");
    assert!(refusal(&mut durward(&args(&nowhere))).contains("durward init"));
    assert!(!nowhere.exists());
}

#[test]
fn what_the_server_writes_is_private_and_no_core_is_dumped() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &[]);
    let serving = Serving::start(&dir, &[]);
    Administrator::of(&dir).get_tenancy(&serving);
    let mut files = 0;
    for entry in fs::read_dir(&dir).unwrap() {
        let entry = entry.unwrap();
        let about = entry.metadata().unwrap();
        let private = if about.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(about.permissions().mode() & 0o777, private, "{}", entry.path().display());
        files += usize::from(about.is_file());
    }
    assert!(files >= 8, "the log and the lock are there while it runs: {files}");
    let pid = serving.pid().as_raw_nonzero();
    let limits = fs::read_to_string(format!("/proc/{pid}/limits")).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().filter(|word| *word == "0").count(), 2, "{core}");
}

#[test]
fn nothing_for_operators_is_served_to_the_public() {
    let root = TempDir::new().unwrap();
    let serving = Serving::start(&init(root.path(), &[]), &[]);
    for path in
        ["/metrics", "/debug", "/debug/pprof/", "/health", "/status", "/admin", "/.env", "/config"]
    {
        let answer = serving.get(path);
        assert!(answer.starts_with("HTTP/1.1 404 "), "{path}: {answer}");
    }
}

#[test]
fn the_latest_moment_is_remembered_over_a_restart() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &[]);
    let mark = || {
        let store = iam_store::Store::open(&dir.join("durward.db")).unwrap();
        store.read(|tx| tx.meta(iam_core::context::HIGH_WATER)).unwrap().unwrap()
    };
    let made = mark();
    assert!(made > 0);
    Serving::start(&dir, &[]).stop();
    assert!(mark() > made);
}

#[test]
fn log_lines_are_json_where_that_is_asked_for() {
    let root = TempDir::new().unwrap();
    let serving = Serving::start(&init(root.path(), &[]), &["--log-format", "json"]);
    let log = serving.stop();
    assert!(log.lines().count() >= 2, "{log}");
    for line in log.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(line["level"], "INFO");
    }
}
