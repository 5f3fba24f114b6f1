//! A letter as it goes over the wire: headers, both texts, and whom it is handed to.
//!
//! Nothing here is drawn or looked up: the same row of the queue makes the same bytes, and the same
//! `Message-ID`, so that a duplicate can be told from a second letter.

use crate::address::Address;
use crate::clean;
use crate::failure::Failure;
use crate::letter::Letter;
use iam_api::Timestamp;
use lettre::address::Envelope;
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use std::error::Error;
use std::time::{Duration, UNIX_EPOCH};

/// The most characters of a name or a subject.
const NAME_MAX: usize = 200;
/// The end of the year 9999.
const LAST_MICROS: u64 = 253_402_300_799_999_999;

/// Whom a mail is from, as people see it.
#[derive(Clone, Debug)]
pub struct Sender {
    /// The address.
    pub address: Address,
    /// The name beside it; none where empty.
    pub name: String,
}

/// What stands above a letter.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    /// What no other mail has: the left half of the `Message-ID`.
    pub id: &'a str,
    /// When it was written.
    pub date: Timestamp,
    /// Whom it is from.
    pub from: &'a Sender,
    /// Where the mail server sends what cannot be delivered.
    pub return_to: &'a Address,
    /// Whom it is for.
    pub to: &'a [Address],
}

/// A letter as it goes over the wire.
#[derive(Clone, Debug)]
pub struct Mail {
    pub(crate) envelope: Envelope,
    pub(crate) bytes: Vec<u8>,
}

impl Mail {
    /// Puts a letter into its wire form.
    pub fn new(head: &Head<'_>, letter: &Letter) -> Result<Self, Failure> {
        let wrong = |cause: &dyn Error| Failure::refused(format!("the mail is not valid: {cause}"));
        let to = head.to.iter().map(|to| to.0.clone()).collect();
        let envelope = Envelope::new(Some(head.return_to.0.clone()), to);
        let envelope = envelope.map_err(|cause| wrong(&cause))?;
        let micros = u64::try_from(head.date.as_micros()).unwrap_or_default();
        // A line break in a name, or a year of five digits, would make lettre panic.
        let date = UNIX_EPOCH + Duration::from_micros(micros.min(LAST_MICROS));
        let name = Some(clean::line(&head.from.name, NAME_MAX)).filter(|name| !name.is_empty());
        let mut message = lettre::Message::builder()
            .message_id(Some(format!("<{}@{}>", head.id, head.return_to.domain())))
            .date(date)
            .from(Mailbox::new(name, head.from.address.0.clone()))
            .subject(clean::line(&letter.subject, NAME_MAX))
            .header(AutoSubmitted)
            .header(AutoResponseSuppress)
            .envelope(envelope.clone());
        for to in head.to {
            message = message.to(Mailbox::new(None, to.0.clone()));
        }
        let parts = MultiPart::alternative().boundary(format!("=_{}", head.id)).build();
        let parts = parts.singlepart(SinglePart::plain(lines(&letter.text)));
        let parts = parts.singlepart(SinglePart::html(lines(&letter.html)));
        let message = message.multipart(parts).map_err(|cause| wrong(&cause))?;
        let bytes = message.formatted();
        if has_bare_break(&bytes) {
            let cause = "a line of it does not end as lines of mail do";
            return Err(Failure::refused(format!("the mail is not valid: {cause}")));
        }
        Ok(Self { envelope, bytes })
    }

