//! SMTP credentials: made, listed, described anew, deleted.

use crate::call::{Call, Reply};
use crate::context::Context;
use crate::credentials::{Rules, check_new, describe};
use crate::fields::check_description;
use crate::one_time_password;
use iam_api::smtp_credentials::{
    CreateSmtpCredentialDetails, SmtpCredential, SmtpCredentialSummary, UpdateSmtpCredentialDetails,
};
use iam_api::{LifecycleState, Ocid, Problem, Secret};
use iam_store::CredentialKind;

/// What SMTP credentials are like.
pub(crate) const RULES: Rules = Rules {
    kind: CredentialKind::SmtpCredential,
    several: "SMTP credentials",
    limit: ("smtp-credential-count", |limits| limits.credentials_per_user),
    capability: ("canUseSmtpCredentials", |may| may.can_use_smtp_credentials),
    param: "smtpCredentialId",
};

/// Gives the user another SMTP credential, and shows its password.
pub fn create(
    call: &mut Call<'_, '_>,
    details: CreateSmtpCredentialDetails,
) -> Result<Reply<SmtpCredential>, Problem> {
    check_description(&details.description)?;
    let id = call.new_id("credential").to_string();
    let new = RULES.admit(call, id)?;
    let tenancy = call.principal.tenancy_id.clone();
    let told = SmtpCredentialSummary {
        username: username(call.context, &new.user, &tenancy),
        id: Ocid::from(new.id.as_str()),
        compartment_id: tenancy,
        user_id: new.user.clone(),
        description: details.description,
        time_created: call.now,
        time_expires: None,
        lifecycle_state: LifecycleState::Active,
        inactive_status: None,
    };
    let password = one_time_password::generate(call.context);
    let hash = RULES.hash(&call.context.key, &new.user, &new.id, &password);
    let etag = RULES.keep(call, &new, &told, hash)?;
    Ok(Reply::of(shown(told, password)).etag(etag).made(new.id))
}

/// `<user>@<tenancy>.<two letters>.com`, as it was recorded of the live service (facts 3.4).
fn username(context: &Context, user: &Ocid, tenancy: &Ocid) -> String {
    let letters = context.random::<2>().map(|byte| char::from(b'a' + byte % 26));
    let [first, second] = letters;
    format!("{user}@{tenancy}.{first}{second}.com")
}

fn shown(told: SmtpCredentialSummary, password: Secret) -> SmtpCredential {
    SmtpCredential {
        username: told.username,
        password: Some(password),
        id: told.id,
        compartment_id: told.compartment_id,
        user_id: told.user_id,
        description: told.description,
        time_created: told.time_created,
        time_expires: told.time_expires,
        lifecycle_state: told.lifecycle_state,
        inactive_status: told.inactive_status,
    }
}

/// Lists the user's SMTP credentials.
pub fn list(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<Vec<SmtpCredentialSummary>>, Problem> {
    RULES.list(call).map(Reply::of)
}

/// Describes an SMTP credential anew.
pub fn update(
    call: &mut Call<'_, '_>,
    details: UpdateSmtpCredentialDetails,
) -> Result<Reply<SmtpCredentialSummary>, Problem> {
    check_new(details.description.as_ref())?;
    let edit = |told: &mut SmtpCredentialSummary| {
        describe(&mut told.description, details.description);
    };
    let (told, etag) = RULES.update(call, edit)?;
    Ok(Reply::of(told).etag(etag))
}

/// Deletes an SMTP credential.
pub fn delete(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<()>, Problem> {
    RULES.delete(call).map(Reply::of)
}
