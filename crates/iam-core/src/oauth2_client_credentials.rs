//! OAuth 2.0 client credentials: made, listed, changed, deleted. Their passwords can be drawn anew.

use crate::call::{Call, Reply, store_problem};
use crate::credentials::Rules;
use crate::fields::{check_description, check_name};
use crate::{one_time_password, page};
use iam_api::oauth2_client_credentials::{
    CreateOAuth2ClientCredentialDetails, FullyQualifiedScope, OAuth2ClientCredential,
    OAuth2ClientCredentialSummary, UpdateOAuth2ClientCredentialDetails,
};
use iam_api::{LifecycleState, Ocid, Problem, Secret};
use iam_store::{CredentialKind, StoredCredential};

/// What OAuth 2.0 client credentials are like.
pub(crate) const RULES: Rules = Rules {
    kind: CredentialKind::OAuth2ClientCredential,
    several: "OAuth 2.0 client credentials",
    limit: ("oauth2-client-credential-count", |limits| limits.oauth2_credentials_per_user),
    capability: ("canUseOAuth2ClientCredentials", |may| may.can_use_oauth2_client_credentials),
    param: "oauth2ClientCredentialId",
};

const NAME_SIGNS: &str = "-._ ";
/// Scopes of one credential (facts 3.2).
const SCOPES_MAX: usize = 10;
const SCOPE_BYTES_MAX: usize = 255;

/// Gives the user another OAuth 2.0 client credential, and shows its password.
pub fn create(
    call: &mut Call<'_, '_>,
    details: CreateOAuth2ClientCredentialDetails,
) -> Result<Reply<OAuth2ClientCredential>, Problem> {
    check_name("name", &details.name, NAME_SIGNS)?;
    check_description(&details.description)?;
    check_scopes(&details.scopes)?;
    let id = call.new_id("credential").to_string();
    let new = RULES.admit(call, id)?;
    let told = OAuth2ClientCredentialSummary {
        scopes: details.scopes,
        user_id: new.user.clone(),
        expires_on: None,
        id: Ocid::from(new.id.as_str()),
        compartment_id: call.principal.tenancy_id.clone(),
        name: details.name,
        description: details.description,
        lifecycle_state: LifecycleState::Active,
        time_created: call.now,
    };
    let password = one_time_password::generate(call.context);
    let hash = RULES.hash(&call.context.key, &new.user, &new.id, &password);
    let etag = RULES.keep(call, &new, &told, hash)?;
    Ok(Reply::of(shown(told, Some(password))).etag(etag).made(new.id))
}

/// Lists the user's OAuth 2.0 client credentials, page by page.
pub fn list(
    call: &mut Call<'_, '_>,
    (): (),
) -> Result<Reply<Vec<OAuth2ClientCredentialSummary>>, Problem> {
    let (at, user) = (call.at(), call.target()?);
    let state = call.params.get("lifecycleState").map(str::to_uppercase);
    let wanted = |row: &StoredCredential| state.as_ref().is_none_or(|state| *state == row.state);
    let (rows, next) = page::keyed(
        call,
        "OAuth 2.0 client credentials",
        |call, after, limit| {
            // As many as a user may have are read for each page: they are few.
            let rows = call.tx.credentials(at, &user.id, RULES.kind).map_err(store_problem)?;
            let rows = rows.into_iter().filter(|row| wanted(row) && place(row).as_str() > after);
            Ok(rows.take(usize::try_from(limit).unwrap_or(usize::MAX)).collect())
        },
        place,
    )?;
    let told: Result<Vec<_>, _> = rows.iter().map(StoredCredential::model).collect();
    Ok(Reply::of(told.map_err(store_problem)?).next_page(next))
}

/// Where a credential stands in the list: times of 20 digits sort like the numbers.
fn place(row: &StoredCredential) -> String {
    format!("{:020} {}", row.created.as_micros(), row.id)
}

/// Changes an OAuth 2.0 client credential; draws a new password where that is asked for.
pub fn update(
    call: &mut Call<'_, '_>,
    details: UpdateOAuth2ClientCredentialDetails,
) -> Result<Reply<OAuth2ClientCredential>, Problem> {
    check_description(&details.description)?;
    check_scopes(&details.scopes)?;
    let mut stored = RULES.named(call)?;
    let mut told: OAuth2ClientCredentialSummary = stored.model().map_err(store_problem)?;
    (told.description, told.scopes) = (details.description, details.scopes);
    let is_reset = details.is_reset_password == Some(true);
    let password = is_reset.then(|| one_time_password::generate(call.context));
    if let Some(password) = &password {
        stored.secret = RULES.hash(&call.context.key, &stored.user, &stored.id, password);
        stored.retry = None; // the answer that made it holds a password that has ended
    }
    let etag = RULES.save(call, stored, &told)?;
    Ok(Reply::of(shown(told, password)).etag(etag))
}

/// Deletes an OAuth 2.0 client credential.
pub fn delete(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<()>, Problem> {
    RULES.delete(call).map(Reply::of)
}

fn check_scopes(scopes: &[FullyQualifiedScope]) -> Result<(), Problem> {
    if !(1..=SCOPES_MAX).contains(&scopes.len()) {
        return Err(Problem::invalid(format!(
            "scopes is not valid: give 1 to {SCOPES_MAX} scopes"
        )));
    }
    let fits = |text: &String| {
        (1..=SCOPE_BYTES_MAX).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_graphic())
    };
    match scopes.iter().all(|scope| fits(&scope.audience) && fits(&scope.scope)) {
        true => Ok(()),
        false => Err(Problem::invalid(format!(
            "scopes is not valid: audience and scope are 1 to {SCOPE_BYTES_MAX} printable ASCII \
             characters without spaces"
        ))),
    }
}

fn shown(told: OAuth2ClientCredentialSummary, password: Option<Secret>) -> OAuth2ClientCredential {
    OAuth2ClientCredential {
        scopes: told.scopes,
        password,
        user_id: told.user_id,
        expires_on: told.expires_on,
        id: told.id,
        compartment_id: told.compartment_id,
        name: told.name,
        description: told.description,
        lifecycle_state: told.lifecycle_state,
        time_created: told.time_created,
    }
}
