//! `durward policy can`: whether somebody may do something, and why.

use super::question::{Asked, What, Who};
use super::world::WorldArgs;
use crate::commands::say;
use crate::failure::Failure;
use crate::system::SystemClock;
use iam_api::{Ocid, Timestamp};
use iam_core::context::Clock;
use std::net::IpAddr;

/// Ask whether somebody may do something, and why
///
/// The answer is what a server would decide, reached by the same code, without one: an installation
/// is only read, and an export or files of policies are enough. The exit code is 0 for yes, 1 for
/// no, and 2 where the question cannot be answered.
///
/// With a verb and a resource type, all permissions of that verb are asked for; with --operation,
/// those that the operation needs. In a tenancy that is made of --policies alone, each group has
/// one user who is called as the group is.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The user, by name or OCID
    #[arg(value_name = "USER")]
    user: String,

    /// inspect, read, use or manage
    #[arg(value_name = "VERB", requires = "resource", required_unless_present = "operation")]
    verb: Option<String>,

    /// A resource type, a family, or all-resources
    #[arg(value_name = "RESOURCE")]
    resource: Option<String>,

    /// The operation, by its name or the words of its command: UpdateUser, "iam user update"
    #[arg(long, value_name = "OP", conflicts_with = "verb")]
    operation: Option<String>,

    /// The compartment: its names from the root, such as Staff:Desk, or its OCID; `tenancy` is the
    /// root
    #[arg(long = "in", value_name = "COMPARTMENT", required_unless_present = "target")]
    place: Option<String>,

    /// The OCID of what the operation acts on
    #[arg(long, value_name = "OCID", requires = "operation")]
    target: Option<String>,

    /// When: 2026-11-27T09:00Z, a day, or seconds since 1970 [default: now]
    #[arg(long, value_name = "TIME", value_parser = time)]
    at: Option<Timestamp>,

    /// The address that the request comes from
    #[arg(long, value_name = "ADDRESS")]
    from: Option<IpAddr>,

    /// Whether the session began with a code of a device [default: not known, as with an API key]
    #[arg(long, value_name = "true|false", num_args = 0..=1, require_equals = true,
        default_missing_value = "true", hide_possible_values = true)]
    mfa: Option<bool>,

    /// As if the user were in this group or dynamic group too (repeat for more)
    #[arg(long = "as", value_name = "GROUP")]
    groups: Vec<String>,

    /// Print the answer as JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    world: WorldArgs,
}

const EXAMPLES: &str = "\
Examples:
  durward policy can ann use users --in tenancy --data-dir /var/lib/durward
  durward policy can ann --operation CreateOrResetUIPassword --target \"$USER_ID\" --export ./export
  durward policy can HelpDesk manage users --in Staff --policies desk.policy --from 203.0.113.7
  durward policy can ann read users --in Staff --export ./export --also new.policy";

/// A moment that a person wrote.
pub(super) fn time(text: &str) -> Result<Timestamp, String> {
    Timestamp::from_text(text).ok_or_else(|| "write it as 2026-11-27T09:00Z".to_owned())
}

/// Runs the command; whether the answer is yes.
pub(super) fn run(args: &Args) -> Result<bool, Failure> {
    let what = match (&args.operation, &args.verb, &args.resource) {
        (Some(operation), ..) => What::operation(operation)?,
        (None, Some(verb), Some(resource)) => What::permissions(verb, resource)?,
        _ => return Err(Failure::new("give a verb and a resource type, or --operation")),
    };
    let world = args.world.open()?;
    let asked = Asked {
        who: Who::named(&world.index, Some(&args.user), &args.groups)?,
        what,
        place: args.place.as_deref().map(|name| world.index.compartment(name)).transpose()?,
        target: args.target.as_deref().map(Ocid::from),
        at: args.at.unwrap_or_else(|| SystemClock.now()),
        from: args.from,
        mfa: args.mfa,
    };
    let answer = world.ask(&asked)?;
    if args.json {
        say(&format!("{:#}\n", answer.json()))?;
    } else {
        let word = if answer.is_allowed { "yes" } else { "no" };
        say(&format!("{word}: {}\n\n{}", answer.sentence, answer.why()))?;
    }
    Ok(answer.is_allowed)
}
