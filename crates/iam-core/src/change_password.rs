//! A user chooses a new password: because they must, because they want to, or with a link that was
//! mailed to them (`recovery`).
//!
//! [`prepare`] checks the rules and hashes, outside any transaction. [`commit`] takes the old
//! password's place in one, and only if it is still the one that was meant: of any number of
//! changes that race, one succeeds. Who wants to change a password of their own choice shows first
//! that they know it: [`reserve_current`], the weighing of [`sign_in`], [`confirm_current`].

use crate::audit::{Event, Source, record};
use crate::call::{Principal, store_problem};
use crate::context::Context;
use crate::password_policies::{self, Effective};
use crate::password_rules::{self, Chooser, Rule};
use crate::scim::Profile;
use crate::sessions::{self, NewSession, Session};
use crate::sign_in::{self, Attempt, Verdict};
use crate::{mail, one_time_password, password_hash, recovery, ui_passwords, users};
use iam_api::users::User;
use iam_api::{Ocid, Problem, Secret, Timestamp};
use iam_store::{Purpose, Resource, StoredPassword, TenancyNo, Tx};

/// What must be known of a user before they choose.
pub struct Situation {
    /// The user.
    pub user: User,
    /// The tenancy's name.
    pub tenancy: String,
    /// The rules that count for them.
    pub policy: Effective,
    given_name: Option<String>,
    family_name: Option<String>,
    old: Option<StoredPassword>,
    history: Vec<String>,
}

/// Why a new password was not taken.
#[derive(Debug)]
pub enum Declined {
    /// It breaks these rules.
    Rules(Vec<Rule>),
    /// It is the one-time password, or the old one.
    Same,
    /// It is one of the passwords that the user had before.
    Again,
    /// The old one was chosen too lately; when it may be changed.
    TooSoon(Timestamp),
    /// The two fields are not the same.
    Differs,
    /// The one-time password has expired or was replaced, or the session has ended.
    Over,
    /// Something failed.
    Failed(Problem),
}

impl From<Declined> for Problem {
    fn from(declined: Declined) -> Self {
        let text = match declined {
            Declined::Failed(problem) => return problem,
            Declined::Over => return recovery::void_link(),
            Declined::Differs => "the two new passwords are not the same".to_owned(),
            Declined::Same => "the new password is the present one; choose another".to_owned(),
            Declined::Again => "the password was used before; choose one that is new".to_owned(),
            Declined::TooSoon(when) => {
                format!("the password was changed lately, and may be changed again from {when}")
            }
            Declined::Rules(broken) => {
                let broken: Vec<String> = broken.into_iter().map(|rule| rule.text).collect();
                format!("the new password breaks rules: {}", broken.join("; "))
            }
        };
        Self::invalid(text)
    }
}

/// What the user is told by mail when their password was set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// That they changed it.
    Changed,
    /// That it was set through a link of theirs.
    SetByLink,
    /// That somebody else set it.
    SetByOther,
    /// Nothing.
    Nothing,
}

impl Told {
    const fn event(self) -> Option<mail::Event> {
        match self {
            Self::Changed => Some(mail::Event::PasswordChanged),
            Self::SetByLink => Some(mail::Event::PasswordReset),
            Self::SetByOther => Some(mail::Event::PasswordSet),
            Self::Nothing => None,
        }
    }
}

impl From<Problem> for Declined {
    fn from(problem: Problem) -> Self {
        Self::Failed(problem)
    }
}

/// Reads what must be known of the session's user.
pub fn situation(tx: &mut Tx<'_>, session: &Session) -> Result<Situation, Declined> {
    let at = session.principal.tenancy;
    let user = tx.resource(at, &session.principal.user).map_err(store_problem)?;
    let situation = of_user(tx, at, &user.ok_or(Declined::Over)?)?;
    if situation.old.is_none() {
        return Err(Declined::Over);
    }
    Ok(situation)
}

