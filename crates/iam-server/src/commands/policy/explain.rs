//! `durward policy explain`: why requests were refused, for whoever has the installation's files.

use crate::commands::say;
use crate::commands::tenancy::ReadArgs;
use crate::failure::Failure;
use iam_api::Timestamp;
use iam_api::refusals::Refusal;
use iam_core::refusals;
use iam_store::{TenancyNo, Tx};
use serde::Serialize;

/// Say why a request was refused: what it needs, and which statements come near
///
/// Whoever is refused is told nothing, as in OCI, but the id of the request. With it this says what
/// the request needs, which statements come near and which of their clauses fail, and the least
/// that would allow it. It is explained by the policies as they are now. Without an id, the last
/// refusals are listed. It may be asked while the installation is served.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The `opc-request-id` of the answer
    #[arg(long, value_name = "ID")]
    request_id: Option<String>,

    /// How many of the last refusals are listed, where no request is named
    #[arg(long, value_name = "COUNT", default_value_t = 20, conflicts_with = "request_id",
          value_parser = clap::value_parser!(u16).range(1..=1000))]
    last: u16,

    /// Print JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    from: ReadArgs,
}

const EXAMPLES: &str = "\
Examples:
  durward policy explain --data-dir /var/lib/durward
  durward policy explain --data-dir /var/lib/durward --request-id \"$OPC_REQUEST_ID\"";

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let Some(id) = &args.request_id else {
        let found: Vec<Refusal> = args.from.each(|tx, at, _| last(tx, at, args.last))?.concat();
        return match found.as_slice() {
            all if args.json => say(&json(&all)?),
            [] => say("Nothing was refused, as far as is kept\n"),
            all => all.iter().try_for_each(|refusal| {
                say(&format!("{}\n  {}\n", headline(refusal), refusal.request_id))
            }),
        };
    };
    let found = args.from.each(|tx, at, root| {
        let kept = refusals::find(tx, at, id)?;
        Ok(kept.map(|kept| refusals::explained(tx, at, root, kept)).transpose()?)
    })?;
    let found = found.into_iter().flatten().next();
    let found = found.ok_or_else(|| Failure::new(refusals::not_kept().message))?;
    match args.json {
        true => say(&json(&found)?),
        false => say(&format!("{}\n\n{}", headline(&found.refusal), found.text)),
    }
}

fn json<T: Serialize>(value: &T) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(value);
    Ok(format!("{}\n", text.map_err(|cause| Failure::new(cause.to_string()))?))
}

/// The last refusals of a tenancy, the newest first.
fn last(tx: &mut Tx<'_>, at: TenancyNo, count: u16) -> Result<Vec<Refusal>, Failure> {
    let newest = (Timestamp::from_micros(i64::MAX), "");
    let found = refusals::before(tx, at, newest, count.into())?;
    found.into_iter().map(|kept| Ok(refusals::shown(tx, at, kept)?)).collect()
}

/// What was refused, on one line, with nothing in it that moves a terminal.
fn headline(refusal: &Refusal) -> String {
    let who = refusal.caller_name.as_deref().unwrap_or(refusal.caller_id.as_str());
    let how = if refusal.was_let_through { " (let through)" } else { "" };
    let (on, target) = match refusal.target.as_str() {
        "" => ("", String::new()),
        target => (" on ", target.escape_debug().to_string()),
    };
    let time = refusal.time_refused;
    format!("{time}  {}: {}{on}{target}{how}", who.escape_debug(), refusal.operation)
}
