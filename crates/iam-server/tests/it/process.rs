//! The real program as a process of its own: run to its end, or serving until it is stopped.

use iam_sign::{PrivateKey, format_http_date, sign_request};
use rustix::process::{Pid, Signal, kill_process};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// Longer than anything here may take; then the process is ended, and the test fails.
const TIME_MAX: Duration = Duration::from_secs(60);

/// The program with these arguments, and without what the tests' own environment says.
pub(crate) fn durward(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_durward"));
    command.args(args).env_clear().stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs it to its end.
pub(crate) fn run(args: &[&str]) -> Output {
    end(durward(args).spawn().unwrap())
}

/// Runs it to its end, which must be a refusal with nothing on stdout; what it says of it.
pub(crate) fn refusal(command: &mut Command) -> String {
    let ended = end(command.spawn().unwrap());
    let said = String::from_utf8(ended.stderr).unwrap();
    assert!(!ended.status.success(), "{said}");
    assert_eq!(String::from_utf8(ended.stdout).unwrap(), "", "{said}");
    said
}

/// Runs it to its end, which must be a success; what it says on stdout.
pub(crate) fn end_of(command: &mut Command) -> String {
    let ended = end(command.spawn().unwrap());
    assert!(ended.status.success(), "{ended:?}");
    String::from_utf8(ended.stdout).unwrap()
}

/// Makes an installation; answers its directory.
pub(crate) fn init(root: &Path, more: &[&str]) -> PathBuf {
    let dir = root.join("data");
    let args = [&["init", "--data-dir", dir.to_str().unwrap()], more].concat();
    let ended = run(&args);
    assert!(ended.status.success(), "{ended:?}");
    dir
}

/// Waits for the end, but not for ever.
fn end(child: Child) -> Output {
    let pid = Pid::from_child(&child);
    let (ended, waiting) = mpsc::channel();
    std::thread::spawn(move || {
        if waiting.recv_timeout(TIME_MAX) == Err(mpsc::RecvTimeoutError::Timeout) {
            kill_process(pid, Signal::KILL).unwrap();
        }
    });
    let output = child.wait_with_output().unwrap();
    ended.send(()).unwrap();
    output
}

/// A server of its own process.
pub(crate) struct Serving {
    child: Option<Child>,
    /// Scheme, host and port, as it printed them.
    pub(crate) address: String,
}

impl Serving {
    /// Starts it on a free port, and waits until it is ready.
    pub(crate) fn start(dir: &Path, more: &[&str]) -> Self {
        let args = ["serve", "--data-dir", dir.to_str().unwrap(), "--listen", "127.0.0.1:0"];
        Self::run(&mut durward(&[&args, more].concat()))
    }

    /// Starts that command, and waits until it is ready.
    pub(crate) fn run(command: &mut Command) -> Self {
        let mut child = command.process_group(0).spawn().unwrap();
        let mut line = String::new();
        let stdout = child.stdout.as_mut().unwrap();
        BufReader::with_capacity(1, stdout).read_line(&mut line).unwrap();
        let Some(address) = line.trim_end().strip_prefix("listening on ") else {
            panic!("{line:?}: {:?}", end(child));
        };
        Self { address: address.to_owned(), child: Some(child) }
    }

    pub(crate) fn pid(&self) -> Pid {
        Pid::from_child(self.child.as_ref().unwrap())
    }

    /// Host and port.
    pub(crate) fn host(&self) -> &str {
        self.address.split_once("://").unwrap().1
    }

    /// Where it listens on loopback, whatever address it printed.
    pub(crate) fn connect(&self) -> TcpStream {
        let port: u16 = self.address.rsplit_once(':').unwrap().1.parse().unwrap();
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_read_timeout(Some(TIME_MAX)).unwrap();
        stream
    }

    /// Sends a request as it stands, on a connection of its own; all that is answered.
    pub(crate) fn exchange(&self, request: &str) -> String {
        let mut stream = self.connect();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Sends GET without anything special.
    pub(crate) fn get(&self, path: &str) -> String {
        let host = self.host();
        self.exchange(&format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n"))
    }

    /// The head of a request that the bearer of that key signed; more lines may follow.
    pub(crate) fn signed(
        &self,
        method: &str,
        path: &str,
        key_id: &str,
        key: &PrivateKey,
        body: &str,
    ) -> String {
        let date = format_http_date(jiff::Timestamp::now().as_second());
        let body = Some(body.as_bytes());
        let headers = sign_request(key, key_id, method, self.host(), path, &date, body).unwrap();
        let lines: String =
            headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        format!("{method} {path} HTTP/1.1\r\n{lines}connection: close\r\n")
    }

    /// Sends GET as the bearer of that key.
    pub(crate) fn get_signed(&self, path: &str, key_id: &str, key: &PrivateKey) -> String {
        self.exchange(&format!("{}\r\n", self.signed("GET", path, key_id, key, "")))
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    /// Waits for its end: how it ended, and what it wrote to stderr.
    pub(crate) fn ended(mut self) -> (ExitStatus, String) {
        let output = end(self.child.take().unwrap());
        assert_eq!(String::from_utf8(output.stdout).unwrap(), "", "one line is all it prints");
        (output.status, String::from_utf8(output.stderr).unwrap())
    }

    /// Stops it in good order; what it wrote to stderr.
    pub(crate) fn stop(self) -> String {
        self.signal(Signal::TERM);
        let (status, log) = self.ended();
        assert!(status.success(), "{status}: {log}");
        log
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ended = (child.kill(), child.wait());
        }
    }
}
