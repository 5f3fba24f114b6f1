//! Signing in to the Console with a password, in three steps; a code comes after it, where the user
//! has a device that draws one (`second_factor`).
//!
//! [`reserve`] counts the attempt before anything is weighed, in a transaction of its own, so that
//! no more verdicts in a row can ever be had than the user's password policy allows.
//! [`Attempt::weigh`] compares outside any transaction: it costs the same whether the user exists,
//! has a one-time password, or none. [`conclude`] writes down what came of it: a session, or a
//! failure, and the last that is allowed blocks the user. Every refusal is the same to the one who
//! tries, unless the domain wants people to be told of locks (docs/decisions/0009).

use crate::audit::{Event, Source, record};
use crate::call::store_problem;
use crate::context::Context;
use crate::password_policies::{self, Effective};
use crate::sessions::{self, NewSession};
use crate::strangers::Strangers;
use crate::{
    authentication_policies, clock, domains, identity_settings, mfa_totp_devices,
    one_time_password, password_hash, password_rules, recovery, ui_passwords, users,
};
use aws_lc_rs::digest::{SHA256, digest};
use iam_api::users::User;
use iam_api::{BLOCKED, LifecycleState, Ocid, Problem, SUSPENDED, Secret};
use iam_policy::fold;
use iam_store::{Purpose, Resource, StoredPassword, TenancyNo, Tx};
use std::time::Duration;
use unicode_normalization::UnicodeNormalization;

/// Failures in a row after which no name gets a verdict any more, unless a policy of its user's
/// says otherwise.
pub use crate::password_policies::FAILURES_MAX;
/// What the audit trail calls a sign-in.
pub(crate) const SIGN_IN: &str = "SignIn";
/// Failures in a row after which the next attempt has to wait, twice as long each time.
const FAILURES_FREE: i64 = 2;
const DELAY_FIRST: Duration = Duration::from_millis(250);
const DELAY_MAX: Duration = Duration::from_secs(2);
/// The longest name that is looked up; a longer one is nobody's.
const NAME_BYTES_MAX: usize = 512;

/// An attempt that has been counted.
#[derive(Clone)]
pub struct Attempt {
    pub(crate) known: Option<Known>,
    failures_before: i64,
    /// Whether the name has failed as often before as is allowed, so that it gets no verdict.
    is_too_many: bool,
    /// Whether the domain wants people to be told that their account is locked.
    tells_of_locks: bool,
}

#[derive(Clone)]
pub(crate) struct Known {
    at: TenancyNo,
    user: Ocid,
    password: Option<StoredPassword>,
    /// Whether an attempt gets a verdict.
    pub(crate) may_try: bool,
    is_locked: bool,
    must_change: bool,
    failures_max: Option<i64>,
}

/// What came of comparing.
#[derive(Clone)]
pub struct Verdict {
    right: bool,
    /// Whether whoever tries may be told that the account is locked.
    pub tells_of_lock: bool,
    rehashed: Option<String>,
}

/// The name in the one form in which it is looked up and counted: case, width and surrounding
/// space make no difference.
fn canonical(name: &str) -> String {
    if name.len() > NAME_BYTES_MAX {
        return String::new();
    }
    fold(name.nfkc().collect::<String>().trim())
}

/// Counts an attempt to sign in under these names. Who comes from where nobody may sign in from is
/// refused like anybody who gets something wrong, whatever the password.
pub fn reserve(
    tx: &mut Tx<'_>,
    context: &Context,
    strangers: &Strangers,
    source: &Source,
    (tenancy, user): (&str, &str),
) -> Result<Attempt, Problem> {
    match find(tx, tenancy, user)? {
        Some((at, resource)) => reserve_from(tx, context, source, at, &resource),
        None => {
            let attempt = reserve_stranger(tx, context, strangers, tenancy, user)?;
            clock::keep(tx, context)?; // so that this transaction, too, goes to the disk
            Ok(attempt)
        }
    }
}

/// Counts an attempt of a user who is known to sign in from where the request came from.
pub(crate) fn reserve_from(
    tx: &mut Tx<'_>,
    context: &Context,
    source: &Source,
    at: TenancyNo,
    resource: &Resource,
) -> Result<Attempt, Problem> {
    let mut attempt = reserve_known(tx, context, at, resource)?;
    if !authentication_policies::may_sign_in_from(tx, at, source.ip())? {
        tracing::info!(
            request = %source.request_id, user = %resource.id, address = %source.address,
            "a sign-in from outside of the network source is refused",
        );
        attempt.refuse();
    }
    Ok(attempt)
}