    /// All of it, as it goes over the wire.
    #[must_use]
    pub fn source(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

/// A text with one kind of line break, which becomes that of mail.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// Whether a line ends in anything but CR LF: two servers could differ over where the mail ends.
fn has_bare_break(bytes: &[u8]) -> bool {
    let pairs = bytes.windows(2).filter(|pair| *pair == b"\r\n").count();
    let count = |sign: u8| bytes.iter().filter(|byte| **byte == sign).count();
    count(b'\r') != pairs || count(b'\n') != pairs
}

/// A header that is always the same.
macro_rules! fixed_header {
    ($(#[doc = $doc:literal])* $type:ident $name:literal $value:literal) => {
        $(#[doc = $doc])*
        #[derive(Clone)]
        struct $type;

        impl Header for $type {
            fn name() -> HeaderName {
                HeaderName::new_from_ascii_str($name)
            }

            fn parse(_: &str) -> Result<Self, Box<dyn Error + Send + Sync>> {
                Ok(Self)
            }

            fn display(&self) -> HeaderValue {
                HeaderValue::new(Self::name(), $value.to_owned())
            }
        }
    };
}

fixed_header! {
    /// No person wrote this (RFC 3834), so no vacation notice is due.
    AutoSubmitted "Auto-Submitted" "auto-generated"
}
fixed_header! {
    /// The same for Exchange.
    AutoResponseSuppress "X-Auto-Response-Suppress" "All"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter() -> Letter {
        Letter {
            subject: "Your password for acme was reset".to_owned(),
            text: "Hello Ann,\n\n.\nhttps://iam.example.com/x?a=b\n".to_owned(),
            html: "<p>Hello Zoë</p>\n".to_owned(),
        }
    }

    fn mail(to: &str, from_name: &str, letter: &Letter) -> Mail {
        let from =
            Sender { address: "no-reply@example.com".parse().unwrap(), name: from_name.to_owned() };
        let head = Head {
            id: "0123456789abcdef",
            date: Timestamp::from_micros(1_795_435_200_000_000),
            from: &from,
            return_to: &"bounces@mail.example.com".parse().unwrap(),
            to: &[to.parse().unwrap()],
        };
        Mail::new(&head, letter).unwrap()
    }

    #[test]
    fn a_mail_has_the_headers_of_one_that_a_program_wrote() {
        insta::assert_snapshot!(mail("ann@example.com", "Durward", &letter()).source());
    }

    #[test]
    fn the_same_row_makes_the_same_bytes() {
        let made = || mail("ann@example.com", "Durward", &letter());
        assert_eq!(made().bytes, made().bytes);
    }

    #[test]
    fn no_name_or_subject_makes_a_header() {
        let evil = "x\r\nBcc: eve@example.com\r\n\r\n<b>";
        let subject = Letter { subject: evil.to_owned(), ..letter() };
        for mail in
            [mail("ann@example.com", evil, &letter()), mail("ann@example.com", "", &subject)]
        {
            let source = mail.source();
            let (head, _) = source.split_once("\r\n\r\n").unwrap();
            let names = head.split("\r\n").filter(|line| !line.starts_with([' ', '\t']));
            let names: Vec<_> = names.map(|line| line.split(':').next().unwrap()).collect();
            assert!(!names.contains(&"Bcc"), "{head}");
            assert_eq!(names.len(), 9, "{head}");
            assert_eq!(mail.envelope.to().len(), 1);
        }
    }

    #[test]
    fn no_date_is_too_early_or_late() {
        let from = Sender { address: "a@example.com".parse().unwrap(), name: String::new() };
        for micros in [i64::MIN, 0, i64::MAX] {
            let date = Timestamp::from_micros(micros);
            let to = [from.address.clone()];
            let head = Head { id: "1", date, from: &from, return_to: &from.address, to: &to };
            assert!(Mail::new(&head, &letter()).is_ok());
        }
    }

    #[test]
    fn names_in_other_scripts_are_encoded_and_addresses_stay_as_they_are() {
        let mail = mail("änn@example.com", "Bücher 李", &letter());
        let source = mail.source();
        assert!(source.contains("From: =?utf-8?b?"), "{source}");
        assert!(source.contains("To: änn@example.com"), "{source}");
        assert_eq!(mail.envelope.to()[0].to_string(), "änn@example.com");
    }

    #[test]
    fn every_line_ends_as_lines_of_mail_do() {
        let text = "a\n.\nb\r\n.\r\nc\r.\rd".to_owned();
        let both = Letter { text: text.clone(), html: text + "ü", ..letter() };
        let mail = mail("ann@example.com", "", &both);
        assert!(!has_bare_break(&mail.bytes), "{}", mail.source());
        assert!(has_bare_break(b"a\r\n.\nb") && has_bare_break(b"a\r\n.\rb"));
    }
}
