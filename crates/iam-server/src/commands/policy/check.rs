//! `durward policy check`: what is wrong with statements, and what is strange about them.

use super::counted;
use super::source::{Form, Placed, Source};
use super::world::World;
use crate::commands::say;
use crate::failure::Failure;
use crate::place::PlaceArgs;
use iam_policy::{Finding, Linted, PolicyError, Statement, lint, parse};
use serde_json::json;
use std::path::PathBuf;

/// Look for errors in statements, and for what was hardly meant
///
/// Each statement is parsed, and its resource types, permissions and variables are looked up. With
/// --data-dir or --database-url, groups and compartments are too. Then statements are compared:
/// warnings tell of those that grant nothing, that another makes needless, or that grant more than
/// most people mean to. The exit code is 1 where a statement is refused.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Files of statements: one a line, or the JSON of OCI; `-` is standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,

    /// Take warnings for errors
    #[arg(long)]
    strict: bool,

    /// Print a JSON list of what was found
    #[arg(long)]
    json: bool,

    /// The OCID of the compartment that the policies are attached to, where the file does not say;
    /// else the root of the tenancy
    #[arg(long, value_name = "OCID")]
    compartment_id: Option<String>,

    #[command(flatten)]
    place: PlaceArgs,
}

const EXAMPLES: &str = "\
Examples:
  durward policy check policies/*.txt
  durward policy check --strict --data-dir /var/lib/durward policies.txt
  oci iam policy list --compartment-id \"$TENANCY\" --all | durward policy check -";

/// Something that was found, and where.
struct Found {
    is_error: bool,
    /// Which rule of the linter tells it; `refused` for an error.
    rule: &'static str,
    line: usize,
    column: Option<usize>,
    message: String,
    hint: Option<String>,
    /// As it is shown to people.
    drawn: String,
}

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let named = args.place.is_some();
    let world = named.then(|| World::installed(&args.place.place()?)).transpose()?;
    let (mut statements, mut all) = (0, Vec::new());
    for file in &args.files {
        let source = Source::read(file)?;
        statements += source.statements.len();
        let found = look(&source, world.as_ref(), args.compartment_id.as_deref())?;
        all.extend(found.into_iter().map(|found| (source.name.clone(), found)));
    }
    let errors = all.iter().filter(|(_, found)| found.is_error).count();
    let warnings = all.len() - errors;
    if args.json {
        let list = all.iter().map(|(file, found)| found.json(file)).collect::<Vec<_>>();
        say(&format!("{:#}\n", serde_json::Value::from(list)))?;
    } else {
        for (_, found) in &all {
            say(&format!("{}\n\n", found.drawn))?;
        }
    }
    let (errors_said, warnings_said) = (counted(errors, "error"), counted(warnings, "warning"));
    let said = format!("{errors_said} and {warnings_said}");
    if errors > 0 || (args.strict && warnings > 0) {
        return Err(Failure::new(format!("{said} in {}", counted(statements, "statement"))));
    }
    if !args.json {
        say(&format!("{}: {said}\n", counted(statements, "statement")))?;
    }
    Ok(())
}

/// What is found in one file, in the order of its lines.
fn look(
    source: &Source,
    world: Option<&World>,
    compartment: Option<&str>,
) -> Result<Vec<Found>, Failure> {
    let mut found = Vec::new();
    let mut parsed: Vec<(&Placed, Statement)> = Vec::new();
    let refused = |placed, error: &PolicyError| Found::refused(source, placed, error);
    for placed in &source.statements {
        match parse(&placed.text) {
            Err(error) => found.push(refused(placed, &error)),
            Ok(statement) => parsed.push((placed, statement)),
        }
    }
    if let Some(world) = world {
        for policy in parsed.chunk_by(|(one, _), (other, _)| one.policy == other.policy) {
            let attached = policy.iter().find_map(|(placed, _)| placed.compartment.as_deref());
            let statements: Vec<&Statement> = policy.iter().map(|(_, parsed)| parsed).collect();
            let bound = world.bind(attached.or(compartment), &statements)?;
            let bound = policy.iter().zip(bound);
            found.extend(bound.filter_map(|((at, _), bound)| Some(refused(at, &bound.err()?))));
        }
    }
    let linted: Vec<Linted<'_>> = parsed
        .iter()
        .map(|(placed, statement)| Linted {
            statement,
            policy: placed.policy,
            attached_to: placed.compartment.as_deref().or(compartment),
        })
        .collect();
    for finding in lint(&linted) {
        let other = finding.other.and_then(|other| parsed.get(other)).map(|(placed, _)| *placed);
        if let Some((placed, _)) = parsed.get(finding.statement) {
            found.push(Found::strange(source, placed, &finding, other));
        }
    }
    found.sort_by_key(|found| found.line);
    Ok(found)
}

impl Found {
    fn refused(source: &Source, placed: &Placed, error: &PolicyError) -> Self {
        let (line, column) = place(source, placed, error.span().start);
        Self {
            is_error: true,
            rule: "refused",
            line,
            column,
            message: error.message().to_owned(),
            hint: error.hint().map(str::to_owned),
            drawn: drawn(source, placed, error),
        }
    }

    fn strange(source: &Source, placed: &Placed, found: &Finding, other: Option<&Placed>) -> Self {
        let message = match other {
            Some(other) => format!("{} line {}", found.message, other.line),
            None => found.message.clone(),
        };
        let first = placed.text.lines().next().unwrap_or_default();
        let more = if placed.text.lines().count() > 1 { " …" } else { "" };
        Self {
            is_error: false,
            rule: found.rule.name(),
            line: placed.line,
            column: None,
            drawn: format!(
                "warning: {message} ({})\n --> {}:{}\n  | {first}{more}",
                found.rule.name(),
                source.name,
                placed.line
            ),
            message,
            hint: None,
        }
    }

    fn json(&self, file: &str) -> serde_json::Value {
        json!({
            "file": file,
            "line": self.line,
            "column": self.column,
            "severity": if self.is_error { "error" } else { "warning" },
            "rule": self.rule,
            "message": self.message,
            "hint": self.hint,
        })
    }
}

/// An error as it is drawn, with its place in the file.
pub(super) fn drawn(source: &Source, placed: &Placed, error: &PolicyError) -> String {
    let (line, column) = place(source, placed, error.span().start);
    let column = column.map(|column| format!(":{column}")).unwrap_or_default();
    let drawn = error.render(&placed.text);
    let (first, rest) = drawn.split_once('\n').unwrap_or((&drawn, ""));
    format!("{first}\n --> {}:{line}{column}\n{rest}", source.name)
}

/// The line and column of a byte of a statement. In JSON a statement is written otherwise than it
/// reads, so there is only the line.
fn place(source: &Source, placed: &Placed, byte: usize) -> (usize, Option<usize>) {
    if source.form == Form::Json {
        return (placed.line, None);
    }
    let before = placed.text.get(..byte).unwrap_or(&placed.text);
    let line = placed.line + before.matches('\n').count();
    let start = source.text.get(..placed.span.start + before.len()).unwrap_or_default();
    let column = start.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, Some(column))
}
