//! Password policies of a domain: made, ranked, given to groups, changed, deleted (facts 2.4).
//!
//! A policy is kept as the document that is shown, with groups by their OCIDs;
//! `crate::password_policies` reads from it what counts for a user. What a policy can ask for but
//! nothing here would enforce is refused, so that no policy promises what is not kept.

use super::list::Wanted;
use super::policy_rules::{check, fix_strength};
use super::{Document, Identity, View, find, scim_id, text};
use crate::call::{Call, Reply, store_problem};
use crate::fields::{check_description, check_name};
use crate::kept::limit_exceeded;
use crate::password_policies::{DEFAULT, POLICIES_MAX};
use crate::password_rules::{Requirements, rules};
use iam_api::authentication_policies::PasswordPolicy as Rules;
use iam_api::scim::password_policies::{PASSWORD_POLICIES, PasswordPolicy};
use iam_api::scim::{ListResponse, PatchOp, SearchRequest};
use iam_api::{Code, Keyword, LifecycleState, Ocid, Problem, Timestamp};
use iam_policy::fold;
use iam_scim::{Patch, Schema};
use iam_store::{Resource, ResourceKind, Selection, Sort};
use serde_json::{Value, json};

/// What a policy's name may hold besides letters and digits.
const NAME_SIGNS: &str = "-._+@ ()";
/// The path of groups, which are not served here yet but are where OCI has them.
const GROUPS_PATH: &str = "/admin/v1/Groups";
/// Where the document keeps when it was last changed.
const MODIFIED: &str = "lastModified";

/// Lists password policies.
pub fn list(
    call: &mut Call<'_, '_>,
    (): (),
) -> Result<Reply<ListResponse<PasswordPolicy>>, Problem> {
    let wanted = Wanted::of_params(call, &PASSWORD_POLICIES)?;
    answer(call, &wanted)
}

/// Searches for password policies.
pub fn search(
    call: &mut Call<'_, '_>,
    search: SearchRequest<PasswordPolicy>,
) -> Result<Reply<ListResponse<PasswordPolicy>>, Problem> {
    let wanted = Wanted::of_search(call, &PASSWORD_POLICIES, &search)?;
    answer(call, &wanted)
}

