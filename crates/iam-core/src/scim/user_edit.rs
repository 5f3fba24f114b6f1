//! What a document changes of a user: checked attribute by attribute, and put where it belongs,
//! into the row that both interfaces share or beside it.
//!
//! The one idea: the document that a client sends is compared with the one that was shown. Where an
//! attribute that has no effect here differs, the change is refused by name instead of being lost.

use super::profile::{ENTERPRISE_URN, KEPT, Profile};
use super::user_document::{CAPABILITIES_URN, DB_CREDENTIALS_URN, TAGS_URN, USER_URN, is_active};
use super::{Document, text};
use crate::fields::{check_description, check_email, check_name};
use crate::users::{self, NAME_SIGNS, check_db_user_name};
use iam_api::scim::SELF_CHANGE_URN;
use iam_api::users::{User, UserCapabilities};
use iam_api::{DefinedTags, FreeformTags, Problem};
use serde_json::Value;

/// What a change means besides what it sets.
#[derive(Debug, Default)]
pub(crate) struct Effects {
    /// Whether the primary address is another one now.
    pub(crate) is_readdressed: bool,
    /// Whether the user is active now, where that was changed.
    pub(crate) activated: Option<bool>,
    /// Whether the user may not use a Console password any more.
    pub(crate) bars_console: bool,
    /// The user's tags now, where they were changed; nobody has looked at them yet.
    pub(crate) tags: Option<(FreeformTags, DefinedTags)>,
    /// Whether the user is to get no mail about the change.
    pub(crate) is_quiet: bool,
}

/// Takes the changes between two documents over, both without what only the server sets.
pub(crate) fn absorb(
    user: &mut User,
    profile: &mut Profile,
    before: &Document,
    after: &Document,
) -> Result<Effects, Problem> {
    let mut effects = Effects::default();
    check_served(before, after, &mut effects)?;
    let name = text(after, "userName").unwrap_or_default();
    if name != user.name {
        check_name("user name", name, NAME_SIGNS)?;
        name.clone_into(&mut user.name);
    }
    let description = text(after, "description").unwrap_or_default();
    check_description(description)?;
    description.clone_into(&mut user.description);
    let mut attributes = Document::new();
    for name in KEPT.into_iter().chain([ENTERPRISE_URN]) {
        if let Some(value) = after.get(name) {
            attributes.insert(name.to_owned(), value.clone());
        }
    }
    profile.attributes = attributes;
    take_emails(user, profile, &mut effects)?;
    if let Some(active) = after.get("active").and_then(Value::as_bool)
        && active != is_active(user)
    {
        users::set_active(user, active);
        effects.activated = Some(active);
    }
    if let Some(Value::Object(new)) = after.get(CAPABILITIES_URN) {
        effects.bars_console = take_capabilities(user, new)?;
    }
    effects.tags = tags(before, after);
    if after.contains_key(DB_CREDENTIALS_URN) || before.contains_key(DB_CREDENTIALS_URN) {
        let name = after.get(DB_CREDENTIALS_URN).and_then(|credentials| {
            credentials.get("dbUserName").and_then(Value::as_str).map(str::to_owned)
        });
        name.as_deref().map(check_db_user_name).transpose()?;
        user.db_user_name = name.filter(|name| !name.is_empty());
    }
    Ok(effects)
}

/// Refuses changes of what has no effect here.
fn check_served(before: &Document, after: &Document, effects: &mut Effects) -> Result<(), Problem> {
    const OWN: [&str; 9] = [
        "userName",
        "description",
        "active",
        "password",
        ENTERPRISE_URN,
        CAPABILITIES_URN,
        DB_CREDENTIALS_URN,
        TAGS_URN,
        SELF_CHANGE_URN,
    ];
    let is_own = |name: &str| OWN.contains(&name) || KEPT.contains(&name);
    for (name, value) in after.iter().filter(|(name, _)| !is_own(name)) {
        let mut value = value.clone();
        if name == USER_URN
            && let Some(flag) =
                value.as_object_mut().and_then(|new| new.remove("bypassNotification"))
        {
            effects.is_quiet = flag == Value::Bool(true);
        }
        let old = before.get(name);
        let parts = value.as_object().into_iter().flatten();
        let same_part =
            |(part, value): (&String, &Value)| old.and_then(|old| old.get(part)) == Some(value);
        let same = match &value {
            Value::Object(_) => parts.into_iter().all(same_part),
            value => old == Some(value),
        };
        if !same {
            return Err(Problem::invalid(format!(
                "`{name}` cannot be changed: it has no effect here yet; leave it out"
            )));
        }
    }
    Ok(())
}

