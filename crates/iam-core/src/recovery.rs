//! The ways back in for people who cannot sign in, in a tenancy with identity domains: links that
//! are mailed to the address that is stored for them, and nowhere else.
//!
//! Who may not be told whether a user exists asks by [`request`]: it writes the names down, whoever
//! they are, and [`work_off`] looks at them later. What follows a link is one of [`choose`],
//! [`verify_email`] and [`unblock`]; each spends the link first (`links`), so none happens without
//! one, or twice.

use crate::audit::{Event, Source, record};
use crate::call::{Call, Principal, store_problem};
use crate::change_password::{self, Declined, Prepared, Situation, Told};
use crate::context::Context;
use crate::links::{self, Spent};
use crate::mail::{self, Letter};
use crate::server_key::Use;
use crate::sessions::Session;
use crate::ui_passwords::must_sign_in_here;
use crate::{domains, sign_in, users};
use iam_api::users::User;
use iam_api::{Code, Problem, Secret};
use iam_store::LinkPurpose::{Activate, ResetPassword, Unblock, VerifyEmail};
use iam_store::{LinkPurpose, Purpose, RecoveryRequest, TenancyNo, Tx};
use serde::{Deserialize, Serialize};
use std::sync::atomic::Ordering;

/// The purposes of links that lead to a new password.
pub const TO_A_PASSWORD: &[LinkPurpose] = &[Activate, ResetPassword];
/// The most mails that one address gets for the asking, and that one peer gets sent, in an hour.
const MAILS_TO_ADDRESS_MAX: i64 = 3;
const MAILS_FROM_PEER_MAX: i64 = 20;
/// How long what was asked for is counted.
pub const HOUR_SECONDS: i64 = 60 * 60;
/// The most requests that are looked at in one transaction.
const BATCH: i64 = 50;
/// The longest names that are kept: what is longer is nobody's.
const NAME_BYTES_MAX: usize = 256;

#[derive(Serialize, Deserialize)]
struct Names {
    tenancy: String,
    user: String,
}

/// Writes down that somebody wants a way back in as that user. It costs the same whoever they name.
pub fn request(
    tx: &mut Tx<'_>,
    context: &Context,
    source: &Source,
    tenancy: &str,
    user: &str,
) -> Result<(), Problem> {
    let short = |name: &str| match name.len() <= NAME_BYTES_MAX {
        true => name.to_owned(),
        false => String::new(),
    };
    let names = Names { tenancy: short(tenancy), user: short(user) };
    let text = serde_json::to_vec(&names).map_err(Problem::internal)?;
    let sealed = context.key.seal(context, Use::RecoveryNames, &[], &text)?;
    let request = RecoveryRequest {
        seq: 0,
        created: context.now(),
        source: source.address.clone(),
        request_id: source.request_id.clone(),
        names: sealed,
    };
    tx.add_recovery_request(&request).map_err(store_problem)?;
    context.recovery_wanted.store(true, Ordering::Relaxed);
    Ok(())
}

/// Looks at requests that were written down; answers whether there may be more.
pub fn work_off(tx: &mut Tx<'_>, context: &Context) -> Result<bool, Problem> {
    let requests = tx.recovery_requests(BATCH).map_err(store_problem)?;
    let may_be_more = i64::try_from(requests.len()).is_ok_and(|count| count >= BATCH);
    for request in requests {
        if tx.drop_recovery_request(request.seq).map_err(store_problem)? {
            answer(tx, context, &request)?;
        }
    }
    Ok(may_be_more)
}

/// Mails what was asked for to the user who was named, if they may have it.
fn answer(tx: &mut Tx<'_>, context: &Context, asked: &RecoveryRequest) -> Result<(), Problem> {
    let source = Source { address: asked.source.clone(), request_id: asked.request_id.clone() };
    let names = context.key.open(Use::RecoveryNames, &[], &asked.names);
    let names = names.and_then(|text| serde_json::from_slice::<Names>(&text).ok());
    let Some(Names { tenancy, user }) = names else { return Ok(()) };
    let mut event =
        Event { at: TenancyNo(0), compartment: "", actor: "", name: "RequestRecovery", target: "" };
    let Some((at, resource)) = sign_in::find(tx, &tenancy, &user)? else {
        return record(tx, context, &source, &event, "NotAuthorizedOrNotFound");
    };
    let user: User = resource.model().map_err(store_problem)?;
    (event.at, event.target) = (at, user.id.as_str());
    let way = match domains::is_open_to(tx, at, &resource)? {
        true => way_back(tx, context, at, &user)?,
        false => None,
    };
    let Some((purpose, letter)) = way else {
        return record(tx, context, &source, &event, "NotAuthorizedOrNotFound");
    };
    if is_throttled(tx, context, &source, &user)? {
        return record(tx, context, &source, &event, "TooManyRequests");
    }
    send(tx, context, at, &user, purpose, letter)?;
    record(tx, context, &source, &event, "OK")
}

