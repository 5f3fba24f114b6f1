//! Auth tokens: made, listed, described anew, deleted.

use crate::call::{Call, Reply};
use crate::credentials::{Rules, check_new, describe};
use crate::fields::check_description;
use crate::one_time_password;
use iam_api::auth_tokens::{AuthToken, CreateAuthTokenDetails, UpdateAuthTokenDetails};
use iam_api::{LifecycleState, Ocid, Problem};
use iam_store::CredentialKind;

/// What auth tokens are like.
pub(crate) const RULES: Rules = Rules {
    kind: CredentialKind::AuthToken,
    several: "auth tokens",
    limit: ("auth-token-count", |limits| limits.credentials_per_user),
    capability: ("canUseAuthTokens", |may| may.can_use_auth_tokens),
    param: "authTokenId",
};

/// Gives the user another auth token, and shows it.
pub fn create(
    call: &mut Call<'_, '_>,
    details: CreateAuthTokenDetails,
) -> Result<Reply<AuthToken>, Problem> {
    check_description(&details.description)?;
    let id = call.new_id("credential").to_string();
    let new = RULES.admit(call, id)?;
    let token = one_time_password::generate(call.context);
    let mut told = AuthToken {
        token: None,
        id: Ocid::from(new.id.as_str()),
        compartment_id: call.principal.tenancy_id.clone(),
        user_id: new.user.clone(),
        description: details.description,
        time_created: call.now,
        time_expires: None,
        lifecycle_state: LifecycleState::Active,
        inactive_status: None,
    };
    let hash = RULES.hash(&call.context.key, &new.user, &new.id, &token);
    let etag = RULES.keep(call, &new, &told, hash)?;
    told.token = Some(token);
    Ok(Reply::of(told).etag(etag).made(new.id))
}

/// Lists the user's auth tokens.
pub fn list(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<Vec<AuthToken>>, Problem> {
    RULES.list(call).map(Reply::of)
}

/// Describes an auth token anew.
pub fn update(
    call: &mut Call<'_, '_>,
    details: UpdateAuthTokenDetails,
) -> Result<Reply<AuthToken>, Problem> {
    check_new(details.description.as_ref())?;
    let edit = |told: &mut AuthToken| describe(&mut told.description, details.description);
    let (told, etag) = RULES.update(call, edit)?;
    Ok(Reply::of(told).etag(etag))
}

/// Deletes an auth token.
pub fn delete(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<()>, Problem> {
    RULES.delete(call).map(Reply::of)
}
