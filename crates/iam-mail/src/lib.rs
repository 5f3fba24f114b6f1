//! Letters to users: what they say, how they look, and how they are carried.
//!
//! [`Event`] is the table of letters, and [`write()`] fills one's templates with a few named
//! [`Variables`]. With the feature `carry`, [`Mail`] is the letter as it goes over the wire,
//! [`Smtp`] hands it to a mail server, and [`Mailbox`] keeps it where there is none. No database
//! and no HTTP here: who gets a letter, and when it is tried again, is decided elsewhere.

mod clean;
mod event;
mod letter;
mod template;
mod variables;

#[cfg(feature = "carry")]
mod address;
#[cfg(feature = "carry")]
mod failure;
#[cfg(feature = "carry")]
mod mail;
#[cfg(feature = "carry")]
mod mailbox;
#[cfg(feature = "carry")]
mod smtp;

pub use event::Event;
pub use letter::{Letter, Written, write};
pub use template::{Template, TemplateError};
pub use variables::{Facts, Variables};

#[cfg(feature = "carry")]
pub use address::{Address, AddressError};
#[cfg(feature = "carry")]
pub use failure::Failure;
#[cfg(feature = "carry")]
pub use mail::{Head, Mail, Sender};
#[cfg(feature = "carry")]
pub use mailbox::{Kept, Mailbox};
#[cfg(feature = "carry")]
pub use smtp::{Connection, Smtp, SmtpSettings, Tls};
