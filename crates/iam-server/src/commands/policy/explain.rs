//! `durward policy explain`: why requests were refused, for whoever has the installation's files.

use crate::commands::{say, tenancy};
use crate::failure::Failure;
use crate::place::PlaceArgs;
use iam_api::Timestamp;
use iam_api::refusals::{Refusal, RefusalExplanation};
use iam_core::refusals;
use iam_store::Tx;
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

    /// The tenancy, by name or OCID, where there are several
    #[arg(long, value_name = "TENANCY")]
    tenancy: Option<String>,

    #[command(flatten)]
    place: PlaceArgs,
}

const EXAMPLES: &str = "\
Examples:
  durward policy explain --data-dir /var/lib/durward
  durward policy explain --data-dir /var/lib/durward --request-id \"$OPC_REQUEST_ID\"";

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let store = args.place.place()?.look()?;
    let Some(id) = &args.request_id else {
        let found = store.read(|tx: &mut Tx<'_>| list(tx, args))??;
        return match found.as_slice() {
            all if args.json => say(&json(&all)?),
            [] => say("Nothing was refused, as far as is kept\n"),
            all => all.iter().try_for_each(|refusal| {
                say(&format!("{}\n  {}\n", headline(refusal), refusal.request_id))
            }),
        };
    };
    let found = store.read(|tx: &mut Tx<'_>| explained(tx, args, id))??;
    match args.json {
        true => say(&json(&found)?),
        false => say(&format!("{}\n\n{}", headline(&found.refusal), found.text)),
    }
}

fn json<T: Serialize>(value: &T) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(value);
    Ok(format!("{}\n", text.map_err(|cause| Failure::new(cause.to_string()))?))
}

/// The last refusals, the newest first.
fn list(tx: &mut Tx<'_>, args: &Args) -> Result<Vec<Refusal>, Failure> {
    let mut found = Vec::new();
    for (at, _) in tenancy::chosen(tx, args.tenancy.as_deref())? {
        let newest = (Timestamp::from_micros(i64::MAX), "");
        for kept in refusals::before(tx, at, newest, args.last.into())? {
            found.push(refusals::shown(tx, at, kept)?);
        }
    }
    Ok(found)
}

/// Why that request was refused.
fn explained(tx: &mut Tx<'_>, args: &Args, id: &str) -> Result<RefusalExplanation, Failure> {
    for (at, root) in tenancy::chosen(tx, args.tenancy.as_deref())? {
        if let Some(kept) = refusals::find(tx, at, id)? {
            return Ok(refusals::explained(tx, at, &root, kept)?);
        }
    }
    Err(Failure::new(refusals::not_kept().message))
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
