//! Console sessions: begun, found again by the token in the cookie, ended. Those that sign requests
//! (`session_tokens`) are listed and ended here too.
//!
//! The token has 256 random bits; only its keyed hash is stored. A session ends 60 minutes after it
//! was last used, 12 hours after it began, and whenever the user's password is reset or changed.

use crate::audit::{Event, Source, record};
use crate::call::{Principal, store_problem};
use crate::context::Context;
use crate::server_key::Use;
use crate::{domains, session_tokens};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use iam_api::users::User;
use iam_api::{Ocid, Problem, Secret, Timestamp};
use iam_store::{Purpose, StoredSession, TenancyNo, Tx};

/// How long a session lasts that is not used.
pub const IDLE_SECONDS: i64 = 60 * 60;
/// How long a session lasts at the most.
pub const ABSOLUTE_SECONDS: i64 = 12 * 60 * 60;
/// How long a session lasts that may only change a one-time password.
const CHANGE_SECONDS: i64 = 15 * 60;
/// How long somebody may take who has shown the password to show a code as well.
pub const SECOND_FACTOR_SECONDS: i64 = 5 * 60;
/// How exactly it is known when a session was last used.
const SEEN_SECONDS: i64 = 60;

/// A session that has just begun.
pub struct NewSession {
    /// The token for the cookie.
    pub token: Secret,
    /// What it may be used for.
    pub purpose: Purpose,
}

/// A session that was found again.
#[derive(Clone, Debug)]
pub struct Session {
    /// Whose it is, with their groups.
    pub principal: Principal,
    /// What it may be used for.
    pub purpose: Purpose,
    /// When the user signed in.
    pub created: Timestamp,
    /// When it was last used, to about a minute.
    pub seen: Timestamp,
    /// The hash of its token.
    pub hash: String,
}

impl Session {
    /// Whether its use has to be noted now.
    #[must_use]
    pub fn is_stale(&self, now: Timestamp) -> bool {
        now >= self.seen.plus_seconds(SEEN_SECONDS)
    }
}

/// A new token for a cookie: 256 random bits.
#[must_use]
pub fn new_token(context: &Context) -> Secret {
    Secret::new(URL_SAFE_NO_PAD.encode(context.random::<32>()))
}

/// Begins a session, with what was shown for it: whether a code of a device.
pub(crate) fn begin(
    tx: &mut Tx<'_>,
    context: &Context,
    at: TenancyNo,
    user: &Ocid,
    (purpose, second_factor): (Purpose, bool),
) -> Result<NewSession, Problem> {
    let token = new_token(context);
    let now = context.now();
    let session = StoredSession {
        hash: hash(context, token.expose()),
        tenancy: at,
        user: user.clone(),
        purpose,
        second_factor,
        created: now,
        seen: now,
    };
    tx.add_session(&session).map_err(store_problem)?;
    Ok(NewSession { token, purpose })
}

/// The session with that token, if it has not ended.
pub fn find(tx: &mut Tx<'_>, context: &Context, token: &str) -> Result<Option<Session>, Problem> {
    let stored = tx.session(&hash(context, token)).map_err(store_problem)?;
    let is_for_cookies =
        |stored: &StoredSession| stored.purpose != Purpose::Signing && !is_over(context, stored);
    let Some(stored) = stored.filter(is_for_cookies) else { return Ok(None) };
    let Some(user) = tx.resource(stored.tenancy, &stored.user).map_err(store_problem)? else {
        return Ok(None);
    };
    if !domains::is_open_to(tx, stored.tenancy, &user)? {
        return Ok(None);
    }
    let tenancy = user.model::<User>().map_err(store_problem)?.compartment_id;
    let principal = crate::access::principal(tx, stored.tenancy, tenancy, user.id)?;
    let principal = Principal { second_factor: Some(stored.second_factor), ..principal };
    let StoredSession { purpose, created, seen, hash, .. } = stored;
    Ok(Some(Session { principal, purpose, created, seen, hash }))
}

