//! `durward policy enable-deny`: from then on a tenancy may have statements that deny.

use crate::commands::{say, user};
use crate::failure::Failure;
use iam_api::Spec;
use iam_api::policies::CREATE_POLICY;
use iam_core::deny;

/// What it needs is what to write a policy needs; in the audit trail it has a name of its own.
static ENABLE: Spec = Spec { id: deny::ENABLED, ..CREATE_POLICY.spec };

/// Let the tenancy have `Deny` statements, for good
///
/// A `Deny` statement takes away what others allow, from everybody but the members of the group
/// Administrators. The user named here is one of them. It cannot be undone; it is in the audit
/// trail.
///
/// With it comes a policy by which nobody but this user and the other administrators writes
/// statements that deny; change or delete it to let others.
///
/// A data directory must not be served meanwhile: stop `durward serve` first. With a database
/// server the nodes go on, and take notice at once.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    #[command(flatten)]
    named: user::Named,
}

const EXAMPLES: &str = "\
Examples:
  durward policy enable-deny ann --data-dir /var/lib/durward";

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    user::act(&args.named, &ENABLE, deny::enable)?;
    say(&format!(
        "`Deny` statements are enabled in this tenancy, for good; the policy `{}` says who may \
         write them\n",
        deny::WHO_MAY_DENY
    ))
}
