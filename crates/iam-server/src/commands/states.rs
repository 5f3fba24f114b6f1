//! `durward snapshot` and `durward reset`: states of a server for tests, kept and gone back to
//! while it is served. The server does it; these ask for it, as tests can themselves.

use super::say;
use crate::data_dir::DataDir;
use crate::failure::Failure;
use crate::testing::Way;
use serde::Deserialize;
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use ureq::Agent;

/// How long the server may take: requests under way end first.
const ANSWER_MAX: Duration = Duration::from_secs(60);

/// Keep the state of a server for tests, to go back to it with `durward reset`
///
/// The server must be running with --testing. It keeps the state in memory, with the clock and all
/// that was drawn, until it stops. It keeps the state that it began with by itself.
#[derive(clap::Args)]
pub(crate) struct SnapshotArgs {
    #[command(flatten)]
    named: Named,
}

/// Have a server for tests go back to a state that it kept, in milliseconds
///
/// Without --name that is the state that it began with, or the last one that was kept without a
/// name. Everything made since is gone: rows, sessions, lines of the audit trail, letters, faults;
/// and the clock is where it was.
#[derive(clap::Args)]
pub(crate) struct ResetArgs {
    #[command(flatten)]
    named: Named,
}

/// Which state, and of which server.
#[derive(clap::Args)]
struct Named {
    /// The data directory that is served
    #[arg(long, env = "DURWARD_DATA_DIR", hide_env_values = true, value_name = "DIR")]
    data_dir: PathBuf,

    /// The name of the state
    #[arg(long, value_name = "NAME", default_value = "start")]
    name: String,
}

/// Keeps the state.
pub(crate) fn snapshot(args: &SnapshotArgs) -> Result<(), Failure> {
    let rows = ask(&args.named, "snapshot")?;
    say(&format!("Kept as `{}`: {rows} rows\n", args.named.name))
}

/// Goes back to the state.
pub(crate) fn reset(args: &ResetArgs) -> Result<(), Failure> {
    let rows = ask(&args.named, "reset")?;
    say(&format!("As it was at `{}`: {rows} rows\n", args.named.name))
}

/// What a server says that did it, and one that did not.
#[derive(Deserialize)]
struct Answer {
    rows: Option<u64>,
    message: Option<String>,
}

fn ask(named: &Named, what: &str) -> Result<u64, Failure> {
    let way = way(&named.data_dir)?;
    let agent = Agent::config_builder()
        .proxy(None)
        .max_redirects(0)
        .http_status_as_error(false)
        .timeout_global(Some(ANSWER_MAX))
        .build()
        .new_agent();
    let no_answer = |cause: ureq::Error| {
        Failure::new(format!(
            "the server for tests does not answer at `{}`: {cause}; start it again",
            way.url
        ))
    };
    let asked = agent
        .post(format!("{}/{what}", way.url))
        .header("authorization", format!("Bearer {}", *way.token))
        .header("content-type", "application/json")
        .send(json!({"name": named.name}).to_string());
    let text = asked.and_then(|mut answer| answer.body_mut().read_to_string());
    let text = text.map_err(no_answer)?;
    let answer: Answer = serde_json::from_str(&text).map_err(|cause| {
        Failure::new(format!("what `{}` answers is not understood: {cause}", way.url))
    })?;
    answer.rows.ok_or_else(|| Failure::new(answer.message.unwrap_or(text)))
}

/// The way to the server that serves this directory.
fn way(dir: &Path) -> Result<Way, Failure> {
    let file = DataDir::at(dir)?.testing_file();
    let text = fs::read_to_string(&file).map_err(|cause| {
        Failure::new(format!(
            "cannot read `{}`: {cause}; it is there while `durward serve --testing` runs",
            file.display()
        ))
    })?;
    serde_json::from_str(&text)
        .map_err(|cause| Failure::new(format!("cannot read `{}`: {cause}", file.display())))
}
