//! Faults that a test asked for: some requests are answered by an error, or late.

use super::refused;
use crate::bindings::BINDINGS;
use iam_api::{Code, Problem};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The most faults that wait at once.
const FAULTS_MAX: usize = 100;
/// The longest delay: less than a request may take.
const DELAY_MILLIS_MAX: u32 = 30_000;

/// A fault as a test asks for it.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Wanted {
    /// What is answered: 429, 500 or 503; nothing but what is true where it is only to be late.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    /// Which operation it is about; every one where it is not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<String>,
    /// How many requests it meets: one, unless a probability is given, and then all that come.
    #[serde(skip_serializing_if = "Option::is_none")]
    times: Option<u32>,
    /// What part of the requests it meets, from 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    probability: Option<f64>,
    /// What the draws for that begin with; the same draws for the same number.
    #[serde(default)]
    seed: u32,
    /// By how much the answer is late.
    #[serde(default)]
    delay_millis: u32,
    /// What `Retry-After` says, where it is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_seconds: Option<u32>,
    /// Whether what was asked for is done all the same, and only its answer is lost.
    #[serde(default)]
    after: bool,
}

/// A fault that waits for requests.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Waiting {
    #[serde(flatten)]
    wanted: Wanted,
    /// How many requests it met.
    met: u32,
    #[serde(skip)]
    drawn: u64,
}

/// The faults that wait, the oldest first.
#[derive(Default)]
pub(super) struct Faults(Vec<Waiting>);

/// A fault that a request meets.
pub(crate) struct Fault {
    delay: Duration,
    answer: Option<(Code, Option<u32>)>,
    after: bool,
}

impl Wanted {
    fn check(&self) -> Result<(), Problem> {
        if let Some(status) = self.status {
            code(status).ok_or_else(|| {
                refused(format!("status `{status}` is none to be answered: give 429, 500 or 503"))
            })?;
        } else if self.delay_millis == 0 {
            return Err(refused("this fault is none: give a status, a delayMillis or both"));
        }
        if self.delay_millis > DELAY_MILLIS_MAX {
            return Err(refused(format!("delayMillis is more than {DELAY_MILLIS_MAX}")));
        }
        if self.probability.is_some_and(|part| !(0.0..=1.0).contains(&part)) {
            return Err(refused("probability is a part of all requests: give 0 to 1"));
        }
        let Some(operation) = &self.operation else { return Ok(()) };
        if BINDINGS.values().any(|binding| binding.spec.id == operation) {
            return Ok(());
        }
        Err(refused(format!(
            "no operation is called `{}`; they are spelt as in the API, such as ListUsers",
            operation.escape_debug()
        )))
    }
}

const fn code(status: u16) -> Option<Code> {
    match status {
        429 => Some(Code::TooManyRequests),
        500 => Some(Code::InternalServerError),
        503 => Some(Code::ServiceUnavailable),
        _ => None,
    }
}

impl Waiting {
    /// Whether it meets the next request for that operation.
    fn meets(&mut self, operation: &str) -> bool {
        let Wanted { probability, seed, .. } = self.wanted;
        if self.wanted.operation.as_deref().is_some_and(|own| own != operation) || self.is_over() {
            return false;
        }
        if let Some(part) = probability {
            self.drawn = self.drawn.wrapping_add(1);
            if drawn(seed, self.drawn) >= part {
                return false;
            }
        }
        self.met = self.met.saturating_add(1);
        true
    }

    fn is_over(&self) -> bool {
        let times = self.wanted.times.or(self.wanted.probability.is_none().then_some(1));
        times.is_some_and(|times| self.met >= times)
    }
}

/// A number from 0 up to 1, the same for the same seed and place.
fn drawn(seed: u32, place: u64) -> f64 {
    let mut number = (u64::from(seed) << 32) ^ place.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    let high = u32::try_from((number ^ (number >> 31)) >> 32).unwrap_or_default();
    f64::from(high) / (f64::from(u32::MAX) + 1.0)
}