/// Counts an attempt under a name that nobody has, as it would be counted for a user who is in no
/// group.
fn reserve_stranger(
    tx: &mut Tx<'_>,
    context: &Context,
    strangers: &Strangers,
    tenancy: &str,
    user: &str,
) -> Result<Attempt, Problem> {
    let (tenancy, user) = (canonical(tenancy), canonical(user));
    let (mut tells_of_locks, mut policy) = (false, None);
    if let Some((at, _)) = tx.tenancy_by_name(&tenancy).map_err(store_problem)? {
        tells_of_locks = identity_settings::load(tx, at)?.tells_of_locks();
        policy = Some(password_policies::of_user(tx, at, &Ocid::from(""))?);
    }
    let name = digest(&SHA256, format!("{tenancy}\0{user}").as_bytes());
    let name = name.as_ref().first_chunk().map_or(0, |first| u64::from_be_bytes(*first));
    let (now, most) =
        (context.now(), policy.as_ref().map_or(Some(FAILURES_MAX), |p| p.failures_max));
    let ends = |began| policy.as_ref().and_then(|policy| policy.block_ends(began));
    let is_over = |began| ends(began).is_some_and(|ends| now >= ends);
    let failures_before = strangers.count(name, now, most, is_over);
    let is_too_many = most.is_some_and(|most| failures_before >= most);
    Ok(Attempt { known: None, failures_before, is_too_many, tells_of_locks })
}

/// The user of that name in the tenancy of that name: of the Default domain, or of the one whose
/// name and a slash come first.
pub(crate) fn find(
    tx: &mut Tx<'_>,
    tenancy: &str,
    user: &str,
) -> Result<Option<(TenancyNo, Resource)>, Problem> {
    let found = tx.tenancy_by_name(&canonical(tenancy)).map_err(store_problem)?;
    let Some((at, root)) = found else { return Ok(None) };
    let user = domains::user_named(tx, at, &root, &canonical(user))?;
    Ok(user.map(|resource| (at, resource)))
}

/// Counts an attempt of a user who is known, to sign in or to show that they know their password.
pub(crate) fn reserve_known(
    tx: &mut Tx<'_>,
    context: &Context,
    at: TenancyNo,
    resource: &Resource,
) -> Result<Attempt, Problem> {
    let policy = password_policies::of_user(tx, at, &resource.id)?;
    let resource = &block_over(tx, context, at, resource, &policy)?;
    let user: User = resource.model().map_err(store_problem)?;
    let mut count = tx.sign_ins(at, &resource.id).map_err(store_problem)?;
    let failures_before = count.failures;
    count.failures = failures_before.saturating_add(1);
    tx.set_sign_ins(at, &resource.id, &count).map_err(store_problem)?;
    clock::keep(tx, context)?;
    let failures_max = policy.failures_max;
    let is_too_many = failures_max.is_some_and(|most| failures_before >= most);
    if is_too_many {
        block(tx, context, at, resource)?;
    }
    let is_open = domains::is_open_to(tx, at, resource)?;
    let may_try = !is_too_many && is_open && may_sign_in(&user);
    let password = tx.ui_password(at, &resource.id).map_err(store_problem)?;
    let must_change = password.as_ref().is_some_and(|password| {
        let ends = policy.must_change(password.created);
        password.must_change() || ends.is_some_and(|ends| context.now() >= ends)
    });
    let is_locked = user.inactive_status.unwrap_or(0) & (BLOCKED | SUSPENDED) != 0;
    let user = resource.id.clone();
    let known = Known { at, user, password, may_try, is_locked, must_change, failures_max };
    let tells_of_locks = identity_settings::load(tx, at)?.tells_of_locks();
    Ok(Attempt { known: Some(known), failures_before, is_too_many, tells_of_locks })
}

/// The user's row, with a block ended that was for a time which is over.
fn block_over(
    tx: &mut Tx<'_>,
    context: &Context,
    at: TenancyNo,
    resource: &Resource,
    policy: &Effective,
) -> Result<Resource, Problem> {
    let known = tx.sign_ins(at, &resource.id).map_err(store_problem)?;
    let ends = known.blocked.and_then(|began| policy.block_ends(began));
    if ends.is_none_or(|ends| context.now() < ends) {
        return Ok(resource.clone());
    }
    let (resource, _) = users::unblock(tx, context, at, resource.clone())?;
    Ok(resource)
}

