//! What each verb grants on each resource type: a table, one file a service, and sets of
//! permissions made from it.
//!
//! A verb includes the weaker ones, so a row says only what each verb *adds*. A permission is known
//! exactly when it stands in the table; a resource type that OCI has and no page could be found for
//! is not in it (docs/decisions/0033-the-table-of-services.md). `set.rs` holds the sets, `table.rs`
//! answers what a name means and grants.

mod api_gateway;
mod bastion;
mod block_volume;
mod certificates;
mod compute;
mod containers;
mod database;
mod dns;
mod edge;
mod email;
mod file_storage;
mod functions;
mod governance;
mod iam;
mod load_balancing;
mod logging;
mod monitoring;
mod networking;
mod object_storage;
mod observability;
mod set;
mod streaming;
mod table;
mod vault;

pub(crate) use set::EVERYTHING;
pub use set::{PermissionSet, known_permission, permissions};
use table::Cells;
pub use table::{Family, ResourceType};

/// How much is granted on a resource type; each includes those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verb {
    /// List, without confidential content.
    Inspect,
    /// See content too.
    Read,
    /// Work with what exists.
    Use,
    /// Everything.
    Manage,
}

impl Verb {
    /// All verbs, from the weakest to the strongest.
    pub const ALL: [Self; 4] = [Self::Inspect, Self::Read, Self::Use, Self::Manage];

    /// The verb of that name, in whatever case.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verb| verb.name().eq_ignore_ascii_case(name))
    }

    /// The verb as it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Inspect => "inspect",
            Self::Read => "read",
            Self::Use => "use",
            Self::Manage => "manage",
        }
    }
}

/// One resource type: its name, and what inspect, read, use and manage add.
struct Row(&'static str, Cells);

/// One family: its name, those of its types, and what each verb adds beyond what it adds on them.
struct FamilyRow(&'static str, &'static [&'static str], Cells);

/// The rows of one service, or of some that belong together.
struct Service {
    /// What people call it.
    name: &'static str,
    types: &'static [Row],
    families: &'static [FamilyRow],
    /// Other spellings that OCI's pages have, and what they mean.
    also: &'static [(&'static str, &'static str)],
}

const SERVICES: &[Service] = &[
    iam::SERVICE,
    networking::SERVICE,
    compute::SERVICE,
    block_volume::SERVICE,
    object_storage::SERVICE,
    file_storage::SERVICE,
    load_balancing::SERVICE,
    database::SERVICE,
    functions::SERVICE,
    containers::SERVICE,
    api_gateway::SERVICE,
    vault::SERVICE,
    certificates::SERVICE,
    bastion::SERVICE,
    logging::SERVICE,
    monitoring::SERVICE,
    streaming::SERVICE,
    email::SERVICE,
    dns::SERVICE,
    edge::SERVICE,
    observability::SERVICE,
    governance::SERVICE,
];
