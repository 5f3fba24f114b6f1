//! What comes before the transaction of an operation that sets a password somebody chose: weighing
//! the old one and hashing the new one, which are slow on purpose. The spine runs it when the
//! operation is allowed.

use crate::app::Shared;
use crate::spine::Request;
use iam_api::{Problem, Secret};
use iam_core::call::store_problem;
use iam_core::change_password::{self, Declined, NewUser, Prepared, Situation};
use iam_core::{db_credentials, recovery};
use serde_json::Value;
use std::pin::Pin;
use std::sync::Arc;

/// What an operation may have before its transaction.
pub(crate) type Before = fn(Shared, Arc<Request>) -> Preparing;

/// A new password on its way.
pub(crate) type Preparing = Pin<Box<dyn Future<Output = Result<Option<Prepared>, Problem>> + Send>>;

/// The caller's own: they have to know the old one. A wrong one counts as a failed sign-in.
pub(crate) fn of_caller(app: Shared, request: Arc<Request>) -> Preparing {
    Box::pin(async move {
        let _place = app.place()?;
        let principal = Arc::clone(&request.caller.principal);
        let reserve = app
            .write(move |app, tx| change_password::reserve_current(tx, &app.context, &principal));
        let attempt = reserve.await?;
        let verdict = app.weigh(&attempt, secret(&request, "oldPassword")).await?;
        let source = request.source.clone();
        let confirm = app.write(move |app, tx| {
            change_password::confirm_current(tx, &app.context, &source, &attempt, &verdict)
        });
        if !confirm.await? {
            return Err(Problem::invalid("oldPassword is not the caller's password"));
        }
        let principal = Arc::clone(&request.caller.principal);
        prepare(&app, &request, move |tx| {
            let user = tx.resource(principal.tenancy, &principal.user).map_err(store_problem)?;
            let user = user.ok_or(Declined::Over)?;
            Ok(change_password::of_user(tx, principal.tenancy, &user)?)
        })
        .await
    })
}

/// One for databases, of the user whom the path names.
pub(crate) fn for_databases(app: Shared, request: Arc<Request>) -> Preparing {
    Box::pin(async move {
        let asked = Arc::clone(&request);
        let situation = app.read(move |_, tx| of_target(tx, &asked)).await?;
        let new = secret(&request, "password");
        let prepared =
            app.hash(move |app| db_credentials::prepare(&app.context, &situation, &new)).await?;
        Ok(Some(prepared?))
    })
}

/// The one of the user whom the path names.
pub(crate) fn of_user(app: Shared, request: Arc<Request>) -> Preparing {
    Box::pin(async move {
        let asked = Arc::clone(&request);
        prepare(&app, &request, move |tx| of_target(tx, &asked)).await
    })
}

fn of_target(tx: &mut iam_store::Tx<'_>, request: &Request) -> Result<Situation, Declined> {
    let Request { binding, caller, params, body, .. } = request;
    let principal = &caller.principal;
    let found = iam_core::target::find(tx, binding.spec, principal, params, body)?;
    let user = found.resource.ok_or_else(Problem::not_found)?;
    Ok(change_password::of_user(tx, principal.tenancy, &user)?)
}

/// The one that a new user gets, if they get one at once.
pub(crate) fn of_new_user(app: Shared, request: Arc<Request>) -> Preparing {
    Box::pin(async move {
        if request.body.get("password").is_none_or(Value::is_null) {
            return Ok(None);
        }
        let asked = Arc::clone(&request);
        prepare(&app, &request, move |tx| {
            let part = |pointer| asked.body.pointer(pointer).and_then(Value::as_str);
            let user = NewUser {
                name: part("/userName").unwrap_or_default(),
                given_name: part("/name/givenName"),
                family_name: part("/name/familyName"),
                email: part("/emails/0/value"),
            };
            Ok(change_password::of_new_user(tx, &asked.caller.principal, &user)?)
        })
        .await
    })
}

/// The one of the user whom a link was mailed to. The link stays open.
pub(crate) fn by_link(app: Shared, request: Arc<Request>) -> Preparing {
    Box::pin(async move {
        let token = secret(&request, "token");
        let (shared, at) = (Arc::clone(&app), request.caller.principal.tenancy);
        prepare(&app, &request, move |tx| {
            recovery::situation(tx, &shared.context, &token, Some(at))
        })
        .await
    })
}

/// Checks and hashes the new password in the situation that is read.
async fn prepare(
    app: &Shared,
    request: &Request,
    read: impl FnOnce(&mut iam_store::Tx<'_>) -> Result<Situation, Declined> + Send + 'static,
) -> Result<Option<Prepared>, Problem> {
    let situation = app.read(move |_, tx| read(tx)).await?;
    let new = secret(request, "password");
    let prepared =
        app.hash(move |app| change_password::prepare(&app.context, &situation, &new, &new)).await?;
    Ok(Some(prepared?))
}

fn secret(request: &Request, field: &str) -> Secret {
    let text = request.body.get(field).and_then(Value::as_str).unwrap_or_default();
    Secret::new(text.to_owned())
}
