//! Letters to users: queued in the transaction of what they tell of, and opened again by the worker
//! that hands them to a mail server.
//!
//! A letter goes to the address that is stored for its user, and nowhere else. What waits is sealed
//! under a key that is not in the database: a link in it would let its reader in.

use crate::call::store_problem;
use crate::context::Context;
use crate::links::{self, NewLink};
use crate::notification_settings::{self, FromEmailAddress};
use crate::scim::Profile;
use crate::server_key::Use;
use crate::{hex, mail_templates};
use iam_api::users::User;
use iam_api::{Code, Ocid, Problem, Secret, Timestamp};
pub use iam_mail::Event;
use iam_mail::{Facts, Template, TemplateError, Variables, Written};
use iam_store::{ResourceKind, StoredMail, TakenMail, TenancyNo, Tx};
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicI64, Ordering};

/// How long a letter without a link may wait for a mail server.
const NOTICE_SECONDS: i64 = 24 * 60 * 60;
/// The most letters that wait, if the configuration does not say otherwise.
pub const WAITING_MAX: u32 = 250_000;

/// How many letters wait, and how many may. Counting is the worker's affair: a change that queues a
/// letter must not have to count a queue that is long because the mail server is away.
#[derive(Debug)]
pub struct Outbox {
    waiting: AtomicI64,
    /// How many may wait.
    pub waiting_max: i64,
}

impl Default for Outbox {
    fn default() -> Self {
        Self { waiting: AtomicI64::new(0), waiting_max: i64::from(WAITING_MAX) }
    }
}

impl Outbox {
    /// How many waited when they were last counted.
    #[must_use]
    pub fn waiting(&self) -> i64 {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Notes how many wait.
    pub fn counted(&self, waiting: i64) {
        self.waiting.store(waiting, Ordering::Relaxed);
    }

    fn must_have_room(&self) -> Result<(), Problem> {
        if self.waiting() < self.waiting_max {
            return Ok(());
        }
        let message = "Too many e-mails are waiting for the mail server. Try again later, or have \
                       the mail server looked after.";
        Err(Problem::new(Code::TooManyRequests, message))
    }
}

/// A letter to be sent.
pub struct Letter<'a> {
    /// What it tells of.
    pub event: Event,
    /// Whom it is for. The address is the one that the store has for them at this point of the
    /// transaction: tell of a new address before it is written, and the old one hears of it.
    pub user: &'a User,
    /// How the user is addressed, where that is neither the display name that they have when it is
    /// sent nor the user name.
    pub display_name: Option<&'a str>,
    /// The link, for events that have one.
    pub link: Option<Link<'a>>,
}

impl<'a> Letter<'a> {
    /// A letter without a link.
    #[must_use]
    pub const fn about(event: Event, user: &'a User) -> Self {
        Self { event, user, display_name: None, link: None }
    }

    /// The same letter with that link.
    #[must_use]
    pub fn link(self, link: &'a NewLink) -> Self {
        let NewLink { token, expires } = link;
        Self { link: Some(Link { path: links::IN_MAIL, token, expires: *expires }), ..self }
    }
}

/// A link that lets whoever has it do one thing.
pub struct Link<'a> {
    /// Where it leads, up to the token: `/console/reset-password#`. What stands before that is the
    /// server's configuration.
    pub path: &'a str,
    /// The token: letters, digits, `-` and `_`.
    pub token: &'a Secret,
    /// When it stops working.
    pub expires: Timestamp,
}

/// What is sealed into a row of the queue.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Payload {
    to: String,
    tenancy: Ocid,
    user_name: String,
    display_name: Option<String>,
    link: Option<(String, Secret, i64)>,
}

/// Queues a letter. False where there is nobody to send it to: the user has no address, or the
/// tenancy wants no such letters.
pub fn queue(
    tx: &mut Tx<'_>,
    context: &Context,
    at: TenancyNo,
    letter: &Letter<'_>,
) -> Result<bool, Problem> {
    let Letter { event, user, display_name, link } = letter;
    if !notification_settings::read(tx, at)?.sends(*event) {
        return Ok(false);
    }
    let Some(to) = stored_address(tx, at, &user.id)? else { return Ok(false) };
    context.outbox.must_have_room()?;
    if event.has_link() != link.is_some() {
        return Err(Problem::internal(format!("a letter of {event} has a link, or lacks it")));
    }
    let link = link.as_ref().map(sealed_link).transpose()?;
    let now = context.now();
    let expires = link.as_ref().map_or_else(
        || now.plus_seconds(NOTICE_SECONDS),
        |(_, _, micros)| Timestamp::from_micros(*micros),
    );
    let payload = Payload {
        to,
        tenancy: user.compartment_id.clone(),
        user_name: user.name.clone(),
        display_name: display_name.map(str::to_owned),
        link,
    };
    let payload = zeroize::Zeroizing::new(serde_json::to_vec(&payload).map_err(Problem::internal)?);
    let id = hex::encode(&context.random::<16>());
    let sealed = context.key.seal(context, Use::Mail, &[id.as_bytes()], &payload)?;
    let new = StoredMail {
        id,
        tenancy: at,
        user: user.id.clone(),
        event: event.to_string(),
        payload: sealed,
        created: now,
        due: now,
        attempts: 0,
        expires,
        error: None,
    };
    tx.add_mail(&new).map_err(store_problem)?;
    context.counts.letter(*event).into_iter().for_each(|counter| tx.tally(counter));
    Ok(true)
}

