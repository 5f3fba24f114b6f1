//! Users, as the domain's clients list, make, change and delete them.

use super::list::Wanted;
use super::profile::Profile;
use super::user_document::{Documents, attributes};
use super::user_edit::{Effects, absorb};
use super::user_search::answer;
use super::{Document, View, must_be_meant, scim_id};
use crate::call::{Call, Reply, store_problem};
use crate::change_password::{self, Told};
use crate::ui_passwords::ONE_TIME_SECONDS;
use crate::user_group_memberships;
use crate::{domains, mail, recovery, tagging, users};
use iam_api::scim::users::{USERS, User as ScimUser};
use iam_api::scim::{ListResponse, PatchOp, SearchRequest};
use iam_api::users::User;
use iam_api::{LifecycleState, Problem};
use iam_scim::{Patch, Schema};
use iam_store::Resource;
use serde_json::{Value, json};

/// The most groups that a forced deletion takes a user out of.
const GROUPS_MAX: i64 = 1_000;

/// Lists users.
pub fn list(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<ListResponse<ScimUser>>, Problem> {
    let wanted = Wanted::of_params(call, &USERS)?;
    answer(call, &wanted)
}

/// Searches for users.
pub fn search(
    call: &mut Call<'_, '_>,
    search: SearchRequest<ScimUser>,
) -> Result<Reply<ListResponse<ScimUser>>, Problem> {
    let wanted = Wanted::of_search(call, &USERS, &search)?;
    answer(call, &wanted)
}

/// Shows a user.
pub fn get(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<ScimUser>, Problem> {
    let row = call.target()?;
    show(call, &row)
}

/// Creates a user, and mails them the link to their first password.
pub fn create(call: &mut Call<'_, '_>, body: ScimUser) -> Result<Reply<ScimUser>, Problem> {
    let (id, tenancy) = (call.new_id("user"), &call.principal.tenancy_id);
    let mut user = users::blank(id, tenancy, String::new(), call.now);
    let mut profile = Profile::default();
    let effects = absorb(&mut user, &mut profile, &Document::new(), &body.0)?;
    let (freeform, defined) = effects.tags.clone().unzip();
    (user.freeform_tags, user.defined_tags) =
        tagging::of_new(call, &user.compartment_id, freeform, defined)?;
    if user.email.is_none() {
        recovery::must_not_need_email(call)?;
    }
    let row = users::add(call, &user)?;
    let at = call.at();
    profile.keep(call.tx, at, &user.id)?;
    Profile::sign(call, &user.id, true)?;
    if let Some(password) = call.new_password() {
        // Somebody else knows it, so it is good for one thing: to choose another.
        let told = if effects.is_quiet { Told::Nothing } else { Told::SetByOther };
        let expires = Some(call.now.plus_seconds(ONE_TIME_SECONDS));
        change_password::set(call.tx, call.context, at, &user, password, told, expires)?;
    } else if user.lifecycle_state == LifecycleState::Active && !effects.is_quiet {
        recovery::welcome(call.tx, call.context, at, &user)?;
    }
    let shown = show(call, &row)?;
    let path = format!("{}{}/{}", domains::prefix(call)?, USERS.path, scim_id(&user.id)?);
    Ok(shown.location(path))
}

/// Replaces what is known of a user.
pub fn put(call: &mut Call<'_, '_>, body: ScimUser) -> Result<Reply<ScimUser>, Problem> {
    change(call, |_, before| {
        let mut after = body.0;
        // Extensions that are left out stay, and so does whether the user is active.
        for (name, value) in before {
            if name == "active" || name.starts_with("urn:") {
                after.entry(name.clone()).or_insert_with(|| value.clone());
            }
        }
        Ok(after)
    })
}

/// Changes parts of what is known of a user.
pub fn patch(call: &mut Call<'_, '_>, body: PatchOp) -> Result<Reply<ScimUser>, Problem> {
    let patch = Patch::read(&body)?;
    change(call, |schema, before| {
        let mut after = before.clone();
        patch.apply(schema, &mut after)?;
        Ok(after)
    })
}

/// Deletes a user with all their credentials; where it is forced, out of their groups.
pub fn delete(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<()>, Problem> {
    let row = call.target_as_seen()?;
    must_be_meant(call, &row.id, &Document::new())?;
    if call.params.get("forceDelete") == Some("true") {
        let at = call.at();
        let memberships = call.tx.memberships_of_user(at, &row.id, "", GROUPS_MAX);
        for membership in memberships.map_err(store_problem)? {
            user_group_memberships::end(call, &membership)?;
        }
    }
    users::forget(call, &row)?;
    Ok(Reply::of(()))
}

/// Changes the user that the path names: from the document that clients may write to another one.
fn change(
    call: &mut Call<'_, '_>,
    edit: impl FnOnce(&Schema, &Document) -> Result<Document, Problem>,
) -> Result<Reply<ScimUser>, Problem> {
    let row = call.target_as_seen()?;
    let at = call.at();
    let mut user: User = row.model().map_err(store_problem)?;
    let mut profile = Profile::load(call.tx, at, &row.id)?;
    let schema = Schema::of(&USERS);
    let sign_ins = call.tx.sign_ins(at, &row.id).map_err(store_problem)?;
    let before = writable(&schema, attributes(&user, &profile, &sign_ins))?;
    let after = edit(&schema, &before)?;
    must_be_meant(call, &row.id, &after)?;
    let after = writable(&schema, after)?;
    // A right to change users is none to sign in as them.
    if after.contains_key("password") {
        return Err(Problem::invalid(
            "password cannot be changed here; reset it by UserPasswordResetter, or set it by \
             UserPasswordChanger",
        ));
    }
    schema.check_immutable(&before, &after)?;
    let effects = absorb(&mut user, &mut profile, &before, &after)?;
    let (freeform, defined) = effects.tags.clone().unzip();
    tagging::change(call, (&mut user.freeform_tags, freeform), (&mut user.defined_tags, defined))?;
    profile.keep(call.tx, at, &row.id)?;
    let row = keep(call, row, user, &effects)?;
    show(call, &row)
}

/// What clients may write of a document, in the schema's spelling.
fn writable(schema: &Schema, mut document: Document) -> Result<Document, Problem> {
    document.insert("schemas".to_owned(), json!([schema.urn]));
    Ok(schema.check(&Value::Object(document))?)
}

/// Writes a changed user back, with all that follows from the change.
pub(crate) fn keep(
    call: &mut Call<'_, '_>,
    mut row: Resource,
    mut user: User,
    effects: &Effects,
) -> Result<Resource, Problem> {
    let at = call.at();
    if effects.is_readdressed {
        if user.email.is_none() {
            recovery::must_not_need_email(call)?;
        }
        // The old address is told before it is gone.
        if !effects.is_quiet {
            let old: User = row.model().map_err(store_problem)?;
            recovery::tell(call.tx, call.context, at, mail::Event::EmailChanged, &old)?;
        }
    }
    users::keep(call, &mut row, &mut user)?;
    if effects.bars_console || effects.activated == Some(false) {
        call.tx.end_sessions(at, &user.id).map_err(store_problem)?;
    }
    if effects.is_quiet {
        return Ok(row);
    }
    if effects.is_readdressed {
        recovery::ask_new_email(call.tx, call.context, at, &user)?;
    }
    if let Some(active) = effects.activated {
        let event = if active { mail::Event::Activated } else { mail::Event::Deactivated };
        recovery::tell(call.tx, call.context, at, event, &user)?;
    }
    Ok(row)
}

/// A user as the request wants to see them.
fn show(call: &mut Call<'_, '_>, row: &Resource) -> Result<Reply<ScimUser>, Problem> {
    let view = View::of(call, &USERS)?;
    let documents = Documents::new(call, &view, |attribute| view.asks_for(attribute))?;
    let document = documents.of(call, row)?;
    Ok(Reply::of(ScimUser(view.show(&document))).etag(&row.etag).made(row.id.as_str()))
}
