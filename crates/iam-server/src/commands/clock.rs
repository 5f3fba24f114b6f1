//! `durward clock …`: what the host does when the clock once ran ahead. The latest moment that was
//! ever seen is kept, so that nothing that has expired comes back to life; where that moment was
//! wrong, only somebody who knows the right time can say so.

use super::say;
use crate::failure::Failure;
use crate::place::{KeyedPlaceArgs, PlaceArgs};
use crate::system::SystemClock;
use crate::trail;
use clap::Subcommand;
use iam_api::{Problem, Timestamp};
use iam_core::call::store_problem;
use iam_core::clock::{self, Mark};
use iam_core::context::{CLOCK_SLACK_SECONDS, Clock};
use iam_store::{EndedTimed, Tx};

/// Show the latest moment that was ever seen, or accept an earlier one
///
/// The server keeps the latest moment that any of its nodes saw, and what has expired once stays
/// expired when a clock goes back. A clock that ran ahead leaves a mark in the future: `/readyz`
/// says that the clock has gone back, and no session lasts. `accept` sets the mark to the present.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Show the host's clock and the latest moment that was ever seen
    Show(Show),
    /// Accept that the time is earlier than the latest moment that was ever seen
    ///
    /// All Console sessions, one-time passwords and mailed links end with it: some of them had
    /// expired, and nobody could tell any more which. Chosen passwords, API keys and policies stay.
    /// It is noted in the audit trail of each tenancy.
    ///
    /// A data directory must not be served meanwhile: stop `durward serve` first. With a database
    /// server the nodes go on, and take notice within seconds; set the clock of each of them right
    /// before, or it will put the mark into the future again.
    Accept(Accept),
}

#[derive(clap::Args)]
struct Show {
    #[command(flatten)]
    place: PlaceArgs,
}

#[derive(clap::Args)]
struct Accept {
    /// The time that another clock shows, which you trust, such as 2026-11-26T17:30Z; the host's
    /// must not differ by more than five minutes
    #[arg(value_name = "TIME")]
    time: String,

    #[command(flatten)]
    place: KeyedPlaceArgs,
}

const EXAMPLES: &str = "\
Examples:
  durward clock show --data-dir /var/lib/durward
  durward clock accept 2026-11-26T17:30Z --data-dir /var/lib/durward
  durward clock accept 2026-11-26T17:30Z \\
      --database-url postgres://durward@db.example.com/durward \\
      --key-file /etc/durward/durward.key";

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    match &args.action {
        Action::Show(show) => {
            let mark = show.place.place()?.look()?.read(Mark::read)??;
            say(&shown(SystemClock.now(), mark.latest))
        }
        Action::Accept(asked) => accept(asked),
    }
}

/// Both times, and what they mean.
fn shown(now: Timestamp, latest: Timestamp) -> String {
    let ahead = seconds_ahead(latest, now);
    let meaning = match ahead {
        ..=0 => "the clock is not behind".to_owned(),
        ahead if ahead <= CLOCK_SLACK_SECONDS => {
            format!("the clock is {ahead} seconds behind, which is put up with")
        }
        ahead => format!(
            "the clock is {ahead} seconds behind: set it right, or, where an earlier clock was \
             wrong, run `durward clock accept TIME`"
        ),
    };
    format!("The host's clock  {now}\nLatest ever seen  {latest}\n{meaning}\n")
}

fn seconds_ahead(of: Timestamp, than: Timestamp) -> i64 {
    of.as_micros().saturating_sub(than.as_micros()) / 1_000_000
}

fn accept(asked: &Accept) -> Result<(), Failure> {
    let now = SystemClock.now();
    must_be(&asked.time, now)?;
    let (place, store, key) = asked.place.open()?;
    let write = move |tx: &mut Tx<'_>| {
        let mark = Mark::read(tx)?;
        if mark.latest <= now {
            return Ok(None);
        }
        let ended = clock::accept(tx, now)?;
        for (tenancy, _) in tx.tenancies().map_err(store_problem)? {
            let target = format!("{now} instead of {}", mark.latest);
            let line = trail::by_host(now, tenancy, "AcceptClock", target);
            tx.add_audit(line, key.audit()).map_err(store_problem)?;
        }
        Ok::<_, Problem>(Some((mark.latest, ended)))
    };
    let Some((latest, ended)) = store.write(write).wait()?? else {
        return Err(Failure::new(format!(
            "the latest moment that `{place}` ever saw is not later than the host's clock, `{now}`: \
             there is nothing to accept, and nothing was changed"
        )));
    };
    let EndedTimed { sessions, one_time_passwords, links } = ended;
    say(&format!(
        "The time is {now} again; it was taken for {latest}\n\
         Ended: {sessions} Console sessions, {one_time_passwords} one-time passwords, {links} links\n\
         Users who had a one-time password or a link need a new one\n"
    ))
}

/// Refuses where the host's clock is not what the operator says it is.
fn must_be(time: &str, now: Timestamp) -> Result<(), Failure> {
    let said: jiff::Timestamp = time.parse().map_err(|_| {
        Failure::new(format!(
            "`{}` is not a time: give it as `2026-11-26T17:30Z`",
            time.escape_debug()
        ))
    })?;
    let said = Timestamp::from_micros(said.as_microsecond());
    if seconds_ahead(said, now).abs() <= CLOCK_SLACK_SECONDS {
        return Ok(());
    }
    Err(Failure::new(format!(
        "the host's clock shows `{now}`, and not `{said}`: set it right first, then run this again; \
         nothing was changed"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(number: i64) -> Timestamp {
        Timestamp::from_micros(number * 1_000_000)
    }

    #[test]
    fn the_time_that_is_given_has_to_be_the_hosts() {
        let now = second(1_800_000_000); // 2027-01-15T08:00:00Z
        for right in ["2027-01-15T08:00Z", "2027-01-15T08:04:59Z", "2027-01-15T09:00+01:00"] {
            assert!(must_be(right, now).is_ok(), "{right}");
        }
        for (wrong, said) in [
            ("2027-01-15T08:06Z", "set it right first"),
            ("2026-01-15T08:00Z", "set it right first"),
            ("now", "is not a time"),
            ("2027-01-15T08:00", "is not a time"), // of which zone?
        ] {
            assert!(must_be(wrong, now).unwrap_err().to_string().contains(said), "{wrong}");
        }
    }

    #[test]
    fn what_is_shown_says_what_to_do() {
        let now = second(1_800_000_000);
        for (latest, said) in [
            (second(1_700_000_000), "is not behind"),
            (second(1_800_000_200), "200 seconds behind, which is put up with"),
            (second(1_800_000_400), "400 seconds behind: set it right"),
        ] {
            assert!(shown(now, latest).contains(said), "{latest}");
        }
    }
}
