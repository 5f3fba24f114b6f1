//! Console passwords: the one-time password that an administrator hands over, and what ends with
//! it.

use crate::call::{Call, Reply, store_problem};
use crate::context::Context;
use crate::one_time_password;
use iam_api::ui_passwords::{UiPassword, UiPasswordInformation};
use iam_api::users::User;
use iam_api::{LifecycleState, Ocid, Problem, Timestamp};
use iam_store::{StoredPassword, TenancyNo, Tx};

/// How long a one-time password is valid: 7 days.
pub const ONE_TIME_SECONDS: i64 = 7 * 24 * 60 * 60;
/// How far the clock may have gone back behind the making of a password before that is refused.
const CLOCK_SLACK_SECONDS: i64 = 300;

/// Gives the user a new one-time password. The older one, the old password and all Console
/// sessions of the user end with it; API keys and a block stay as they are.
pub fn create_or_reset(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<UiPassword>, Problem> {
    let resource = call.target()?;
    let user: User = resource.model().map_err(store_problem)?;
    must_sign_in_here(&user)?;
    let password = one_time_password::generate(call.context);
    let new = StoredPassword {
        hash: one_time_password::hash(&call.context.key, &user.id, &password),
        created: call.now,
        expires: Some(call.now.plus_seconds(ONE_TIME_SECONDS)),
        anchor: call.context.high_water(),
        retry: call.retry.map(str::to_owned),
        etag: call.context.etag(),
    };
    replace(call.tx, call.principal.tenancy, &user.id, &new)?;
    Ok(Reply::of(UiPassword {
        time_created: call.now,
        user_id: user.id,
        lifecycle_state: LifecycleState::Active,
        inactive_status: None,
        password: Some(password),
    }))
}

/// Tells when the user's password was made. An expired one-time password is INACTIVE.
pub fn information(
    call: &mut Call<'_, '_>,
    (): (),
) -> Result<Reply<UiPasswordInformation>, Problem> {
    let (at, user) = (call.at(), call.target()?);
    let found = call.tx.ui_password(at, &user.id).map_err(store_problem)?;
    let password = found.ok_or_else(Problem::not_found)?;
    let expired = is_expired(call.context, &password, call.now);
    Ok(Reply::of(UiPasswordInformation {
        user_id: user.id,
        time_created: password.created,
        lifecycle_state: if expired { LifecycleState::Inactive } else { LifecycleState::Active },
    })
    .etag(password.etag))
}

/// Sets a password in the place of another, and ends what ends with that: its stored answer, and
/// the user's Console sessions.
pub(crate) fn replace(
    tx: &mut Tx<'_>,
    at: TenancyNo,
    user: &Ocid,
    new: &StoredPassword,
) -> Result<(), Problem> {
    let old = tx.ui_password(at, user).map_err(store_problem)?;
    if let Some(retry) = old.and_then(|old| old.retry) {
        tx.invalidate_retry_token(at, &retry).map_err(store_problem)?;
    }
    tx.set_ui_password(at, user, new).map_err(store_problem)?;
    tx.end_sessions(at, user).map_err(store_problem)
}

/// Whether a one-time password is no longer valid. Time that was seen since it was made counts,
/// also when the clock went back; a clock from before it was made is not believed.
pub(crate) fn is_expired(context: &Context, password: &StoredPassword, now: Timestamp) -> bool {
    let Some(expires) = password.expires else { return false };
    let mark = context.high_water();
    let latest = if mark > password.anchor { now.max(mark) } else { now };
    latest >= expires || now < password.created.plus_seconds(-CLOCK_SLACK_SECONDS)
}

/// Refuses users who do not sign in to the Console with a password that is kept here.
fn must_sign_in_here(user: &User) -> Result<(), Problem> {
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
