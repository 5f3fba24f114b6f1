//! Who signed a request: from the `Authorization` header to a principal, or to the one 401.

use crate::app::{App, Shared};
use axum::http::{HeaderMap, Uri, header};
use iam_api::Problem;
use iam_core::access::{KeyName, KnownKey};
use iam_core::call::{Principal, store_problem};
use iam_sign::{KeyId, Presented, SignatureError};
use iam_store::{Revision, Tx};
use std::sync::Arc;

/// A caller whose signature was verified; the body still has to be compared with what was signed.
pub(crate) struct Signed {
    pub(crate) caller: Caller,
    presented: Presented,
}

impl Signed {
    /// Who claims to have signed, and has by now shown to have.
    pub(crate) fn key_id(&self) -> KeyId<'_> {
        self.presented.key_id()
    }

    /// Compares the body as it came with what was signed.
    pub(crate) fn verify_body(&self, body: &[u8]) -> Result<(), Problem> {
        self.presented.verify_body(body).map_err(refuse)
    }
}

/// Who asks. Where the key that signed was taken from memory under a revision that may have been
/// raised since, that is settled by the transaction that answers, which reads the revision anyway:
/// so nobody waits for it twice.
pub(crate) struct Caller {
    pub(crate) principal: Arc<Principal>,
    believed: Option<Believed>,
}

/// A key that was in use at some revision.
struct Believed {
    name: KeyName,
    known: Arc<KnownKey>,
    revision: u64,
}

impl From<Arc<Principal>> for Caller {
    /// Somebody who is known for sure.
    fn from(principal: Arc<Principal>) -> Self {
        Self { principal, believed: None }
    }
}

impl Caller {
    /// Who asks, as the transaction sees it; refuses where the key is not in use any more.
    pub(crate) fn settle(&self, app: &App, tx: &mut Tx<'_>) -> Result<Arc<Principal>, Problem> {
        match &self.believed {
            Some(believed) if believed.revision != tx.revision_begun() => believed.again(app, tx),
            _ => Ok(Arc::clone(&self.principal)),
        }
    }

    /// The same where no transaction answers: to be asked before a request is told what is wrong
    /// with it, which is not for those whose key was taken away.
    pub(crate) async fn settle_alone(&self, app: &Shared) -> Result<(), Problem> {
        let Some(Believed { name, known, revision }) = &self.believed else { return Ok(()) };
        if app.store.revision().await.map_err(store_problem)? == *revision {
            return Ok(());
        }
        let believed =
            Believed { name: name.clone(), known: Arc::clone(known), revision: *revision };
        app.read(move |app, tx| believed.again(app, tx)).await.map(|_| ())
    }
}

impl Believed {
    fn again(&self, app: &App, tx: &mut Tx<'_>) -> Result<Arc<Principal>, Problem> {
        let found = app.access.key(tx, &app.context, self.name.clone())?;
        // The signature was verified with the key that it was: the name is but a fingerprint.
        let found = found.filter(|found| found.key == self.known.key);
        let found = found.ok_or_else(|| refuse(SignatureError::KeyUnknown))?;
        Ok(Arc::clone(&found.principal))
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
    let now = app.time_of_signers().as_seconds();
    let presented = Presented::read(method, target, pairs, now).map_err(refuse)?;
    let name = KeyName::from(presented.key_id());
    let (known, revision) = key(app, &name).await?;
    let Some(known) = known.filter(|_| is_for_us(app, headers)) else {
        return Err(refuse(presented.verify_unknown()));
    };
    presented.verify(&known.key).map_err(refuse)?;
    let principal = Arc::clone(&known.principal);
    let believed = revision.map(|revision| Believed { name, known, revision });
    Ok(Signed { caller: Caller { principal, believed }, presented })
}

/// The key of that name: from the cache, with the revision that it is believed under where that may
/// not be the last, or from the store.
async fn key(
    app: &Shared,
    name: &KeyName,
) -> Result<(Option<Arc<KnownKey>>, Option<u64>), Problem> {
    let (revision, believed) = match app.store.revision_at_hand() {
        Revision::Committed(revision) => (revision, None),
        Revision::Believed(revision) => (revision, Some(revision)),
    };
    if let Some(known) = app.access.known_key(revision, &app.context, name) {
        return Ok((Some(known), believed));
    }
    let name = name.clone();
    Ok((app.read(move |app, tx| app.access.key(tx, &app.context, name)).await?, None))
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
