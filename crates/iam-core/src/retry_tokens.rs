//! Retry tokens: a request that is repeated with the same token gets the same answer, and nothing
//! is done twice.
//!
//! The answer is stored sealed under a key derived from the token itself (and the server's key),
//! and of the token only a hash: the disk alone reveals nothing. A token whose answer is no longer
//! true, because it holds a one-time password that was replaced or a void link, or tells of what
//! was deleted since, is refused from then on.

use crate::call::{Principal, store_problem};
use crate::context::Context;
use crate::server_key::Use;
use iam_api::{Code, Problem, Timestamp};
use iam_store::{StoredRetry, Tx};
use zeroize::Zeroizing;

/// How long a token is honoured (facts 4.4).
pub const LIFE_SECONDS: i64 = 24 * 60 * 60;
const LENGTH_MAX: usize = 64;

/// A retry token of a request, as far as it is needed.
pub struct RetryToken {
    token: Zeroizing<String>,
    /// Its hash: what is kept of it.
    pub hash: Vec<u8>,
    request: Vec<u8>,
}

impl RetryToken {
    /// Takes the token of a request that is described by `request` (operation, parameters, body).
    pub fn read(
        context: &Context,
        principal: &Principal,
        token: &str,
        request: &[&[u8]],
    ) -> Result<Self, Problem> {
        let printable = token.bytes().all(|byte| byte.is_ascii_graphic());
        if token.is_empty() || token.len() > LENGTH_MAX || !printable {
            return Err(Problem::invalid(format!(
                "opc-retry-token is not valid: use 1 to {LENGTH_MAX} printable ASCII characters \
                 without spaces"
            )));
        }
        Ok(Self {
            token: Zeroizing::new(token.to_owned()),
            hash: Self::hash(context, principal, token),
            request: hash(context, request),
        })
    }

    /// The hash that a token is looked up by.
    #[must_use]
    pub fn hash(context: &Context, principal: &Principal, token: &str) -> Vec<u8> {
        hash(context, &[principal.user.as_str().as_bytes(), token.as_bytes()])
    }

    /// The answer that the token stands for, if its request was answered before.
    pub fn answer(
        &self,
        tx: &mut Tx<'_>,
        context: &Context,
        principal: &Principal,
        now: Timestamp,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, Problem> {
        let kept = tx.retry_token(principal.tenancy, &self.hash).map_err(store_problem)?;
        let Some(kept) = kept.filter(|kept| now < kept.created.plus_seconds(LIFE_SECONDS)) else {
            return Ok(None);
        };
        if kept.request != self.request {
            return Err(refused("was used for another request"));
        }
        let answer = context.key.open(Use::RetryAnswer, &[self.token.as_bytes()], &kept.answer);
        answer.map(Some).ok_or_else(|| Problem::internal("a stored answer cannot be opened"))
    }

    /// The refusal of a token whose answer is no longer true.
    #[must_use]
    pub fn outdated() -> Problem {
        refused("was answered with what is no longer valid")
    }

    /// Keeps the answer.
    pub fn keep(
        &self,
        tx: &mut Tx<'_>,
        context: &Context,
        principal: &Principal,
        now: Timestamp,
        answer: &[u8],
    ) -> Result<(), Problem> {
        let parts: [&[u8]; 1] = [self.token.as_bytes()];
        let sealed = context.key.seal(context, Use::RetryAnswer, &parts, answer)?;
        let kept = StoredRetry { request: self.request.clone(), created: now, answer: sealed };
        tx.keep_retry_token(principal.tenancy, &self.hash, &kept).map_err(store_problem)
    }
}

fn hash(context: &Context, parts: &[&[u8]]) -> Vec<u8> {
    context.key.mac(Use::RetryToken, parts).as_ref().to_vec()
}

fn refused(why: &str) -> Problem {
    let message = format!("this opc-retry-token {why}; use another one");
    Problem::new(Code::InvalidatedRetryToken, message)
}

/// Drops what has expired, a bounded number at a time; answers whether there may be more.
pub fn sweep(tx: &mut Tx<'_>, now: Timestamp) -> Result<bool, Problem> {
    const BATCH: i64 = 1_000;
    let before = now.plus_seconds(-LIFE_SECONDS);
    let dropped = tx.drop_retry_tokens_before(before, BATCH).map_err(store_problem)?;
    Ok(i64::try_from(dropped).is_ok_and(|dropped| dropped >= BATCH))
}
