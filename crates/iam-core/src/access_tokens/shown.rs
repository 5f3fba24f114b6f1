//! Whether an access token that was shown to a service is right, and still is: a service that asks
//! learns what the token alone cannot say, that its credential was deleted since.

use super::jwt::{self, TokenKind};
use super::{Claims, Keys};
use crate::access::is_in_use;
use crate::call::{Call, Reply, store_problem};
use crate::credentials::verification;
use crate::oauth2_client_credentials::RULES;
use iam_api::credentials::{AccessTokenVerification, VerifyAccessTokenDetails};
use iam_api::users::User;
use iam_api::{LifecycleState, Problem, Timestamp};

/// What wrong ones are counted under: a token that is not right names nobody.
const NAME: &str = "access token";

/// Tells whether an access token is right.
pub fn verify(
    call: &mut Call<'_, '_>,
    details: VerifyAccessTokenDetails,
) -> Result<Reply<AccessTokenVerification>, Problem> {
    let at = call.at();
    let keys = Keys::load(call.tx, at)?;
    let claims = jwt::read::<Claims>(&keys, TokenKind::Access, details.token.expose())?;
    let now = call.now.as_micros() / 1_000_000;
    let is_now = |claims: &Claims| claims.iat <= now && now < claims.exp;
    if let Some(claims) = claims.filter(is_now)
        && let Some(user) = owner(call, &claims)?
    {
        let id = claims.client_id.clone();
        let yes = AccessTokenVerification {
            is_verified: true,
            user_id: Some(user.id),
            user_name: Some(user.name),
            credential_id: Some(claims.client_id),
            audience: Some(claims.aud),
            scope: Some(claims.scope),
            time_expires: Some(Timestamp::from_micros(claims.exp * 1_000_000)),
        };
        return Ok(Reply::of(yes).made(id));
    }
    verification::refuse(call, &RULES, NAME, None)?;
    Ok(Reply::of(AccessTokenVerification {
        is_verified: false,
        user_id: None,
        user_name: None,
        credential_id: None,
        audience: None,
        scope: None,
        time_expires: None,
    }))
}

/// The user of the token's credential, if both are still there and may be used.
fn owner(call: &mut Call<'_, '_>, claims: &Claims) -> Result<Option<User>, Problem> {
    let at = call.at();
    let found = call.tx.credential(at, &claims.client_id).map_err(store_problem)?;
    let is_it = found.is_some_and(|found| {
        found.kind == RULES.kind
            && found.user == claims.sub
            && found.state == LifecycleState::Active.as_str()
    });
    let owner = call.tx.resource(at, &claims.sub).map_err(store_problem)?.filter(|_| is_it);
    let Some(owner) = owner else { return Ok(None) };
    let user: User = owner.model().map_err(store_problem)?;
    let may = is_in_use(&user, call.context.blocked_may_sign) && RULES.may_use(&user);
    Ok(may.then_some(user))
}
