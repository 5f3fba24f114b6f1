//! Facts: what is known of a request beside who asks and for what, as conditions look at it.
//!
//! Whoever asks gathers them, and only those that some condition looks at
//! ([`PolicySet::variables`](crate::PolicySet::variables)). They are data, so that a question can
//! be kept and asked again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::condition::Variable;

/// What is known of a request. Of a variable that is not in it, nothing is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// When it was asked, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    now: Option<i64>,
    /// What each variable stands for.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    known: BTreeMap<Variable, Vec<String>>,
}

impl Facts {
    /// Nothing at all.
    #[must_use]
    pub fn none() -> &'static Self {
        static NONE: Facts = Facts { now: None, known: BTreeMap::new() };
        &NONE
    }

    /// What is known at that moment, in seconds since 1970.
    #[must_use]
    pub fn at(seconds: i64) -> Self {
        Self { now: Some(seconds), known: BTreeMap::new() }
    }

    /// Notes what a variable stands for: each thing a text; of flags `true` or `false`. What the
    /// question itself says of a variable counts all the same.
    pub fn know(&mut self, variable: Variable, things: Vec<String>) {
        if !things.is_empty() {
            self.known.insert(variable.folded(), things);
        }
    }

    /// When it was asked, in seconds since 1970.
    #[must_use]
    pub fn now(&self) -> Option<i64> {
        self.now
    }

    /// What the variable stands for; nothing, where that is not known.
    #[must_use]
    pub fn of(&self, variable: &Variable) -> &[String] {
        self.known.get(variable).map_or(&[], Vec::as_slice)
    }
}
