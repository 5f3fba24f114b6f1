//! Memberships: users added to groups and taken out of them.

use crate::call::{Call, Reply, store_problem};
use crate::context::Context;
use crate::groups::{self, ADMINISTRATORS};
use crate::kept::limit_exceeded;
use crate::page;
use crate::users;
use iam_api::user_group_memberships::{AddUserToGroupDetails, UserGroupMembership};
use iam_api::{Code, LifecycleState, Ocid, Problem};
use iam_store::{Membership, ResourceKind, TenancyNo, Tx};

/// How many memberships of a user who is deleted are ended at once.
const BATCH: i64 = 100;

/// Adds a user to a group.
pub fn add(
    call: &mut Call<'_, '_>,
    details: AddUserToGroupDetails,
) -> Result<Reply<UserGroupMembership>, Problem> {
    let user = call.resource(ResourceKind::User, &details.user_id)?;
    let group = call.resource(ResourceKind::Group, &details.group_id)?;
    let (at, limits) = (call.at(), call.context.limits);
    let (groups, users) =
        call.tx.membership_counts(at, &user.id, &group.id).map_err(store_problem)?;
    if groups >= limits.groups_per_user {
        return Err(limit_exceeded("groups-per-user-count"));
    }
    if users >= limits.users_per_group {
        return Err(limit_exceeded("users-per-group-count"));
    }
    let membership = Membership {
        id: call.new_id("groupmembership"),
        user: user.id,
        group: group.id,
        created: call.now,
        etag: call.context.etag(),
    };
    if !call.tx.add_membership(at, &membership).map_err(store_problem)? {
        return Err(Problem::new(
            Code::Conflict,
            format!("user `{}` is already a member of group `{}`", user.name, group.name),
        ));
    }
    touch_both(call, &membership)?;
    Ok(Reply::of(model(call, &membership)).etag(membership.etag).made(membership.id.as_str()))
}

/// Shows a membership.
pub fn get(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<UserGroupMembership>, Problem> {
    let membership = find(call)?;
    Ok(Reply::of(model(call, &membership)).etag(membership.etag))
}

/// Lists the memberships of a user, or of a group, or the one of both.
pub fn list(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<Vec<UserGroupMembership>>, Problem> {
    let at = call.at();
    let given = |name: &str| call.params.get(name).filter(|id| !id.is_empty()).map(Ocid::from);
    let (rows, next) = match (given("userId"), given("groupId")) {
        (None, None) => {
            return Err(Problem::new(
                Code::MissingParameter,
                "userId or groupId is missing; give at least one of them",
            ));
        }
        (Some(user), Some(group)) => {
            let found = call.tx.membership_of(at, &user, &group).map_err(store_problem)?;
            (found.into_iter().collect(), None)
        }
        (Some(user), None) => {
            call.resource(ResourceKind::User, &user)?;
            page::keyed(
                call,
                "memberships of a user",
                |call, after, limit| {
                    call.tx.memberships_of_user(at, &user, after, limit).map_err(store_problem)
                },
                |row: &Membership| row.group.to_string(),
            )?
        }
        (None, Some(group)) => {
            call.resource(ResourceKind::Group, &group)?;
            page::keyed(
                call,
                "memberships of a group",
                |call, after, limit| {
                    call.tx.memberships_of_group(at, &group, after, limit).map_err(store_problem)
                },
                |row: &Membership| row.user.to_string(),
            )?
        }
    };
    Ok(Reply::of(rows.iter().map(|row| model(call, row)).collect()).next_page(next))
}

/// Takes a user out of a group. The last administrator cannot be taken out.
pub fn remove(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<()>, Problem> {
    let membership = find(call)?;
    call.if_match(membership.id.as_str(), &membership.etag)?;
    end(call, &membership)?;
    Ok(Reply::of(()))
}

/// Ends a membership.
pub(crate) fn end(call: &mut Call<'_, '_>, membership: &Membership) -> Result<(), Problem> {
    let at = call.at();
    let group = call.resource(ResourceKind::Group, &membership.group)?;
    if group.name == ADMINISTRATORS {
        let left = call.tx.memberships_of_group(at, &group.id, "", 2).map_err(store_problem)?;
        if left.len() < 2 {
            return Err(Problem::new(
                Code::Conflict,
                format!("group `{ADMINISTRATORS}` must keep at least one user; add another first"),
            ));
        }
    }
    call.tx.remove_membership(at, membership).map_err(store_problem)?;
    touch_both(call, membership)
}

/// Takes a user who is to be deleted out of all groups.
pub(crate) fn end_all(
    tx: &mut Tx<'_>,
    context: &Context,
    at: TenancyNo,
    user: &Ocid,
) -> Result<(), Problem> {
    loop {
        let some = tx.memberships_of_user(at, user, "", BATCH).map_err(store_problem)?;
        if some.is_empty() {
            return Ok(());
        }
        for membership in &some {
            tx.remove_membership(at, membership).map_err(store_problem)?;
            if let Some(mut group) = tx.resource(at, &membership.group).map_err(store_problem)? {
                group.etag = context.etag();
                tx.update(at, &group).map_err(store_problem)?;
            }
        }
    }
}

fn find(call: &mut Call<'_, '_>) -> Result<Membership, Problem> {
    let (at, id) = (call.at(), Ocid::from(call.path("userGroupMembershipId")?));
    call.tx.membership(at, &id).map_err(store_problem)?.ok_or_else(Problem::not_found)
}

/// A membership changes the etags of both its user and its group (facts 3.1).
fn touch_both(call: &mut Call<'_, '_>, membership: &Membership) -> Result<(), Problem> {
    users::touch(call, &membership.user)?;
    groups::touch(call, &membership.group)?;
    call.tx.revise().map_err(store_problem)
}

fn model(call: &Call<'_, '_>, membership: &Membership) -> UserGroupMembership {
    UserGroupMembership {
        id: membership.id.clone(),
        compartment_id: call.principal.tenancy_id.clone(),
        group_id: membership.group.clone(),
        user_id: membership.user.clone(),
        time_created: membership.created,
        lifecycle_state: LifecycleState::Active,
        inactive_status: None,
    }
}