/// Reads what must be known of a user who may have no password at all.
pub fn of_user(tx: &mut Tx<'_>, at: TenancyNo, user: &Resource) -> Result<Situation, Problem> {
    let policy = password_policies::of_user(tx, at, &user.id)?;
    let model: User = user.model().map_err(store_problem)?;
    let tenancy = tx.resource(at, &model.compartment_id).map_err(store_problem)?;
    let profile = Profile::load(tx, at, &user.id)?;
    let name = |part| profile.name_part(part).map(str::to_owned);
    let history = tx.password_history(at, &user.id, policy.history()).map_err(store_problem)?;
    Ok(Situation {
        tenancy: tenancy.map(|tenancy| tenancy.name).unwrap_or_default(),
        old: tx.ui_password(at, &user.id).map_err(store_problem)?,
        user: model,
        given_name: name("givenName"),
        family_name: name("familyName"),
        policy,
        history,
    })
}

/// A user who is about to be made.
#[derive(Clone, Copy, Debug)]
pub struct NewUser<'a> {
    /// Their name.
    pub name: &'a str,
    /// Their given name.
    pub given_name: Option<&'a str>,
    /// Their family name.
    pub family_name: Option<&'a str>,
    /// Their e-mail address.
    pub email: Option<&'a str>,
}

/// What must be known of a user who is about to be made with a password: the rules are those of who
/// is in no group yet.
pub fn of_new_user(
    tx: &mut Tx<'_>,
    principal: &Principal,
    new: &NewUser<'_>,
) -> Result<Situation, Problem> {
    let (at, nobody) = (principal.tenancy, Ocid::from(""));
    let tenancy = tx.resource(at, &principal.tenancy_id).map_err(store_problem)?;
    let email = new.email.map(str::to_owned);
    let user = User {
        email,
        ..users::blank(
            nobody.clone(),
            &principal.tenancy_id,
            new.name.to_owned(),
            Timestamp::default(),
        )
    };
    let owned = |part: Option<&str>| part.map(str::to_owned);
    Ok(Situation {
        tenancy: tenancy.map(|tenancy| tenancy.name).unwrap_or_default(),
        user,
        given_name: owned(new.given_name),
        family_name: owned(new.family_name),
        policy: password_policies::of_user(tx, at, &nobody)?,
        old: None,
        history: Vec::new(),
    })
}

/// A new password that may be chosen, hashed.
#[derive(Clone)]
pub struct Prepared {
    hash: String,
    old: Option<String>,
    history: i64,
}

impl Prepared {
    /// A password for another place than the Console: what was chosen for that has no say, but for
    /// the rules. Slow on purpose.
    pub(crate) fn for_elsewhere(
        context: &Context,
        situation: &Situation,
        new: &Secret,
    ) -> Result<Self, Declined> {
        let new = password_rules::normalize(new);
        situation.must_not_break(&new)?;
        Ok(Self { hash: password_hash::hash(context, &new)?, old: None, history: 0 })
    }

    /// Its hash.
    pub(crate) fn hash(&self) -> &str {
        &self.hash
    }
}

impl Situation {
    /// Refuses a password that breaks the rules.
    fn must_not_break(&self, new: &Secret) -> Result<(), Declined> {
        let chooser = Chooser {
            user: &self.user.name,
            given_name: self.given_name.as_deref(),
            family_name: self.family_name.as_deref(),
            email: self.user.email.as_deref(),
            tenancy: &self.tenancy,
        };
        let broken = password_rules::broken(new, &self.policy.requirements, &chooser);
        if broken.is_empty() { Ok(()) } else { Err(Declined::Rules(broken)) }
    }
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
    let Situation { user, policy, old, history, .. } = situation;
    situation.must_not_break(&new)?;
    let key = &context.key;
    if old.as_ref().is_some_and(|old| matches(context, &user.id, &new, old)) {
        return Err(Declined::Same);
    }
    if history.iter().any(|before| password_hash::verify(key, &new, Some(before))) {
        return Err(Declined::Again);
    }
    Ok(Prepared {
        hash: password_hash::hash(context, &new)?,
        old: old.as_ref().map(|old| old.etag.clone()),
        history: policy.history(),
    })
}