/// The primary address is the Identity API's. If none is called primary, the first for work is, or
/// else the first that is not there for recovery alone.
fn take_emails(
    user: &mut User,
    profile: &mut Profile,
    effects: &mut Effects,
) -> Result<(), Problem> {
    let mut emails = match profile.attributes.get_mut("emails") {
        Some(Value::Array(emails)) => std::mem::take(emails),
        _ => Vec::new(),
    };
    let part = |email: &Value, name: &str| email.get(name).cloned().unwrap_or_default();
    for email in &emails {
        check_email(part(email, "value").as_str().unwrap_or_default())?;
    }
    let primary = emails
        .iter()
        .position(|email| part(email, "primary") == true)
        .or_else(|| emails.iter().position(|email| part(email, "type") == "work"))
        .or_else(|| emails.iter().position(|email| part(email, "type") != "recovery"));
    let (mut address, mut verified) = (None, None);
    if let Some(email) = primary.and_then(|index| emails.get_mut(index)) {
        address = part(email, "value").as_str().map(str::to_owned);
        verified = part(email, "verified").as_bool();
        if let Some(email) = email.as_object_mut() {
            email.insert("primary".to_owned(), Value::Bool(true));
        }
    }
    if address != user.email {
        // Another address is not known to be the user's, whatever was known of the one before.
        user.email_verified = address.as_ref().map(|_| false);
        user.email = address;
        effects.is_readdressed = true;
    } else if verified == Some(false) {
        user.email_verified = address.as_ref().map(|_| false);
    } else if verified == Some(true) && user.email_verified != Some(true) {
        // Else who may change users could name an address, and have a link to a password sent to
        // it.
        return Err(Problem::invalid(
            "verified cannot be set to true: only the link that is mailed to an address shows \
             whose it is",
        ));
    }
    match emails.is_empty() {
        true => profile.attributes.remove("emails"),
        false => profile.attributes.insert("emails".to_owned(), Value::Array(emails)),
    };
    Ok(())
}

/// Answers whether the user may not use a Console password any more.
pub(crate) fn take_capabilities(user: &mut User, new: &Document) -> Result<bool, Problem> {
    let may = |name: &str| new.get(name).and_then(Value::as_bool);
    if may("canUseConsole") == Some(true) {
        return Err(Problem::invalid(
            "canUseConsole cannot be set: it has no effect here yet; set canUseConsolePassword",
        ));
    }
    let old = user.capabilities.take().unwrap_or_else(users::all_capabilities);
    let could = old.can_use_console_password != Some(false);
    let new = users::merged(
        old,
        UserCapabilities {
            can_use_console_password: may("canUseConsolePassword"),
            can_use_api_keys: may("canUseApiKeys"),
            can_use_auth_tokens: may("canUseAuthTokens"),
            can_use_smtp_credentials: may("canUseSmtpCredentials"),
            can_use_db_credentials: may("canUseDbCredentials"),
            can_use_customer_secret_keys: may("canUseCustomerSecretKeys"),
            can_use_oauth2_client_credentials: may("canUseOAuth2ClientCredentials"),
        },
    );
    let can = new.can_use_console_password != Some(false);
    user.capabilities = Some(new);
    Ok(could && !can)
}

fn tags(before: &Document, after: &Document) -> Option<(FreeformTags, DefinedTags)> {
    if after.get(TAGS_URN) == before.get(TAGS_URN) {
        return None;
    }
    let of = |name: &str| -> Vec<Document> {
        let tags = after.get(TAGS_URN).and_then(|tags| tags.get(name)).and_then(Value::as_array);
        tags.into_iter().flatten().filter_map(|tag| tag.as_object().cloned()).collect()
    };
    let part = |tag: &Document, name: &str| text(tag, name).unwrap_or_default().to_owned();
    let freeform: FreeformTags =
        of("freeformTags").iter().map(|tag| (part(tag, "key"), part(tag, "value"))).collect();
    let mut defined = DefinedTags::new();
    for tag in of("definedTags") {
        let value = Value::String(part(&tag, "value"));
        defined.entry(part(&tag, "namespace")).or_default().insert(part(&tag, "key"), value);
    }
    Some((freeform, defined))
}
