//! A policy's version date: a day, or empty to follow the present definitions.

use crate::wire::{Kind, Wire};
use serde::{Deserialize, Serialize};

/// `YYYY-MM-DD`, or empty. Kept as it came; [`PolicyDate::is_valid`] tells whether it is a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PolicyDate(String);

impl PolicyDate {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is a day that exists, or empty.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.0.is_empty() || (self.0.len() == 10 && self.0.parse::<jiff::civil::Date>().is_ok())
    }
}

impl Wire for PolicyDate {
    const KIND: Kind = Kind::Date;
}
