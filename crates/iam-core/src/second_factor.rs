//! The second half of signing in to the Console: after the password, a code of the user's device.
//!
//! Until it is shown there is a session that leads nowhere else. An attempt is counted before it is
//! weighed, together with those at the password, so wrong codes block the user as wrong passwords
//! do, and a right password in between changes nothing about that.

use crate::audit::{Event, Source, record};
use crate::call::store_problem;
use crate::context::Context;
use crate::mfa_totp_devices;
use crate::sessions::{NewSession, Session};
use crate::sign_in::{self, Attempt, SIGN_IN};
use iam_api::users::User;
use iam_api::{Problem, Secret};
use iam_store::{Purpose, StoredSession, Tx};

/// What came of showing a code.
pub enum Shown {
    /// It is right: the user is in.
    Right(NewSession),
    /// It is not, or the user may not sign in.
    Wrong,
    /// The password has to be shown again: too much time went by, or the device is gone.
    Over,
}

/// Counts an attempt to show a code; none where the password has to be shown again.
pub fn reserve(
    tx: &mut Tx<'_>,
    context: &Context,
    source: &Source,
    session: &Session,
) -> Result<Option<Attempt>, Problem> {
    let Some(waiting) = waiting(tx, session)? else { return Ok(None) };
    let found = tx.resource(waiting.tenancy, &waiting.user).map_err(store_problem)?;
    let Some(user) = found else { return Ok(None) };
    sign_in::reserve_from(tx, context, source, waiting.tenancy, &user).map(Some)
}

/// Looks whether the code is right, and writes down what came of it.
pub fn conclude(
    tx: &mut Tx<'_>,
    context: &Context,
    source: &Source,
    session: &Session,
    attempt: &Attempt,
    code: &Secret,
) -> Result<Shown, Problem> {
    let (Some(waiting), Some(known)) = (waiting(tx, session)?, &attempt.known) else {
        return Ok(Shown::Over);
    };
    let (at, id) = (waiting.tenancy, &waiting.user);
    let Some(device) = mfa_totp_devices::activated(tx, at, id)? else {
        tx.end_session(&waiting.hash).map_err(store_problem)?;
        return Ok(Shown::Over);
    };
    let resource = tx.resource(at, id).map_err(store_problem)?;
    let user: Option<User> =
        resource.as_ref().map(|user| user.model()).transpose().map_err(store_problem)?;
    let may_try = known.may_try && user.is_some_and(|user| sign_in::may_sign_in(&user));
    let (actor, name) = (id.as_str(), SIGN_IN);
    let event = Event { at, compartment: "", actor, name, target: actor };
    if !(may_try && device.accept(tx, context, at, context.now(), code)?) {
        known.refuse(tx, context, source, &event, resource)?;
        tx.tally(&context.counts.sign_ins_refused);
        return Ok(Shown::Wrong);
    }
    tx.end_session(&waiting.hash).map_err(store_problem)?;
    record(tx, context, source, &event, "OK")?;
    known.let_in(tx, context, true).map(Shown::Right)
}

/// The session that waits for a code, if it still does.
fn waiting(tx: &mut Tx<'_>, session: &Session) -> Result<Option<StoredSession>, Problem> {
    let stored = tx.session(&session.hash).map_err(store_problem)?;
    Ok(stored.filter(|stored| stored.purpose == Purpose::SecondFactor))
}
