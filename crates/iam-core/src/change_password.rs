//! A user chooses a new password: because they must, after signing in with a one-time password, or
//! because they want to.
//!
//! [`prepare`] checks the rules and hashes, outside any transaction. [`commit`] takes the old
//! password's place in one, and only if it is still the one that was meant: of any number of
//! changes that race, one succeeds. Who wants to change a password of their own choice shows first
//! that they know it: [`reserve_current`], the weighing of [`sign_in`], [`confirm_current`].

use crate::audit::{Event, Source, record};
use crate::call::store_problem;
use crate::context::Context;
use crate::password_rules::{self, Chooser, Rule};
use crate::sessions::{self, NewSession, Session};
use crate::sign_in::{self, Attempt, Verdict};
use crate::{authentication_policies, one_time_password, password_hash, ui_passwords};
use iam_api::authentication_policies::PasswordPolicy;
use iam_api::users::User;
use iam_api::{Ocid, Problem, Secret};
use iam_store::{Purpose, StoredPassword, Tx};

/// What must be known of a user before they choose.
pub struct Situation {
    /// The user's name.
    pub user: String,
    /// The user's e-mail address.
    pub email: Option<String>,
    /// The tenancy's name.
    pub tenancy: String,
    /// The tenancy's rules.
    pub policy: PasswordPolicy,
    id: Ocid,
    old: StoredPassword,
}

/// Why a new password was not taken.
#[derive(Debug)]
pub enum Declined {
    /// It breaks these rules.
    Rules(Vec<Rule>),
    /// It is the one-time password, or the old one.
    Same,
    /// The two fields are not the same.
    Differs,
    /// The one-time password has expired or was replaced, or the session has ended.
    Over,
    /// Something failed.
    Failed(Problem),
}

impl From<Problem> for Declined {
    fn from(problem: Problem) -> Self {
        Self::Failed(problem)
    }
}

/// Reads what must be known of the session's user.
pub fn situation(tx: &mut Tx<'_>, session: &Session) -> Result<Situation, Declined> {
    let at = session.principal.tenancy;
    let mut read = |id: &Ocid| tx.resource(at, id).map_err(store_problem);
    let user = read(&session.principal.user)?.ok_or(Declined::Over)?;
    let tenancy = read(&session.principal.tenancy_id)?.ok_or(Declined::Over)?;
    let model: User = user.model().map_err(store_problem)?;
    let old = tx.ui_password(at, &user.id).map_err(store_problem)?.ok_or(Declined::Over)?;
    Ok(Situation {
        user: model.name,
        email: model.email,
        tenancy: tenancy.name,
        policy: authentication_policies::password_policy(tx, at)?,
        id: user.id,
        old,
    })
}

/// A new password that may be chosen, hashed.
#[derive(Clone)]
pub struct Prepared {
    hash: String,
    old: String,
}

/// Checks the new password against the rules, and hashes it. Slow on purpose.
pub fn prepare(
    context: &Context,
    situation: &Situation,
    new: &Secret,
    repeated: &Secret,
) -> Result<Prepared, Declined> {
    if new.expose() != repeated.expose() {
        return Err(Declined::Differs);
    }
    let new = password_rules::normalize(new);
    let chooser = Chooser {
        user: &situation.user,
        email: situation.email.as_deref(),
        tenancy: &situation.tenancy,
    };
    let broken = password_rules::broken(&new, &situation.policy, &chooser);
    if !broken.is_empty() {
        return Err(Declined::Rules(broken));
    }
    let old = &situation.old;
    let same = if old.is_one_time() {
        one_time_password::matches(&context.key, &situation.id, &new, &old.hash)
    } else {
        password_hash::verify(&context.key, &new, Some(&old.hash))
    };
    if same {
        return Err(Declined::Same);
    }
    Ok(Prepared { hash: password_hash::hash(context, &new)?, old: old.etag.clone() })
}

/// Puts the prepared password in the place of the old one; every session of the user ends, and a
/// new one begins.
pub fn commit(
    tx: &mut Tx<'_>,
    context: &Context,
    source: &Source,
    session: &Session,
    prepared: &Prepared,
) -> Result<NewSession, Declined> {
    let (at, user) = (session.principal.tenancy, &session.principal.user);
    let event = Event { at, actor: user.as_str(), name: "ChangePassword", target: user.as_str() };
    let alive = tx.session(&session.hash).map_err(store_problem)?.is_some();
    let old = tx.ui_password(at, user).map_err(store_problem)?;
    let now = context.now();
    let current = old.filter(|old| {
        alive && old.etag == prepared.old && !ui_passwords::is_expired(context, old, now)
    });
    if current.is_none() {
        return Err(Declined::Over);
    }
    let new = StoredPassword {
        hash: prepared.hash.clone(),
        created: now,
        expires: None,
        anchor: context.high_water(),
        retry: None,
        etag: context.etag(),
    };
    ui_passwords::replace(tx, at, user, &new)?;
    record(tx, context, source, &event, "OK")?;
    Ok(sessions::begin(tx, context, at, user, Purpose::Console)?)
}

/// Counts an attempt of the session's user to show that they know their current password.
pub fn reserve_current(
    tx: &mut Tx<'_>,
    context: &Context,
    session: &Session,
) -> Result<Attempt, Declined> {
    let at = session.principal.tenancy;
    let user = tx.resource(at, &session.principal.user).map_err(store_problem)?;
    Ok(sign_in::reserve_known(tx, context, at, &user.ok_or(Declined::Over)?)?)
}

/// Writes down whether the user knows their current password, and answers it; a wrong one counts as
/// a failed sign-in.
pub fn confirm_current(
    tx: &mut Tx<'_>,
    context: &Context,
    source: &Source,
    attempt: &Attempt,
    verdict: &Verdict,
) -> Result<bool, Problem> {
    let confirmed = sign_in::confirm(tx, context, source, "ConfirmPassword", attempt, verdict)?;
    Ok(confirmed.is_some())
}
