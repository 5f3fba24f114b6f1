//! A user as the domain's interface shows them: from the row that both interfaces share, and from
//! what is kept beside it.

use super::profile::{ENTERPRISE_URN, KEPT, Profile};
use super::{Document, Identity, View, scim_id};
use crate::call::{Call, store_problem};
use crate::password_policies::Policies;
use crate::ui_passwords;
use iam_api::scim::password_policies::PASSWORD_POLICIES;
use iam_api::scim::users::USERS;
use iam_api::users::{User, UserCapabilities};
use iam_api::{BLOCKED, DISABLED, LifecycleState, Ocid, Problem, SUSPENDED, Timestamp};
use iam_store::{Membership, Resource, SignIns};
use serde_json::{Map, Value, json};
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// The path of groups, which are not served here yet but are where OCI has them.
const GROUPS_PATH: &str = "/admin/v1/Groups";
/// The most groups of a user that are shown.
const GROUPS_MAX: i64 = 1_000;
/// Who made a user, and who last changed them.
const CREATED_BY: &str = "idcsCreatedBy";
const MODIFIED_BY: &str = "idcsLastModifiedBy";
/// Why a user is locked: failed passwords, or an administrator (facts 2.3).
const LOCKED_BY_FAILURES: i64 = 0;
const LOCKED_BY_ADMINISTRATOR: i64 = 1;

macro_rules! extension {
    ($($name:ident = $part:literal;)+) => {$(
        pub(crate) const $name: &str =
            concat!("urn:ietf:params:scim:schemas:oracle:idcs:extension:", $part);
    )+};
}

extension! {
    USER_URN = "user:User";
    PASSWORD_STATE_URN = "passwordState:User";
    USER_STATE_URN = "userState:User";
    CREDENTIALS_URN = "userCredentials:User";
    CAPABILITIES_URN = "capabilities:User";
    DB_CREDENTIALS_URN = "dbCredentials:User";
    TAGS_URN = "OCITags";
}

/// What is needed to show users.
pub(crate) struct Documents<'v> {
    view: &'v View,
    policies: Arc<Policies>,
    /// Names of who made and changed users, as far as they were looked up; of one who is gone,
    /// none.
    authors: RefCell<HashMap<Ocid, Option<String>>>,
    /// Whether groups, credentials, and the state of the password are shown.
    has_groups: bool,
    has_credentials: bool,
    has_password_state: bool,
    reads: Reads,
}

/// What is read of a user besides the row.
#[derive(Clone, Copy)]
struct Reads {
    profile: bool,
    sign_ins: bool,
    memberships: bool,
    policy: bool,
    /// Whether the attributes that most filters speak of are all.
    is_brief: bool,
    /// Whether those that the row of an active user tells are all.
    is_named: bool,
}

/// The attributes that the row of an active user tells by itself.
const NAMED: [&str; 4] = ["id", "ocid", "userName", "active"];
/// The attributes that most filters speak of.
const BRIEF: [&str; 6] = ["id", "ocid", "userName", "description", "active", "emails"];

impl<'v> Documents<'v> {
    /// `needs` says whether an attribute is needed that is shown on request alone.
    pub(crate) fn new(
        call: &mut Call<'_, '_>,
        view: &'v View,
        needs: impl Fn(&str) -> bool,
    ) -> Result<Self, Problem> {
        let at = call.at();
        Ok(Self {
            view,
            policies: Arc::new(Policies::load(call.tx, at)?),
            authors: RefCell::default(),
            has_groups: needs("groups"),
            has_credentials: needs(CREDENTIALS_URN),
            has_password_state: needs(PASSWORD_STATE_URN),
            reads: Reads {
                profile: true,
                sign_ins: true,
                memberships: true,
                policy: true,
                is_brief: false,
                is_named: false,
            },
        })
    }

