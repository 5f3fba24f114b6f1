//! One user's page: what is known of them, and what the caller may do.

use super::fault::Fault;
use super::frame::{Frame, page};
use super::text::{Moment, short, shown};
use super::users::{is_blocked, state};
use super::visit::{Member, Visit};
use askama::Template;
use axum::extract::Path;
use axum::response::{Redirect, Response};
use iam_api::api_keys::LIST_API_KEYS;
use iam_api::groups::LIST_GROUPS;
use iam_api::operation::{COMPARTMENT_ID, LIMIT};
use iam_api::ui_passwords::{CREATE_OR_RESET_UI_PASSWORD, GET_USER_UI_PASSWORD_INFORMATION};
use iam_api::user_group_memberships::LIST_USER_GROUP_MEMBERSHIPS;
use iam_api::users::{
    DELETE_USER, GET_USER, UPDATE_USER_CAPABILITIES, UPDATE_USER_STATE, USER_ID, User,
};
use iam_api::{Code, LifecycleState, Problem};
use iam_core::call::Params;
use iam_core::ui_passwords;
use std::collections::HashMap;

/// The most groups, and the most memberships, that are read for a page.
const GROUPS_MAX: &str = "1000";

/// What a user may use, in words.
pub(crate) struct Capability {
    /// The name of its field.
    pub(crate) id: &'static str,
    /// What it is called.
    pub(crate) text: &'static str,
    /// Whether it may be used.
    pub(crate) may: bool,
}

/// What is known of a Console password.
pub(crate) struct Password {
    /// When it was made.
    pub(crate) made: Moment,
    is_active: bool,
    /// Whether there is none yet, and what was made is the link to it.
    is_mailed: bool,
}

struct Key {
    fingerprint: String,
    made: Moment,
}

/// What of the user's password and address goes by mail.
struct Mails {
    /// Whether links are mailed to them.
    links: bool,
    /// Whether they have not chosen a first password yet.
    is_pending: bool,
    /// Whether the address is known to be theirs.
    is_verified: bool,
}

#[derive(Default)]
struct Actions {
    reset: bool,
    unblock: bool,
    capabilities: bool,
    delete: bool,
}

#[derive(Template)]
#[template(path = "user.html")]
struct UserPage {
    frame: Frame,
    user: Shown,
    is_self: bool,
    mails: Mails,
    password: Option<Password>,
    sees_credentials: bool,
    capabilities: Vec<Capability>,
    keys: Vec<Key>,
    groups: Option<Vec<String>>,
    may: Actions,
}

/// What is shown of a user on every page that is about them.
pub(crate) struct Shown {
    /// Their OCID.
    pub(crate) id: String,
    /// Its end, which tells it from others.
    pub(crate) short_id: String,
    /// Their name.
    pub(crate) name: String,
    /// What they are for.
    pub(crate) description: String,
    /// Their e-mail address.
    pub(crate) email: Option<String>,
    /// Where they are in their life.
    pub(crate) state: &'static str,
    /// Whether they are blocked.
    pub(crate) is_blocked: bool,
    /// Whether they are asked for a code besides the password.
    pub(crate) shows_codes: bool,
    /// When they were created.
    pub(crate) created: Moment,
    /// When they last signed in.
    pub(crate) signed_in: Option<Moment>,
}

impl From<&User> for Shown {
    fn from(user: &User) -> Self {
        Self {
            id: user.id.to_string(),
            short_id: short(user.id.as_str()),
            name: shown(&user.name),
            description: shown(&user.description),
            email: user.email.as_deref().map(shown),
            state: state(user),
            is_blocked: is_blocked(user),
            shows_codes: user.is_mfa_activated,
            created: user.time_created.into(),
            signed_in: user.last_successful_login_time.map(Into::into),
        }
    }
}

/// Whether a user whom links are mailed to has not chosen a first password yet.
pub(crate) fn is_pending(user: &User) -> bool {
    user.email_verified == Some(false) && user.last_successful_login_time.is_none()
}

/// `userId` of a path as the parameter of an operation.
pub(crate) fn params(user_id: &str) -> Params {
    Params::default().with(USER_ID.name, user_id)
}

/// Reads the user; answers their etag too.
pub(crate) async fn read(visit: &Visit, user_id: &str) -> Result<(User, String), Problem> {
    let reply = visit.perform(&GET_USER, params(user_id), &()).await?;
    Ok((reply.body, reply.etag.unwrap_or_default()))
}

/// Goes to the page of whoever is signed in.
pub(crate) async fn me(Member(visit): Member) -> Redirect {
    Redirect::to(&format!("/console/users/{}", visit.principal.user))
}

