//! A home directory of a test's own, the binary run in it, and a server that answers one request.

use std::{
    fs::{self, Permissions},
    io::{Read as _, Write as _},
    net::TcpListener,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::mpsc::{self, Receiver},
    time::Duration,
};

/// The user of every profile here.
pub(crate) const USER: &str = "ocid1.user.oc1..ada";
/// The tenancy of every profile here.
pub(crate) const TENANCY: &str = "ocid1.tenancy.oc1..acme";
/// The fingerprint of every profile here; no server checks it.
pub(crate) const FINGERPRINT: &str = "0f:0f:0f:0f:0f:0f:0f:0f:0f:0f:0f:0f:0f:0f:0f:0f";

/// A home directory of a test's own.
pub(crate) struct Home {
    folder: tempfile::TempDir,
    variables: Vec<(String, String)>,
}

/// How a run of the binary ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// The exit code.
    pub(crate) code: Option<i32>,
    /// What it wrote to stdout.
    pub(crate) out: String,
    /// What it wrote to stderr.
    pub(crate) err: String,
}

impl Home {
    /// An empty home.
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), variables: Vec::new() }
    }

    /// A home whose profile signs with one of the key files that `iam-sign` is tested with.
    pub(crate) fn with_profile(key: &str, more: &str) -> Self {
        let home = Self::new();
        let key = fs::read_to_string(key_file(key)).unwrap();
        home.write("key.pem", &format!("{key}OCI_API_KEY"));
        home.write(
            ".oci/config",
            &format!(
                "[DEFAULT]\nuser={USER}\ntenancy={TENANCY}\nfingerprint={FINGERPRINT}\n\
                 key_file=~/key.pem\nregion=us-ashburn-1\n{more}"
            ),
        );
        home
    }

    /// The same home, with a variable set for what runs in it.
    pub(crate) fn set(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Where a file of the home is.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file that only the owner can read.
    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        self.set_mode(name, 0o600);
    }

    /// The text of a file.
    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Who may do what with a file.
    pub(crate) fn mode(&self, name: &str) -> u32 {
        self.path(name).metadata().unwrap().permissions().mode() & 0o7777
    }

    /// Changes who may do what with a file.
    pub(crate) fn set_mode(&self, name: &str, mode: u32) {
        fs::set_permissions(self.path(name), Permissions::from_mode(mode)).unwrap();
    }

    /// Runs the binary with nothing on stdin.
    pub(crate) fn oci(&self, args: &[&str]) -> Ended {
        self.oci_told(args, "")
    }

    /// Runs the binary with a text on stdin.
    pub(crate) fn oci_told(&self, args: &[&str], input: &str) -> Ended {
        let mut command = Command::new(env!("CARGO_BIN_EXE_oci"));
        command.args(args);
        self.run(command, input)
    }

    /// Runs a program in this home, with no variables but those set for it.
    pub(crate) fn run(&self, mut command: Command, input: &str) -> Ended {
        let mut child = command
            .env_clear()
            .env("HOME", self.folder.path())
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .current_dir(self.folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A program that ended early did not want to read it all.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        Ended {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// One of the key files that `iam-sign` is tested with.
pub(crate) fn key_file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../iam-sign/tests/keys").join(name)
}

/// A server that answers one request, and what it saw of it.
pub(crate) struct Once {
    /// Its address.
    pub(crate) url: String,
    head: Receiver<String>,
}

impl Once {
    /// Answers with that JSON.
    pub(crate) fn answering(body: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (tell, head) = mpsc::channel();
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
             connection: close\r\n\r\n{body}",
            body.len()
        );
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
            let (mut head, mut byte) = (Vec::new(), [0]);
            while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() == 1 {
                head.extend(byte);
            }
            stream.write_all(answer.as_bytes()).unwrap();
            tell.send(String::from_utf8(head).unwrap()).unwrap();
        });
        Self { url, head }
    }

    /// The request line and the header lines that came.
    pub(crate) fn request(self) -> String {
        self.head.recv_timeout(Duration::from_secs(20)).unwrap()
    }
}