/// Whether the user signs in to this Console with a password at all.
pub(crate) fn may_sign_in(user: &User) -> bool {
    let capabilities = user.capabilities.as_ref();
    user.lifecycle_state == LifecycleState::Active
        && user.identity_provider_id.is_none()
        && capabilities.and_then(|may| may.can_use_console_password) != Some(false)
}

impl Attempt {
    /// Takes away what a right password would open, and what it would be told.
    fn refuse(&mut self) {
        if let Some(known) = &mut self.known {
            known.may_try = false;
            known.is_locked = false;
        }
    }

    /// How long to wait before weighing it: grows with the failures before.
    #[must_use]
    pub fn delay(&self) -> Duration {
        let over = self.failures_before.min(FAILURES_MAX) - FAILURES_FREE;
        match u32::try_from(over) {
            Ok(over) if over > 0 => DELAY_FIRST.saturating_mul(1 << (over - 1)).min(DELAY_MAX),
            _ => Duration::ZERO,
        }
    }

    /// Compares the password with the one that is kept. Slow on purpose; costs the same for every
    /// answer.
    #[must_use]
    pub fn weigh(&self, context: &Context, presented: &Secret) -> Verdict {
        let presented = password_rules::normalize(presented);
        let known = self.known.as_ref();
        let kept = known.and_then(|known| known.password.as_ref());
        let chosen = kept.map(|kept| kept.hash.as_str()).filter(|hash| password_hash::is_one(hash));
        let is_chosen = password_hash::verify(&context.key, &presented, chosen);
        let nobody = Ocid::from("");
        let (user, hash) = match (known, kept) {
            (Some(known), Some(kept)) if chosen.is_none() => (&known.user, kept.hash.as_str()),
            _ => (&nobody, ""),
        };
        let is_one_time = one_time_password::matches(&context.key, user, &presented, hash);
        let in_time = kept.is_some_and(|kept| !ui_passwords::is_expired(context, kept));
        let knows = (is_chosen | is_one_time) && in_time;
        let right = knows && known.is_some_and(|known| known.may_try);
        // A lock by an administrator is told to who knows the password. One by failures must not
        // be, or guessing could go on behind it: it is told of the name, be it anybody's or not.
        let is_locked = known.is_some_and(|known| known.is_locked);
        let tells_of_lock = self.tells_of_locks && (self.is_too_many || (knows && is_locked));
        let outdated = right && chosen.is_some_and(password_hash::is_outdated);
        let rehashed = outdated.then(|| password_hash::hash(context, &presented).ok()).flatten();
        Verdict { right, tells_of_lock, rehashed }
    }
}

/// Writes down what came of an attempt to sign in, and answers the session that began. None is the
/// one refusal, whatever its cause; it is no error, because what was written down of it must stay.
pub fn conclude(
    tx: &mut Tx<'_>,
    context: &Context,
    source: &Source,
    attempt: &Attempt,
    verdict: &Verdict,
) -> Result<Option<NewSession>, Problem> {
    match (confirm(tx, context, source, SIGN_IN, attempt, verdict)?, &attempt.known) {
        (Some(Confirmed::Wholly), Some(known)) => known.let_in(tx, context, false).map(Some),
        (Some(Confirmed::ByPassword), Some(known)) => {
            let Known { at, user, .. } = known;
            let waits = (Purpose::SecondFactor, false);
            sessions::begin(tx, context, *at, user, waits).map(Some)
        }
        _ => {
            tx.tally(&context.counts.sign_ins_refused);
            Ok(None)
        }
    }
}

/// What a user who knows their password has shown with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Confirmed {
    /// All that they have to.
    Wholly,
    /// The first of two things: a code has to follow.
    ByPassword,
}

impl Known {
    /// Lets the user in, who may have shown a code: notes when, and begins the session.
    pub(crate) fn let_in(
        &self,
        tx: &mut Tx<'_>,
        context: &Context,
        second_factor: bool,
    ) -> Result<NewSession, Problem> {
        let mut count = tx.sign_ins(self.at, &self.user).map_err(store_problem)?;
        count.failures = 0;
        count.previous_success = count.last_success;
        count.last_success = Some(context.now());
        tx.set_sign_ins(self.at, &self.user, &count).map_err(store_problem)?;
        let (purpose, counter) = match self.must_change {
            true => (Purpose::ChangePassword, &context.counts.signed_in_to_change),
            false => (Purpose::Console, &context.counts.signed_in),
        };
        tx.tally(counter);
        sessions::begin(tx, context, self.at, &self.user, (purpose, second_factor))
    }

