//! Who is in a group: `iam group list-users`, `iam user list-groups`, `iam group remove-user`.

use crate::call::Run;
use crate::confirm::confirm;
use crate::failure::Failure;
use crate::json::Json;
use crate::output::Reply;
use crate::pages::fetch;
use crate::request::Input;
use crate::retry::Caller;
use crate::shape::shown;
use iam_api::Spec;
use iam_api::user_group_memberships::REMOVE_USER_FROM_GROUP;

/// Lists what stands at the other end of memberships: `other` is the field that names it, `read`
/// the operation that reads one.
pub(crate) fn list(run: &Run<'_>, other: &'static str, read: &'static Spec) -> Result<(), Failure> {
    let input = Input::of(&run.values, run.settings.env)?;
    let caller = Caller::new(run.settings, run.values.command.spec)?;
    let (memberships, last) = fetch(&caller, &run.values, input)?;
    let mut found = Vec::with_capacity(memberships.len());
    for membership in &memberships {
        let id = membership.get(other).and_then(Json::as_text).unwrap_or_default();
        let called = caller.call(read, &Input::param(other, id))?;
        found.extend(called.reply.map(|reply| shown(&reply, &read.reply)));
    }
    run.view.show(&Reply { data: Some(Json::List(found)), headers: last.headers }, true)
}

/// Takes a user out of a group.
pub(crate) fn remove(run: &Run<'_>) -> Result<(), Failure> {
    if !run.values.flag("force") {
        confirm("Are you sure you want to remove the given user from the given group?")?;
    }
    let input = Input::of(&run.values, run.settings.env)?;
    let caller = Caller::new(run.settings, run.values.command.spec)?;
    let called = caller.call(run.values.command.spec, &input)?;
    let ids: Vec<_> = match &called.reply {
        Some(Json::List(items)) => {
            items.iter().filter_map(|item| item.get("id")?.as_text()).collect()
        }
        _ => Vec::new(),
    };
    let [id] = ids.as_slice() else {
        return Err(Failure::Client(format!(
            "User '{}' is not a member of group '{}'",
            run.values.text("user-id").unwrap_or_default(),
            run.values.text("group-id").unwrap_or_default()
        )));
    };
    let membership = Input::param("userGroupMembershipId", id);
    let called = caller.call(&REMOVE_USER_FROM_GROUP.spec, &membership)?;
    run.view.show(&Reply { data: None, headers: called.headers }, false)
}
