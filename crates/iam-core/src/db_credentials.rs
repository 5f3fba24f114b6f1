//! Database credentials: made, listed, deleted. People choose their passwords, so they follow the
//! rules of Console passwords and are kept as those are: hashed slowly, before the transaction.

use crate::call::{Call, Reply, store_problem};
use crate::change_password::{Declined, Prepared, Situation};
use crate::context::Context;
use crate::credentials::Rules;
use crate::fields::check_description;
use iam_api::db_credentials::{
    CreateDbCredentialDetails, DbCredential, DbCredentialState, DbCredentialSummary,
};
use iam_api::{LifecycleState, Ocid, Problem, Secret};
use iam_store::CredentialKind;

/// What database credentials are like.
pub(crate) const RULES: Rules = Rules {
    kind: CredentialKind::DbCredential,
    several: "database credentials",
    limit: ("db-credential-count", |limits| limits.credentials_per_user),
    capability: ("canUseDbCredentials", |may| may.can_use_db_credentials),
    param: "dbCredentialId",
};

/// Checks the password against the rules, and hashes it. Slow on purpose.
pub fn prepare(
    context: &Context,
    situation: &Situation,
    password: &Secret,
) -> Result<Prepared, Declined> {
    if password.expose().contains('"') {
        // Databases quote passwords with it (facts 3.4).
        let message = "password is not valid: leave out the double quotes";
        return Err(Declined::Failed(Problem::invalid(message)));
    }
    Prepared::for_elsewhere(context, situation, password)
}

/// Gives the user another database credential, with the password that was prepared.
pub fn create(
    call: &mut Call<'_, '_>,
    details: CreateDbCredentialDetails,
) -> Result<Reply<DbCredential>, Problem> {
    check_description(&details.description)?;
    let hash = call.prepared()?.hash().as_bytes().to_vec();
    let id = call.new_id("credential").to_string();
    let new = RULES.admit(call, id)?;
    let told = DbCredentialSummary {
        id: Ocid::from(new.id.as_str()),
        user_id: new.user.clone(),
        description: details.description,
        time_created: call.now,
        time_expires: None,
        lifecycle_state: LifecycleState::Active.as_str().to_owned(),
    };
    let etag = RULES.keep(call, &new, &told, hash)?;
    let made = DbCredential {
        id: told.id,
        user_id: told.user_id,
        time_created: told.time_created,
        time_expires: told.time_expires,
        lifecycle_state: DbCredentialState::Active,
        lifecycle_details: None,
    };
    Ok(Reply::of(made).etag(etag).made(new.id))
}

/// Lists the user's database credentials.
pub fn list(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<Vec<DbCredentialSummary>>, Problem> {
    let wanted = call.params.get("name");
    let is_wanted = |told: &DbCredentialSummary| wanted.is_none_or(|name| told.description == name);
    let (rows, next) = RULES.page(call)?;
    let told: Result<Vec<DbCredentialSummary>, _> = rows.iter().map(|row| row.model()).collect();
    let mut told = told.map_err(store_problem)?;
    told.retain(is_wanted);
    Ok(Reply::of(told).next_page(next))
}

/// Deletes a database credential.
pub fn delete(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<()>, Problem> {
    RULES.delete(call).map(Reply::of)
}