/// Shows a password policy.
pub fn get(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<PasswordPolicy>, Problem> {
    let row = of_path(call)?;
    show(call, &row)
}

/// Creates a password policy.
pub fn create(
    call: &mut Call<'_, '_>,
    body: PasswordPolicy,
) -> Result<Reply<PasswordPolicy>, Problem> {
    let others = rows(call)?;
    if i64::try_from(others.len()).is_ok_and(|count| count >= POLICIES_MAX) {
        return Err(limit_exceeded("password-policy-count"));
    }
    let name = text(&body.0, "name").unwrap_or_default().to_owned();
    check_name("password policy name", &name, NAME_SIGNS)?;
    let mut row = Resource {
        id: call.new_id(ResourceKind::PasswordPolicy.as_str()),
        kind: ResourceKind::PasswordPolicy,
        parent: call.principal.tenancy_id.clone(),
        folded: fold(&name),
        name,
        state: LifecycleState::Active,
        created: call.now,
        etag: call.context.etag(),
        body: String::new(),
        compiled: None,
    };
    let document = settled(call, &row, &Document::new(), body.0, &others)?;
    row.set_model(&document).map_err(store_problem)?;
    let at = call.at();
    if !call.tx.insert(at, &row).map_err(store_problem)? {
        let message = format!("a password policy with the name `{}` already exists", row.name);
        return Err(Problem::new(Code::Conflict, message).keyword(Keyword::Scim("uniqueness")));
    }
    make_room(call, &row, &document, others)?;
    let path = format!("{}/{}", PASSWORD_POLICIES.path, scim_id(&row.id)?);
    Ok(show(call, &row)?.location(path))
}

/// Replaces a password policy.
pub fn put(
    call: &mut Call<'_, '_>,
    body: PasswordPolicy,
) -> Result<Reply<PasswordPolicy>, Problem> {
    change(call, |_, _| Ok(body.0))
}

/// Changes parts of a password policy.
pub fn patch(call: &mut Call<'_, '_>, body: PatchOp) -> Result<Reply<PasswordPolicy>, Problem> {
    let patch = Patch::read(&body)?;
    change(call, |schema, before| {
        let mut after = before.clone();
        patch.apply(schema, &mut after)?;
        after.insert("schemas".to_owned(), json!([schema.urn]));
        Ok(schema.check(&Value::Object(after))?)
    })
}

/// Deletes a password policy; the default one stays.
pub fn delete(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<()>, Problem> {
    let row = of_path(call)?;
    call.if_match(row.id.as_str(), &row.etag)?;
    if row.name == DEFAULT {
        return Err(Problem::new(
            Code::Conflict,
            format!("`{DEFAULT}` cannot be deleted: it is for everyone who has no other policy"),
        ));
    }
    let at = call.at();
    call.tx.delete(at, &row.id).map_err(store_problem)?;
    Ok(Reply::of(()))
}

/// Changes the policy that the path names: from its document to another one.
fn change(
    call: &mut Call<'_, '_>,
    edit: impl FnOnce(&Schema, &Document) -> Result<Document, Problem>,
) -> Result<Reply<PasswordPolicy>, Problem> {
    let row = of_path(call)?;
    call.if_match(row.id.as_str(), &row.etag)?;
    let row = rewrite(call, row, edit)?;
    show(call, &row)
}

/// Writes a policy back with another document.
fn rewrite(
    call: &mut Call<'_, '_>,
    mut row: Resource,
    edit: impl FnOnce(&Schema, &Document) -> Result<Document, Problem>,
) -> Result<Resource, Problem> {
    let schema = Schema::of(&PASSWORD_POLICIES);
    let before = shown(call, &row)?;
    let after = edit(&schema, &before)?;
    schema.check_immutable(&before, &after)?;
    let others: Vec<Resource> =
        rows(call)?.into_iter().filter(|other| other.id != row.id).collect();
    let document = settled(call, &row, &before, after, &others)?;
    row.etag = call.context.etag();
    row.set_model(&document).map_err(store_problem)?;
    let at = call.at();
    call.tx.update(at, &row).map_err(store_problem)?;
    make_room(call, &row, &document, others)?;
    Ok(row)
}

/// Changes the default policy by the rules that the Identity API has words for. A rule that asks
/// for several characters of a kind already stays as it is.
pub(crate) fn change_default(call: &mut Call<'_, '_>, new: &Rules) -> Result<(), Problem> {
    let default = rows(call)?.into_iter().find(|row| row.name == DEFAULT);
    let row =
        default.ok_or_else(|| Problem::internal("a domain has no default password policy"))?;
    rewrite(call, row, |_, before| {
        let mut after = before.clone();
        let mut set = |name: &str, value: Value| after.insert(name.to_owned(), value);
        if let Some(length) = new.minimum_password_length {
            set("minLength", json!(length));
        }
        for (name, required) in [
            ("minUpperCase", new.is_uppercase_characters_required),
            ("minLowerCase", new.is_lowercase_characters_required),
            ("minNumerals", new.is_numeric_characters_required),
            ("minSpecialChars", new.is_special_characters_required),
        ] {
            let is_required = before.get(name).and_then(Value::as_i64).unwrap_or(0) > 0;
            if let Some(required) = required.filter(|required| *required != is_required) {
                set(name, json!(i64::from(required)));
            }
        }
        if let Some(allowed) = new.is_username_containment_allowed {
            set("userNameDisallowed", json!(!allowed));
        }
        Ok(after)
    })?;
    Ok(())
}

/// A document as it is kept, once all of it is known to be right.
fn settled(
    call: &mut Call<'_, '_>,
    row: &Resource,
    before: &Document,
    mut document: Document,
    others: &[Resource],
) -> Result<Document, Problem> {
    check_description(text(&document, "description").unwrap_or_default())?;
    check_priority(row, &document)?;
    fix_strength(before, &mut document)?;
    check(&document)?;
    let groups = groups(call, row, &document, others)?;
    match groups.is_empty() {
        true => document.remove("groups"),
        false => document.insert("groups".to_owned(), Value::Array(groups)),
    };
    document.remove("forcePasswordReset");
    document.insert(MODIFIED.to_owned(), json!(call.now));
    Ok(document)
}

/// Every policy but the default one has a place among them.
fn check_priority(row: &Resource, document: &Document) -> Result<(), Problem> {
    let is_default = row.name == DEFAULT;
    match priority(document) {
        None if is_default => Ok(()),
        Some(_) if is_default => Err(Problem::invalid(format!(
            "priority cannot be set: `{DEFAULT}` comes after all others; leave it out"
        ))),
        Some(priority) if (1..=POLICIES_MAX).contains(&priority) => Ok(()),
        Some(priority) => Err(Problem::invalid(format!(
            "priority `{priority}` is not valid: give 1, the first that counts, to {POLICIES_MAX}"
        ))),
        None => {
            let message = format!("priority is missing; give 1 to {POLICIES_MAX}");
            let id = Keyword::Message("error.identity.passwordpolicy.missingPriority");
            Err(Problem::new(Code::MissingParameter, message).keyword(id))
        }
    }
}

fn priority(document: &Document) -> Option<i64> {
    document.get("priority").and_then(Value::as_i64)
}

/// Moves others down that stand at the policy's place, as far as there are any (facts 2.4).
fn make_room(
    call: &mut Call<'_, '_>,
    row: &Resource,
    document: &Document,
    others: Vec<Resource>,
) -> Result<(), Problem> {
    let Some(mut taken) = priority(document) else { return Ok(()) };
    let mut ranked = Vec::new();
    for other in others {
        let document = kept(&other)?;
        ranked.extend(priority(&document).map(|priority| (priority, other, document)));
    }
    ranked.sort_by_key(|(priority, ..)| *priority);
    let at = call.at();
    for (priority, mut other, mut document) in ranked {
        if priority != taken {
            continue;
        }
        taken += 1;
        if taken > POLICIES_MAX {
            return Err(Problem::invalid(format!(
                "no password policy can be moved down to make room for `{}`; the last place is \
                 {POLICIES_MAX}",
                row.name
            )));
        }
        document.insert("priority".to_owned(), json!(taken));
        document.insert(MODIFIED.to_owned(), json!(call.now));
        other.etag = call.context.etag();
        other.set_model(&document).map_err(store_problem)?;
        call.tx.update(at, &other).map_err(store_problem)?;
    }
    Ok(())
}

/// The policy's groups by their OCIDs: each is there, and no other policy is for it.
fn groups(
    call: &mut Call<'_, '_>,
    row: &Resource,
    document: &Document,
    others: &[Resource],
) -> Result<Vec<Value>, Problem> {
    let given = document.get("groups").and_then(Value::as_array);
    let mut groups: Vec<Value> = Vec::new();
    for group in given.into_iter().flatten() {
        let id = group.get("value").and_then(Value::as_str).unwrap_or_default();
        let at = call.at();
        let Some(found) = find(call.tx, at, ResourceKind::Group, id)? else {
            let shown: String = id.chars().take(128).collect();
            return Err(Problem::invalid(format!(
                "groups names the group `{}`, which does not exist",
                shown.escape_debug()
            )));
        };
        let value = json!({"value": found.id});
        for other in others {
            if kept(other)?
                .get("groups")
                .and_then(Value::as_array)
                .is_some_and(|of| of.contains(&value))
            {
                return Err(Problem::new(
                    Code::Conflict,
                    format!(
                        "group `{}` has the password policy `{}` already; take it from that first",
                        found.name, other.name
                    ),
                ));
            }
        }
        if !groups.contains(&value) {
            groups.push(value);
        }
    }
    if row.name == DEFAULT && !groups.is_empty() {
        return Err(Problem::invalid(format!(
            "groups cannot be set: `{DEFAULT}` is for everyone who has no other policy"
        )));
    }
    Ok(groups)
}

/// The policy that the path names.
fn of_path(call: &mut Call<'_, '_>) -> Result<Resource, Problem> {
    let (at, id) = (call.at(), call.path("passwordPolicyId")?);
    find(call.tx, at, ResourceKind::PasswordPolicy, id)?.ok_or_else(Problem::not_found)
}

/// Every policy of the domain.
fn rows(call: &mut Call<'_, '_>) -> Result<Vec<Resource>, Problem> {
    let selection = Selection {
        kind: ResourceKind::PasswordPolicy,
        parent: &call.principal.tenancy_id,
        name: None,
        state: None,
        sort: Sort::Oldest,
        after: None,
        limit: POLICIES_MAX,
    };
    let at = call.principal.tenancy;
    call.tx.resources(at, &selection).map_err(store_problem)
}

/// The document as it is kept, without what is about the document.
fn kept(row: &Resource) -> Result<Document, Problem> {
    let mut document: Document = row.model().map_err(store_problem)?;
    document.remove("schemas");
    document.remove(MODIFIED);
    Ok(document)
}

/// A policy's document with its groups as they are shown.
fn shown(call: &mut Call<'_, '_>, row: &Resource) -> Result<Document, Problem> {
    let mut own = kept(row)?;
    if let Some(groups) = own.get("groups").and_then(Value::as_array).cloned() {
        let mut shown = Vec::new();
        for group in groups {
            let id = group.get("value").and_then(Value::as_str).map(Ocid::from);
            let (at, id) = (call.at(), id.unwrap_or_else(|| Ocid::from("")));
            // A group that was deleted since is nobody's any more.
            let Some(group) = call.tx.resource(at, &id).map_err(store_problem)? else { continue };
            let id = scim_id(&group.id)?;
            shown.push(json!({
                "value": id,
                "$ref": format!("{}{GROUPS_PATH}/{id}", call.address),
                "display": group.name,
            }));
        }
        own.insert("groups".to_owned(), Value::Array(shown));
    }
    Ok(own)
}

/// A policy's whole document.
fn document(call: &mut Call<'_, '_>, view: &View, row: &Resource) -> Result<Document, Problem> {
    let mut own = shown(call, row)?;
    let asked: Requirements = row.model().map_err(store_problem)?;
    let words = rules(&asked).into_iter().map(|rule| json!({"key": rule.id, "value": rule.text}));
    own.insert("configuredPasswordPolicyRules".to_owned(), words.collect());
    let all: Document = row.model().map_err(store_problem)?;
    let modified: Option<Timestamp> =
        all.get(MODIFIED).cloned().and_then(|at| serde_json::from_value(at).ok());
    let identity = Identity {
        modified: Some(modified.unwrap_or(row.created)),
        ..Identity::of_row(scim_id(&row.id)?, row)
    };
    Ok(view.dress(call, &identity, own))
}

fn show(call: &mut Call<'_, '_>, row: &Resource) -> Result<Reply<PasswordPolicy>, Problem> {
    let view = View::of(call, &PASSWORD_POLICIES)?;
    let document = document(call, &view, row)?;
    let reply = Reply::of(PasswordPolicy(view.show(&document)));
    Ok(reply.etag(&row.etag).made(row.id.as_str()))
}

fn answer(
    call: &mut Call<'_, '_>,
    wanted: &Wanted,
) -> Result<Reply<ListResponse<PasswordPolicy>>, Problem> {
    let view = wanted.view(call)?;
    let rows = rows(call)?;
    let all: Result<Vec<Document>, Problem> =
        rows.iter().map(|row| document(call, &view, row)).collect();
    let page = wanted.choose(all?);
    wanted.answer(call, &view, &page, PasswordPolicy)
}
