//! Who signed a request: from the `Authorization` header to a principal, or to the one 401.

use crate::app::{App, Shared};
use axum::http::{HeaderMap, Uri, header};
use iam_api::Problem;
use iam_core::access::{KeyName, KnownKey};
use iam_core::call::{Principal, store_problem};
use iam_sign::{Presented, SignatureError};
use std::sync::Arc;

/// A caller whose signature was verified; the body still has to be compared with what was signed.
pub(crate) struct Signed {
    pub(crate) principal: Arc<Principal>,
    presented: Presented,
}

impl Signed {
    /// Compares the body as it came with what was signed.
    pub(crate) fn verify_body(&self, body: &[u8]) -> Result<(), Problem> {
        self.presented.verify_body(body).map_err(refuse)
    }
}

/// Verifies the signature of a request, in the order that security asks for: form, date, key,
/// signature.
pub(crate) async fn verify(
    app: &Shared,
    method: &str,
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<Signed, Problem> {
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    let pairs = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    let now = app.context.now().as_seconds();
    let presented = Presented::read(method, target, pairs, now).map_err(refuse)?;
    let known = key(app, presented.key_id().into()).await?;
    let Some(known) = known.filter(|_| is_for_us(app, headers)) else {
        return Err(refuse(presented.verify_unknown()));
    };
    presented.verify(&known.key).map_err(refuse)?;
    Ok(Signed { principal: Arc::clone(&known.principal), presented })
}

/// The key of that name, from the cache where that is good at this moment.
async fn key(app: &Shared, name: KeyName) -> Result<Option<Arc<KnownKey>>, Problem> {
    let revision = app.store.revision().await.map_err(store_problem)?;
    if let Some(known) = app.access.known_key(revision, &name) {
        return Ok(Some(known));
    }
    app.read(move |app, tx| app.access.key(tx, &app.context, name)).await
}

/// Whether the signed host is one of ours: a request that was signed for another server is not for
/// us, even where it reaches us.
fn is_for_us(app: &App, headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    crate::http::is_own_host(&app.reach, host)
}

/// Which check failed goes to the log, and never to the caller.
fn refuse(cause: SignatureError) -> Problem {
    Problem { cause: Some(Box::new(cause)), ..Problem::not_authenticated() }
}
