//! How many requests a principal and a tenancy may send, where the configuration says so.
//!
//! Each has a budget of requests that fills up again as time goes by. Of a budget one number is
//! kept, the moment at which it will be full, so that a full one is as good as none and can be
//! forgotten. Only requests whose signature was verified are counted, or else anybody could spend
//! another's budget; and what is refused spends nothing, neither here nor there.

use iam_api::{Code, Ocid, Problem};
use iam_core::call::Principal;
use iam_core::context::Context;
use iam_store::Counter;
use std::collections::HashMap;
use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};

/// The most budgets of a kind that are kept, some 3 MB of them.
const KEPT_MAX: usize = 20_000;
/// How often the log names somebody whose budget is used up, in microseconds.
const TOLD_EVERY: i64 = 10_000_000;
const SECOND: i64 = 1_000_000;

/// So many requests in a second, and so many at once after a while without any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// The budget that each second brings.
    pub per_second: NonZeroU32,
    /// The largest budget.
    pub burst: NonZeroU32,
}

impl Rate {
    /// What one request costs, in microseconds.
    fn cost(self) -> i64 {
        (SECOND / i64::from(self.per_second.get())).max(1)
    }

    /// When a budget will be full that is full at that moment now, once a request was taken from
    /// it; or for how many microseconds there is none to be had.
    fn take(self, full_at: Option<i64>, now: i64) -> Result<i64, i64> {
        let latest = now.saturating_add(self.cost().saturating_mul(self.burst.get().into()));
        // Where it would be fuller later than an empty one, the clock has gone back.
        let known = full_at.filter(|at| (now..=latest).contains(at));
        let full_at = known.unwrap_or(now).saturating_add(self.cost());
        if full_at <= latest { Ok(full_at) } else { Err(full_at - latest) }
    }
}

/// Of each whose budget is not full: when it will be.
struct Budgets<K>(HashMap<K, i64>);

impl<K> Default for Budgets<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Clone + Eq + Hash> Budgets<K> {
    fn set(&mut self, of: &K, full_at: i64, now: i64) {
        if let Some(known) = self.0.get_mut(of) {
            *known = full_at;
            return;
        }
        if self.0.len() >= KEPT_MAX {
            self.0.retain(|_, full_at| *full_at > now);
            // Looking through all is worth it where that makes room for many. Else all get a full
            // budget: more of them are busy at once than any limit was meant for.
            if self.0.len() > KEPT_MAX / 2 {
                self.0.clear();
            }
        }
        self.0.insert(of.clone(), full_at);
    }
}

#[derive(Default)]
struct Kept {
    principals: Budgets<Ocid>,
    tenancies: Budgets<i64>,
    told_at: i64,
}

/// The budgets of all who ask this process.
#[derive(Default)]
pub struct Rates {
    principal: Option<Rate>,
    tenancy: Option<Rate>,
    kept: Mutex<Kept>,
    /// Requests that were refused because of the principal.
    pub(crate) of_principals: Counter,
    /// Requests that were refused because of the tenancy.
    pub(crate) of_tenancies: Counter,
}

impl Rates {
    /// The limits for each principal and for each tenancy, where there are any.
    #[must_use]
    pub fn new(principal: Option<Rate>, tenancy: Option<Rate>) -> Self {
        Self { principal, tenancy, ..Self::default() }
    }

    /// Takes a request from the budgets of who sends it, or refuses it.
    pub(crate) fn admit(&self, context: &Context, who: &Principal) -> Result<(), Problem> {
        if self.principal.is_none() && self.tenancy.is_none() {
            return Ok(());
        }
        let now = context.now().as_micros();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let Kept { principals, tenancies, told_at } = &mut *kept;
        let (user, tenancy) = (&who.user, &who.tenancy.0);
        let take = |rate: Option<Rate>, full_at: Option<&i64>| {
            rate.map(|rate| rate.take(full_at.copied(), now)).transpose()
        };
        let refused = match (
            take(self.principal, principals.0.get(user)),
            take(self.tenancy, tenancies.0.get(tenancy)),
        ) {
            (Ok(of_principal), Ok(of_tenancy)) => {
                of_principal.into_iter().for_each(|full_at| principals.set(user, full_at, now));
                of_tenancy.into_iter().for_each(|full_at| tenancies.set(tenancy, full_at, now));
                return Ok(());
            }
            (Err(wait), _) => (&self.of_principals, "user", self.principal, wait),
            (Ok(_), Err(wait)) => (&self.of_tenancies, "tenancy", self.tenancy, wait),
        };
        let (counter, what, rate, wait) = refused;
        counter.add_one();
        if now.saturating_sub(*told_at).saturating_abs() >= TOLD_EVERY {
            *told_at = now;
            tracing::warn!(%user, limit = what, "more requests than the rate limit lets through");
        }
        Err(too_many(what, rate, wait))
    }

    /// Gives everybody a full budget.
    pub(crate) fn forget(&self) {
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Kept::default();
    }
}

fn too_many(what: &str, rate: Option<Rate>, wait: i64) -> Problem {
    let per_second = rate.map_or(0, |rate| rate.per_second.get());
    let seconds = u32::try_from(wait.saturating_add(SECOND - 1) / SECOND).unwrap_or(u32::MAX);
    let message = format!(
        "This {what} may send {per_second} requests a second, and has sent more. Try again in \
         {seconds} s."
    );
    Problem::new(Code::TooManyRequests, message).retry_after(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(per_second: u32, burst: u32) -> Rate {
        Rate {
            per_second: NonZeroU32::new(per_second).unwrap(),
            burst: NonZeroU32::new(burst).unwrap(),
        }
    }

    /// How many of those requests pass that come at these moments.
    fn passed(rate: Rate, moments: impl IntoIterator<Item = i64>) -> usize {
        let mut full_at = None;
        let pass = |moment| match rate.take(full_at, moment) {
            Ok(next) => {
                full_at = Some(next);
                true
            }
            Err(_) => false,
        };
        moments.into_iter().map(pass).filter(|passed| *passed).count()
    }

    #[test]
    fn as_many_pass_as_the_burst_and_then_as_each_second_brings() {
        let rate = rate(10, 25);
        assert_eq!(passed(rate, [0; 100]), 25);
        let steadily = (0..1000).map(|tenth| tenth * SECOND / 10);
        assert_eq!(passed(rate, steadily), 1000, "who keeps to the rate is never refused");
        let twice_as_fast = (0..1000).map(|moment| moment * SECOND / 20);
        let most = 25 + 500;
        let passing = passed(rate, twice_as_fast);
        assert!((most - 1..=most).contains(&passing), "{passing}");
    }

    #[test]
    fn a_clock_that_went_back_keeps_nobody_waiting_for_it() {
        let rate = rate(1, 5);
        assert_eq!(passed(rate, [1_000 * SECOND, 0, 0, 0, 0, 0, 0]), 6);
    }

    #[test]
    fn the_number_of_budgets_is_bounded_and_full_ones_leave_first() {
        let mut budgets = Budgets::<i64>::default();
        for of in 0..10 * i64::try_from(KEPT_MAX).unwrap() {
            budgets.set(&of, of + 100, of);
            assert!(budgets.0.len() <= KEPT_MAX);
        }
        let last = 10 * i64::try_from(KEPT_MAX).unwrap() - 1;
        assert!(budgets.0.contains_key(&last) && budgets.0.contains_key(&(last - 50)));
    }
}