/// Whether that is the password that is kept.
fn matches(context: &Context, user: &Ocid, new: &Secret, kept: &StoredPassword) -> bool {
    if password_hash::is_one(&kept.hash) {
        password_hash::verify(&context.key, new, Some(&kept.hash))
    } else {
        one_time_password::matches(&context.key, user, new, &kept.hash)
    }
}

/// Refuses a change of one's own that comes too soon after the last.
fn must_not_be_too_soon(
    context: &Context,
    policy: &Effective,
    old: &StoredPassword,
) -> Result<(), Declined> {
    let may = policy.may_change(old.created);
    if old.must_change() || context.now() >= may { Ok(()) } else { Err(Declined::TooSoon(may)) }
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
    let (at, id) = (session.principal.tenancy, &session.principal.user);
    let alive = tx.session(&session.hash).map_err(store_problem)?.is_some();
    let user = tx.resource(at, id).map_err(store_problem)?.filter(|_| alive);
    let user: User = user.ok_or(Declined::Over)?.model().map_err(store_problem)?;
    set_own(tx, context, at, &user, prepared)?;
    let event = Event {
        at,
        compartment: "",
        actor: id.as_str(),
        name: "ChangePassword",
        target: id.as_str(),
    };
    record(tx, context, source, &event, "OK")?;
    let second_factor = session.principal.second_factor == Some(true);
    Ok(sessions::begin(tx, context, at, id, (Purpose::Console, second_factor))?)
}

/// Sets a password that the user has prepared for themselves, if the old one may still be changed.
pub(crate) fn set_own(
    tx: &mut Tx<'_>,
    context: &Context,
    at: TenancyNo,
    user: &User,
    prepared: &Prepared,
) -> Result<(), Declined> {
    let old = tx.ui_password(at, &user.id).map_err(store_problem)?;
    let old = old.filter(|old| !ui_passwords::is_expired(context, old)).ok_or(Declined::Over)?;
    let policy = password_policies::of_user(tx, at, &user.id)?;
    must_not_be_too_soon(context, &policy, &old)?;
    set(tx, context, at, user, prepared, Told::Changed, None)
}

/// Sets a prepared password, if the old one is still the one that was meant, and tells the user.
/// All sessions of the user end. With `expires` it has to be changed at the next sign-in, and is
/// worthless from then on.
pub(crate) fn set(
    tx: &mut Tx<'_>,
    context: &Context,
    at: TenancyNo,
    user: &User,
    prepared: &Prepared,
    told: Told,
    expires: Option<Timestamp>,
) -> Result<(), Declined> {
    let old = tx.ui_password(at, &user.id).map_err(store_problem)?;
    if old.map(|old| old.etag) != prepared.old {
        return Err(Declined::Over);
    }
    let now = context.now();
    let new = StoredPassword {
        hash: prepared.hash.clone(),
        created: now,
        expires,
        anchor: context.high_water(),
        retry: None,
        etag: context.etag(),
    };
    ui_passwords::replace(tx, at, &user.id, &new)?;
    if prepared.history > 0 {
        tx.remember_password(at, &user.id, now, &new.hash, prepared.history)
            .map_err(store_problem)?;
    }
    if let Some(event) = told.event() {
        mail::queue(tx, context, at, &mail::Letter::about(event, user))?;
    }
    Ok(())
}

/// Counts an attempt of a user to show that they know their current password.
pub fn reserve_current(
    tx: &mut Tx<'_>,
    context: &Context,
    principal: &Principal,
) -> Result<Attempt, Declined> {
    let at = principal.tenancy;
    let user = tx.resource(at, &principal.user).map_err(store_problem)?;
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