/// Whether a session has ended by time.
pub(crate) fn is_over(context: &Context, stored: &StoredSession) -> bool {
    // A clock that went back does not bring a session back to life.
    let now = context.now().max(context.high_water());
    let life = match stored.purpose {
        Purpose::Console => ABSOLUTE_SECONDS,
        Purpose::ChangePassword => CHANGE_SECONDS,
        Purpose::SecondFactor => SECOND_FACTOR_SECONDS,
        Purpose::Signing => session_tokens::SESSION_SECONDS,
    };
    now >= stored.created.plus_seconds(life) || now >= stored.seen.plus_seconds(IDLE_SECONDS)
}

/// The sessions of the same user that were begun and have not ended, this one among them, the
/// newest first.
pub fn list(
    tx: &mut Tx<'_>,
    context: &Context,
    session: &Session,
) -> Result<Vec<StoredSession>, Problem> {
    let Principal { tenancy, user, .. } = &session.principal;
    let mut stored = tx.sessions(*tenancy, user).map_err(store_problem)?;
    stored.retain(|stored| !is_over(context, stored) && stored.purpose != Purpose::SecondFactor);
    Ok(stored)
}

/// The name of the session's tenancy, which people give when they sign in.
pub fn tenancy_name(tx: &mut Tx<'_>, session: &Session) -> Result<String, Problem> {
    let Principal { tenancy, tenancy_id, .. } = &session.principal;
    let found = tx.resource(*tenancy, tenancy_id).map_err(store_problem)?;
    found.map(|tenancy| tenancy.name).ok_or_else(|| Problem::internal("a tenancy has no row"))
}

/// Notes that a session was used.
pub fn touch(tx: &mut Tx<'_>, context: &Context, session: &Session) -> Result<(), Problem> {
    tx.touch_session(&session.hash, context.now()).map_err(store_problem)
}

/// Ends this session: the user signs out.
pub fn end(
    tx: &mut Tx<'_>,
    context: &Context,
    source: &Source,
    session: &Session,
) -> Result<(), Problem> {
    tx.end_session(&session.hash).map_err(store_problem)?;
    note(tx, context, source, session, "SignOut")
}

/// Ends one session of the same user, named by the hash of its token: that opens nothing, so a page
/// may hold it. One that is not theirs, or not any more, is passed over.
pub fn end_one(
    tx: &mut Tx<'_>,
    context: &Context,
    source: &Source,
    session: &Session,
    hash: &str,
) -> Result<(), Problem> {
    let Principal { tenancy, user, .. } = &session.principal;
    let found = tx.session(hash).map_err(store_problem)?;
    if !found.is_some_and(|found| found.tenancy == *tenancy && found.user == *user) {
        return Ok(());
    }
    tx.end_session(hash).map_err(store_problem)?;
    note(tx, context, source, session, "SignOutElsewhere")
}

/// Ends every session of the same user but this one.
pub fn end_others(
    tx: &mut Tx<'_>,
    context: &Context,
    source: &Source,
    session: &Session,
) -> Result<(), Problem> {
    let Principal { tenancy, user, .. } = &session.principal;
    for other in tx.sessions(*tenancy, user).map_err(store_problem)? {
        if other.hash != session.hash {
            tx.end_session(&other.hash).map_err(store_problem)?;
        }
    }
    note(tx, context, source, session, "SignOutElsewhere")
}

fn note(
    tx: &mut Tx<'_>,
    context: &Context,
    source: &Source,
    session: &Session,
    name: &'static str,
) -> Result<(), Problem> {
    let Principal { tenancy: at, user, .. } = &session.principal;
    let event =
        Event { at: *at, compartment: "", actor: user.as_str(), name, target: user.as_str() };
    record(tx, context, source, &event, "OK")
}

fn hash(context: &Context, token: &str) -> String {
    context.key.hash(Use::Session, &[token.as_bytes()])
}

/// A token that a form has to bring along, bound to a cookie: only a page of ours knows it.
#[must_use]
pub fn form_token(context: &Context, cookie: &str) -> String {
    context.key.hash(Use::Form, &[cookie.as_bytes()])
}

/// Whether that is the token of a form bound to that cookie; takes the same time for every answer.
#[must_use]
pub fn is_form_token(context: &Context, cookie: &str, presented: &str) -> bool {
    let right = form_token(context, cookie);
    verify_slices_are_equal(right.as_bytes(), presented.as_bytes()).is_ok()
}
