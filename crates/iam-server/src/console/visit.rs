//! Who opens a page: found out from the cookie before the page's function runs.
//!
//! A page says whom it is for by what it takes: [`Member`] is someone who is signed in, [`Changer`]
//! also someone who has to change a one-time password first, [`Halfway`] someone who has shown the
//! password and no code yet, [`Stranger`] anyone. There is no other way to a session.

use super::fault::Fault;
use super::forms::Bound;
use super::query::Fields;
use super::{Seat, cookies, next, origin};
use crate::app::Shared;
use crate::spine;
use axum::extract::FromRequestParts;
use axum::http::{HeaderMap, Method, request::Parts};
use iam_api::{Ocid, Operation, Problem, Secret, Spec, Target, Wire};
use iam_core::audit::Source;
use iam_core::call::{Params, Principal, Reply, store_problem};
use iam_core::facts::{self, About};
use iam_core::sessions::{self, Session};
use iam_policy::{Decision, decide};
use iam_store::Purpose;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// A request of someone who has a session.
pub(crate) struct Visit {
    /// What all requests share.
    pub(crate) app: Shared,
    /// The session.
    pub(crate) session: Session,
    /// Whose it is.
    pub(crate) principal: Arc<Principal>,
    /// Where the request came from.
    pub(crate) source: Source,
    /// The query.
    pub(crate) query: Fields,
    /// Scheme and host under which the browser knows us.
    pub(crate) origin: String,
    cookie: Secret,
}

impl Visit {
    async fn open(parts: &Parts, seat: &Seat) -> Result<Option<Self>, Fault> {
        let Some(cookie) = cookies::read(&parts.headers, cookies::SESSION) else { return Ok(None) };
        let app = Arc::clone(&seat.app);
        let Some(session) = find(&app, cookie.clone()).await? else { return Ok(None) };
        // One for the page, whatever it takes to show it: none is left half done for want of more.
        app.rates.admit(&app.context, &session.principal)?;
        if session.is_stale(app.context.now()) {
            let used = session.clone();
            app.write(move |app, tx| sessions::touch(tx, &app.context, &used)).await?;
        }
        Ok(Some(Self {
            principal: Arc::new(session.principal.clone()),
            session,
            source: source(parts),
            query: Fields::read(parts.uri.query().unwrap_or_default())?,
            origin: own_origin(&app, &parts.headers),
            app,
            cookie,
        }))
    }

    /// Performs an operation of the API as the session's user.
    pub(crate) async fn perform<B, R>(
        &self,
        operation: &'static Operation<B, R>,
        params: Params,
        body: &B,
    ) -> Result<Reply<R>, Problem>
    where
        B: Wire + Serialize,
        R: Wire + DeserializeOwned,
    {
        spine::perform(&self.app, operation, &self.principal, params, body, &self.source).await
    }

