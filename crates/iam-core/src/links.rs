//! Links that are mailed to people who cannot sign in: made, found again, spent.
//!
//! A link is in one of three states. *Open*: its hash is stored, its time is not over, and its user
//! is as they were when it was made. *Void*: one of these is no longer so; nothing brings it back.
//! *Spent*: it was used, and is gone. Looking at a link ([`find`]) never changes it; only `spend`
//! does, and only one of any number who try gets the `Spent` without which nothing can be done in
//! the user's name.
//!
//! A newer link of the same purpose takes the older one's place. Everything else that voids a link
//! does so by itself, because the link is bound to it: the user's password, address, and whether
//! they are active.

use crate::call::store_problem;
use crate::context::Context;
use crate::domains;
use crate::identity_settings;
use crate::server_key::Use;
use crate::sessions;
use crate::users::is_deactivated;
use iam_api::users::User;
use iam_api::{Problem, Secret, Timestamp};
use iam_store::{LinkPurpose, Resource, StoredLink, TenancyNo, Tx};

macro_rules! path {
    () => {
        "/console/link"
    };
}
macro_rules! token {
    () => {
        "t"
    };
}

/// The address of the page that every link leads to.
pub const PATH: &str = path!();
/// The name under which the token stands in the link's query.
pub const TOKEN: &str = token!();
/// What a mailed link has between the server's own address and its token.
pub const IN_MAIL: &str = concat!(path!(), "?", token!(), "=");

/// A link that was just made.
pub struct NewLink {
    /// The token that goes into the mail, and nowhere else: 256 random bits.
    pub token: Secret,
    /// Until when it is good.
    pub expires: Timestamp,
}

/// An open link, and whose it is.
pub struct Link {
    /// Whose tenancy.
    pub at: TenancyNo,
    /// Whose it is.
    pub user: User,
    /// What it lets its holder do.
    pub purpose: LinkPurpose,
    pub(crate) resource: Resource,
    hash: String,
}

/// The proof that a link was open and is now spent. Only `spend` makes one.
pub(crate) struct Spent {
    /// Whose tenancy.
    pub(crate) at: TenancyNo,
    /// Whose link it was.
    pub(crate) user: User,
    /// What it let its holder do.
    pub(crate) purpose: LinkPurpose,
    /// The user's row.
    pub(crate) resource: Resource,
}

/// Makes a link in the place of the user's older one of that purpose, good for as long as the
/// domain's settings say.
pub(crate) fn issue(
    tx: &mut Tx<'_>,
    context: &Context,
    at: TenancyNo,
    user: &User,
    purpose: LinkPurpose,
) -> Result<NewLink, Problem> {
    let token = sessions::new_token(context);
    let created = context.now();
    let life = identity_settings::load(tx, at)?.link_seconds(purpose);
    let expires = created.plus_seconds(life);
    let link = StoredLink {
        hash: hash(context, token.expose()),
        tenancy: at,
        user: user.id.clone(),
        purpose,
        created,
        expires,
        anchor: context.high_water(),
        bound: bound(tx, context, at, user, purpose)?,
    };
    tx.set_link(&link).map_err(store_problem)?;
    Ok(NewLink { token, expires })
}

/// The link with that token, if it is open and for one of these purposes.
pub fn find(
    tx: &mut Tx<'_>,
    context: &Context,
    token: &Secret,
    purposes: &[LinkPurpose],
) -> Result<Option<Link>, Problem> {
    let hash = hash(context, token.expose());
    let stored = tx.link(&hash).map_err(store_problem)?;
    let Some(stored) = stored.filter(|stored| {
        purposes.contains(&stored.purpose)
            && !context.is_over(stored.created, stored.expires, stored.anchor)
    }) else {
        return Ok(None);
    };
    let Some(resource) = tx.resource(stored.tenancy, &stored.user).map_err(store_problem)? else {
        return Ok(None);
    };
    let user: User = resource.model().map_err(store_problem)?;
    let bound = bound(tx, context, stored.tenancy, &user, stored.purpose)?;
    let is_open = domains::is_open_to(tx, stored.tenancy, &resource)?;
    if !is_open || is_deactivated(&user) || bound != stored.bound {
        return Ok(None);
    }
    Ok(Some(Link { at: stored.tenancy, user, purpose: stored.purpose, resource, hash }))
}

/// Whether the user's last link of that purpose was made for the state that they are in, be its
/// time over or not: then it went to the address that they have.
pub(crate) fn is_of_now(
    tx: &mut Tx<'_>,
    context: &Context,
    at: TenancyNo,
    user: &User,
    purpose: LinkPurpose,
) -> Result<bool, Problem> {
    let Some(last) = tx.link_of(at, &user.id, purpose).map_err(store_problem)? else {
        return Ok(false);
    };
    Ok(last.bound == bound(tx, context, at, user, purpose)?)
}

/// Spends the link with that token, if it is open and for one of these purposes.
pub(crate) fn spend(
    tx: &mut Tx<'_>,
    context: &Context,
    token: &Secret,
    purposes: &[LinkPurpose],
) -> Result<Option<Spent>, Problem> {
    let Some(link) = find(tx, context, token, purposes)? else { return Ok(None) };
    let Link { at, user, purpose, resource, hash } = link;
    let was_there = tx.drop_link(&hash).map_err(store_problem)?;
    Ok(was_there.then_some(Spent { at, user, purpose, resource }))
}

/// Stands for the state of the user that a link of that purpose is good in. Who can read the
/// mailbox of an address has shown that it is theirs whatever their password is; to choose a
/// password, that and the old one must be what they were.
fn bound(
    tx: &mut Tx<'_>,
    context: &Context,
    at: TenancyNo,
    user: &User,
    purpose: LinkPurpose,
) -> Result<String, Problem> {
    let password = match purpose {
        LinkPurpose::VerifyEmail => None,
        _ => tx.ui_password(at, &user.id).map_err(store_problem)?,
    };
    let password = password.map(|password| password.etag).unwrap_or_default();
    let email = user.email.as_deref().unwrap_or_default();
    let parts = [purpose.as_str(), user.id.as_str(), email, &password];
    Ok(context.key.hash(Use::LinkState, &parts.map(str::as_bytes)))
}

fn hash(context: &Context, token: &str) -> String {
    context.key.hash(Use::Link, &[token.as_bytes()])
}