impl Faults {
    /// Has this one wait behind the others.
    pub(super) fn add(&mut self, wanted: Wanted) -> Result<(), Problem> {
        wanted.check()?;
        self.0.retain(|waiting| !waiting.is_over());
        if self.0.len() >= FAULTS_MAX {
            return Err(refused(format!("{FAULTS_MAX} faults wait already; remove them first")));
        }
        self.0.push(Waiting { wanted, met: 0, drawn: 0 });
        Ok(())
    }

    /// All of them, also those that have met all they are for.
    pub(super) fn list(&self) -> Vec<Waiting> {
        self.0.clone()
    }

    /// Removes all.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// What the next request for that operation meets: the oldest fault that is for it.
    pub(super) fn next(&mut self, operation: &str) -> Option<Fault> {
        let mut waiting = self.0.iter_mut();
        let Waiting { wanted, .. } = waiting.find_map(|one| one.meets(operation).then_some(one))?;
        let answer = wanted.status.and_then(code).map(|code| (code, wanted.retry_after_seconds));
        let delay = Duration::from_millis(wanted.delay_millis.into());
        Some(Fault { delay, answer, after: wanted.after })
    }
}

impl Fault {
    /// Answers a request as the fault has it.
    pub(crate) async fn around<R>(
        self,
        answering: impl Future<Output = Result<R, Problem>>,
    ) -> Result<R, Problem> {
        tokio::time::sleep(self.delay).await;
        let Some((code, retry_after)) = self.answer else { return answering.await };
        if self.after {
            drop(answering.await);
        }
        let problem = Problem::new(code, "This answer was asked for by a test.");
        Err(match retry_after {
            Some(seconds) => problem.retry_after(seconds),
            None => problem,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(wanted: &[&str]) -> Faults {
        let mut faults = Faults::default();
        for text in wanted {
            faults.add(serde_json::from_str(text).unwrap()).unwrap();
        }
        faults
    }

    fn met(faults: &mut Faults, operation: &str, times: usize) -> usize {
        (0..times).filter(|_| faults.next(operation).is_some()).count()
    }

    #[test]
    fn a_fault_meets_the_operation_and_the_number_it_is_for() {
        let mut both = faults(&[
            r#"{"status": 429, "operation": "ListUsers", "times": 2}"#,
            r#"{"status": 503}"#,
        ]);
        assert_eq!(met(&mut both, "GetUser", 5), 1);
        assert_eq!(met(&mut both, "ListUsers", 5), 2);
    }

    #[test]
    fn a_probability_is_kept_to_and_is_the_same_for_the_same_seed() {
        let text = r#"{"status": 500, "probability": 0.25, "seed": 7}"#;
        let once: Vec<bool> = {
            let mut faults = faults(&[text]);
            (0..2000).map(|_| faults.next("ListUsers").is_some()).collect()
        };
        let mut again = faults(&[text]);
        assert!(once.iter().all(|met| *met == again.next("ListUsers").is_some()));
        let part = once.iter().filter(|met| **met).count();
        assert!((400..600).contains(&part), "{part}");
        assert_eq!(met(&mut faults(&[r#"{"status": 500, "probability": 0}"#]), "GetUser", 99), 0);
        assert_eq!(met(&mut faults(&[r#"{"status": 500, "probability": 1}"#]), "GetUser", 99), 99);
    }

    #[test]
    fn what_is_no_fault_is_refused_and_says_why() {
        for (text, part) in [
            (r#"{"status": 404}"#, "429, 500 or 503"),
            ("{}", "give a status"),
            (r#"{"status": 500, "operation": "ListUser"}"#, "ListUser"),
            (r#"{"status": 500, "probability": 1.5}"#, "0 to 1"),
            (r#"{"delayMillis": 31000}"#, "30000"),
        ] {
            let wanted: Wanted = serde_json::from_str(text).unwrap();
            let refused = wanted.check().unwrap_err().message;
            assert!(refused.contains(part), "{text}: {refused}");
        }
        assert!(serde_json::from_str::<Wanted>(r#"{"state": 500}"#).is_err());
    }
}