    /// Which of these operations a policy lets the user do in the tenancy: what a page offers.
    /// Whether each may then be done, the spine decides.
    pub(crate) async fn may<const N: usize>(
        &self,
        operations: [&'static Spec; N],
    ) -> Result<[bool; N], Problem> {
        self.may_to(None, operations).await
    }

    /// The same, where those that act on one resource would act on this one.
    pub(crate) async fn may_to<const N: usize>(
        &self,
        target: Option<&Ocid>,
        operations: [&'static Spec; N],
    ) -> Result<[bool; N], Problem> {
        let (principal, source) = (Arc::clone(&self.principal), self.source.clone());
        let target = target.cloned();
        self.app
            .read(move |app, tx| {
                let policies = app.access.policies(tx, principal.tenancy, &source.request_id)?;
                let (params, now) = (Params::default(), app.context.now());
                let found = target.as_ref().map(|id| tx.resource(principal.tenancy, id));
                let found = found.transpose().map_err(store_problem)?.flatten();
                let root = std::slice::from_ref(&principal.tenancy_id);
                let mut may = [false; N];
                for (may, spec) in may.iter_mut().zip(operations) {
                    let acts_on = matches!(spec.target, Target::Path(_));
                    let about = About {
                        target: found.as_ref().filter(|_| acts_on),
                        id: target.as_ref(),
                        compartments: root,
                        ..About::anything(spec, &params)
                    };
                    let facts = facts::gather(tx, policies.variables(), &principal, now, &about)?;
                    let path = [principal.tenancy_id.as_str()];
                    let question = principal.question(spec.needs, &path, &source, &facts);
                    *may = matches!(decide(&policies, &question), Decision::Allowed(_));
                }
                Ok(may)
            })
            .await
    }

    /// The token for the forms of a page.
    pub(crate) fn form_token(&self) -> String {
        sessions::form_token(&self.app.context, self.cookie.expose())
    }
}

impl Bound for Visit {
    fn cookie(&self) -> &str {
        self.cookie.expose()
    }
}

async fn find(app: &Shared, token: Secret) -> Result<Option<Session>, Problem> {
    app.read(move |app, tx| sessions::find(tx, &app.context, token.expose())).await
}

fn source(parts: &Parts) -> Source {
    parts.extensions.get::<Source>().cloned().unwrap_or_default()
}

fn own_origin(app: &Shared, headers: &HeaderMap) -> String {
    origin::own(&app.reach, headers).unwrap_or_default()
}

/// Where to go on after signing in: to the page that was asked for, if it was only asked for.
fn return_to(parts: &Parts) -> Option<String> {
    let path = parts.uri.path_and_query().map(|path| path.as_str())?;
    let asked = matches!(parts.method, Method::GET | Method::HEAD);
    next::own_path(path).filter(|_| asked).map(str::to_owned)
}

/// Someone who is signed in.
pub(crate) struct Member(pub(crate) Visit);

impl FromRequestParts<Seat> for Member {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, seat: &Seat) -> Result<Self, Fault> {
        match Visit::open(parts, seat).await? {
            Some(visit) if visit.session.purpose == Purpose::Console => Ok(Self(visit)),
            Some(visit) if visit.session.purpose == Purpose::ChangePassword => {
                Err(Fault::ChangeFirst)
            }
            _ => Err(Fault::SignIn(return_to(parts))),
        }
    }
}

impl Bound for Member {
    fn cookie(&self) -> &str {
        self.0.cookie()
    }
}

/// Someone who is signed in, or has to change a one-time password first.
pub(crate) struct Changer(pub(crate) Visit);

impl FromRequestParts<Seat> for Changer {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, seat: &Seat) -> Result<Self, Fault> {
        let visit = Visit::open(parts, seat).await?;
        let visit = visit.filter(|visit| visit.session.purpose != Purpose::SecondFactor);
        visit.map(Self).ok_or_else(|| Fault::SignIn(return_to(parts)))
    }
}

impl Bound for Changer {
    fn cookie(&self) -> &str {
        self.0.cookie()
    }
}

/// Someone who has shown the password, and has to show a code.
pub(crate) struct Halfway(pub(crate) Visit);

impl FromRequestParts<Seat> for Halfway {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, seat: &Seat) -> Result<Self, Fault> {
        let visit = Visit::open(parts, seat).await?;
        let visit = visit.filter(|visit| visit.session.purpose == Purpose::SecondFactor);
        visit.map(Self).ok_or(Fault::SignIn(None))
    }
}

impl Bound for Halfway {
    fn cookie(&self) -> &str {
        self.0.cookie()
    }
}

/// Anyone.
pub(crate) struct Stranger {
    /// What all requests share.
    pub(crate) seat: Seat,
    /// Where the request came from.
    pub(crate) source: Source,
    /// The query.
    pub(crate) query: Fields,
    /// The session that they have all the same.
    pub(crate) session: Option<Session>,
    /// The cookie that the form is bound to, where the browser sent one.
    pub(crate) cookie: Option<Secret>,
}

impl FromRequestParts<Seat> for Stranger {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, seat: &Seat) -> Result<Self, Fault> {
        let session = match cookies::read(&parts.headers, cookies::SESSION) {
            Some(token) => find(&seat.app, token).await?,
            None => None,
        };
        Ok(Self {
            seat: Arc::clone(seat),
            source: source(parts),
            query: Fields::read(parts.uri.query().unwrap_or_default())?,
            session,
            cookie: cookies::read(&parts.headers, cookies::FORM),
        })
    }
}

impl Bound for Stranger {
    fn cookie(&self) -> &str {
        self.cookie.as_ref().map_or("", Secret::expose)
    }
}
