//! A world to test in: one installation in a directory of its own, with a clock that stands until it
//! is moved, and callers who sign their requests with real keys. Requests go through everything but
//! the socket.

use axum::body::Body;
use axum::http::{Request, Response};
use http_body_util::BodyExt;
use iam_api::{Ocid, Timestamp};
use iam_core::authentication_policies::PasswordProfile;
use iam_core::context::{Clock, Context, Limits, Random};
use iam_core::installation::{Installed, Plan, install};
use iam_core::server_key::ServerKey;
use iam_server::app::{App, Reach, Shared};
use iam_server::http;
use iam_sign::PrivateKey;
use iam_store::Store;
use serde_json::{Value, json};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use tempfile::TempDir;

/// 2026-11-23T12:00:00Z.
pub(crate) const NOON: Timestamp = Timestamp::from_micros(1_795_435_200_000_000);
/// The host that requests are addressed to.
pub(crate) const HOST: &str = "127.0.0.1:7070";

/// Keys made once for all tests: making one takes longer than most tests.
const KEYS: [&str; 4] = [
    include_str!("../keys/one.pem"),
    include_str!("../keys/two.pem"),
    include_str!("../keys/three.pem"),
    include_str!("../keys/four.pem"),
];

#[derive(Clone)]
struct Standing(Arc<AtomicI64>);

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::Relaxed))
    }
}

/// Not random at all: the same in every run, and never twice the same in one.
#[derive(Default)]
struct Counting(AtomicU64);

impl Random for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let count = self.0.fetch_add(1, Ordering::Relaxed);
            let mixed = count.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            for (place, byte) in chunk.iter_mut().zip((mixed ^ (mixed >> 32)).to_le_bytes()) {
                *place = byte;
            }
        }
    }
}

/// One installation.
pub(crate) struct World {
    pub(crate) app: Shared,
    pub(crate) installed: Installed,
    clock: Standing,
    dir: TempDir,
    runtime: tokio::runtime::Runtime,
}

