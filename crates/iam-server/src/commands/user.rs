//! `durward user …`: for the day when nobody can sign in. Whoever can read and write the
//! installation's files may do everything anyway; here they do it as the API does, by the same
//! functions, and it is written down that the host did it.

use super::{host, say, tenancy};
use crate::failure::Failure;
use crate::place::KeyedPlaceArgs;
use crate::trail::HOST;
use clap::Subcommand;
use iam_api::mfa_totp_devices::DELETE_MFA_TOTP_DEVICE;
use iam_api::ui_passwords::CREATE_OR_RESET_UI_PASSWORD;
use iam_api::user_group_memberships::{ADD_USER_TO_GROUP, AddUserToGroupDetails};
use iam_api::users::{UPDATE_USER_STATE, UpdateStateDetails};
use iam_api::{Ocid, Problem, Secret, Spec};
use iam_core::audit::{self, Event, Source};
use iam_core::call::{Call, Params, Reply, Scene, store_problem};
use iam_core::clock;
use iam_core::groups::ADMINISTRATORS;
use iam_core::{deny, mfa_totp_devices, ui_passwords, user_group_memberships, users};
use iam_policy::fold;
use iam_store::{Resource, ResourceKind, Store, TenancyNo, Tx};
use std::sync::Arc;
use zeroize::Zeroizing;

/// The most names of administrators that are told to who gave a wrong one.
const NAMES_MAX: i64 = 10;

/// Let a user back in, on the host, when nobody can sign in
///
/// These do what the API does, without a signature: whoever may write the installation's files
/// needs none. Each change is in the audit trail, with `host` as who did it.
///
/// A data directory must not be served meanwhile: stop `durward serve` first. With a database
/// server the nodes go on, and take notice at once.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// End the block that failed sign-ins have made
    Unblock(Named),
    /// Give a new one-time password, which is shown this once
    ///
    /// The user's old password, one-time password and Console sessions end with it; a block does
    /// not. In a tenancy with identity domains no letter is sent: the password is shown here.
    Reset(Named),
    /// Take the user's MFA device away: the password alone is asked for from then on
    ///
    /// For whoever has lost the phone. The password stays as it is.
    RemoveDevice(Named),
    /// Put the user into the group Administrators
    MakeAdmin(Named),
}

/// The user, and where.
#[derive(clap::Args)]
pub(super) struct Named {
    /// The user's name
    #[arg(value_name = "NAME")]
    pub(super) name: String,

    /// The tenancy, by name or OCID, where several have a user of that name
    #[arg(long, value_name = "TENANCY")]
    tenancy: Option<String>,

    #[command(flatten)]
    place: KeyedPlaceArgs,
}

const EXAMPLES: &str = "\
Examples:
  durward user unblock ann --data-dir /var/lib/durward
  durward user reset ann --data-dir /var/lib/durward
  durward user remove-device ann --data-dir /var/lib/durward
  durward user make-admin ann --database-url postgres://durward@db.example.com/durward \\
      --key-file /etc/durward/durward.key";

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    match &args.action {
        Action::Unblock(named) => {
            let details = UpdateStateDetails { blocked: Some(false) };
            let user = act(named, &UPDATE_USER_STATE.spec, move |call| {
                users::update_state(call, details.clone())
            })?;
            let state = user.lifecycle_state.as_str();
            say(&format!("User `{}` is not blocked; the state is {state}\n", user.name))
        }
        Action::Reset(named) => {
            let spec = &CREATE_OR_RESET_UI_PASSWORD.spec;
            let made = act(named, spec, |call| ui_passwords::create_or_reset(call, ()))?;
            say(&shown(&named.name, made.password.as_ref()))
        }
        Action::RemoveDevice(named) => {
            act(named, &DELETE_MFA_TOTP_DEVICE.spec, mfa_totp_devices::delete_any)?;
            say(&format!("User `{}` has no MFA device\n", named.name))
        }
        Action::MakeAdmin(named) => {
            act(named, &ADD_USER_TO_GROUP.spec, make_admin)?;
            say(&format!("User `{}` is in the group {ADMINISTRATORS}\n", named.name))
        }
    }
}

