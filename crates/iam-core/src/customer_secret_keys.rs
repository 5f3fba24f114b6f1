//! Customer secret keys: made, listed, renamed, deleted. The secret is kept sealed, since whoever
//! checks a signature must know it.

use crate::call::{Call, Reply};
use crate::context::Context;
use crate::credentials::{Rules, check_new, describe};
use crate::fields::check_description;
use crate::hex;
use crate::server_key::Use;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use iam_api::customer_secret_keys::{
    CreateCustomerSecretKeyDetails, CustomerSecretKey, CustomerSecretKeySummary,
    UpdateCustomerSecretKeyDetails,
};
use iam_api::{LifecycleState, Ocid, Problem, Secret};
use iam_store::{CredentialKind, StoredCredential};
use zeroize::Zeroizing;

/// What customer secret keys are like.
pub(crate) const RULES: Rules = Rules {
    kind: CredentialKind::CustomerSecretKey,
    several: "customer secret keys",
    limit: ("customer-secret-key-count", |limits| limits.credentials_per_user),
    capability: ("canUseCustomerSecretKeys", |may| may.can_use_customer_secret_keys),
    param: "customerSecretKeyId",
};

/// Gives the user another customer secret key, and shows it.
pub fn create(
    call: &mut Call<'_, '_>,
    details: CreateCustomerSecretKeyDetails,
) -> Result<Reply<CustomerSecretKey>, Problem> {
    check_description(&details.display_name)?;
    let id = hex::encode(&call.context.random::<20>());
    let new = RULES.admit(call, id)?;
    let key = Secret::new(STANDARD.encode(Zeroizing::new(call.context.random::<32>())));
    let told = CustomerSecretKeySummary {
        id: new.id.clone(),
        name: new.id.clone(),
        compartment_id: call.principal.tenancy_id.clone(),
        user_id: new.user.clone(),
        display_name: details.display_name,
        time_created: call.now,
        time_expires: None,
        lifecycle_state: LifecycleState::Active,
        inactive_status: None,
    };
    let sealed = seal(call.context, &new.user, &new.id, &key)?;
    RULES.keep(call, &new, &told, sealed)?;
    // No etag: the live service was recorded sending none here (facts 4.4).
    Ok(Reply::of(shown(told, key)).made(new.id))
}

fn shown(told: CustomerSecretKeySummary, key: Secret) -> CustomerSecretKey {
    CustomerSecretKey {
        key: Some(key),
        id: told.id,
        name: told.name,
        compartment_id: told.compartment_id,
        user_id: told.user_id,
        display_name: told.display_name,
        time_created: told.time_created,
        time_expires: told.time_expires,
        lifecycle_state: told.lifecycle_state,
        inactive_status: told.inactive_status,
    }
}

/// Lists the user's customer secret keys.
pub fn list(
    call: &mut Call<'_, '_>,
    (): (),
) -> Result<Reply<Vec<CustomerSecretKeySummary>>, Problem> {
    RULES.list(call).map(Reply::of)
}

/// Gives a customer secret key another display name.
pub fn update(
    call: &mut Call<'_, '_>,
    details: UpdateCustomerSecretKeyDetails,
) -> Result<Reply<CustomerSecretKeySummary>, Problem> {
    check_new(details.display_name.as_ref())?;
    let edit = |told: &mut CustomerSecretKeySummary| {
        describe(&mut told.display_name, details.display_name);
    };
    let (told, etag) = RULES.update(call, edit)?;
    Ok(Reply::of(told).etag(etag))
}

/// Deletes a customer secret key.
pub fn delete(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<()>, Problem> {
    RULES.delete(call).map(Reply::of)
}

/// The secret key, of which only the sealed form is kept.
pub(crate) fn open(
    context: &Context,
    kept: &StoredCredential,
) -> Result<Zeroizing<String>, Problem> {
    let parts = [kept.user.as_str().as_bytes(), kept.id.as_bytes()];
    let plain = context.key.open(Use::SigningSecret, &parts, &kept.secret);
    let text = plain.and_then(|plain| str::from_utf8(&plain).ok().map(str::to_owned));
    text.map(Zeroizing::new).ok_or_else(|| Problem::internal("a secret key cannot be opened"))
}

fn seal(context: &Context, user: &Ocid, id: &str, key: &Secret) -> Result<Vec<u8>, Problem> {
    let parts = [user.as_str().as_bytes(), id.as_bytes()];
    context.key.seal(context, Use::SigningSecret, &parts, key.expose().as_bytes())
}