/// Which link leads the user back, if one may be mailed to them: to an active user of a domain,
/// with an address that is known to be theirs. Who has never chosen a password shows that by
/// choosing one, if the address is still that to which the first link was mailed: nobody gets to a
/// new user by giving them another.
fn way_back(
    tx: &mut Tx<'_>,
    context: &Context,
    at: TenancyNo,
    user: &User,
) -> Result<Option<(LinkPurpose, mail::Event)>, Problem> {
    let has_domain = domains::of(tx, at, &user.compartment_id)?.is_some();
    let may = has_domain && user.email.is_some() && must_sign_in_here(user).is_ok();
    Ok(match (may, user.email_verified == Some(true)) {
        (false, _) => None,
        (true, true) => Some((ResetPassword, mail::Event::PasswordRecovery)),
        (true, false) => {
            let waits =
                is_pending(tx, at, user)? && links::is_of_now(tx, context, at, user, Activate)?;
            waits.then_some((Activate, mail::Event::WelcomeAgain))
        }
    })
}

/// Whether the user has never had a password, and so still has to choose a first one.
fn is_pending(tx: &mut Tx<'_>, at: TenancyNo, user: &User) -> Result<bool, Problem> {
    let reset = tx.link_of(at, &user.id, ResetPassword).map_err(store_problem)?;
    let password = tx.ui_password(at, &user.id).map_err(store_problem)?;
    Ok(user.email_verified != Some(true) && password.is_none() && reset.is_none())
}

/// Counts a mail to that address, asked for from there; answers whether it is one too many.
fn is_throttled(
    tx: &mut Tx<'_>,
    context: &Context,
    source: &Source,
    user: &User,
) -> Result<bool, Problem> {
    let now = context.now();
    let since = now.plus_seconds(-HOUR_SECONDS);
    let mut count = |what: &str, whose: &str| {
        let name = context.key.hash(Use::Counter, &[what.as_bytes(), whose.as_bytes()]);
        tx.count(&name, now, since).map_err(store_problem)
    };
    let from_peer = count("mails from", &source.address)?;
    let to_address = count("mails to", user.email.as_deref().unwrap_or_default())?;
    Ok(from_peer > MAILS_FROM_PEER_MAX || to_address > MAILS_TO_ADDRESS_MAX)
}

/// Makes a link in the place of the user's older one, and mails it.
fn send(
    tx: &mut Tx<'_>,
    context: &Context,
    at: TenancyNo,
    user: &User,
    purpose: LinkPurpose,
    event: mail::Event,
) -> Result<(), Problem> {
    let link = links::issue(tx, context, at, user, purpose)?;
    mail::queue(tx, context, at, &Letter::about(event, user).link(&link))?;
    Ok(())
}

/// Ends the user's password, and whatever else leads to one or came of it, and makes a link to a
/// new one. An administrator's reset: how the link gets to the user is the caller's.
pub(crate) fn reset(
    tx: &mut Tx<'_>,
    context: &Context,
    at: TenancyNo,
    user: &User,
) -> Result<links::NewLink, Problem> {
    tx.drop_ui_password(at, &user.id).map_err(store_problem)?;
    tx.end_sessions(at, &user.id).map_err(store_problem)?;
    tx.drop_link_of(at, &user.id, Activate).map_err(store_problem)?;
    links::issue(tx, context, at, user, ResetPassword)
}

