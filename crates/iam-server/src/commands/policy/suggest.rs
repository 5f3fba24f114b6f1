//! `durward policy suggest`: what policies would have to say for refusals not to have been.

use super::counted;
use crate::commands::say;
use crate::commands::tenancy::ReadArgs;
use crate::failure::Failure;
use iam_api::Timestamp;
use iam_core::suggestions::{self, Suggested, Suggestion};

/// Suggest the narrowest statements that would have allowed what was refused
///
/// The refusals that are kept are decided again, as policies are now; what is still missing is
/// gathered by group and compartment. Use it after a team has worked with `durward serve
/// --enforcement log`, or to see what people keep asking for. That they asked does not say that
/// they should be allowed: read each statement before you write it. It may be asked while the
/// installation is served.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Look at refusals since that moment only
    #[arg(long, value_name = "TIME", value_parser = moment)]
    since: Option<Timestamp>,

    /// Print JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    from: ReadArgs,
}

const EXAMPLES: &str = "\
Examples:
  durward policy suggest --data-dir /var/lib/durward
  durward policy suggest --data-dir ./trial --since 2026-11-27T08:00:00Z";

fn moment(text: &str) -> Result<Timestamp, String> {
    let wrong = || "this is no moment; give one such as 2026-11-27T08:00:00Z".to_owned();
    Timestamp::from_text(text).ok_or_else(wrong)
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let since = args.since.unwrap_or_default();
    let all = args.from.each(|tx, at, root| Ok(suggestions::since(tx, at, root, since)?))?;
    if args.json {
        let text = serde_json::to_string_pretty(&all);
        return say(&format!("{}\n", text.map_err(|cause| Failure::new(cause.to_string()))?));
    }
    all.iter().try_for_each(|suggested| say(&shown(suggested)))
}

/// The suggestions, then what none was made of.
fn shown(suggested: &Suggested) -> String {
    let mut text: String = suggested.suggestions.iter().map(of_a_group).collect();
    text.push_str(&format!("{} looked at", counted(suggested.refusals, "refusal")));
    let others = [
        (suggested.allowed_now, "allowed by now"),
        (suggested.not_found, "of what was not there"),
        (suggested.denied, "denied by a `Deny` statement"),
        (suggested.out_of_reach, "that no statement here can allow"),
    ];
    for (count, what) in others.into_iter().filter(|(count, _)| *count > 0) {
        text.push_str(&format!("; {count} {what}"));
    }
    text.push('\n');
    text
}

/// What one group needs in one compartment, with nothing in it that moves a terminal.
fn of_a_group(suggestion: &Suggestion) -> String {
    let Suggestion { group, statements, refusals, callers, operations } = suggestion;
    let operations: Vec<&str> = operations.iter().map(String::as_str).collect();
    let (refusals, operations) = (counted(*refusals, "refusal"), operations.join(", "));
    let mut text = format!("{refusals}, {}: {operations}\n", counted(callers.len(), "caller"));
    if group.is_none() {
        text.push_str("  in no group: put these into one, and name it for GROUP\n");
        callers.iter().for_each(|id| text.push_str(&format!("    {}\n", id.escape_debug())));
    }
    for statement in statements {
        let safe = statement.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c });
        text.push_str("  ");
        text.extend(safe);
        text.push('\n');
    }
    text.push('\n');
    text
}
