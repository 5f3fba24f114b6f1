//! Whether what a user showed to another service is right.
//!
//! Who asks learns yes or no, and with a yes whose it is. Why not, nobody is told: unknown, wrong,
//! deleted, barred and deactivated look the same. A right secret always passes, however many wrong
//! ones were shown: else whoever knows a user's name could shut that user out.

use super::Rules;
use crate::access::is_in_use;
use crate::audit::{self, Event};
use crate::call::{Call, Reply, store_problem};
use crate::server_key::Use;
use crate::{
    auth_tokens, customer_secret_keys, domains, hex, oauth2_client_credentials, smtp_credentials,
    swift_passwords,
};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use iam_api::credentials::{
    CredentialVerification, ShownKind, VerifyCredentialDetails, VerifySignatureDetails,
};
use iam_api::smtp_credentials::SmtpCredentialSummary;
use iam_api::users::User;
use iam_api::{Code, LifecycleState, Ocid, Problem};
use iam_policy::fold;
use iam_store::{Resource, ResourceKind, StoredCredential};
use zeroize::Zeroizing;

/// The most wrong ones of a name that one asker is told of in a minute. Secrets have 126 bits, so
/// this is not what makes guessing hopeless: it bounds what a flood of guesses may write.
pub const REFUSED_MAX: i64 = 20;
/// How long wrong ones are counted.
pub const REFUSED_SECONDS: i64 = 60;
/// How a string to sign begins, whether of a request or of a part of its body.
const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// Tells whether a token or password is right.
pub fn verify(
    call: &mut Call<'_, '_>,
    details: VerifyCredentialDetails,
) -> Result<Reply<CredentialVerification>, Problem> {
    let rules = match details.kind {
        ShownKind::AuthToken => &auth_tokens::RULES,
        ShownKind::SwiftPassword => &swift_passwords::RULES,
        ShownKind::SmtpCredential => &smtp_credentials::RULES,
        ShownKind::OAuth2ClientCredential => &oauth2_client_credentials::RULES,
    };
    let owner = owner(call, &details)?;
    let found = match &owner {
        Some(owner) => shown(call, rules, owner, &details)?,
        None => None,
    };
    answer(call, rules, &details.username, owner, found)
}

/// Tells whether a signature is right.
pub fn verify_signature(
    call: &mut Call<'_, '_>,
    details: VerifySignatureDetails,
) -> Result<Reply<CredentialVerification>, Problem> {
    let scope = scope(&details.string_to_sign)?;
    let (at, rules) = (call.at(), &customer_secret_keys::RULES);
    let found = call.tx.credential(at, &details.access_key_id).map_err(store_problem)?;
    let found = found.filter(|found| found.kind == rules.kind);
    let owner = match &found {
        Some(found) => call.tx.resource(at, &found.user).map_err(store_problem)?,
        None => None,
    };
    let found = match found {
        Some(found) => {
            let key = customer_secret_keys::open(call.context, &found)?;
            let right = signature(&key, &scope, &details.string_to_sign);
            let same = verify_slices_are_equal(right.as_bytes(), details.signature.as_bytes());
            same.is_ok().then_some(found)
        }
        None => None,
    };
    answer(call, rules, &details.access_key_id, owner, found)
}

/// The user whom the name stands for: by name, within the name of an SMTP credential by OCID, or as
/// the owner of the OAuth 2.0 client credential that it is.
fn owner(
    call: &mut Call<'_, '_>,
    details: &VerifyCredentialDetails,
) -> Result<Option<Resource>, Problem> {
    let (at, name) = (call.at(), details.username.as_str());
    let found = match (details.kind, name.split_once('@')) {
        (ShownKind::OAuth2ClientCredential, _) => {
            match call.tx.credential(at, name).map_err(store_problem)? {
                Some(credential) => call.tx.resource(at, &credential.user),
                None => return Ok(None),
            }
        }
        (ShownKind::SmtpCredential, None) => return Ok(None),
        (ShownKind::SmtpCredential, Some((user, _))) => call.tx.resource(at, &Ocid::from(user)),
        _ => {
            let tenancy = &call.principal.tenancy_id;
            return domains::user_named(call.tx, at, tenancy, &fold(name));
        }
    };
    Ok(found.map_err(store_problem)?.filter(|found| found.kind == ResourceKind::User))
}

/// The owner's credential that has that name and secret.
fn shown(
    call: &mut Call<'_, '_>,
    rules: &Rules,
    owner: &Resource,
    details: &VerifyCredentialDetails,
) -> Result<Option<StoredCredential>, Problem> {
    let at = call.at();
    for kept in call.tx.credentials(at, &owner.id, rules.kind).map_err(store_problem)? {
        let is_named = match details.kind {
            ShownKind::AuthToken | ShownKind::SwiftPassword => true,
            ShownKind::OAuth2ClientCredential => kept.id == details.username,
            ShownKind::SmtpCredential => {
                let told: SmtpCredentialSummary = kept.model().map_err(store_problem)?;
                told.username == details.username
            }
        };
        if !is_named {
            continue;
        }
        let hash = rules.hash(&call.context.key, &owner.id, &kept.id, &details.secret);
        if verify_slices_are_equal(&hash, &kept.secret).is_ok() {
            return Ok(Some(kept));
        }
    }
    Ok(None)
}

