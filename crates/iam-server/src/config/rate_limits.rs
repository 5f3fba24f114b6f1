//! How many requests there may be in a second: the table `[rate-limits]` of the configuration file.

use crate::failure::Failure;
use crate::rates::{Rate, Rates};
use serde::{Deserialize, Serialize};
use std::num::NonZeroU32;

/// How many seconds of the rate may come at once where the burst is left out.
const BURST_SECONDS: NonZeroU32 = NonZeroU32::MIN.saturating_add(9);

/// How many requests there may be in a second on one node; what is left out has no limit.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct RateLimitSettings {
    /// Requests of one user, signed or in the Console, in a second.
    pub principal_per_second: Option<NonZeroU32>,
    /// How many of them may come at once; ten seconds' worth unless it is said.
    pub principal_burst: Option<NonZeroU32>,
    /// Requests of one tenancy in a second.
    pub tenancy_per_second: Option<NonZeroU32>,
    /// How many of them may come at once; ten seconds' worth unless it is said.
    pub tenancy_burst: Option<NonZeroU32>,
}

impl RateLimitSettings {
    /// Refuses a burst of what has no limit: whoever wrote it meant one.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        for (of, burst, per_second) in [
            ("principal", self.principal_burst, self.principal_per_second),
            ("tenancy", self.tenancy_burst, self.tenancy_per_second),
        ] {
            if burst.is_some() && per_second.is_none() {
                return Err(Failure::new(format!(
                    "{of}-burst in [rate-limits] limits nothing without {of}-per-second beside it"
                )));
            }
        }
        Ok(())
    }

    /// The limits as requests are held to them.
    #[must_use]
    pub fn rates(&self) -> Rates {
        let rate = |per_second: Option<NonZeroU32>, burst: Option<NonZeroU32>| {
            per_second.map(|per_second| {
                let usual = per_second.saturating_mul(BURST_SECONDS);
                Rate { per_second, burst: burst.unwrap_or(usual) }
            })
        };
        Rates::new(
            rate(self.principal_per_second, self.principal_burst),
            rate(self.tenancy_per_second, self.tenancy_burst),
        )
    }
}
