//! API keys: uploaded, listed, deleted.

use crate::call::{Call, Reply, store_problem};
use iam_api::api_keys::{ApiKey, CreateApiKeyDetails};
use iam_api::{Code, LifecycleState, Problem};
use iam_sign::PublicKey;
use iam_store::{Resource, StoredKey};

/// Gives the user another API key.
pub fn upload(
    call: &mut Call<'_, '_>,
    details: CreateApiKeyDetails,
) -> Result<Reply<ApiKey>, Problem> {
    let user = call.target()?;
    let key = PublicKey::from_spki_pem(&details.key)
        .map_err(|cause| Problem::invalid(format!("key is not accepted: {cause}")))?;
    let at = call.at();
    let owned = call.tx.api_keys(at, &user.id).map_err(store_problem)?;
    if owned.iter().any(|owned| owned.fingerprint == key.fingerprint()) {
        return Err(Problem::new(
            Code::ApiKeyAlreadyExists,
            format!("user `{}` already has the key {}", user.name, key.fingerprint()),
        ));
    }
    let limit = call.context.limits.api_keys_per_user;
    if owned.len() >= limit {
        return Err(Problem::new(
            Code::ApiKeyLimitExceeded,
            format!("user `{}` already has {limit} API keys; delete one first", user.name),
        ));
    }
    let stored = StoredKey {
        user: user.id.clone(),
        fingerprint: key.fingerprint(),
        pem: key.to_pem(),
        created: call.now,
        etag: call.context.etag(),
    };
    call.tx.add_api_key(at, &stored).map_err(store_problem)?;
    call.tx.revise().map_err(store_problem)?;
    let model = model(call, &stored);
    // Not the path of the upload: this is what was recorded of the live service (facts 3.1).
    let location = format!("{}/keys/{}", iam_api::BASE_PATH, model.key_id);
    Ok(Reply::of(model).made(stored.fingerprint).location(location))
}

/// Lists the user's API keys.
pub fn list(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<Vec<ApiKey>>, Problem> {
    let (at, user) = (call.at(), call.target()?);
    let keys = call.tx.api_keys(at, &user.id).map_err(store_problem)?;
    Ok(Reply::of(keys.iter().map(|key| model(call, key)).collect()))
}

/// Deletes one of the user's API keys.
pub fn delete(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<()>, Problem> {
    let (at, user): (_, Resource) = (call.at(), call.target()?);
    let fingerprint = call.path("fingerprint")?;
    let found = call.tx.api_key(at, user.id.as_str(), fingerprint).map_err(store_problem)?;
    let key = found.ok_or_else(Problem::not_found)?;
    call.if_match(fingerprint, &key.etag)?;
    call.tx.remove_api_key(at, &user.id, fingerprint).map_err(store_problem)?;
    call.tx.revise().map_err(store_problem)?;
    Ok(Reply::of(()))
}

fn model(call: &Call<'_, '_>, key: &StoredKey) -> ApiKey {
    ApiKey {
        key_id: format!("{}/{}/{}", call.principal.tenancy_id, key.user, key.fingerprint),
        key_value: key.pem.clone(),
        fingerprint: key.fingerprint.clone(),
        user_id: key.user.clone(),
        time_created: key.created,
        lifecycle_state: LifecycleState::Active,
        inactive_status: None,
    }
}