/// Somebody who signs requests.
pub(crate) struct Caller {
    pub(crate) user: Ocid,
    pub(crate) key_id: String,
    pub(crate) key: Arc<PrivateKey>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: axum::http::HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("a header of ours is ASCII"))
    }

    /// Status and code of a refusal.
    pub(crate) fn code(&self) -> (u16, String) {
        (self.status, self.json()["code"].as_str().unwrap_or_default().to_owned())
    }

    /// The answer, which must be a success.
    pub(crate) fn ok(self) -> Self {
        assert!(self.status < 300, "{self:?}");
        self
    }
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(Limits::default(), PasswordProfile::Oci)
    }

    pub(crate) fn with(limits: Limits, password_profile: PasswordProfile) -> Self {
        let dir = TempDir::new().unwrap();
        let clock = Standing(Arc::new(AtomicI64::new(NOON.as_micros())));
        let store = Store::create(&dir.path().join("durward.db")).unwrap();
        let context = Context::new(
            Box::new(clock.clone()),
            Box::new(Counting::default()),
            ServerKey::new([7; 32]),
            limits,
            Timestamp::default(),
        );
        let app = App::new(store, context, Reach::default());
        let plan = Plan {
            tenancy_name: "acme".to_owned(),
            admin_name: "admin".to_owned(),
            admin_email: None,
            region: "us-ashburn-1".to_owned(),
            password_profile,
            public_key: key(0).public_key_pem(),
        };
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.unwrap();
        let installed =
            runtime.block_on(app.write(move |app, tx| install(tx, &app.context, &plan))).unwrap();
        Self { app, installed, clock, dir, runtime }
    }

    /// The world after a restart of the server: the same directory, the same clock, another
    /// process's memory.
    pub(crate) fn restart(self) -> Self {
        let Self { app, installed, clock, dir, runtime } = self;
        drop(app);
        let store = Store::open(&dir.path().join("durward.db")).unwrap();
        let high_water = store.read(|tx| tx.meta(iam_core::context::HIGH_WATER)).unwrap().unwrap();
        let random = Counting(AtomicU64::new(1 << 40));
        let context = Context::new(
            Box::new(clock.clone()),
            Box::new(random),
            ServerKey::new([7; 32]),
            Limits::default(),
            Timestamp::from_micros(high_water),
        );
        let app = App::new(store, context, Reach::default());
        Self { app, installed, clock, dir, runtime }
    }

    pub(crate) fn tenancy(&self) -> &str {
        self.installed.tenancy.as_str()
    }

    /// Where the installation keeps its files.
    pub(crate) fn dir(&self) -> &std::path::Path {
        self.dir.path()
    }

    /// Moves the clock; back, where negative.
    pub(crate) fn pass(&self, seconds: i64) {
        self.clock.0.fetch_add(seconds * 1_000_000, Ordering::Relaxed);
    }

    pub(crate) fn administrator(&self) -> Caller {
        self.caller(self.installed.admin.clone(), 0)
    }

    fn caller(&self, user: Ocid, number: usize) -> Caller {
        let key = Arc::new(key(number));
        let key_id = format!("{}/{user}/{}", self.tenancy(), key.fingerprint());
        Caller { user, key_id, key }
    }

    /// A user of that name without any right.
    pub(crate) fn user(&self, name: &str) -> Ocid {
        let body = json!({"compartmentId": self.tenancy(), "name": name, "description": "test"});
        let made = self.send(&self.administrator(), "POST", "/20160918/users", Some(&body)).ok();
        Ocid::from(made.json()["id"].as_str().unwrap())
    }

    /// A user of that name with an API key (number 1 to 3) and these statements, each granted to a
    /// group of theirs that the statement calls `them`.
    pub(crate) fn caller_with(&self, name: &str, number: usize, statements: &[&str]) -> Caller {
        let (admin, user) = (self.administrator(), self.user(name));
        let path = format!("/20160918/users/{user}/apiKeys");
        let body = json!({"key": key(number).public_key_pem()});
        self.send(&admin, "POST", &path, Some(&body)).ok();
        if !statements.is_empty() {
            let group = format!("{name}-group");
            let body =
                json!({"compartmentId": self.tenancy(), "name": group, "description": "test"});
            let made = self.send(&admin, "POST", "/20160918/groups", Some(&body)).ok();
            let body = json!({"userId": user, "groupId": made.json()["id"]});
            self.send(&admin, "POST", "/20160918/userGroupMemberships", Some(&body)).ok();
            let statements: Vec<String> =
                statements.iter().map(|statement| statement.replace("them", &group)).collect();
            let body = json!({"compartmentId": self.tenancy(), "name": format!("{name}-policy"),
                              "description": "test", "statements": statements});
            self.send(&admin, "POST", "/20160918/policies", Some(&body)).ok();
        }
        self.caller(user, number)
    }

    /// Sends a request that the caller signed.
    pub(crate) fn send(
        &self,
        caller: &Caller,
        method: &str,
        target: &str,
        body: Option<&Value>,
    ) -> Answer {
        self.send_with(caller, method, target, body, &[])
    }

    /// Sends a request that the caller signed, with further headers.
    pub(crate) fn send_with(
        &self,
        caller: &Caller,
        method: &str,
        target: &str,
        body: Option<&Value>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let bytes = body.map(|body| serde_json::to_vec(body).unwrap()).unwrap_or_default();
        let mut signed = self.sign(caller, method, target, &bytes);
        signed.extend(headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        self.send_raw(method, target, &signed, bytes)
    }

    /// The headers that the caller's signature of a request consists of.
    pub(crate) fn sign(
        &self,
        caller: &Caller,
        method: &str,
        target: &str,
        body: &[u8],
    ) -> Vec<(String, String)> {
        let date = iam_sign::format_http_date(self.clock.now().as_seconds());
        let body = matches!(method, "POST" | "PUT").then_some(body);
        let headers = iam_sign::sign_request(
            &caller.key,
            &caller.key_id,
            method,
            HOST,
            target,
            &date,
            body,
        );
        headers.unwrap().into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// Sends a request exactly as it is given.
    pub(crate) fn send_raw(
        &self,
        method: &str,
        target: &str,
        headers: &[(String, String)],
        body: Vec<u8>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(target);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        self.deliver(request.body(Body::from(body)).unwrap())
    }

    /// Sends any request at all.
    pub(crate) fn deliver(&self, request: Request<Body>) -> Answer {
        self.runtime.block_on(async {
            let router = http::service(&self.app);
            let peer = IpAddr::V4(Ipv4Addr::LOCALHOST);
            let response: Response<Body> = http::answer(router, &self.app, peer, request).await;
            let (parts, body) = response.into_parts();
            let bytes = body.collect().await.unwrap().to_bytes();
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            Answer { status: parts.status.as_u16(), headers: parts.headers, text }
        })
    }

    /// Runs async work of a test.
    pub(crate) fn block_on<R>(&self, work: impl Future<Output = R>) -> R {
        self.runtime.block_on(work)
    }
}

/// One of the keys of the tests; 0 is the administrator's.
pub(crate) fn key(number: usize) -> PrivateKey {
    PrivateKey::from_pem(KEYS[number].as_bytes(), None).unwrap()
}
