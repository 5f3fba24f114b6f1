//! The same story in a tenancy with identity domains: what leads to a password is mailed. There is
//! no mail server, so the mail is in the server's own mailbox, where everyone can look.

use super::browser::Browser;
use super::client::{Client, EMAIL, NAME};
use super::{HOME, SIGN_IN, TENANCY, password_of_ones_own, sign_in, step};
use crate::commands::say;
use crate::failure::Failure;
use serde_json::Value;
use std::sync::mpsc;
use std::time::Duration;

const LINK: &str = iam_core::links::PATH;
/// How often a mail is looked for, and how long apart.
const LOOKS_MAX: usize = 100;
const LOOK_PAUSE: Duration = Duration::from_millis(100);

/// A mail that has arrived.
struct Mail {
    to: String,
    subject: String,
    /// The path of the link in it.
    link: String,
}

/// Tells it; with `once` the user's part is played too.
pub(super) fn story(client: &Client, address: &str, once: bool) -> Result<(), Failure> {
    say("\n* The administrator makes a user with an e-mail address\n")?;
    let id = client.make_user_with_email()?;
    let welcome = mail(address, 1)?;
    show("The user is mailed a link to their first password", address, &welcome)?;
    if !once {
        return say(&format!(
            "\nNow it is your turn. All mail of this demo is at\n\n    {address}/mailbox\n\nFollow \
             the link in it, choose a password, and sign in at\n\n    \
             {address}{SIGN_IN}?tenant={TENANCY}\n\nas {NAME}. There you also find what to do \
             when the password is forgotten.\n"
        ));
    }
    let first = password_of_ones_own();
    choose(address, &welcome, &first)?;
    step("The user follows it, and chooses a password", &[("page", LINK)])?;
    signs_in(address, &first)?;
    step("It signs in", &[("page", HOME)])?;

    say("\n* The administrator resets the password\n")?;
    client.reset(&id)?;
    let link = mail(address, 3)?;
    show("No password is shown: the user is mailed a link again", address, &link)?;
    let status = is_refused(address, &first)?;
    step("The old password does not sign in any more", &[("answer", &status)])?;
    let second = password_of_ones_own();
    choose(address, &link, &second)?;
    signs_in(address, &second)?;
    step("The user follows the link, and the new password signs in", &[("page", HOME)])?;
    let mut late = Browser::new(address);
    late.open(&link.link)?;
    step("The link works once", &[("answer", late.status())])
}

/// Follows the link of a mail, and chooses that password.
fn choose(address: &str, mail: &Mail, password: &str) -> Result<(), Failure> {
    let mut browser = Browser::new(address);
    browser.open(&mail.link)?;
    browser.must_be_at(LINK)?;
    browser.submit(&[("new-password", password), ("repeat-password", password)])?;
    browser.must_be_at(SIGN_IN)
}

fn signs_in(address: &str, password: &str) -> Result<(), Failure> {
    let mut browser = Browser::new(address);
    sign_in(&mut browser, NAME, password)?;
    browser.must_be_at(HOME)
}

fn is_refused(address: &str, password: &str) -> Result<String, Failure> {
    let mut browser = Browser::new(address);
    sign_in(&mut browser, NAME, password)?;
    browser.must_be_at(SIGN_IN)?;
    Ok(browser.status().to_owned())
}

/// The newest mail, when so many have arrived.
fn mail(address: &str, count: usize) -> Result<Mail, Failure> {
    let (_never, pause) = mpsc::channel::<()>();
    for _ in 0..LOOKS_MAX {
        let mut browser = Browser::new(address);
        browser.open("/mailbox.json")?;
        let mails: Vec<Value> = serde_json::from_str(browser.page()).unwrap_or_default();
        if let (true, Some(mail)) = (mails.len() >= count, mails.first()) {
            return read(address, mail);
        }
        let _moment = pause.recv_timeout(LOOK_PAUSE);
    }
    Err(Failure::new(format!("no mail arrives at `{address}/mailbox`")))
}

fn read(address: &str, mail: &Value) -> Result<Mail, Failure> {
    let text = |name: &str| mail.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let links = mail.get("links").and_then(Value::as_array).cloned().unwrap_or_default();
    let ours = links.iter().filter_map(Value::as_str).filter_map(|link| link.strip_prefix(address));
    let link = ours.map(str::to_owned).find(|path| path.starts_with(LINK));
    let link = link.ok_or_else(|| Failure::new("the mail has no link"))?;
    Ok(Mail { to: EMAIL.to_owned(), subject: text("subject"), link })
}

fn show(what: &str, address: &str, mail: &Mail) -> Result<(), Failure> {
    let link = format!("{address}{}", mail.link);
    step(what, &[("to", &mail.to), ("subject", &mail.subject), ("link", &link)])
}
