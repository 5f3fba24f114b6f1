//! E-mail, as the rest of the server sees it: how it leaves, whom it is from, where its links lead,
//! and how the queue is doing. The worker that carries it is [`crate::postman`].

use crate::breaker::Breaker;
use iam_api::Timestamp;
use iam_core::notification_settings::{FromEmailAddress, VERIFIED};
use iam_mail::{Address, AddressError, Mailbox, Sender, Smtp};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What letters are from that name nobody.
const SENDER_NAME: &str = "Durward";
/// What letters are from that never leave this machine.
const LOCAL_SENDER: &str = "no-reply@localhost";

/// How mail leaves.
#[derive(Default)]
pub enum Way {
    /// Through a mail server.
    Smtp {
        /// The server.
        server: Box<Smtp>,
        /// How many connections to it there may be.
        connections: u8,
    },
    /// Into a list in memory, which pages of ours show.
    Kept(Mailbox),
    /// Not at all: it waits until there is a way.
    #[default]
    None,
}

/// E-mail, as the rest of the server sees it.
#[derive(Default)]
pub struct Post {
    /// How it leaves.
    pub way: Way,
    /// The address that it is sent from.
    pub from: Option<Address>,
    pub(crate) state: Mutex<State>,
}

/// How the queue is doing, as the worker last saw it.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) breaker: Breaker,
    pub(crate) waiting: i64,
    pub(crate) oldest: Option<Timestamp>,
    pub(crate) delivered: u64,
    pub(crate) dropped: u64,
    pub(crate) last_error: Option<String>,
}

/// How the queue is doing, for operators. The counts are of this process, since its start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PostStatus {
    /// How many letters wait.
    pub waiting: i64,
    /// When the oldest of them was queued.
    pub oldest: Option<Timestamp>,
    /// How many were handed over.
    pub delivered: u64,
    /// How many were given up, because it was too late for them or nobody was there to get them.
    pub dropped: u64,
    /// Since when nothing can be handed over; none where all is well.
    pub failing_since: Option<Timestamp>,
    /// Why a letter could not be handed over the last time that one could not.
    pub last_error: Option<String>,
}

impl Post {
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The list in memory, where mail goes there.
    #[must_use]
    pub fn mailbox(&self) -> Option<&Mailbox> {
        match &self.way {
            Way::Kept(mailbox) => Some(mailbox),
            Way::Smtp { .. } | Way::None => None,
        }
    }

    /// How the queue is doing.
    #[must_use]
    pub fn status(&self) -> PostStatus {
        let state = self.state();
        PostStatus {
            waiting: state.waiting,
            oldest: state.oldest,
            delivered: state.delivered,
            dropped: state.dropped,
            failing_since: state.breaker.failing_since(),
            last_error: state.last_error.clone(),
        }
    }

    /// Where bounces go, and whom a letter is from that a tenancy wants to be from `wanted`. A
    /// tenancy's own address counts where it was shown to be the tenancy's, or is of the domain
    /// that this server sends from in any case.
    pub(crate) fn sender(
        &self,
        wanted: &FromEmailAddress,
    ) -> Result<(Address, Sender), AddressError> {
        let ours = match &self.from {
            Some(address) => address.clone(),
            None => LOCAL_SENDER.parse()?,
        };
        let may_use = |address: &Address| {
            wanted.validation_status.as_deref() == Some(VERIFIED)
                || address.domain().eq_ignore_ascii_case(ours.domain())
        };
        let theirs = wanted.value.parse::<Address>().ok().filter(may_use);
        let name = wanted.display_name.as_deref().filter(|name| !name.is_empty());
        let name = name.unwrap_or(SENDER_NAME).to_owned();
        let sender = Sender { address: theirs.unwrap_or_else(|| ours.clone()), name };
        Ok((ours, sender))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(value: &str, validation_status: Option<&str>) -> String {
        let post = Post { from: "no-reply@example.com".parse().ok(), ..Post::default() };
        let wanted = FromEmailAddress {
            value: value.to_owned(),
            display_name: Some("Acme".to_owned()),
            validation_status: validation_status.map(str::to_owned),
            ..FromEmailAddress::default()
        };
        let (return_to, sender) = post.sender(&wanted).unwrap();
        assert_eq!(return_to.to_string(), "no-reply@example.com");
        assert_eq!(sender.name, "Acme");
        sender.address.to_string()
    }

    #[test]
    fn a_tenancy_is_not_believed_to_be_anyone() {
        assert_eq!(from("iam@example.com", None), "iam@example.com");
        assert_eq!(from("ceo@bank.example", None), "no-reply@example.com");
        assert_eq!(from("ceo@bank.example", Some("PENDING")), "no-reply@example.com");
        assert_eq!(from("iam@acme.example", Some("VERIFIED")), "iam@acme.example");
        assert_eq!(from("", Some("VERIFIED")), "no-reply@example.com");
        assert_eq!(from("x\r\nBcc: y@example.com", None), "no-reply@example.com");
    }

    #[test]
    fn without_an_address_of_its_own_a_letter_is_from_this_machine() {
        let (return_to, sender) = Post::default().sender(&FromEmailAddress::default()).unwrap();
        assert_eq!(return_to, sender.address);
        assert_eq!((&*return_to.to_string(), &*sender.name), ("no-reply@localhost", "Durward"));
    }
}