/// Answers yes where something was found, is in use, and its owner may use it.
fn answer(
    call: &mut Call<'_, '_>,
    rules: &Rules,
    name: &str,
    owner: Option<Resource>,
    found: Option<StoredCredential>,
) -> Result<Reply<CredentialVerification>, Problem> {
    let found = found.filter(|found| found.state == LifecycleState::Active.as_str());
    if let (Some(owner), Some(found)) = (&owner, found) {
        let user: User = owner.model().map_err(store_problem)?;
        let is_open = domains::is_open_to(call.tx, call.at(), owner)?;
        if is_open && is_in_use(&user, call.context.blocked_may_sign) && rules.may_use(&user) {
            let yes = CredentialVerification {
                is_verified: true,
                user_id: Some(user.id),
                user_name: Some(user.name),
                credential_id: Some(found.id.clone()),
            };
            return Ok(Reply::of(yes).made(found.id));
        }
    }
    refuse(call, rules, name, owner.as_ref())?;
    Ok(Reply::of(CredentialVerification {
        is_verified: false,
        user_id: None,
        user_name: None,
        credential_id: None,
    }))
}

/// Counts a wrong one and notes it. Where there were too many of that name, nothing is kept of it:
/// the transaction is undone.
pub(crate) fn refuse(
    call: &mut Call<'_, '_>,
    rules: &Rules,
    name: &str,
    owner: Option<&Resource>,
) -> Result<(), Problem> {
    let (asker, kind) = (call.principal.user.as_str(), rules.kind.as_str());
    let folded = fold(name);
    let parts = ["refused credential", asker, kind, &folded].map(str::as_bytes);
    let counter = call.context.key.hash(Use::Counter, &parts);
    let since = call.now.plus_seconds(-REFUSED_SECONDS);
    let count = call.tx.count(&counter, call.now, since).map_err(store_problem)?;
    if count > REFUSED_MAX {
        return Err(Problem::new(
            Code::TooManyRequests,
            "Too many wrong ones were shown of this name. Wait a minute and try again.",
        ));
    }
    let event = Event {
        at: call.at(),
        compartment: "",
        actor: asker,
        name: "RefuseCredential",
        target: owner.map_or("", |owner| owner.id.as_str()),
    };
    audit::record(call.tx, call.context, call.source, &event, "NotAuthenticated")
}

/// The scope that a string to sign names: day, region, service, and a word that ends it.
fn scope(text: &str) -> Result<[&str; 4], Problem> {
    let mut lines = text.split('\n');
    let (algorithm, time, scope) = (lines.next(), lines.next(), lines.next());
    let known = algorithm.is_some_and(|line| line.starts_with(ALGORITHM));
    let parts: Vec<&str> = scope.unwrap_or_default().split('/').collect();
    let parts = <[&str; 4]>::try_from(parts).ok().filter(|parts| {
        let [day, _, _, end] = parts;
        let is_day = day.len() == 8 && day.bytes().all(|byte| byte.is_ascii_digit());
        is_day && time.is_some_and(|time| time.starts_with(day)) && *end == "aws4_request"
    });
    parts.filter(|_| known && lines.next().is_some()).ok_or_else(|| {
        Problem::invalid(format!(
            "stringToSign is not valid: give {ALGORITHM}, the time, the scope \
             `day/region/service/aws4_request` and the hash, each on a line"
        ))
    })
}

/// What Amazon's Signature Version 4 signs a string with.
fn signature(secret: &str, scope: &[&str; 4], text: &str) -> String {
    let first = Zeroizing::new(format!("AWS4{secret}"));
    let mut key = hmac::Key::new(hmac::HMAC_SHA256, first.as_bytes());
    for part in scope {
        let derived = hmac::sign(&key, part.as_bytes());
        key = hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref());
    }
    hex::encode(hmac::sign(&key, text.as_bytes()).as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of Amazon's guide to Signature Version 4, of a list of users in IAM.
    #[test]
    fn the_published_example_is_signed_as_published() {
        let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
        let text = "AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/iam/aws4_request\n\
                    f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59";
        let found = signature(secret, &scope(text).ok().unwrap(), text);
        assert_eq!(found, "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
    }

    #[test]
    fn what_is_no_string_to_sign_is_refused() {
        let good = "AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/a/s3/aws4_request\nab";
        assert!(scope(good).is_ok());
        for bad in [
            "",
            "\n\n\n",
            &good.replace("AWS4", "AWS5"),
            &good.replace("/aws4_request", ""),
            &good.replace("aws4_request", "aws4_request/x"),
            &good.replace("20150830/", "20150831/"),
            &good.replace("20150830", "2015083é"),
            &good.replace("\nab", ""),
        ] {
            assert!(scope(bad).is_err(), "{bad}");
        }
    }
}
