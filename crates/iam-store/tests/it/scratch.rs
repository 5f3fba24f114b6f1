//! Stores to test with, and rows to put into them.

use aws_lc_rs::hmac;
use iam_api::{LifecycleState, Ocid, Timestamp};
use iam_store::{
    AuditKey, AuditRecord, Membership, Resource, ResourceKind, Store, StoreError, StoredKey,
    StoredPassword, TenancyNo, Tx,
};
use scratch_postgres::Lent;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::time::Duration;
use tempfile::TempDir;

/// The tenancy that most tests are in, and another one.
pub(crate) const HERE: TenancyNo = TenancyNo(1);
pub(crate) const THERE: TenancyNo = TenancyNo(2);

/// A store of its own, gone at the end of the test.
pub(crate) struct Scratch {
    store: Store,
    _dir: Option<TempDir>,
    /// Last, so that others get the database when the store is closed.
    _lent: Option<Lent>,
}

impl Deref for Scratch {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.store
    }
}

impl Scratch {
    /// One of the embedded engine.
    pub(crate) fn embedded() -> Self {
        let dir = TempDir::new().unwrap();
        Self { store: Store::create(&file_in(&dir)).unwrap(), _dir: Some(dir), _lent: None }
    }

    /// One in a database.
    pub(crate) fn postgres() -> Self {
        let make = |url: &str| Ok(Store::create_in(&url.parse()?).map(drop)?);
        let lent = Lent::take(make).unwrap();
        let store = Store::open_in(&lent.url().parse().unwrap()).unwrap();
        Self { store, _dir: None, _lent: Some(lent) }
    }

    /// The file of a store that is closed, and the directory that it lives as long as.
    pub(crate) fn closed(self) -> (TempDir, PathBuf) {
        let dir = self._dir.unwrap();
        let file = file_in(&dir);
        (dir, file)
    }

    /// The store alone, which is not in a directory, and the database that it lives as long as.
    pub(crate) fn into_store(self) -> (Store, Option<Lent>) {
        (self.store, self._lent)
    }

    /// The revision that is committed.
    pub(crate) fn revision(&self) -> u64 {
        revision(&self.store)
    }

    /// Changes, and fails the test where that does not go well.
    pub(crate) fn change<R: Send + 'static>(
        &self,
        work: impl FnMut(&mut Tx<'_>) -> Result<R, StoreError> + Send + 'static,
    ) -> R {
        self.store.write(work).wait().unwrap().unwrap()
    }

    /// Reads, and fails the test where that does not go well.
    pub(crate) fn look<R>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<R, StoreError>) -> R {
        self.store.read(work).unwrap().unwrap()
    }
}

/// The revision that is committed.
pub(crate) fn revision(store: &Store) -> u64 {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(store.revision()).unwrap()
}

pub(crate) fn file_in(dir: &TempDir) -> PathBuf {
    dir.path().join("test.db")
}

/// Opens a store that was closed just now. Another test may be starting a process, and until that
/// one runs a program of its own it holds copies of all open files, and so of the lock.
pub(crate) fn reopen(file: &Path) -> Result<Store, StoreError> {
    let (_never, wait) = mpsc::channel::<()>();
    loop {
        match Store::open(file) {
            Err(cause) if cause.to_string().contains("another process has") => {
                let _moment = wait.recv_timeout(Duration::from_millis(10));
            }
            opened => return opened,
        }
    }
}

/// An OCID that no other call gives.
pub(crate) fn new_id(kind: &str) -> Ocid {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    let count = COUNT.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&count.to_be_bytes());
    Ocid::new(kind, &bytes)
}

pub(crate) fn at_second(second: i64) -> Timestamp {
    Timestamp::default().plus_seconds(second)
}

/// The root compartment of tests.
pub(crate) fn root() -> Ocid {
    Ocid::from("ocid1.tenancy.oc1..root")
}

/// A resource that is in the root compartment and folds its name to lower case.
pub(crate) fn resource(kind: ResourceKind, name: &str) -> Resource {
    Resource {
        id: new_id(kind.as_str()),
        kind,
        parent: root(),
        name: name.to_owned(),
        folded: name.to_lowercase(),
        state: LifecycleState::Active,
        created: at_second(100),
        etag: format!("etag of {name}"),
        body: format!(r#"{{"name":"{name}"}}"#),
        compiled: None,
    }
}

pub(crate) fn user(name: &str) -> Resource {
    resource(ResourceKind::User, name)
}

pub(crate) fn membership(user: &Ocid, group: &Ocid) -> Membership {
    Membership {
        id: new_id("groupmembership"),
        user: user.clone(),
        group: group.clone(),
        created: at_second(100),
        etag: "etag".to_owned(),
    }
}

pub(crate) fn key(user: &Ocid, fingerprint: &str, second: i64) -> StoredKey {
    StoredKey {
        user: user.clone(),
        fingerprint: fingerprint.to_owned(),
        pem: format!("pem of {fingerprint}"),
        created: at_second(second),
        etag: "etag".to_owned(),
    }
}

/// A key that seals the end of the audit trail.
pub(crate) fn sealing(secret: &[u8]) -> AuditKey {
    AuditKey::new(hmac::Key::new(hmac::HMAC_SHA256, secret))
}

/// A line of the audit trail that is told from others by its request.
pub(crate) fn line(number: i64, tenancy: TenancyNo) -> AuditRecord {
    AuditRecord {
        time: at_second(-number), // the order is that of writing, whatever the clock said
        tenancy,
        compartment: String::new(),
        actor: "actor".to_owned(),
        source: "127.0.0.1".to_owned(),
        event: "CreateUser".to_owned(),
        target: "target".to_owned(),
        outcome: "OK".to_owned(),
        request_id: number.to_string(),
    }
}

pub(crate) fn password(hash: &str) -> StoredPassword {
    StoredPassword {
        hash: hash.to_owned(),
        created: at_second(100),
        expires: Some(at_second(700)),
        anchor: at_second(99),
        retry: Some(b"retry".to_vec()),
        etag: "etag".to_owned(),
    }
}
