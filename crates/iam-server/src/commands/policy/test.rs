//! `durward policy test`: what policies shall allow and deny, tried as in a server, for continuous
//! integration.

use super::can::time;
use super::counted;
use super::junit::{self, Tried};
use super::question::{Answer, Asked, What, Who};
use super::world::{World, WorldArgs};
use crate::commands::say;
use crate::config::DatabaseArgs;
use crate::failure::Failure;
use crate::place::PlaceArgs;
use crate::system::SystemClock;
use iam_api::Ocid;
use iam_core::context::Clock;
use serde::Deserialize;
use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

/// The largest file of cases, in bytes.
const FILE_BYTES_MAX: u64 = 16 << 20;

/// Try what policies shall allow and deny, for continuous integration
///
/// A file of cases says who shall be allowed or denied what, where and when. Each is decided as in
/// a server; of one that goes otherwise, the reason is printed. The tenancy is named in the file or
/// by options. The exit code is 0 where all go as expected, 1 where some do not, and 2 where a case
/// cannot be tried.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The file of cases, in TOML
    #[arg(value_name = "CASES")]
    cases: PathBuf,

    /// Where to write the results as JUnit does, in XML
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,

    #[command(flatten)]
    world: WorldArgs,
}

const EXAMPLES: &str = "\
Examples:
  durward policy test cases.toml
  durward policy test cases.toml --export ./export --policies new.policy
  durward policy test cases.toml --data-dir /var/lib/durward --junit results.xml

A file of cases:
  [tenancy]                     # paths from the file's folder; or give options
  policies = [\"desk.policy\"]    # or export = [\"./export\"], also = [...], data-dir = \"...\"

  [[case]]
  name = \"the desk resets passwords, by day\"
  user = \"HelpDesk\"             # or groups = [\"HelpDesk\", ...]
  operation = \"CreateOrResetUIPassword\"  # or can = \"use users\"
  in = \"tenancy\"                # or target = \"ocid1.user...\"
  at = \"2026-11-27T09:00Z\"      # and from = ADDRESS, mfa = true, where that matters
  expect = \"allow\"              # or \"deny\"";

/// A file of cases.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    #[serde(default)]
    tenancy: Tenancy,
    case: Vec<Case>,
}

/// The tenancy that the cases are of.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct Tenancy {
    data_dir: Option<PathBuf>,
    export: Vec<PathBuf>,
    policies: Vec<PathBuf>,
    also: Vec<PathBuf>,
}

/// What shall be.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Case {
    name: String,
    user: Option<String>,
    #[serde(default)]
    groups: Vec<String>,
    can: Option<String>,
    operation: Option<String>,
    r#in: Option<String>,
    target: Option<String>,
    at: Option<String>,
    from: Option<IpAddr>,
    mfa: Option<bool>,
    expect: Expected,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
enum Expected {
    Allow,
    Deny,
}

/// Runs the command; whether all went as expected.
pub(super) fn run(args: &Args) -> Result<bool, Failure> {
    let cases = read(&args.cases)?;
    let world = match args.world.is_some() {
        true => args.world.open()?,
        false => cases.tenancy.world(&args.cases).open()?,
    };
    let mut tried = Vec::with_capacity(cases.case.len());
    for case in &cases.case {
        let answer = case.ask(&world).map_err(|failure| {
            Failure::new(format!("case `{}`: {failure}", case.name.escape_debug()))
        })?;
        let failure = case.failure(&answer);
        if let Some(why) = &failure {
            say(&format!("FAILED  {}\n{}\n", case.name.escape_debug(), indented(why)))?;
        }
        tried.push(Tried { name: case.name.clone(), failure });
    }
    if let Some(path) = &args.junit {
        let xml = junit::document(&args.cases.display().to_string(), &tried);
        fs::write(path, xml).map_err(Failure::file("write", path))?;
    }
    let failed = tried.iter().filter(|one| one.failure.is_some()).count();
    say(&format!(
        "{}: {} passed, {failed} failed\n",
        counted(tried.len(), "case"),
        tried.len() - failed
    ))?;
    Ok(failed == 0)
}

fn read(path: &Path) -> Result<Cases, Failure> {
    let size = fs::metadata(path).map_err(Failure::file("read", path))?.len();
    if size > FILE_BYTES_MAX {
        return Err(Failure::new(format!("`{}` is larger than 16 MiB", path.display())));
    }
    let text = fs::read_to_string(path).map_err(Failure::file("read", path))?;
    let cases: Cases = toml::from_str(&text)
        .map_err(|cause| Failure::new(format!("in `{}`: {cause}", path.display())))?;
    if cases.case.is_empty() {
        return Err(Failure::new(format!("`{}` has no cases", path.display())));
    }
    Ok(cases)
}

impl Tenancy {
    /// The same as options, with paths from the folder of the file.
    fn world(&self, file: &Path) -> WorldArgs {
        let folder = file.parent().unwrap_or(Path::new(""));
        let from = |paths: &[PathBuf]| paths.iter().map(|path| folder.join(path)).collect();
        WorldArgs {
            place: PlaceArgs {
                data_dir: self.data_dir.as_ref().map(|dir| folder.join(dir)),
                database: DatabaseArgs::default(),
            },
            export: from(&self.export),
            policies: from(&self.policies),
            also: from(&self.also),
        }
    }
}

impl Case {
    fn ask(&self, world: &World) -> Result<Answer, Failure> {
        let what = match (&self.operation, &self.can) {
            (Some(operation), None) => What::operation(operation)?,
            (None, Some(words)) => match words.split_whitespace().collect::<Vec<_>>().as_slice() {
                [verb, resource] => What::permissions(verb, resource)?,
                _ => return Err(Failure::new("`can` is a verb and a resource type: `use users`")),
            },
            _ => return Err(Failure::new("give `operation` or `can`, one of them")),
        };
        if self.r#in.is_none() && self.target.is_none() {
            return Err(Failure::new("it is not said where: give `in` or `target`"));
        }
        let at = self.at.as_deref().map(time).transpose();
        let at = at.map_err(|hint| Failure::new(format!("`at` is not a time: {hint}")))?;
        let place = self.r#in.as_deref();
        world.ask(&Asked {
            who: Who::named(&world.index, self.user.as_deref(), &self.groups)?,
            what,
            place: place.map(|name| world.index.compartment(name)).transpose()?,
            target: self.target.as_deref().map(Ocid::from),
            at: at.unwrap_or_else(|| SystemClock.now()),
            from: self.from,
            mfa: self.mfa,
        })
    }

    /// How it went otherwise than is expected.
    fn failure(&self, answer: &Answer) -> Option<String> {
        let expected = match self.expect {
            Expected::Allow => "be allowed",
            Expected::Deny => "be denied",
        };
        (answer.is_allowed != (self.expect == Expected::Allow))
            .then(|| format!("{}, and should {expected}\n\n{}", answer.sentence, answer.why()))
    }
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}\n")).collect()
}