/// Resets, and mails the link; to a user who has not chosen a first password yet, the link to that
/// once more.
pub(crate) fn reset_by_mail(
    tx: &mut Tx<'_>,
    context: &Context,
    at: TenancyNo,
    user: &User,
) -> Result<(), Problem> {
    tx.tally(&context.counts.resets_mailed);
    if is_pending(tx, at, user)? {
        return send(tx, context, at, user, Activate, mail::Event::WelcomeAgain);
    }
    let link = reset(tx, context, at, user)?;
    let letter = Letter::about(mail::Event::ResetRequested, user).link(&link);
    mail::queue(tx, context, at, &letter)?;
    Ok(())
}

/// Resets, and makes no link at all: until another reset the user has no password.
pub(crate) fn reset_unheard(
    tx: &mut Tx<'_>,
    context: &Context,
    at: TenancyNo,
    user: &User,
) -> Result<(), Problem> {
    let _nobody_gets_it = reset(tx, context, at, user)?;
    tx.tally(&context.counts.resets_unheard);
    tx.drop_link_of(at, &user.id, ResetPassword).map_err(store_problem)
}

/// What is said of a link that leads nowhere any more.
#[must_use]
pub fn void_link() -> Problem {
    Problem::invalid(
        "the token is that of no link that still counts: it was used, its time is over, or a newer \
         link was mailed; ask for a new one",
    )
}

/// Refuses a user without an e-mail address where the domain's users need one.
pub(crate) fn must_not_need_email(call: &mut Call<'_, '_>) -> Result<(), Problem> {
    if !call.principal.has_domain || !domains::requires_email(call)? {
        return Ok(());
    }
    let message = "email is missing: users of this domain need an address, to which the link to \
                   their first password is mailed";
    Err(Problem::new(Code::MissingParameter, message))
}

/// Mails a new user the link to their first password.
pub(crate) fn welcome(
    tx: &mut Tx<'_>,
    context: &Context,
    at: TenancyNo,
    user: &User,
) -> Result<(), Problem> {
    if user.email.is_none() {
        return Ok(());
    }
    send(tx, context, at, user, Activate, mail::Event::Welcome)
}

/// Tells a user that failed sign-ins have blocked them: in a domain with a link that ends the
/// block, if their address is known to be theirs. For all others an administrator ends it.
pub(crate) fn tell_of_block(
    tx: &mut Tx<'_>,
    context: &Context,
    at: TenancyNo,
    user: &User,
) -> Result<(), Problem> {
    let is_known = user.email.is_some() && user.email_verified == Some(true);
    match is_known && domains::of(tx, at, &user.compartment_id)?.is_some() {
        true => send(tx, context, at, user, Unblock, mail::Event::AccountLocked),
        false => tell(tx, context, at, mail::Event::AccountBlocked, user),
    }
}

/// Tells a user something, at the address that they have.
pub(crate) fn tell(
    tx: &mut Tx<'_>,
    context: &Context,
    at: TenancyNo,
    event: mail::Event,
    user: &User,
) -> Result<(), Problem> {
    mail::queue(tx, context, at, &Letter::about(event, user))?;
    Ok(())
}

/// After a user's address was changed: asks the new one whether it is theirs. Links that were
/// mailed to the old one are void by themselves.
pub(crate) fn ask_new_email(
    tx: &mut Tx<'_>,
    context: &Context,
    at: TenancyNo,
    user: &User,
) -> Result<(), Problem> {
    if user.email.is_none() {
        return Ok(());
    }
    send(tx, context, at, user, VerifyEmail, mail::Event::VerifyEmail)
}

/// What must be known of a user whom an open link lets choose a password. Where only links of one
/// tenancy count, one of another is none.
pub fn situation(
    tx: &mut Tx<'_>,
    context: &Context,
    token: &Secret,
    only_at: Option<TenancyNo>,
) -> Result<Situation, Declined> {
    let link = links::find(tx, context, token, TO_A_PASSWORD)?;
    let link = link.filter(|link| only_at.is_none_or(|at| link.at == at)).ok_or(Declined::Over)?;
    Ok(change_password::of_user(tx, link.at, &link.resource)?)
}

