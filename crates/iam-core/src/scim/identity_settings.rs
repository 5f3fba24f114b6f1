//! The identity settings of a domain: whether users need an e-mail address, how long mailed links
//! are good, whether a sign-in page says who is locked. `crate::identity_settings` reads what flows
//! go by.

use super::Document;
use super::settings::{Settings, must_stay};
use crate::call::{Call, Reply};
use crate::identity_settings::{self, ACTIVATE_MINUTES, RESET_MINUTES, VERIFY_MINUTES};
use iam_api::Problem;
use iam_api::scim::identity_settings::{IDENTITY_SETTINGS, IdentitySetting};
use iam_api::scim::{ListResponse, PatchOp, SearchRequest};
use iam_scim::{Patch, Schema};
use serde_json::{Value, json};

/// How long a link may be good, in minutes (facts 2.2).
const EXPIRES_AFTER: std::ops::RangeInclusive<i64> = 1..=43_200;

static SETTINGS: Settings = Settings {
    resource: &IDENTITY_SETTINGS,
    id: "IdentitySettings",
    name: identity_settings::NAME,
    at_first,
};

/// What a new domain has.
fn at_first() -> Document {
    let settings = json!({
        "primaryEmailRequired": true,
        "emitLockedMessageWhenUserIsLocked": false,
        "returnInactiveOverLockedMessage": false,
        "userAllowedToSetRecoveryEmail": false,
        "myProfile": {
            "allowEndUsersToChangeTheirPassword": true,
            "allowEndUsersToLinkTheirSupportAccount": false,
            "allowEndUsersToUpdateTheirSecuritySettings": true,
            "allowEndUsersToManageTheirCapabilities": false,
        },
        "tokens": [
            {"type": "emailVerification", "expiresAfter": VERIFY_MINUTES},
            {"type": "passwordReset", "expiresAfter": RESET_MINUTES},
            {"type": "createUser", "expiresAfter": ACTIVATE_MINUTES},
        ],
    });
    settings.as_object().cloned().unwrap_or_default()
}

/// Lists the settings, which are one.
pub fn list(
    call: &mut Call<'_, '_>,
    (): (),
) -> Result<Reply<ListResponse<IdentitySetting>>, Problem> {
    SETTINGS.list(call, IdentitySetting)
}

/// Searches among them.
pub fn search(
    call: &mut Call<'_, '_>,
    search: SearchRequest<IdentitySetting>,
) -> Result<Reply<ListResponse<IdentitySetting>>, Problem> {
    SETTINGS.search(call, &search, IdentitySetting)
}

/// Shows the settings.
pub fn get(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<IdentitySetting>, Problem> {
    SETTINGS.get(call, IdentitySetting)
}

/// Replaces the settings.
pub fn put(
    call: &mut Call<'_, '_>,
    body: IdentitySetting,
) -> Result<Reply<IdentitySetting>, Problem> {
    SETTINGS.change(call, |_| settled(body.0), IdentitySetting)
}

/// Changes parts of the settings.
pub fn patch(call: &mut Call<'_, '_>, body: PatchOp) -> Result<Reply<IdentitySetting>, Problem> {
    let patch = Patch::read(&body)?;
    let edit = |mut document: Document| {
        patch.apply(&Schema::of(&IDENTITY_SETTINGS), &mut document)?;
        settled(document)
    };
    SETTINGS.change(call, edit, IdentitySetting)
}

/// The settings as they are kept: all that a new domain has, and what is different.
fn settled(given: Document) -> Result<Document, Problem> {
    let at_first = at_first();
    let inert = [
        "externalId",
        "tags",
        "returnInactiveOverLockedMessage",
        "userAllowedToSetRecoveryEmail",
        "POSIXUid",
        "POSIXGid",
    ];
    must_stay(&given, &at_first, &inert)?;
    let object =
        |document: &Document| document.get("myProfile").and_then(Value::as_object).cloned();
    if let (Some(given), Some(at_first)) = (object(&given), object(&at_first)) {
        let names: Vec<&str> = at_first.keys().map(String::as_str).collect();
        must_stay(&given, &at_first, &names)?;
    }
    let tokens = tokens(&given, &at_first)?;
    let mut document = at_first;
    for name in ["primaryEmailRequired", "emitLockedMessageWhenUserIsLocked"] {
        if let Some(value) = given.get(name) {
            document.insert(name.to_owned(), value.clone());
        }
    }
    document.insert("tokens".to_owned(), Value::Array(tokens));
    Ok(document)
}

/// How long links of each kind are good; those that are not named, as in a new domain.
fn tokens(given: &Document, at_first: &Document) -> Result<Vec<Value>, Problem> {
    let list = |document: &Document| -> Vec<Value> {
        document.get("tokens").and_then(Value::as_array).cloned().unwrap_or_default()
    };
    let mut tokens = list(at_first);
    let mut seen: Vec<Value> = Vec::new();
    for token in list(given) {
        let kind = token.get("type").cloned().unwrap_or_default();
        if seen.contains(&kind) {
            return Err(Problem::invalid(format!("tokens names the type {kind} twice")));
        }
        let Some(minutes) = token.get("expiresAfter").and_then(Value::as_i64) else { continue };
        if !EXPIRES_AFTER.contains(&minutes) {
            return Err(Problem::invalid(format!(
                "expiresAfter `{minutes}` is not valid: give {} to {} minutes",
                EXPIRES_AFTER.start(),
                EXPIRES_AFTER.end()
            )));
        }
        if let Some(place) = tokens.iter_mut().find(|own| own.get("type") == Some(&kind)) {
            *place = token;
        }
        seen.push(kind);
    }
    Ok(tokens)
}
