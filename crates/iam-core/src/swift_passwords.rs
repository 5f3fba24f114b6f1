//! Swift passwords: made, listed, described anew, deleted.

use crate::call::{Call, Reply};
use crate::credentials::{Rules, check_new, describe};
use crate::fields::check_description;
use crate::one_time_password;
use iam_api::swift_passwords::{
    CreateSwiftPasswordDetails, SwiftPassword, UpdateSwiftPasswordDetails,
};
use iam_api::{LifecycleState, Ocid, Problem};
use iam_store::CredentialKind;

/// What Swift passwords are like. They have no capability of their own: that of auth tokens, which
/// took their place, counts for them.
pub(crate) const RULES: Rules = Rules {
    kind: CredentialKind::SwiftPassword,
    several: "Swift passwords",
    limit: ("swift-password-count", |limits| limits.credentials_per_user),
    capability: ("canUseAuthTokens", |may| may.can_use_auth_tokens),
    param: "swiftPasswordId",
};

/// Gives the user another Swift password, and shows it.
pub fn create(
    call: &mut Call<'_, '_>,
    details: CreateSwiftPasswordDetails,
) -> Result<Reply<SwiftPassword>, Problem> {
    check_description(&details.description)?;
    let id = call.new_id("credential").to_string();
    let new = RULES.admit(call, id)?;
    let password = one_time_password::generate(call.context);
    let mut told = SwiftPassword {
        password: None,
        id: Ocid::from(new.id.as_str()),
        compartment_id: call.principal.tenancy_id.clone(),
        user_id: new.user.clone(),
        description: details.description,
        time_created: call.now,
        expires_on: None,
        lifecycle_state: LifecycleState::Active,
        inactive_status: None,
    };
    let hash = RULES.hash(&call.context.key, &new.user, &new.id, &password);
    let etag = RULES.keep(call, &new, &told, hash)?;
    told.password = Some(password);
    Ok(Reply::of(told).etag(etag).made(new.id))
}

/// Lists the user's Swift passwords.
pub fn list(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<Vec<SwiftPassword>>, Problem> {
    RULES.list(call).map(Reply::of)
}

/// Describes a Swift password anew.
pub fn update(
    call: &mut Call<'_, '_>,
    details: UpdateSwiftPasswordDetails,
) -> Result<Reply<SwiftPassword>, Problem> {
    check_new(details.description.as_ref())?;
    let edit = |told: &mut SwiftPassword| describe(&mut told.description, details.description);
    let (told, etag) = RULES.update(call, edit)?;
    Ok(Reply::of(told).etag(etag))
}

/// Deletes a Swift password.
pub fn delete(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<()>, Problem> {
    RULES.delete(call).map(Reply::of)
}
