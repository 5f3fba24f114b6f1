//! Which engine a world is kept in, and more than one node of it.

use super::{Counting, World};
use iam_core::context::{Context, Limits};
use iam_core::installation::Installed;
use iam_core::server_key::ServerKey;
use iam_server::app::{App, Reach};
use iam_store::Store;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use tempfile::TempDir;

/// The database for a world, where these tests run on a database: they are the same for every
/// engine, and run once on each.
pub(super) fn database() -> Option<String> {
    let engine = std::env::var_os("STORE_ENGINE");
    match engine.as_ref().map(|engine| engine.to_str()) {
        None => None,
        Some(Some("postgres")) => Some(scratch_postgres::database().unwrap()),
        Some(other) => panic!("STORE_ENGINE is postgres, or not set: {other:?}"),
    }
}

impl World {
    /// A world on a database, whatever engine the other tests run on.
    pub(crate) fn on_database() -> Self {
        Self::in_database(scratch_postgres::database().unwrap())
    }

    /// A world in the database of that URL.
    pub(crate) fn in_database(url: String) -> Self {
        Self::planned_in(Some(url), Limits::default(), |_| {}, |_| {})
    }

    /// Another node of a world on a database, with a memory of its own.
    pub(crate) fn another_node(&self) -> Self {
        let url = self.database.clone().unwrap();
        let store = Store::open_in(&url.parse().unwrap()).unwrap();
        let random = Counting { count: AtomicU64::new(1 << 50), ..Counting::default() };
        let (clock, runtime) = (self.clock.clone(), tokio::runtime::Builder::new_multi_thread());
        let context = Context::new(
            Box::new(clock.clone()),
            Box::new(random),
            ServerKey::new([7; 32]),
            Limits::default(),
            self.app.context.high_water(),
        );
        Self {
            app: App::new(store, context, Reach::default()),
            installed: Installed {
                tenancy: self.installed.tenancy.clone(),
                admin: self.installed.admin.clone(),
                fingerprint: self.installed.fingerprint.clone(),
                region: self.installed.region.clone(),
            },
            clock,
            breaks: Arc::default(),
            dir: TempDir::new().unwrap(),
            database: Some(url),
            runtime: { runtime }.worker_threads(2).enable_all().build().unwrap(),
        }
    }
}
