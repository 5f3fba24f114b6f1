//! Console passwords: the one-time password that an administrator hands over, and what ends with
//! it.

use crate::call::{Call, Principal, Reply, store_problem};
use crate::context::Context;
use crate::retry_tokens::RetryToken;
use crate::{one_time_password, recovery, users};
use iam_api::ui_passwords::{UiPassword, UiPasswordInformation};
use iam_api::users::User;
use iam_api::{LifecycleState, Ocid, Problem, Secret};
use iam_store::{LinkPurpose, StoredPassword, TenancyNo, Tx};

/// How long a one-time password is valid: 7 days.
pub const ONE_TIME_SECONDS: i64 = 7 * 24 * 60 * 60;

const ETAG_LENGTH: usize = 40;

/// Gives the user a new one-time password. The older one, the old password and all Console
/// sessions of the user end with it; API keys and a block stay as they are. In a tenancy with
/// identity domains the user is mailed a link instead, if they have an address (facts 2.1).
pub fn create_or_reset(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<UiPassword>, Problem> {
    let resource = call.target()?;
    let user: User = resource.model().map_err(store_problem)?;
    must_sign_in_here(&user)?;
    if call.principal.has_domain && user.email.is_some() {
        recovery::reset_by_mail(call.tx, call.context, call.principal.tenancy, &user)?;
        return Ok(made(call, user.id, None));
    }
    let password = give_one_time(call, &user)?;
    let of = user.id.clone();
    Ok(made(call, user.id, Some(password)).password_of(&of))
}

/// Gives the user a new one-time password in the place of whatever they signed in with.
pub(crate) fn give_one_time(call: &mut Call<'_, '_>, user: &User) -> Result<Secret, Problem> {
    let password = one_time_password::generate(call.context);
    let new = StoredPassword {
        hash: one_time_password::hash(&call.context.key, &user.id, &password),
        created: call.now,
        expires: Some(call.now.plus_seconds(ONE_TIME_SECONDS)),
        anchor: call.context.high_water(),
        retry: call.retry.map(<[u8]>::to_vec),
        etag: call.context.etag(),
    };
    replace(call.tx, call.principal.tenancy, &user.id, &new)?;
    call.tx.tally(&call.context.counts.resets_shown);
    Ok(password)
}

fn made(call: &Call<'_, '_>, user_id: Ocid, password: Option<Secret>) -> Reply<UiPassword> {
    Reply::of(UiPassword {
        time_created: call.now,
        user_id,
        lifecycle_state: LifecycleState::Active,
        inactive_status: None,
        password,
    })
}

/// Tells when the user's password was made. An expired one-time password is INACTIVE.
pub fn information(
    call: &mut Call<'_, '_>,
    (): (),
) -> Result<Reply<UiPasswordInformation>, Problem> {
    let (at, user) = (call.at(), call.target()?);
    let found = call.tx.ui_password(at, &user.id).map_err(store_problem)?;
    let Some(password) = found else { return mailed(call, at, user.id) };
    let expired = is_expired(call.context, &password);
    Ok(Reply::of(UiPasswordInformation {
        user_id: user.id,
        time_created: password.created,
        lifecycle_state: if expired { LifecycleState::Inactive } else { LifecycleState::Active },
    })
    .etag(password.etag))
}

/// Whether the user has a password; what [`information`] tells of a link to one looks the same.
pub fn is_set(tx: &mut Tx<'_>, at: TenancyNo, user: &Ocid) -> Result<bool, Problem> {
    Ok(tx.ui_password(at, user).map_err(store_problem)?.is_some())
}

/// Where there is no password, but a link to one was mailed: when. It counts as active, because
/// clients wait for that.
fn mailed(
    call: &mut Call<'_, '_>,
    at: TenancyNo,
    user_id: Ocid,
) -> Result<Reply<UiPasswordInformation>, Problem> {
    let mut link = |purpose| call.tx.link_of(at, &user_id, purpose).map_err(store_problem);
    let link = match link(LinkPurpose::ResetPassword)? {
        Some(link) => link,
        None => link(LinkPurpose::Activate)?.ok_or_else(Problem::not_found)?,
    };
    let over = call.context.is_over(link.created, link.expires, link.anchor);
    let state = if over { LifecycleState::Inactive } else { LifecycleState::Active };
    Ok(Reply::of(UiPasswordInformation {
        user_id,
        time_created: link.created,
        lifecycle_state: state,
    })
    .etag(link.bound.chars().take(ETAG_LENGTH).collect::<String>()))
}

/// Whether the user's password is still the one in the answer that the retry token stands for.
pub fn is_answered(
    tx: &mut Tx<'_>,
    principal: &Principal,
    user: &Ocid,
    token: &RetryToken,
) -> Result<bool, Problem> {
    let kept = tx.ui_password(principal.tenancy, user).map_err(store_problem)?;
    Ok(kept.and_then(|kept| kept.retry).is_some_and(|retry| retry == token.hash))
}

/// Sets a password in the place of another, and ends what ends with that: the answer that the other
/// was given in ([`is_answered`] is false from then on), and the user's Console sessions.
pub(crate) fn replace(
    tx: &mut Tx<'_>,
    at: TenancyNo,
    user: &Ocid,
    new: &StoredPassword,
) -> Result<(), Problem> {
    tx.set_ui_password(at, user, new).map_err(store_problem)?;
    tx.end_sessions(at, user).map_err(store_problem)
}

/// Whether a one-time password is no longer valid.
pub(crate) fn is_expired(context: &Context, password: &StoredPassword) -> bool {
    let of = |expires| context.is_over(password.created, expires, password.anchor);
    password.expires.is_some_and(of)
}

/// Refuses users who do not sign in to the Console with a password that is kept here.
pub(crate) fn must_sign_in_here(user: &User) -> Result<(), Problem> {
    if users::is_deactivated(user) {
        return Err(Problem::invalid(format!(
            "user `{}` is deactivated or locked and cannot have a Console password; activate or \
             unlock the user first",
            user.name
        )));
    }
    if user.identity_provider_id.is_some() {
        return Err(Problem::invalid(format!(
            "user `{}` signs in at an identity provider and cannot have a Console password",
            user.name
        )));
    }
    let capabilities = user.capabilities.as_ref();
    if capabilities.and_then(|may| may.can_use_console_password) == Some(false) {
        return Err(Problem::invalid(format!(
            "user `{}` may not use a Console password; set canUseConsolePassword first",
            user.name
        )));
    }
    Ok(())
}