/// Shows the page.
pub(crate) async fn show(
    Member(visit): Member,
    Path(user_id): Path<String>,
) -> Result<Response, Fault> {
    let (user, _) = read(&visit, &user_id).await?;
    let is_self = user.id == visit.principal.user;
    let [reset, unblock, capabilities, delete, sees_password, sees_groups, names_groups] = visit
        .may_to(
            Some(&user.id),
            [
                &CREATE_OR_RESET_UI_PASSWORD.spec,
                &UPDATE_USER_STATE.spec,
                &UPDATE_USER_CAPABILITIES.spec,
                &DELETE_USER.spec,
                &GET_USER_UI_PASSWORD_INFORMATION.spec,
                &LIST_USER_GROUP_MEMBERSHIPS.spec,
                &LIST_GROUPS.spec,
            ],
        )
        .await?;
    let sees_credentials = is_self || sees_password;
    let (password, keys) = match sees_credentials {
        true => (password(&visit, &user_id).await?, keys(&visit, &user_id).await?),
        false => (None, Vec::new()),
    };
    let groups = match sees_groups && names_groups {
        true => Some(groups(&visit, &user_id).await?),
        false => None,
    };
    page(&UserPage {
        frame: Frame::of(&visit, if is_self { "me" } else { "users" }).await?,
        user: Shown::from(&user),
        is_self,
        mails: Mails {
            links: visit.principal.has_domain && user.email.is_some(),
            is_pending: is_pending(&user),
            is_verified: user.email_verified == Some(true),
        },
        password,
        sees_credentials,
        capabilities: list_capabilities(&user),
        keys,
        groups,
        may: Actions {
            reset: reset && !is_self,
            unblock,
            capabilities,
            delete: delete && !is_self,
        },
    })
}

/// The user's Console password, if they have one.
pub(crate) async fn password(visit: &Visit, user_id: &str) -> Result<Option<Password>, Problem> {
    let asked = visit.perform(&GET_USER_UI_PASSWORD_INFORMATION, params(user_id), &()).await;
    let found = match asked {
        Ok(reply) => reply.body,
        Err(problem) if problem.code == Code::NotAuthorizedOrNotFound => return Ok(None),
        Err(problem) => return Err(problem),
    };
    let (at, id) = (visit.principal.tenancy, found.user_id);
    let is_set = visit.app.read(move |_, tx| ui_passwords::is_set(tx, at, &id)).await?;
    Ok(Some(Password {
        made: found.time_created.into(),
        is_active: found.lifecycle_state == LifecycleState::Active,
        is_mailed: !is_set,
    }))
}

async fn keys(visit: &Visit, user_id: &str) -> Result<Vec<Key>, Problem> {
    let keys = visit.perform(&LIST_API_KEYS, params(user_id), &()).await?.body;
    let key = |key: iam_api::api_keys::ApiKey| Key {
        fingerprint: key.fingerprint,
        made: key.time_created.into(),
    };
    Ok(keys.into_iter().map(key).collect())
}

/// The names of the user's groups.
async fn groups(visit: &Visit, user_id: &str) -> Result<Vec<String>, Problem> {
    let tenancy = visit.principal.tenancy_id.as_str();
    let all = Params::default().with(COMPARTMENT_ID.name, tenancy).with(LIMIT.name, GROUPS_MAX);
    let memberships = visit
        .perform(&LIST_USER_GROUP_MEMBERSHIPS, all.clone().with(USER_ID.name, user_id), &())
        .await?
        .body;
    if memberships.is_empty() {
        return Ok(Vec::new());
    }
    let groups = visit.perform(&LIST_GROUPS, all, &()).await?.body;
    let mut names: HashMap<_, _> = groups.into_iter().map(|g| (g.id, g.name)).collect();
    let name = |id| names.remove(&id).unwrap_or_else(|| id.to_string());
    let mut found: Vec<String> = memberships.into_iter().map(|m| m.group_id).map(name).collect();
    found.sort();
    Ok(found.iter().map(|name| shown(name)).collect())
}

/// What the user may use, in the order in which it is shown.
pub(crate) fn list_capabilities(user: &User) -> Vec<Capability> {
    let Some(of) = &user.capabilities else { return Vec::new() };
    let one = |id, text, may: Option<bool>| Capability { id, text, may: may == Some(true) };
    vec![
        one("console-password", "Console password", of.can_use_console_password),
        one("api-keys", "API keys", of.can_use_api_keys),
        one("auth-tokens", "Auth tokens", of.can_use_auth_tokens),
        one("smtp-credentials", "SMTP credentials", of.can_use_smtp_credentials),
        one("db-credentials", "Database passwords", of.can_use_db_credentials),
        one("customer-secret-keys", "Customer secret keys", of.can_use_customer_secret_keys),
        one(
            "oauth2-client-credentials",
            "OAuth 2.0 client credentials",
            of.can_use_oauth2_client_credentials,
        ),
    ]
}
