//! What an operator sees from outside: health, readiness, and how a server ends that was told to.

use crate::process::{durward, init, refusal};
use iam_core::context::{CLOCK_SLACK_SECONDS, HIGH_WATER};
use iam_sign::{PrivateKey, format_http_date, sign_request};
use iam_store::Store;
use rustix::process::{Pid, Signal, kill_process};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const TIME_MAX: Duration = Duration::from_secs(60);

/// A server of its own process that serves its metrics, and the administrator of its installation.
pub(crate) struct Operated {
    child: Child,
    stdout: BufReader<ChildStdout>,
    /// Host and port.
    pub(crate) host: String,
    /// Host and port of the metrics.
    pub(crate) metrics: String,
    log: PathBuf,
    /// The profile that `init` wrote.
    pub(crate) profile: BTreeMap<String, String>,
    key: PrivateKey,
}

/// Head and body of an answer.
pub(crate) struct Answer {
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn status(&self) -> u16 {
        self.head.split(' ').nth(1).unwrap().parse().unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find_map(|(of, value)| (of == name).then_some(value))
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// Sends a request as it stands, on a connection of its own.
pub(crate) fn exchange(host: &str, request: &str) -> std::io::Result<Answer> {
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(TIME_MAX))?;
    stream.write_all(request.as_bytes())?;
    answer(&mut stream)
}

fn answer(stream: &mut TcpStream) -> std::io::Result<Answer> {
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    let (head, body) = text.split_once("\r\n\r\n").ok_or(std::io::ErrorKind::UnexpectedEof)?;
    Ok(Answer { head: head.to_owned(), body: body.to_owned() })
}

/// Sends GET without anything special.
pub(crate) fn get(host: &str, path: &str) -> std::io::Result<Answer> {
    exchange(host, &format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n"))
}

impl Operated {
    /// Makes an installation in the directory, and serves it.
    pub(crate) fn start(root: &TempDir, init_with: &[&str], serve_with: &[&str]) -> Self {
        let dir = init(root.path(), init_with);
        Self::serve(&dir, serve_with)
    }

    /// Serves an installation; what it logs goes to a file, so that it never waits for a reader.
    pub(crate) fn serve(dir: &Path, more: &[&str]) -> Self {
        let log = dir.with_file_name("log");
        let listen = ["--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0"];
        let args = [&["serve", "--data-dir", dir.to_str().unwrap()], &listen[..], more].concat();
        let mut command = durward(&args);
        let mut child = command.stderr(File::create(&log).unwrap()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut after = |words: &str| {
            let mut line = String::new();
            stdout.read_line(&mut line).unwrap();
            let host = line.trim_end().strip_prefix(words);
            host.unwrap_or_else(|| panic!("{line:?}")).to_owned()
        };
        let (host, metrics) = (after("listening on http://"), after("metrics on http://"));
        let text = std::fs::read_to_string(dir.join("config")).unwrap();
        let lines = text.lines().filter_map(|line| line.split_once('='));
        let profile: BTreeMap<String, String> =
            lines.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let pem = std::fs::read(&profile["key_file"]).unwrap();
        let key = PrivateKey::from_pem(&pem, None).unwrap();
        Self { child, stdout, host, metrics, log, profile, key }
    }

    /// The head of a request that the administrator signed, without the empty line at its end.
    pub(crate) fn head(&self, method: &str, path: &str, body: &str) -> String {
        let user = self.profile["user"].as_str();
        self.head_of(user, &self.key, method, path, body)
    }

    /// The same, signed by a user of the tenancy who has that key.
    pub(crate) fn head_of(
        &self,
        user: &str,
        key: &PrivateKey,
        method: &str,
        path: &str,
        body: &str,
    ) -> String {
        let key_id = format!("{}/{user}/{}", self.profile["tenancy"], key.fingerprint());
        let date = format_http_date(jiff::Timestamp::now().as_second());
        let body = Some(body.as_bytes());
        let headers = sign_request(key, &key_id, method, &self.host, path, &date, body);
        let headers = headers.unwrap();
        let lines = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n"));
        let lines: String = lines.collect();
        format!("{method} {path} HTTP/1.1\r\n{lines}connection: close\r\n")
    }

    /// Sends a request that the administrator signed, with these further lines.
    pub(crate) fn send(&self, method: &str, path: &str, body: &str, lines: &str) -> Answer {
        let head = self.head(method, path, body);
        exchange(&self.host, &format!("{head}{lines}\r\n{body}")).unwrap()
    }

    /// Makes a user; their OCID.
    pub(crate) fn user(&self, name: &str, more: &str) -> String {
        let body = format!(
            "{{\"compartmentId\":\"{}\",\"name\":\"{name}\",\"description\":\"one\"{more}}}",
            self.profile["tenancy"]
        );
        let made = self.send("POST", "/20160918/users", &body, "");
        assert_eq!(made.status(), 200, "{}", made.body);
        made.json()["id"].as_str().unwrap().to_owned()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits for its end, which must be in good order; what it logged.
    pub(crate) fn ended(mut self) -> String {
        let ended = self.child.wait().unwrap();
        let log = std::fs::read_to_string(&self.log).unwrap();
        assert!(ended.success(), "{ended}: {log}");
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "", "two lines are all it prints");
        log
    }

    /// Stops it; what it logged.
    pub(crate) fn stop(self) -> String {
        self.signal(Signal::TERM);
        self.ended()
    }
}

impl Drop for Operated {
    fn drop(&mut self) {
        let _ended = (self.child.kill(), self.child.wait());
    }
}

/// Asks until the answer is as it should be, but not for ever.
pub(crate) fn wait_for(mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < TIME_MAX, "it did not come to be so");
        std::thread::yield_now();
    }
}

#[test]
fn a_server_that_serves_is_alive_and_ready_wherever_it_listens() {
    let root = TempDir::new().unwrap();
    let server = Operated::start(&root, &[], &[]);
    for host in [&server.host, &server.metrics] {
        for (path, said) in [("/healthz", "alive\n"), ("/readyz", "ready\n")] {
            let answer = get(host, path).unwrap();
            assert_eq!((answer.status(), answer.body.as_str()), (200, said), "{path}");
            // What balances load asks by address, or by a name of its own.
            let request = format!("GET {path} HTTP/1.0\r\nhost: probe.example\r\n\r\n");
            assert_eq!(exchange(host, &request).unwrap().status(), 200, "{path}");
        }
    }
    let log = server.stop();
    assert!(!log.contains("not ready"), "{log}");
}

#[test]
fn metrics_are_served_to_the_operator_alone() {
    let root = TempDir::new().unwrap();
    let server = Operated::start(&root, &[], &[]);
    assert_eq!(get(&server.host, "/metrics").unwrap().status(), 404);
    assert_eq!(get(&server.metrics, "/metrics").unwrap().status(), 200);
    for path in ["/", "/console/sign-in", "/20160918/regions"] {
        assert_eq!(get(&server.metrics, path).unwrap().status(), 404, "{path}");
    }
    // A page whose name was made to mean this machine asks under its own name.
    for (name, status) in [("evil.example", 421), ("localhost:1", 200), ("10.0.0.9:9100", 200)] {
        let request = format!("GET /metrics HTTP/1.1\r\nhost: {name}\r\nconnection: close\r\n\r\n");
        assert_eq!(exchange(&server.metrics, &request).unwrap().status(), status, "{name}");
    }
    server.stop();
}

#[test]
fn beyond_loopback_metrics_need_the_explicit_word() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &[]);
    let dir = dir.to_str().unwrap();
    let beyond = ["--listen", "127.0.0.1:0", "--metrics-listen", "0.0.0.0:0"];
    let args = [&["serve", "--data-dir", dir], &beyond[..]].concat();
    let said = refusal(&mut durward(&args));
    assert!(said.contains("metrics-listen `0.0.0.0:0`") && said.contains("behind-proxy"), "{said}");
    let said = refusal(durward(&args[..5]).env("DURWARD_METRICS_LISTEN", "0.0.0.0:0"));
    assert!(said.contains("metrics-listen"), "{said}");
}