    /// Writes down that an attempt failed; the last that is allowed blocks the user.
    pub(crate) fn refuse(
        &self,
        tx: &mut Tx<'_>,
        context: &Context,
        source: &Source,
        event: &Event<'_>,
        resource: Option<Resource>,
    ) -> Result<(), Problem> {
        let mut count = tx.sign_ins(self.at, &self.user).map_err(store_problem)?;
        count.last_failure = Some(context.now());
        tx.set_sign_ins(self.at, &self.user, &count).map_err(store_problem)?;
        record(tx, context, source, event, "NotAuthenticated")?;
        let is_last = self.failures_max.is_some_and(|most| count.failures >= most);
        if let Some(resource) = resource.filter(|_| is_last)
            && block(tx, context, self.at, &resource)?
        {
            record(tx, context, source, &Event { name: "BlockUser", ..*event }, "OK")?;
        }
        Ok(())
    }
}

/// Writes down whether a user knows their password, and answers what they have shown if they do.
pub(crate) fn confirm(
    tx: &mut Tx<'_>,
    context: &Context,
    source: &Source,
    event: &'static str,
    attempt: &Attempt,
    verdict: &Verdict,
) -> Result<Option<Confirmed>, Problem> {
    let Some(known) = &attempt.known else {
        let event = Event { at: TenancyNo(0), compartment: "", actor: "", name: event, target: "" };
        record(tx, context, source, &event, "NotAuthenticated")?;
        return Ok(None);
    };
    let resource = tx.resource(known.at, &known.user).map_err(store_problem)?;
    let still = match &resource {
        Some(resource) => {
            let user: User = resource.model().map_err(store_problem)?;
            may_sign_in(&user)
                && domains::is_open_to(tx, known.at, resource)?
                && is_same(tx, known)?
        }
        None => false,
    };
    let actor = known.user.as_str();
    let event = Event { at: known.at, compartment: "", actor, name: event, target: actor };
    if !(verdict.right && still) {
        known.refuse(tx, context, source, &event, resource)?;
        return Ok(None);
    }
    let has_device = mfa_totp_devices::activated(tx, known.at, &known.user)?.is_some();
    let is_first = event.name == SIGN_IN && has_device;
    let mut count = tx.sign_ins(known.at, &known.user).map_err(store_problem)?;
    // A right password does not make wrong codes undone: else both could be tried in turn for ever.
    count.failures = if is_first { count.failures.saturating_sub(1) } else { 0 };
    tx.set_sign_ins(known.at, &known.user, &count).map_err(store_problem)?;
    if let (Some(hash), Some(kept)) = (&verdict.rehashed, &known.password) {
        let new = StoredPassword { hash: hash.clone(), ..kept.clone() };
        tx.set_ui_password(known.at, &known.user, &new).map_err(store_problem)?;
    }
    let name = if is_first { "ConfirmPassword" } else { event.name };
    record(tx, context, source, &Event { name, ..event }, "OK")?;
    Ok(Some(if is_first { Confirmed::ByPassword } else { Confirmed::Wholly }))
}

/// Whether the password that was weighed is still the one that is kept.
fn is_same(tx: &mut Tx<'_>, known: &Known) -> Result<bool, Problem> {
    let now = tx.ui_password(known.at, &known.user).map_err(store_problem)?;
    Ok(match (&now, &known.password) {
        (Some(now), Some(then)) => now.etag == then.etag,
        _ => false,
    })
}

/// Blocks a user, and tells them; false where they are not active.
fn block(
    tx: &mut Tx<'_>,
    context: &Context,
    at: TenancyNo,
    resource: &Resource,
) -> Result<bool, Problem> {
    let mut user: User = resource.model().map_err(store_problem)?;
    if user.lifecycle_state != LifecycleState::Active {
        return Ok(false);
    }
    user.lifecycle_state = LifecycleState::Inactive;
    user.inactive_status = Some(BLOCKED);
    let mut blocked = resource.clone();
    blocked.state = user.lifecycle_state;
    blocked.set_model(&user).map_err(store_problem)?;
    tx.update(at, &blocked).map_err(store_problem)?;
    let mut count = tx.sign_ins(at, &user.id).map_err(store_problem)?;
    count.blocked = Some(context.now());
    tx.set_sign_ins(at, &user.id, &count).map_err(store_problem)?;
    // For good: whoever was blocked shows anew who they are.
    tx.end_signing_sessions(at, &user.id).map_err(store_problem)?;
    tx.revise().map_err(store_problem)?;
    tx.tally(&context.counts.lockouts);
    recovery::tell_of_block(tx, context, at, &user)?;
    Ok(true)
}
