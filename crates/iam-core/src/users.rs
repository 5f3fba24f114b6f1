//! Users: created, changed, unblocked, deleted.

use crate::call::{Call, Reply, store_problem};
use crate::context::Context;
use crate::fields::{check_description, check_email, check_name};
use crate::kept::{self, Model, must_have_room};
use crate::scim::Profile;
use crate::{domains, mail, page, recovery, tagging};
use iam_api::users::{
    CreateUserDetails, UpdateStateDetails, UpdateUserCapabilitiesDetails, UpdateUserDetails, User,
    UserCapabilities,
};
use iam_api::{
    BLOCKED, Code, DISABLED, DefinedTags, FreeformTags, LifecycleState, Ocid, Problem, Timestamp,
};
use iam_policy::fold;
use iam_store::{Alias, Resource, ResourceKind, TenancyNo, Tx};

pub(crate) const NAME_SIGNS: &str = "-._+@";
const DB_USER_NAME_MAX: usize = 128;

/// What a user may be called besides the name, and no other user of the tenancy.
const SECOND_NAMES: [SecondName; 2] = [
    (Alias::UserEmail, "e-mail address", |user| user.email.as_deref()),
    (Alias::UserDbName, "dbUserName", |user| user.db_user_name.as_deref()),
];

/// Which it is, what messages call it, and how it was written.
type SecondName = (Alias, &'static str, fn(&User) -> Option<&str>);

/// Creates a user who may use every kind of credential and has none.
pub fn create(call: &mut Call<'_, '_>, details: CreateUserDetails) -> Result<Reply<User>, Problem> {
    call.must_be_tenancy("users", &details.compartment_id)?;
    check_name("user name", &details.name, NAME_SIGNS)?;
    check_description(&details.description)?;
    let email = details.email.filter(|email| !email.is_empty());
    match &email {
        Some(email) => check_email(email)?,
        None => recovery::must_not_need_email(call)?,
    }
    let (freeform_tags, defined_tags) = tagging::of_new(
        call,
        &details.compartment_id,
        details.freeform_tags,
        details.defined_tags,
    )?;
    let user = User {
        description: details.description,
        email_verified: email.as_ref().map(|_| false),
        email,
        freeform_tags,
        defined_tags,
        ..blank(call.new_id("user"), &call.principal.tenancy_id, details.name, call.now)
    };
    let resource = add(call, &user)?;
    Profile::sign(call, &user.id, true)?;
    if call.principal.has_domain {
        recovery::welcome(call.tx, call.context, call.principal.tenancy, &user)?;
    }
    let location = format!("{}/{}", iam_api::users::CREATE_USER.spec.path, user.id);
    Ok(Reply::of(user).etag(resource.etag).made(resource.id.as_str()).location(location))
}

/// A new user of that name, who may use every kind of credential and has none.
pub(crate) fn blank(id: Ocid, tenancy: &Ocid, name: String, now: Timestamp) -> User {
    User {
        id,
        compartment_id: tenancy.clone(),
        name,
        description: String::new(),
        email_verified: None,
        email: None,
        db_user_name: None,
        identity_provider_id: None,
        external_identifier: None,
        time_created: now,
        time_modified: Some(now),
        lifecycle_state: LifecycleState::Active,
        inactive_status: None,
        freeform_tags: FreeformTags::default(),
        defined_tags: DefinedTags::default(),
        capabilities: Some(all_capabilities()),
        is_mfa_activated: false,
        last_successful_login_time: None,
        previous_successful_login_time: None,
    }
}

/// Adds a new user to the tenancy, if it may have one more, and if name and address are free: to
/// the domain that the request is sent to.
pub(crate) fn add(call: &mut Call<'_, '_>, user: &User) -> Result<Resource, Problem> {
    let (at, home) = (call.at(), domains::home(call)?);
    insert(call.tx, call.context, at, user, &home)
}

/// The same, to the domain whose users have that home.
pub(crate) fn insert(
    tx: &mut Tx<'_>,
    context: &Context,
    at: TenancyNo,
    user: &User,
    home: &Ocid,
) -> Result<Resource, Problem> {
    must_have_room(tx, at, User::KIND, (context.limits.users, "user-count"))?;
    let mut resource = kept::resource(user, context.etag())?;
    resource.parent = home.clone();
    if !tx.insert(at, &resource).map_err(store_problem)? {
        return Err(already_exists(format!("User '{}' already exists", user.name)));
    }
    set_aliases(tx, at, home, None, user)?;
    Ok(resource)
}

/// Shows a user.
pub fn get(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<User>, Problem> {
    let resource = call.target()?;
    Ok(Reply::of(model(call, &resource)?).etag(resource.etag))
}

/// Lists users.
pub fn list(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<Vec<User>>, Problem> {
    let tenancy = call.principal.tenancy_id.clone();
    // No user comes from an identity provider: there are none, so nobody matches these filters.
    let foreign = ["identityProviderId", "externalIdentifier"];
    if foreign.iter().any(|name| call.params.get(name).is_some_and(|value| !value.is_empty())) {
        return Ok(Reply::of(Vec::new()));
    }
    let (rows, next) = page::resources(call, ResourceKind::User, &tenancy)?;
    let users: Result<Vec<User>, Problem> = rows.iter().map(|row| model(call, row)).collect();
    Ok(Reply::of(users?).next_page(next))
}

/// Changes a user's description, e-mail address, database name or tags.
pub fn update(call: &mut Call<'_, '_>, details: UpdateUserDetails) -> Result<Reply<User>, Problem> {
    if let Some(description) = &details.description {
        check_description(description)?;
    }
    if let Some(name) = details.db_user_name.as_deref().filter(|name| !name.is_empty()) {
        check_db_user_name(name)?;
    }
    let is_readdressed = tell_old_email(call, details.email.as_deref())?;
    let reply = change(call, |call, user| {
        if let Some(description) = details.description {
            user.description = description;
        }
        if let Some(name) = details.db_user_name {
            user.db_user_name = Some(name).filter(|name| !name.is_empty());
        }
        tagging::change(
            call,
            (&mut user.freeform_tags, details.freeform_tags),
            (&mut user.defined_tags, details.defined_tags),
        )?;
        let Some(email) = details.email else { return Ok(()) };
        let email = Some(email).filter(|email| !email.is_empty());
        if let Some(email) = &email {
            check_email(email)?;
        }
        if email != user.email {
            user.email_verified = email.as_ref().map(|_| false);
            user.email = email;
        }
        Ok(())
    })?;
    if is_readdressed {
        recovery::ask_new_email(call.tx, call.context, call.principal.tenancy, &reply.body)?;
    }
    Ok(reply)
}

/// Where the domain's user gets another address: tells the one that they have, before it is gone.
fn tell_old_email(call: &mut Call<'_, '_>, new: Option<&str>) -> Result<bool, Problem> {
    let Some(new) = new.filter(|_| call.principal.has_domain) else { return Ok(false) };
    let user: User = call.seen_target()?.model().map_err(store_problem)?;
    if user.email.as_deref().unwrap_or_default() == new {
        return Ok(false);
    }
    let at = call.at();
    recovery::tell(call.tx, call.context, at, mail::Event::EmailChanged, &user)?;
    Ok(true)
}

/// Unblocks a user; for one who is not blocked nothing changes.
pub fn update_state(
    call: &mut Call<'_, '_>,
    details: UpdateStateDetails,
) -> Result<Reply<User>, Problem> {
    match details.blocked {
        Some(false) => {}
        Some(true) => {
            return Err(Problem::invalid("blocked can be set to false only: it unblocks the user"));
        }
        None => {
            return Err(Problem::new(
                Code::MissingParameter,
                "blocked is missing; set it to false to unblock the user",
            ));
        }
    }
    let resource = call.target_as_seen()?;
    let (resource, was_blocked) = unblock(call.tx, call.context, call.at(), resource)?;
    let user = model(call, &resource)?;
    if was_blocked {
        Profile::sign(call, &user.id, false)?;
        let at = call.at();
        recovery::tell(call.tx, call.context, at, mail::Event::AccountUnlocked, &user)?;
    }
    Ok(Reply::of(user).etag(resource.etag))
}

/// Ends the block that failed sign-ins have made, and counts from nothing again; answers whether
/// there was one. Who is inactive for another reason as well stays so for that.
pub(crate) fn unblock(
    tx: &mut Tx<'_>,
    context: &Context,
    at: TenancyNo,
    mut resource: Resource,
) -> Result<(Resource, bool), Problem> {
    let mut known = tx.sign_ins(at, &resource.id).map_err(store_problem)?;
    if known.failures > 0 || known.blocked.is_some() {
        (known.failures, known.blocked) = (0, None);
        tx.set_sign_ins(at, &resource.id, &known).map_err(store_problem)?;
    }
    let mut user: User = resource.model().map_err(store_problem)?;
    let status = user.inactive_status.unwrap_or(0);
    if status & BLOCKED == 0 {
        return Ok((resource, false));
    }
    user.inactive_status = Some(status & !BLOCKED).filter(|rest| *rest != 0);
    if user.inactive_status.is_none() {
        user.lifecycle_state = LifecycleState::Active;
    }
    user.time_modified = Some(context.now());
    resource.etag = context.etag();
    resource.state = user.lifecycle_state;
    resource.set_model(&user).map_err(store_problem)?;
    tx.update(at, &resource).map_err(store_problem)?;
    tx.revise().map_err(store_problem)?;
    Ok((resource, true))
}

/// Notes that the user's address was shown to be theirs.
pub(crate) fn verify_email(
    tx: &mut Tx<'_>,
    context: &Context,
    at: TenancyNo,
    mut resource: Resource,
) -> Result<(), Problem> {
    let mut user: User = resource.model().map_err(store_problem)?;
    if user.email.is_none() || user.email_verified == Some(true) {
        return Ok(());
    }
    user.email_verified = Some(true);
    user.time_modified = Some(context.now());
    resource.etag = context.etag();
    resource.set_model(&user).map_err(store_problem)?;
    tx.update(at, &resource).map_err(store_problem)?;
    Ok(())
}

/// Activates a user, or deactivates them; a block or a lock stays as it is.
pub(crate) fn set_active(user: &mut User, active: bool) {
    let status = user.inactive_status.unwrap_or(0);
    set_status(user, if active { status & !DISABLED } else { status | DISABLED });
}

/// Says why a user is inactive, or with 0 that they are active.
pub(crate) fn set_status(user: &mut User, status: i64) {
    user.inactive_status = Some(status).filter(|status| *status != 0);
    user.lifecycle_state = match user.inactive_status {
        None => LifecycleState::Active,
        Some(_) => LifecycleState::Inactive,
    };
}

/// Whether somebody has deactivated the user: they are inactive for more than a block.
pub(crate) fn is_deactivated(user: &User) -> bool {
    let reasons = user.inactive_status.unwrap_or(0) & !BLOCKED;
    user.lifecycle_state != LifecycleState::Active
        && (reasons != 0 || user.inactive_status.is_none())
}

/// Changes what kinds of credentials a user may use.
pub fn update_capabilities(
    call: &mut Call<'_, '_>,
    details: UpdateUserCapabilitiesDetails,
) -> Result<Reply<User>, Problem> {
    let bars_console = details.can_use_console_password == Some(false);
    let reply = change(call, |_, user| {
        let old = user.capabilities.take().unwrap_or_else(all_capabilities);
        let new = UserCapabilities {
            can_use_console_password: details.can_use_console_password,
            can_use_api_keys: details.can_use_api_keys,
            can_use_auth_tokens: details.can_use_auth_tokens,
            can_use_smtp_credentials: details.can_use_smtp_credentials,
            can_use_db_credentials: details.can_use_db_credentials,
            can_use_customer_secret_keys: details.can_use_customer_secret_keys,
            can_use_oauth2_client_credentials: details.can_use_oauth2_client_credentials,
        };
        user.capabilities = Some(merged(old, new));
        Ok(())
    })?;
    if bars_console {
        let at = call.at();
        call.tx.end_sessions(at, &reply.body.id).map_err(store_problem)?;
    }
    Ok(reply)
}

/// Capabilities after a change that leaves some of them out.
pub(crate) fn merged(old: UserCapabilities, new: UserCapabilities) -> UserCapabilities {
    UserCapabilities {
        can_use_console_password: new.can_use_console_password.or(old.can_use_console_password),
        can_use_api_keys: new.can_use_api_keys.or(old.can_use_api_keys),
        can_use_auth_tokens: new.can_use_auth_tokens.or(old.can_use_auth_tokens),
        can_use_smtp_credentials: new.can_use_smtp_credentials.or(old.can_use_smtp_credentials),
        can_use_db_credentials: new.can_use_db_credentials.or(old.can_use_db_credentials),
        can_use_customer_secret_keys: new
            .can_use_customer_secret_keys
            .or(old.can_use_customer_secret_keys),
        can_use_oauth2_client_credentials: new
            .can_use_oauth2_client_credentials
            .or(old.can_use_oauth2_client_credentials),
    }
}

/// Deletes a user who is in no group, with all their credentials.
pub fn delete(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<()>, Problem> {
    let resource = call.target_as_seen()?;
    forget(call, &resource)?;
    Ok(Reply::of(()))
}

/// Deletes a user who is in no group, with all that is kept of them.
pub(crate) fn forget(call: &mut Call<'_, '_>, resource: &Resource) -> Result<(), Problem> {
    let at = call.at();
    let groups = call.tx.memberships_of_user(at, &resource.id, "", 1).map_err(store_problem)?;
    if !groups.is_empty() {
        return Err(Problem::new(
            Code::Conflict,
            format!(
                "user `{}` is a member of groups; remove the user from them first",
                resource.name
            ),
        ));
    }
    erase(call.tx, at, &resource.id)
}

/// Deletes what is kept of a user who is in no group any more.
pub(crate) fn erase(tx: &mut Tx<'_>, at: TenancyNo, user: &Ocid) -> Result<(), Problem> {
    tx.forget_credentials(at, user).map_err(store_problem)?;
    tx.drop_profile(at, user).map_err(store_problem)?;
    tx.delete(at, user).map_err(store_problem)?;
    tx.revise().map_err(store_problem)
}

/// The model of a stored user, with the times of the last sign-ins.
pub(crate) fn model(call: &mut Call<'_, '_>, resource: &Resource) -> Result<User, Problem> {
    let mut user: User = resource.model().map_err(store_problem)?;
    let at = call.at();
    let known = call.tx.sign_ins(at, &resource.id).map_err(store_problem)?;
    user.last_successful_login_time = known.last_success;
    user.previous_successful_login_time = known.previous_success;
    Ok(user)
}

fn change(
    call: &mut Call<'_, '_>,
    edit: impl FnOnce(&mut Call<'_, '_>, &mut User) -> Result<(), Problem>,
) -> Result<Reply<User>, Problem> {
    let resource = call.target_as_seen()?;
    let user = model(call, &resource)?;
    save(call, resource, user, edit)
}

fn save(
    call: &mut Call<'_, '_>,
    mut resource: Resource,
    mut user: User,
    edit: impl FnOnce(&mut Call<'_, '_>, &mut User) -> Result<(), Problem>,
) -> Result<Reply<User>, Problem> {
    edit(call, &mut user)?;
    keep(call, &mut resource, &mut user)?;
    Ok(Reply::of(user).etag(resource.etag))
}

/// Writes a changed user back, who may have got another name.
pub(crate) fn keep(
    call: &mut Call<'_, '_>,
    resource: &mut Resource,
    user: &mut User,
) -> Result<(), Problem> {
    let (at, before) = (call.at(), resource.model().map_err(store_problem)?);
    user.time_modified = Some(call.now);
    resource.etag = call.context.etag();
    resource.state = user.lifecycle_state;
    resource.set_model(user).map_err(store_problem)?;
    if resource.name != user.name {
        (resource.name, resource.folded) = (user.name.clone(), fold(&user.name));
        if !call.tx.rename(at, resource).map_err(store_problem)? {
            return Err(already_exists(format!("User '{}' already exists", user.name)));
        }
    }
    set_aliases(call.tx, at, &resource.parent, Some(&before), user)?;
    Profile::sign(call, &user.id, false)?;
    call.tx.update(at, resource).map_err(store_problem)?;
    call.tx.revise().map_err(store_problem)
}

/// Gives a user another etag, because something that counts as theirs was changed.
pub(crate) fn touch(call: &mut Call<'_, '_>, user: &Ocid) -> Result<(), Problem> {
    let mut resource = call.resource(ResourceKind::User, user)?;
    call.renew(&mut resource)
}

pub(crate) const fn all_capabilities() -> UserCapabilities {
    UserCapabilities {
        can_use_console_password: Some(true),
        can_use_api_keys: Some(true),
        can_use_auth_tokens: Some(true),
        can_use_smtp_credentials: Some(true),
        can_use_db_credentials: Some(true),
        can_use_customer_secret_keys: Some(true),
        can_use_oauth2_client_credentials: Some(true),
    }
}

pub(crate) fn check_db_user_name(name: &str) -> Result<(), Problem> {
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || NAME_SIGNS.contains(letter);
    if name.len() <= DB_USER_NAME_MAX && name.chars().all(allowed) {
        return Ok(());
    }
    Err(Problem::invalid(format!(
        "dbUserName is not valid: use at most {DB_USER_NAME_MAX} ASCII letters, digits and \
         - . _ + @"
    )))
}

/// A second name of a user in the form that is unique. Addresses are unique in each domain: those
/// of the Default domain's users stand for themselves, those of others with their domain.
pub(crate) fn second_name(home: &Ocid, alias: Alias, written: &str) -> String {
    match alias {
        Alias::UserEmail if domains::is_one(home) => format!("{home} {}", fold(written)),
        _ => fold(written),
    }
}

/// Writes down what no two users may share besides the name, as far as it was changed.
pub(crate) fn set_aliases(
    tx: &mut Tx<'_>,
    at: TenancyNo,
    home: &Ocid,
    before: Option<&User>,
    user: &User,
) -> Result<(), Problem> {
    for (alias, what, written) in SECOND_NAMES {
        let folded = |user| written(user).map(|written| second_name(home, alias, written));
        let name = folded(user);
        if name == before.and_then(folded) {
            continue;
        }
        if !tx.set_alias(at, alias, &user.id, name.as_deref()).map_err(store_problem)? {
            let name = written(user).unwrap_or_default();
            return Err(already_exists(format!("another user already has the {what} `{name}`")));
        }
    }
    Ok(())
}

fn already_exists(message: String) -> Problem {
    Problem::new(Code::UserAlreadyExists, message)
}
