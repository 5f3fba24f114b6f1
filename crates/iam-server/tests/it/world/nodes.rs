//! Which engine a world is kept in, and more than one node of it.

use super::{Counting, World};
use iam_core::context::{Context, Limits};
use iam_core::installation::Installed;
use iam_core::server_key::ServerKey;
use iam_server::app::{App, Reach};
use iam_server::http;
use iam_store::Store;
use scratch_postgres::Lent;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use tempfile::TempDir;

/// A database that a world is in.
pub(super) struct Place {
    pub(super) url: String,
    /// Held as long as the world is there.
    lent: Option<Lent>,
}

impl Place {
    /// One for a world, where these tests run on a database: they are the same for every engine,
    /// and run once on each.
    pub(super) fn asked_for() -> Option<Self> {
        let engine = std::env::var_os("STORE_ENGINE");
        match engine.as_ref().map(|engine| engine.to_str()) {
            None => None,
            Some(Some("postgres")) => {
                let make = |url: &str| Ok(Store::create_in(&url.parse()?).map(drop)?);
                let lent = Lent::take(make).unwrap();
                Some(Self { url: lent.url().to_owned(), lent: Some(lent) })
            }
            Some(other) => panic!("STORE_ENGINE is postgres, or not set: {other:?}"),
        }
    }

    /// The store of a world that is new in it.
    pub(super) fn new_store(&self) -> Store {
        let database = self.url.parse().unwrap();
        let store = match &self.lent {
            Some(_) => Store::open_in(&database),
            None => Store::create_in(&database),
        };
        store.unwrap()
    }
}

impl World {
    /// A world on a database, whatever engine the other tests run on.
    pub(crate) fn on_database() -> Self {
        Self::in_database(scratch_postgres::database().unwrap())
    }

    /// A world in the database of that URL.
    pub(crate) fn in_database(url: String) -> Self {
        let place = Place { url, lent: None };
        Self::planned_in(Some(place), Limits::default(), |_| {}, |_| {})
    }

    /// Another node of a world on a database, with a memory of its own.
    pub(crate) fn another_node(&self) -> Self {
        let url = self.database.as_ref().unwrap().url.clone();
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
        let app = App::new(store, context, Reach::default());
        Self {
            router: http::service(&app),
            app,
            installed: Installed {
                tenancy: self.installed.tenancy.clone(),
                admin: self.installed.admin.clone(),
                fingerprint: self.installed.fingerprint.clone(),
                region: self.installed.region.clone(),
            },
            clock,
            breaks: Arc::default(),
            dir: TempDir::new().unwrap(),
            database: Some(Place { url, lent: None }),
            runtime: { runtime }.worker_threads(2).enable_all().build().unwrap(),
        }
    }
}
