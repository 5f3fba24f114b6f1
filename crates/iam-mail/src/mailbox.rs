//! Where letters go that there is no mail server for: a list in memory, for development.
//!
//! It is bounded by number and size, the oldest leave first, and it is gone with the process.

use crate::event::Event;
use crate::letter::Letter;
use crate::mail::Mail;
use iam_api::Timestamp;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The most mails that are kept.
const MAILS_MAX: usize = 500;
/// The most bytes of all of them.
const BYTES_MAX: usize = 10 * 1024 * 1024;

/// A mail that was kept.
#[derive(Debug)]
pub struct Kept {
    /// Its number: the first is 1.
    pub number: u64,
    /// Why it was sent.
    pub event: Event,
    /// When it was written.
    pub date: Timestamp,
    /// Whom it is for.
    pub to: Vec<String>,
    /// What it says.
    pub letter: Letter,
    /// All of it, as it would have gone over the wire.
    pub source: String,
}

impl Kept {
    /// The addresses in its text, in order.
    #[must_use]
    pub fn links(&self) -> Vec<&str> {
        let words = self.letter.text.split_whitespace();
        words.filter(|word| word.starts_with("http://") || word.starts_with("https://")).collect()
    }

    fn bytes(&self) -> usize {
        let Letter { subject, text, html } = &self.letter;
        subject.len() + text.len() + html.len() + self.source.len()
    }
}

/// The list.
#[derive(Debug, Default)]
pub struct Mailbox(Mutex<Inside>);

#[derive(Debug, Default)]
struct Inside {
    last: u64,
    bytes: usize,
    mails: VecDeque<Arc<Kept>>,
}

impl Mailbox {
    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a mail.
    pub fn put(&self, event: Event, date: Timestamp, letter: Letter, mail: &Mail) {
        let to = mail.envelope.to().iter().map(ToString::to_string).collect();
        let mut inside = self.inside();
        inside.last += 1;
        let kept = Kept { number: inside.last, event, date, to, letter, source: mail.source() };
        inside.bytes += kept.bytes();
        inside.mails.push_front(Arc::new(kept));
        while inside.mails.len() > MAILS_MAX || inside.bytes > BYTES_MAX {
            let Some(oldest) = inside.mails.pop_back() else { break };
            inside.bytes = inside.bytes.saturating_sub(oldest.bytes());
        }
    }

    /// Throws all of them away; the numbers begin anew.
    pub fn clear(&self) {
        *self.inside() = Inside::default();
    }

    /// All that are kept, the newest first.
    #[must_use]
    pub fn list(&self) -> Vec<Arc<Kept>> {
        self.inside().mails.iter().cloned().collect()
    }

    /// The mail with that number.
    #[must_use]
    pub fn get(&self, number: u64) -> Option<Arc<Kept>> {
        self.inside().mails.iter().find(|kept| kept.number == number).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::{Head, Sender};

    fn put(mailbox: &Mailbox, text: &str) {
        let letter =
            Letter { subject: "s".to_owned(), text: text.to_owned(), html: "<p>h</p>".to_owned() };
        let from = Sender { address: "a@example.com".parse().unwrap(), name: String::new() };
        let (date, to) = (Timestamp::default(), ["b@example.com".parse().unwrap()]);
        let head = Head { id: "1", date, from: &from, return_to: &from.address, to: &to };
        let mail = Mail::new(&head, &letter).unwrap();
        mailbox.put(Event::Welcome, date, letter, &mail);
    }

    #[test]
    fn the_newest_comes_first_and_the_oldest_leaves() {
        let mailbox = Mailbox::default();
        for number in 1..=MAILS_MAX + 3 {
            put(&mailbox, &format!("mail {number}"));
        }
        let list = mailbox.list();
        assert_eq!(list.len(), MAILS_MAX);
        assert_eq!((list[0].number, &*list[0].letter.text), (503, "mail 503"));
        assert_eq!(list[MAILS_MAX - 1].number, 4);
        assert!(mailbox.get(3).is_none());
        assert_eq!(mailbox.get(4).unwrap().to, ["b@example.com"]);
    }

    #[test]
    fn large_mails_are_fewer() {
        let mailbox = Mailbox::default();
        for _ in 0..30 {
            put(&mailbox, &"x".repeat(500_000));
        }
        let held: usize = mailbox.list().iter().map(|kept| kept.bytes()).sum();
        assert!((1_000_000..=BYTES_MAX).contains(&held), "{held}");
        assert_eq!(mailbox.inside().bytes, held);
    }

    #[test]
    fn links_are_found_in_the_text() {
        let mailbox = Mailbox::default();
        put(&mailbox, "open\n  https://a.example/x#y\nor http://b.example/ but not ftp://c\n");
        assert_eq!(mailbox.list()[0].links(), ["https://a.example/x#y", "http://b.example/"]);
    }
}