#[test]
fn a_clock_that_went_back_makes_the_server_unready_but_not_dead() {
    for (ahead, ready) in [(CLOCK_SLACK_SECONDS - 60, true), (CLOCK_SLACK_SECONDS + 60, false)] {
        let root = TempDir::new().unwrap();
        let dir = init(root.path(), &[]);
        let store = Store::open(&dir.join("durward.db")).unwrap();
        let mark = jiff::Timestamp::now().as_microsecond() + ahead * 1_000_000;
        store.write(move |tx| tx.set_meta(HIGH_WATER, mark)).wait().unwrap().unwrap();
        drop(store);
        let server = Operated::serve(&dir, &[]);
        assert_eq!(get(&server.host, "/healthz").unwrap().status(), 200);
        let answer = get(&server.host, "/readyz").unwrap();
        let (status, said) =
            if ready { (200, "ready\n") } else { (503, "not ready: the clock has gone back\n") };
        assert_eq!((answer.status(), answer.body.as_str()), (status, said));
        let page = get(&server.metrics, "/metrics").unwrap().body;
        assert!(page.contains(&format!("\ndurward_ready {}.0\n", u8::from(ready))), "{page}");
        let log = server.stop();
        assert_eq!(log.contains("the clock has gone back"), !ready, "{log}");
    }
}