/// The one-time password, for the person at the host.
fn shown(name: &str, password: Option<&Secret>) -> Zeroizing<String> {
    let password = password.map(Secret::expose).unwrap_or_default();
    Zeroizing::new(format!(
        "One-time password of `{name}`: {password}\n\
         It is shown this once, is good for 7 days, and has to be changed at the first sign-in.\n"
    ))
}

fn make_admin(
    call: &mut Call<'_, '_>,
) -> Result<Reply<iam_api::user_group_memberships::UserGroupMembership>, Problem> {
    let (at, root) = (call.at(), call.principal.tenancy_id.clone());
    let user_id = call.seen_target()?.id.clone();
    let group = deny::administrators(call.tx, at, &root).map_err(store_problem)?;
    let group_id = group.ok_or_else(Problem::not_found)?.id;
    user_group_memberships::add(call, AddUserToGroupDetails { user_id, group_id })
}

/// Does one thing to one user, in one transaction that notes it.
pub(super) fn act<R: Send + 'static>(
    named: &Named,
    spec: &'static Spec,
    mut handler: impl FnMut(&mut Call<'_, '_>) -> Result<Reply<R>, Problem> + Send + 'static,
) -> Result<R, Failure> {
    let (_, store, key) = named.place.open()?;
    let context = Arc::new(host::context(&store, key)?);
    let (at, root, user) = find(&store, named)?;
    let write = move |tx: &mut Tx<'_>| {
        let principal = host::principal(at, &root);
        let source = Source { address: HOST.to_owned(), request_id: context.etag() };
        let target = tx.resource(at, &user.id).map_err(store_problem)?;
        let scene = Scene {
            spec,
            context: &context,
            principal: &principal,
            params: &Params::default(),
            now: context.now(),
            retry: None,
            address: "",
            source: &source,
            prepared: None,
            target,
            policies: None,
        };
        let proof = host::allowed(&host::policies(&root)?, &principal, spec, &[root.as_str()])?;
        let reply = handler(&mut Call::new(proof, tx, scene))?;
        let target = reply.made.as_deref().unwrap_or(user.id.as_str());
        audit::record(
            tx,
            &context,
            &source,
            &Event { at, compartment: "", actor: HOST, name: spec.id, target },
            "OK",
        )?;
        clock::keep(tx, &context)?;
        Ok::<_, Problem>(reply.body)
    };
    Ok(store.write(write).wait()??)
}

/// The user of that name, and their tenancy.
fn find(store: &Store, named: &Named) -> Result<(TenancyNo, Ocid, Resource), Failure> {
    let name = &named.name;
    let look = |tx: &mut Tx<'_>| {
        let (mut found, mut others) = (Vec::new(), Vec::new());
        for (at, root) in tenancy::chosen(tx, named.tenancy.as_deref())? {
            let user = tx.resource_by_name(at, ResourceKind::User, &root, &fold(name))?;
            if let Some(user) = user {
                found.push((at, root, user));
                continue;
            }
            let Some(group) = deny::administrators(tx, at, &root)? else { continue };
            for membership in tx.memberships_of_group(at, &group.id, "", NAMES_MAX)? {
                let admin = tx.resource(at, &membership.user)?;
                others.extend(admin.map(|admin| format!("`{}`", admin.name)));
            }
        }
        Ok::<_, Failure>((found, others))
    };
    let (mut found, others) = store.read(look)??;
    match (found.pop(), found.is_empty()) {
        (Some(user), true) => Ok(user),
        (Some(_), false) => Err(Failure::new(format!(
            "several tenancies have a user `{name}`, and nothing was done; give --tenancy NAME"
        ))),
        (None, _) => Err(Failure::new(format!(
            "there is no user `{name}`; in the group {ADMINISTRATORS} are: {}",
            others.join(", ")
        ))),
    }
}
