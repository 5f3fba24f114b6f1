//! A secret: text that cannot be printed by accident, and is wiped when dropped.

use crate::wire::{Kind, Wire};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// A secret text. It has no `Debug` and no `Display`; serializing it into the one reply that shows
/// it is the only way out besides [`Secret::expose`].
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes the text over; the copy here is wiped when dropped.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text itself. Never log it, never put it into an error.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl Wire for Secret {
    const KIND: Kind = Kind::Secret;
}