#[test]
fn told_to_stop_it_is_unready_first_then_closes_and_answers_what_is_open() {
    let root = TempDir::new().unwrap();
    let server = Operated::start(&root, &[], &["--drain-seconds", "2"]);
    let body = format!(
        "{{\"compartmentId\":\"{}\",\"name\":\"ann\",\"description\":\"late\"}}",
        server.profile["tenancy"]
    );
    let head = server.head("POST", "/20160918/users", &body);
    let mut open = TcpStream::connect(&server.host).unwrap();
    write!(open, "{head}expect: 100-continue\r\n\r\n").unwrap();
    let mut go_on = [0; 25];
    open.read_exact(&mut go_on).unwrap(); // the request is in the server's hands
    let told = Instant::now();
    server.signal(Signal::TERM);
    wait_for(|| get(&server.host, "/readyz").unwrap().body == "not ready: draining\n");
    // Whoever has not seen that yet is served as ever.
    let tenancy = format!("/20160918/tenancies/{}", server.profile["tenancy"]);
    assert_eq!(server.send("GET", &tenancy, "", "").status(), 200);
    assert_eq!(get(&server.metrics, "/readyz").unwrap().status(), 503);
    wait_for(|| TcpStream::connect(&server.host).is_err());
    assert!(told.elapsed() >= Duration::from_secs(2), "{:?}", told.elapsed());
    // The operator sees the end of it.
    assert_eq!(get(&server.metrics, "/healthz").unwrap().status(), 200);
    open.write_all(body.as_bytes()).unwrap();
    let late = answer(&mut open).unwrap();
    assert_eq!(late.status(), 200, "{}", late.body);
    let log = server.ended();
    assert!(log.contains("stopping") && log.contains("stopped"), "{log}");
}

#[test]
fn a_second_signal_ends_the_waiting() {
    let root = TempDir::new().unwrap();
    let server = Operated::start(&root, &[], &["--drain-seconds", "600"]);
    let begun = Instant::now();
    server.signal(Signal::TERM);
    wait_for(|| get(&server.host, "/readyz").unwrap().status() == 503);
    server.signal(Signal::INT);
    server.ended();
    assert!(begun.elapsed() < TIME_MAX, "{:?}", begun.elapsed());
}
