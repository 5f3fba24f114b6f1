//! What work will ask first. An engine that is far away fetches it in the round in which the
//! transaction begins; for one that is near there is nothing to gain.
//!
//! It is a hint and nothing more: what is not named here is asked for when it is needed, and what
//! is named in vain is thrown away. The typed tables add what can be named, each in the file of its
//! name and with the statement that its own look-up runs.

use crate::engine::{Owned, Value};

/// Statements that read one row by its key.
#[derive(Clone, Debug, Default)]
pub struct Lookups(Vec<Lookup>);

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Lookup {
    pub(crate) sql: &'static str,
    pub(crate) args: Vec<Owned>,
}

impl Lookup {
    pub(crate) fn new(sql: &'static str, args: &[Value<'_>]) -> Self {
        Self { sql, args: args.iter().map(Owned::from).collect() }
    }
}

impl Lookups {
    /// The same and one more.
    pub(crate) fn with(mut self, sql: &'static str, args: &[Value<'_>]) -> Self {
        self.0.push(Lookup::new(sql, args));
        self
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Lookup> {
        self.0.iter()
    }
}