/// Spends the link, and sets the prepared password. The user is not blocked any more, their address
/// is known to be theirs, and all their sessions have ended: they sign in next.
pub fn choose(
    tx: &mut Tx<'_>,
    context: &Context,
    source: &Source,
    token: &Secret,
    prepared: &Prepared,
) -> Result<(), Declined> {
    let spent = links::spend(tx, context, token, TO_A_PASSWORD)?.ok_or(Declined::Over)?;
    let (at, name) = (spent.at, event_name(spent.purpose));
    change_password::set(tx, context, at, &spent.user, prepared, Told::SetByLink, None)?;
    // What else was mailed to lead here, and to end a block, has done its work.
    for purpose in [Activate, ResetPassword, Unblock] {
        tx.drop_link_of(at, &spent.user.id, purpose).map_err(store_problem)?;
    }
    let id = spent.user.id.clone();
    let (resource, _) = users::unblock(tx, context, at, spent.resource)?;
    users::verify_email(tx, context, at, resource)?;
    let event = Event { at, compartment: "", actor: id.as_str(), name, target: id.as_str() };
    Ok(record(tx, context, source, &event, "OK")?)
}

/// What came of following a link that confirms an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmed {
    /// The address is known to be the user's.
    Done,
    /// The link leads nowhere any more.
    Void,
    /// Whoever follows it is not signed in as its user. The link stays open.
    NotSignedIn,
}

/// Spends the link, and notes that the address which it was mailed to is the user's, if it is the
/// user who follows it: the link shows that somebody reads the mailbox, and only their own sign-in
/// that it is not somebody else's. Otherwise who may change users could give one their own address,
/// confirm it, and have a new password sent there (docs/decisions/0009).
pub fn verify_email(
    tx: &mut Tx<'_>,
    context: &Context,
    source: &Source,
    token: &Secret,
    session: Option<&Session>,
) -> Result<Confirmed, Problem> {
    let is_in = session.filter(|session| session.purpose == Purpose::Console);
    let Some(link) = links::find(tx, context, token, &[VerifyEmail])? else {
        return Ok(Confirmed::Void);
    };
    let is_theirs = |who: &Principal| who.tenancy == link.at && who.user == link.user.id;
    if !is_in.is_some_and(|session| is_theirs(&session.principal)) {
        return Ok(Confirmed::NotSignedIn);
    }
    let Some(spent) = links::spend(tx, context, token, &[VerifyEmail])? else {
        return Ok(Confirmed::Void);
    };
    let (at, event) = (spent.at, spent.event());
    record(tx, context, source, &event, "OK")?;
    users::verify_email(tx, context, at, spent.resource)?;
    Ok(Confirmed::Done)
}

/// Mails the user a link that shows whether the address is theirs, unless they got too many.
pub fn ask_for_email(
    tx: &mut Tx<'_>,
    context: &Context,
    source: &Source,
    at: TenancyNo,
    user: &User,
) -> Result<(), Problem> {
    if user.email.is_none() || user.email_verified == Some(true) {
        return Ok(());
    }
    if is_throttled(tx, context, source, user)? {
        let message = "Too many mails were asked for within an hour. Try again later.";
        return Err(Problem::new(Code::TooManyRequests, message));
    }
    send(tx, context, at, user, VerifyEmail, mail::Event::VerifyEmail)
}

/// Spends the link, and ends the block that failed sign-ins have made.
pub fn unblock(
    tx: &mut Tx<'_>,
    context: &Context,
    source: &Source,
    token: &Secret,
) -> Result<bool, Problem> {
    let Some(spent) = links::spend(tx, context, token, &[Unblock])? else { return Ok(false) };
    let at = spent.at;
    record(tx, context, source, &spent.event(), "OK")?;
    let (_, was_blocked) = users::unblock(tx, context, at, spent.resource)?;
    if was_blocked {
        tell(tx, context, at, mail::Event::AccountUnlocked, &spent.user)?;
    }
    Ok(true)
}

impl Spent {
    fn event(&self) -> Event<'_> {
        let user = self.user.id.as_str();
        Event {
            at: self.at,
            compartment: "",
            actor: user,
            name: event_name(self.purpose),
            target: user,
        }
    }
}

/// What the audit trail calls the use of a link.
const fn event_name(purpose: LinkPurpose) -> &'static str {
    match purpose {
        Activate => "ActivateUserByLink",
        ResetPassword => "ResetPasswordByLink",
        VerifyEmail => "VerifyEmailByLink",
        Unblock => "UnblockUserByLink",
    }
}
