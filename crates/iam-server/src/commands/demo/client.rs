//! The administrator's part of the demo: the published example, run with the program `oci`.

use super::super::init::Report;
use super::super::{quoted, say};
use crate::config;
use crate::failure::Failure;
use serde_json::Value;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// The user's name.
pub(super) const NAME: &str = "ann@example.com";
/// The user's e-mail address, where there is one.
pub(super) const EMAIL: &str = "ann@example.com";
const DESCRIPTION: &str = "Ann of the demo";

/// The program, and what it needs to reach the demo's server as its administrator.
pub(super) struct Client {
    program: PathBuf,
    home: PathBuf,
    config_file: PathBuf,
    endpoint: String,
}

/// A user who can sign in.
pub(super) struct Credentials {
    pub(super) name: String,
    pub(super) password: String,
}

/// Finds the program: beside this one, or on the search path.
pub(super) fn find() -> Result<PathBuf, Failure> {
    let own = std::env::current_exe().ok();
    let beside = own.as_deref().and_then(|own| own.parent()).map(|dir| dir.join("oci"));
    let path = config::search_path();
    let on_path = std::env::split_paths(&path).map(|dir| dir.join("oci"));
    beside.clone().into_iter().chain(on_path).find(|program| program.is_file()).ok_or_else(|| {
        let beside = beside.map_or_else(String::new, |file| format!(" as `{}`", file.display()));
        Failure::new(format!(
            "the program `oci` is found neither beside durward{beside} nor on the search path; \
             build it with `cargo build --package iam-cli`, or install the official one"
        ))
    })
}

impl Client {
    pub(super) fn new(program: PathBuf, report: &Report, endpoint: &str) -> Self {
        Self {
            program,
            home: report.data_dir.clone(),
            config_file: report.config_file.clone(),
            endpoint: endpoint.to_owned(),
        }
    }

    /// Makes a user and a one-time password, as the published example does.
    pub(super) fn make_user(&self) -> Result<Credentials, Failure> {
        let create = ["iam", "user", "create", "--description", DESCRIPTION, "--name", NAME];
        let id = self.run(&[&create[..], &["--query", "data.id", "--raw-output"]].concat())?;
        let answer = self.reset(id.trim())?;
        let answer: Value = serde_json::from_str(&answer).unwrap_or_default();
        match answer.pointer("/data/password").and_then(Value::as_str) {
            Some(password) => {
                Ok(Credentials { name: NAME.to_owned(), password: password.to_owned() })
            }
            None => Err(Failure::new("`oci` answered without a password")),
        }
    }

    /// Makes a user whom mail can be sent to; answers their OCID.
    pub(super) fn make_user_with_email(&self) -> Result<String, Failure> {
        let create = ["iam", "user", "create", "--description", DESCRIPTION, "--name", NAME];
        let more = ["--email", EMAIL, "--query", "data.id", "--raw-output"];
        Ok(self.run(&[&create[..], &more].concat())?.trim().to_owned())
    }

    /// Resets the user's password.
    pub(super) fn reset(&self, id: &str) -> Result<String, Failure> {
        self.run(&["iam", "user", "ui-password", "create-or-reset", "--user-id", id])
    }

    /// Runs one command, and shows it with its answer as a terminal would.
    fn run(&self, args: &[&str]) -> Result<String, Failure> {
        let words: Vec<String> = args.iter().map(|word| quoted(word)).collect();
        say(&format!("\n    $ oci {}\n", words.join(" ")))?;
        // Nothing that this user has set up for other servers may lead the command elsewhere.
        let ran = Command::new(&self.program)
            .args(args)
            .env_clear()
            .env("PATH", config::search_path())
            .env("HOME", &self.home)
            .env("OCI_CLI_CONFIG_FILE", &self.config_file)
            .env("OCI_CLI_ENDPOINT", &self.endpoint)
            .stdin(Stdio::null())
            .output()
            .map_err(Failure::file("run", &self.program))?;
        if !ran.status.success() {
            let said = String::from_utf8_lossy(&ran.stderr);
            return Err(Failure::new(format!("`oci` ended with {}: {said}", ran.status)));
        }
        let answer = String::from_utf8_lossy(&ran.stdout).into_owned();
        let shown: String = answer.lines().map(|line| format!("    {line}\n")).collect();
        say(&shown)?;
        Ok(answer)
    }
}