    /// The same with as little as shows these attributes of the root.
    pub(crate) fn only(&self, chosen: &[&'static str]) -> Self {
        let shows = |attribute: &str| chosen.contains(&attribute);
        let (states, groups) = (shows(USER_STATE_URN), shows("groups"));
        let policy = shows(PASSWORD_STATE_URN);
        let is_kept = |name: &&str| {
            KEPT.contains(name) || [ENTERPRISE_URN, CREATED_BY, MODIFIED_BY].contains(name)
        };
        Self {
            view: self.view,
            policies: Arc::clone(&self.policies),
            authors: RefCell::default(),
            has_groups: groups,
            has_credentials: shows(CREDENTIALS_URN),
            has_password_state: policy,
            reads: Reads {
                profile: states || chosen.iter().any(is_kept),
                sign_ins: states || policy,
                memberships: groups || policy,
                policy,
                is_brief: chosen.iter().all(|name| BRIEF.contains(name)),
                is_named: chosen.iter().all(|name| NAMED.contains(name)),
            },
        }
    }

    /// A user's document.
    pub(crate) fn of(&self, call: &mut Call<'_, '_>, row: &Resource) -> Result<Document, Problem> {
        if self.reads.is_named && row.state == LifecycleState::Active {
            return named(row);
        }
        let user: User = row.model().map_err(store_problem)?;
        let (at, reads) = (call.at(), self.reads);
        let profile = match reads.profile {
            true => Profile::load(call.tx, at, &row.id)?,
            false => Profile::default(),
        };
        if reads.is_brief {
            return brief(&user, &profile);
        }
        let sign_ins = match reads.sign_ins {
            true => call.tx.sign_ins(at, &row.id).map_err(store_problem)?,
            false => SignIns::default(),
        };
        let memberships = match reads.memberships {
            true => call.tx.memberships_of_user(at, &row.id, "", GROUPS_MAX),
            false => Ok(Vec::new()),
        };
        let memberships = memberships.map_err(store_problem)?;
        let mut own = attributes(&user, &profile, &sign_ins);
        if let Some(name) = own.get_mut("name").and_then(Value::as_object_mut) {
            format_name(name);
        }
        let mut set = |name: &str, value: Value| own.insert(name.to_owned(), value);
        if reads.policy {
            set(PASSWORD_STATE_URN, self.password_state(call, &user, &sign_ins, &memberships)?);
        }
        if self.has_groups {
            set("groups", groups(call, &memberships)?);
        }
        for (name, author) in
            [(CREATED_BY, &profile.created_by), (MODIFIED_BY, &profile.modified_by)]
        {
            if let Some(author) = author {
                set(name, self.author(call, author)?);
            }
        }
        // Who may look at users may not for that look at the credentials of others.
        if self.has_credentials && user.id == call.principal.user {
            set(CREDENTIALS_URN, credentials(call)?);
        }
        let identity = Identity {
            id: scim_id(&row.id)?,
            ocid: Some(&row.id),
            created: Some(user.time_created),
            modified: user.time_modified,
            version: &row.etag,
        };
        Ok(self.view.dress(call, &identity, own))
    }

    /// Who made or changed a user.
    fn author(&self, call: &mut Call<'_, '_>, ocid: &Ocid) -> Result<Value, Problem> {
        let known = self.authors.borrow().get(ocid).cloned();
        let name = match known {
            Some(name) => name,
            None => {
                let found =
                    call.tx.resource(call.principal.tenancy, ocid).map_err(store_problem)?;
                let name = found.map(|row| row.name);
                self.authors.borrow_mut().insert(ocid.clone(), name.clone());
                name
            }
        };
        let id = scim_id(ocid)?;
        let mut author = json!({
            "value": id,
            "ocid": ocid,
            "type": "User",
            "$ref": format!("{}{}/{id}", call.address, USERS.path),
        });
        if let (Some(name), Some(author)) = (name, author.as_object_mut()) {
            author.insert("display".to_owned(), json!(name));
        }
        Ok(author)
    }

    fn password_state(
        &self,
        call: &mut Call<'_, '_>,
        user: &User,
        sign_ins: &SignIns,
        memberships: &[Membership],
    ) -> Result<Value, Problem> {
        let groups: HashSet<&str> = memberships.iter().map(|one| one.group.as_str()).collect();
        let (id, name, priority) = self.policies.named(&groups)?;
        let id = scim_id(id)?;
        let mut state = json!({"applicablePasswordPolicy": {
            "value": id,
            "$ref": format!("{}{}/{id}", call.address, PASSWORD_POLICIES.path),
            "display": name,
            "priority": priority,
        }});
        let at = call.at();
        if !self.has_password_state {
            return Ok(state);
        }
        let password = call.tx.ui_password(at, &user.id).map_err(store_problem)?;
        let rules = self.policies.of_groups(&groups)?;
        let ends = password.as_ref().and_then(|password| rules.must_change(password.created));
        let is_over = ends.is_some_and(|ends| call.now >= ends);
        let one_time = password.as_ref().is_some_and(|password| password.must_change());
        let expired = password
            .as_ref()
            .is_some_and(|password| ui_passwords::is_expired(call.context, password) || is_over);
        if let Some(state) = state.as_object_mut() {
            let mut set = |name: &str, value: Value| state.insert(name.to_owned(), value);
            set("cantChange", json!(false));
            set("cantExpire", json!(rules.must_change(Timestamp::default()).is_none()));
            set("mustChange", json!(one_time || is_over));
            set("expired", json!(expired));
            let chosen = password.as_ref().filter(|_| !one_time).map(|password| password.created);
            for (name, moment) in [
                ("lastSuccessfulSetDate", chosen),
                ("lastSuccessfulValidationDate", sign_ins.last_success),
                ("lastFailedValidationDate", sign_ins.last_failure),
            ] {
                moment.map(|moment| set(name, json!(moment)));
            }
        }
        Ok(state)
    }
}

/// The attributes that clients may write, as they are, and what stands among them.
pub(crate) fn attributes(user: &User, profile: &Profile, sign_ins: &SignIns) -> Document {
    let mut own = profile.attributes.clone();
    own.remove("emails");
    let mut set = |name: &str, value: Value| own.insert(name.to_owned(), value);
    set("ocid", json!(user.id));
    set("userName", json!(user.name));
    if !user.description.is_empty() {
        set("description", json!(user.description));
    }
    set("active", json!(is_active(user)));
    let emails = emails(user, profile);
    if !emails.is_empty() {
        set("emails", Value::Array(emails));
    }
    let verified =
        if user.email_verified == Some(true) { "verified" } else { "pendingVerification" };
    set(
        USER_URN,
        json!({"isFederatedUser": user.identity_provider_id.is_some(), "status": verified}),
    );
    set(CAPABILITIES_URN, Value::Object(capabilities(user.capabilities.as_ref())));
    set(USER_STATE_URN, user_state(user, profile, sign_ins));
    if let Some(name) = &user.db_user_name {
        set(DB_CREDENTIALS_URN, json!({"dbUserName": name}));
    }
    if !user.freeform_tags.is_empty() || !user.defined_tags.is_empty() {
        set(TAGS_URN, tags(user));
    }
    own
}

/// What the row of an active user tells by itself.
fn named(row: &Resource) -> Result<Document, Problem> {
    let own = [
        ("id", json!(scim_id(&row.id)?)),
        ("ocid", json!(row.id)),
        ("userName", json!(row.name)),
        ("active", json!(true)),
    ];
    Ok(own.map(|(name, value)| (name.to_owned(), value)).into_iter().collect())
}

/// The attributes that most filters speak of: of many users, more would take long to write.
fn brief(user: &User, profile: &Profile) -> Result<Document, Problem> {
    let mut own = Document::new();
    let mut set = |name: &str, value: Value| own.insert(name.to_owned(), value);
    set("id", json!(scim_id(&user.id)?));
    set("ocid", json!(user.id));
    set("userName", json!(user.name));
    if !user.description.is_empty() {
        set("description", json!(user.description));
    }
    set("active", json!(is_active(user)));
    let emails = emails(user, profile);
    if !emails.is_empty() {
        set("emails", Value::Array(emails));
    }
    Ok(own)
}

/// Where the parts of a name are known but not the whole, it is put together from them.
fn format_name(name: &mut Map<String, Value>) {
    if name.contains_key("formatted") {
        return;
    }
    let parts = ["honorificPrefix", "givenName", "middleName", "familyName", "honorificSuffix"];
    let parts: Vec<&str> =
        parts.iter().filter_map(|part| name.get(*part).and_then(Value::as_str)).collect();
    let whole = parts.join(" ");
    if !whole.is_empty() {
        name.insert("formatted".to_owned(), json!(whole));
    }
}

/// Whether the user is active; who is locked or blocked is so all the same.
pub(crate) fn is_active(user: &User) -> bool {
    user.lifecycle_state == LifecycleState::Active
        || user.inactive_status.is_some_and(|status| status & DISABLED == 0)
}

/// The addresses, the primary one of which is the Identity API's: if that was changed there, it is
/// changed here.
fn emails(user: &User, profile: &Profile) -> Vec<Value> {
    let kept = profile.attributes.get("emails").and_then(Value::as_array);
    let mut emails = kept.cloned().unwrap_or_default();
    let is_primary = |email: &Value| email.get("primary") == Some(&Value::Bool(true));
    let primary = emails.iter().position(is_primary);
    let verified = user.email_verified == Some(true);
    match (&user.email, primary) {
        (None, None) => {}
        (None, Some(index)) => {
            emails.remove(index);
        }
        (Some(address), None) => emails.insert(
            0,
            json!({"value": address, "type": "work", "primary": true, "verified": verified}),
        ),
        (Some(address), Some(index)) => {
            if let Some(email) = emails.get_mut(index).and_then(Value::as_object_mut) {
                email.insert("value".to_owned(), json!(address));
                email.insert("verified".to_owned(), json!(verified));
            }
        }
    }
    emails
}

/// What kinds of credentials a user may use.
pub(crate) fn capabilities(may: Option<&UserCapabilities>) -> Document {
    let is = |may: Option<bool>| may != Some(false);
    let of = |read: fn(&UserCapabilities) -> Option<bool>| is(may.and_then(read));
    [
        ("canUseConsolePassword", of(|may| may.can_use_console_password)),
        ("canUseApiKeys", of(|may| may.can_use_api_keys)),
        ("canUseAuthTokens", of(|may| may.can_use_auth_tokens)),
        ("canUseSmtpCredentials", of(|may| may.can_use_smtp_credentials)),
        ("canUseDbCredentials", of(|may| may.can_use_db_credentials)),
        ("canUseCustomerSecretKeys", of(|may| may.can_use_customer_secret_keys)),
        ("canUseOAuth2ClientCredentials", of(|may| may.can_use_oauth2_client_credentials)),
        ("canUseConsole", false),
    ]
    .map(|(name, may)| (name.to_owned(), json!(may)))
    .into_iter()
    .collect()
}

fn tags(user: &User) -> Value {
    let freeform =
        user.freeform_tags.iter().map(|(key, value)| json!({"key": key, "value": value}));
    let defined = user.defined_tags.iter().flat_map(|(namespace, tags)| {
        tags.iter().map(move |(key, value)| {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            json!({"namespace": namespace, "key": key, "value": value})
        })
    });
    let mut tags = Map::new();
    for (name, values) in
        [("freeformTags", freeform.collect::<Vec<Value>>()), ("definedTags", defined.collect())]
    {
        if !values.is_empty() {
            tags.insert(name.to_owned(), Value::Array(values));
        }
    }
    Value::Object(tags)
}

fn user_state(user: &User, profile: &Profile, sign_ins: &SignIns) -> Value {
    let status = user.inactive_status.unwrap_or(0);
    let mut locked = json!({"on": status & (BLOCKED | SUSPENDED) != 0});
    let why = if status & SUSPENDED != 0 {
        Some((LOCKED_BY_ADMINISTRATOR, profile.locked))
    } else if status & BLOCKED != 0 {
        Some((LOCKED_BY_FAILURES, sign_ins.blocked))
    } else {
        None
    };
    if let (Some((reason, since)), Some(locked)) = (why, locked.as_object_mut()) {
        locked.insert("reason".to_owned(), json!(reason));
        since.map(|since| locked.insert("lockDate".to_owned(), json!(since)));
    }
    let mut state = json!({"locked": locked, "loginAttempts": sign_ins.failures});
    if let Some(state) = state.as_object_mut() {
        for (name, moment) in [
            ("lastSuccessfulLoginDate", sign_ins.last_success),
            ("previousSuccessfulLoginDate", sign_ins.previous_success),
            ("lastFailedLoginDate", sign_ins.last_failure),
        ] {
            moment.map(|moment| state.insert(name.to_owned(), json!(moment)));
        }
    }
    state
}

/// The caller's own API keys. The id of one is its fingerprint without the colons.
fn credentials(call: &mut Call<'_, '_>) -> Result<Value, Problem> {
    let keys = call.tx.api_keys(call.principal.tenancy, &call.principal.user);
    let keys = keys
        .map_err(store_problem)?
        .into_iter()
        .map(|key| json!({"key": key.fingerprint, "value": key.fingerprint.replace(':', "")}));
    Ok(json!({"apiKeys": keys.collect::<Vec<Value>>()}))
}

fn groups(call: &mut Call<'_, '_>, memberships: &[Membership]) -> Result<Value, Problem> {
    let at = call.at();
    let mut groups = Vec::new();
    for membership in memberships {
        let Some(row) = call.tx.resource(at, &membership.group).map_err(store_problem)? else {
            continue;
        };
        let id = scim_id(&row.id)?;
        groups.push(json!({
            "value": id,
            "ocid": row.id,
            "$ref": format!("{}{GROUPS_PATH}/{id}", call.address),
            "display": row.name,
            "type": "direct",
            "membershipOcid": membership.id,
            "dateAdded": membership.created,
        }));
    }
    Ok(Value::Array(groups))
}
