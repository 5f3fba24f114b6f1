//! What operators want counted of what operations do: how often since the process started, and
//! nothing of whom.
//!
//! Each is counted at the one place where it is done, by `Tx::tally`: so it is counted when it is
//! committed, once, however often its work ran.

use crate::mail::Event;
use iam_store::Counter;

/// What is counted.
#[derive(Debug, Default)]
pub struct Counts {
    /// Sign-ins to the Console with a password of one's own.
    pub signed_in: Counter,
    /// Sign-ins after which a new password has to be chosen first.
    pub signed_in_to_change: Counter,
    /// Sign-ins that were refused.
    pub sign_ins_refused: Counter,
    /// Users whom failed sign-ins have blocked.
    pub lockouts: Counter,
    /// Resets of Console passwords that were answered with a one-time password.
    pub resets_shown: Counter,
    /// Resets of Console passwords after which the user is mailed a link.
    pub resets_mailed: Counter,
    /// Resets of Console passwords that gave the link to the client alone.
    pub resets_handed: Counter,
    /// Resets of Console passwords that led to nothing: the user has none until another reset.
    pub resets_unheard: Counter,
    letters: [Counter; Event::ALL.len()],
}

impl Counts {
    /// Letters that were queued, by what they tell of.
    pub fn letters(&self) -> impl Iterator<Item = (Event, &Counter)> {
        Event::ALL.iter().copied().zip(&self.letters)
    }

    pub(crate) fn letter(&self, event: Event) -> Option<&Counter> {
        self.letters().find_map(|(of, counter)| (of == event).then_some(counter))
    }
}