fn sealed_link(link: &Link<'_>) -> Result<(String, Secret, i64), Problem> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    if !link.token.expose().bytes().all(plain) || !link.path.starts_with('/') {
        return Err(Problem::internal("a link is not one of this server"));
    }
    Ok((link.path.to_owned(), link.token.clone(), link.expires.as_micros()))
}

fn stored_address(tx: &mut Tx<'_>, at: TenancyNo, user: &Ocid) -> Result<Option<String>, Problem> {
    let found = tx.resource(at, user).map_err(store_problem)?;
    let Some(found) = found.filter(|found| found.kind == ResourceKind::User) else {
        return Ok(None);
    };
    let user: User = found.model().map_err(store_problem)?;
    Ok(user.email.filter(|email| !email.is_empty()))
}

/// A letter that was opened, with all that is known of its tenancy now.
pub struct Draft {
    /// What it tells of.
    pub event: Event,
    /// Whom it goes to: one address, or the tenancy's test recipients.
    pub to: Vec<String>,
    /// Whom the tenancy wants it to be from.
    pub from: FromEmailAddress,
    /// The tenancy's name.
    pub tenancy: String,
    time: Timestamp,
    template: Template,
    payload: Payload,
}

/// What there is to be done with a letter that was taken from the queue.
pub enum Opened {
    /// Send it.
    Letter(Box<Draft>),
    /// Forget it, for that reason.
    Void(&'static str),
}

/// Opens a letter that was taken from the queue.
pub fn open(tx: &mut Tx<'_>, context: &Context, taken: &TakenMail) -> Result<Opened, Problem> {
    let mail = &taken.mail;
    if mail.expires <= context.now() {
        return Ok(Opened::Void("it waited too long"));
    }
    let event = Event::from_id(&mail.event);
    let event = event.ok_or_else(|| Problem::internal("a letter is of no known event"))?;
    let opened = context.key.open(Use::Mail, &[mail.id.as_bytes()], &mail.payload);
    let opened = opened.ok_or_else(|| Problem::internal("a letter cannot be unsealed"))?;
    let mut payload: Payload = serde_json::from_slice(&opened).map_err(Problem::internal)?;
    // A link is for whoever has the account now; a notice is for whoever had it then.
    let address = stored_address(tx, mail.tenancy, &mail.user)?;
    if payload.link.is_some() && address.as_deref() != Some(&payload.to) {
        return Ok(Opened::Void("the user is gone, or has another address"));
    }
    if payload.display_name.is_none() {
        let profile = Profile::load(tx, mail.tenancy, &mail.user)?;
        payload.display_name = profile.display_name().map(str::to_owned);
    }
    let settings = notification_settings::read(tx, mail.tenancy)?;
    let to = match settings.test_mode_enabled {
        true => settings.test_recipients,
        false => vec![payload.to.clone()],
    };
    if to.is_empty() {
        return Ok(Opened::Void("the tenancy is in test mode, without test recipients"));
    }
    let tenancy = tx.resource(mail.tenancy, &payload.tenancy).map_err(store_problem)?;
    Ok(Opened::Letter(Box::new(Draft {
        event,
        to,
        from: settings.from_email_address,
        tenancy: tenancy.map(|tenancy| tenancy.name).unwrap_or_default(),
        time: mail.created,
        template: mail_templates::read(tx, mail.tenancy, event)?.0,
        payload,
    })))
}

impl Draft {
    /// Writes it. `public_url` is where the server is reached, and `sign_in` where one signs in.
    pub fn write(&self, public_url: &str, sign_in: &str) -> Result<Written, TemplateError> {
        let Payload { to, user_name, display_name, link, .. } = &self.payload;
        let (url, valid_until) = match link {
            None => (String::new(), None),
            Some((path, token, micros)) => {
                let url = format!("{public_url}{path}{}", token.expose());
                (url, Some(Timestamp::from_micros(*micros)))
            }
        };
        let variables = Variables::new(&Facts {
            tenancy: &self.tenancy,
            user_name,
            display_name: display_name.as_deref().unwrap_or(user_name),
            email: to,
            link: &url,
            valid_until,
            sign_in,
            time: self.time,
        });
        iam_mail::write(self.event, &variables, Some(&self.template))
    }
}
