//! A world to test in: one installation in a directory of its own, with a clock that stands until
//! it is moved, and callers who sign their requests with real keys. Requests go through everything
//! but the socket.

mod nodes;
mod tags;
mod tenancies;
mod totp;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use http_body_util::BodyExt;
use iam_api::users::User;
use iam_api::{BASE_PATH, LifecycleState, Ocid, Problem, Timestamp};
use iam_core::authentication_policies::PasswordProfile;
use iam_core::context::{Clock, Context, Limits, Random};
use iam_core::installation::{Installed, Plan, install};
use iam_core::mail::{self, Opened};
use iam_core::server_key::ServerKey;
use iam_server::app::{App, Reach, Shared};
use iam_server::http;
use iam_sign::PrivateKey;
use iam_store::Store;
use nodes::Place;
use serde_json::{Value, json};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
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

/// Stands until it is moved. Where `breaks` says so, it panics instead, once.
#[derive(Clone)]
struct Standing {
    micros: Arc<AtomicI64>,
    breaks: Arc<AtomicBool>,
}

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        if self.breaks.swap(false, Ordering::Relaxed) {
            panic!("no time, as this test wants it");
        }
        Timestamp::from_micros(self.micros.load(Ordering::Relaxed))
    }
}

/// Not random at all: the same in every run, and never twice the same in one.
/// Where `breaks` says so, it panics instead: once, and inside a change.
#[derive(Default)]
struct Counting {
    count: AtomicU64,
    breaks: Arc<AtomicBool>,
}

impl Random for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        let in_a_change = std::thread::current().name() == Some("store-writer");
        if in_a_change && self.breaks.swap(false, Ordering::Relaxed) {
            panic!("no randomness, as this test wants it");
        }
        for chunk in bytes.chunks_mut(8) {
            let count = self.count.fetch_add(1, Ordering::Relaxed);
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
    router: Router,
    pub(crate) installed: Installed,
    clock: Standing,
    breaks: Arc<AtomicBool>,
    dir: TempDir,
    runtime: tokio::runtime::Runtime,
    /// The database that the store is in, unless it is in the directory. Last, so that others get
    /// it when nothing of this world is left.
    database: Option<Place>,
}

/// Somebody who signs requests.
pub(crate) struct Caller {
    pub(crate) tenancy: Ocid,
    pub(crate) user: Ocid,
    pub(crate) key_id: String,
    pub(crate) key: Arc<PrivateKey>,
}

/// A letter that was queued.
#[derive(Clone, Debug, Default)]
pub(crate) struct Letter {
    pub(crate) event: String,
    pub(crate) to: String,
    /// The path of the link in it.
    pub(crate) link: Option<String>,
    pub(crate) text: String,
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

    /// A text in the answer's body.
    pub(crate) fn text(&self, field: &str) -> String {
        self.json()[field].as_str().unwrap_or_else(|| panic!("no {field}: {self:?}")).to_owned()
    }

    /// The OCID of what was answered.
    pub(crate) fn id(&self) -> String {
        self.text("id")
    }

    /// The OCID of the first item of a list.
    pub(crate) fn id_of_first(&self) -> String {
        self.json()[0]["id"].as_str().unwrap_or_else(|| panic!("no item: {self:?}")).to_owned()
    }

    /// The etag, which must be one of OCI's form.
    pub(crate) fn etag(&self) -> String {
        let etag = self.header("etag").unwrap_or_else(|| panic!("no etag: {self:?}"));
        assert!(etag.len() == 40 && etag.bytes().all(|byte| b"0123456789abcdef".contains(&byte)));
        etag.to_owned()
    }

    /// All that a caller could tell two answers apart by: everything but the request's id.
    pub(crate) fn seen(&self) -> (u16, Vec<(String, String)>, String) {
        let headers = self.headers.iter().filter(|(name, _)| *name != "opc-request-id");
        let text = |value: &axum::http::HeaderValue| value.to_str().unwrap().to_owned();
        let headers = headers.map(|(name, value)| (name.to_string(), text(value))).collect();
        (self.status, headers, self.text.clone())
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
        Self::made(limits, password_profile, |_| {})
    }

    /// One whose tenancy has identity domains, and whose administrator has an e-mail address.
    pub(crate) fn with_domains() -> Self {
        Self::with_domains_and(Limits::default())
    }

    /// The same with these limits.
    pub(crate) fn with_domains_and(limits: Limits) -> Self {
        Self::planned(
            limits,
            |_| {},
            |plan| {
                plan.identity_domains = true;
                plan.admin_email = Some("admin@example.com".to_owned());
            },
        )
    }

    /// A world whose server is set up by `edit`.
    pub(crate) fn made(
        limits: Limits,
        password_profile: PasswordProfile,
        edit: impl FnOnce(&mut App),
    ) -> Self {
        Self::planned(limits, edit, |plan| plan.password_profile = password_profile)
    }

    fn planned(
        limits: Limits,
        edit: impl FnOnce(&mut App),
        change: impl FnOnce(&mut Plan),
    ) -> Self {
        Self::planned_in(Place::asked_for(), limits, edit, change)
    }

    fn planned_in(
        database: Option<Place>,
        limits: Limits,
        edit: impl FnOnce(&mut App),
        change: impl FnOnce(&mut Plan),
    ) -> Self {
        let dir = TempDir::new().unwrap();
        let micros = Arc::new(AtomicI64::new(NOON.as_micros()));
        let clock = Standing { micros, breaks: Arc::default() };
        let breaks = Arc::new(AtomicBool::new(false));
        let store = match &database {
            Some(place) => place.new_store(),
            None => Store::create(&dir.path().join("durward.db")).unwrap(),
        };
        let context = Context::new(
            Box::new(clock.clone()),
            Box::new(Counting { breaks: Arc::clone(&breaks), ..Counting::default() }),
            ServerKey::new([7; 32]),
            limits,
            Timestamp::default(),
        );
        let mut app = App::new(store, context, Reach::default());
        edit(Arc::get_mut(&mut app).unwrap());
        let mut plan = Plan {
            tenancy_name: "acme".to_owned(),
            admin_name: "admin".to_owned(),
            admin_email: None,
            region: "us-ashburn-1".to_owned(),
            password_profile: PasswordProfile::Oci,
            identity_domains: false,
            public_key: key(0).public_key_pem(),
        };
        change(&mut plan);
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.unwrap();
        let installed =
            runtime.block_on(app.write(move |app, tx| install(tx, &app.context, &plan))).unwrap();
        Self { router: http::service(&app), app, installed, clock, breaks, dir, database, runtime }
    }

    /// The world after a restart of the server: the same directory, the same clock, another
    /// process's memory.
    pub(crate) fn restart(self) -> Self {
        let Self { app, router, installed, clock, breaks, dir, database, runtime } = self;
        drop((app, router));
        let store = match &database {
            Some(place) => Store::open_in(&place.url.parse().unwrap()),
            None => Store::open(&dir.path().join("durward.db")),
        };
        let store = store.unwrap();
        let high_water = store.read(|tx| tx.meta(iam_core::context::HIGH_WATER)).unwrap().unwrap();
        let random = Counting { count: AtomicU64::new(1 << 40), breaks: Arc::clone(&breaks) };
        let context = Context::new(
            Box::new(clock.clone()),
            Box::new(random),
            ServerKey::new([7; 32]),
            Limits::default(),
            Timestamp::from_micros(high_water),
        );
        let app = App::new(store, context, Reach::default());
        Self { router: http::service(&app), app, installed, clock, breaks, dir, database, runtime }
    }

    pub(crate) fn tenancy(&self) -> &str {
        self.installed.tenancy.as_str()
    }

    /// Everything that the installation has on the disk, by its name: bytes as text, a letter for
    /// each, since the standard library's search in texts is fast.
    pub(crate) fn on_disk(&self) -> Vec<(String, String)> {
        let entries = std::fs::read_dir(self.dir.path()).unwrap();
        let files = entries.map(|entry| entry.unwrap().path()).map(|path| {
            let bytes = std::fs::read(&path).unwrap();
            (path.display().to_string(), bytes.iter().map(|byte| char::from(*byte)).collect())
        });
        let dump = |place: &Place| {
            ("the database".to_owned(), scratch_postgres::dump(&place.url).unwrap())
        };
        files.chain(self.database.as_ref().map(dump)).collect()
    }

    /// What time it is.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Moves the clock; back, where negative.
    pub(crate) fn pass(&self, seconds: i64) {
        self.clock.micros.fetch_add(seconds * 1_000_000, Ordering::Relaxed);
    }

    /// Lets the next request panic that has to know the time.
    pub(crate) fn break_clock(&self) {
        self.clock.breaks.store(true, Ordering::Relaxed);
    }

    /// Lets the next change that draws randomness panic in its middle.
    pub(crate) fn break_next_change(&self) {
        self.breaks.store(true, Ordering::Relaxed);
    }

    pub(crate) fn administrator(&self) -> Caller {
        self.caller(self.installed.admin.clone(), 0)
    }

    /// Installs another tenancy in the same store; answers its administrator, who has key 3.
    pub(crate) fn other_tenancy(&self) -> Caller {
        self.another_tenancy(false)
    }

    /// The same with identity domains.
    pub(crate) fn other_tenancy_with_domains(&self) -> Caller {
        self.another_tenancy(true)
    }

    fn another_tenancy(&self, identity_domains: bool) -> Caller {
        let plan = Plan {
            tenancy_name: "globex".to_owned(),
            admin_name: "admin".to_owned(),
            admin_email: None,
            region: "eu-frankfurt-1".to_owned(),
            password_profile: PasswordProfile::Oci,
            identity_domains,
            public_key: key(3).public_key_pem(),
        };
        let made = self.app.write(move |app, tx| install(tx, &app.context, &plan));
        let made = self.block_on(made).unwrap();
        caller(made.tenancy, made.admin, 3)
    }

    /// That user with that key.
    pub(crate) fn caller(&self, user: Ocid, number: usize) -> Caller {
        caller(self.installed.tenancy.clone(), user, number)
    }

    /// A user of that name without any right.
    pub(crate) fn user(&self, name: &str) -> Ocid {
        let body = json!({"compartmentId": self.tenancy(), "name": name, "description": "test"});
        let made = self.send(&self.administrator(), "POST", "/20160918/users", Some(&body)).ok();
        Ocid::from(made.json()["id"].as_str().unwrap())
    }

    /// A user of that name with that address.
    pub(crate) fn user_at(&self, name: &str, email: &str) -> Ocid {
        let body = json!({"compartmentId": self.tenancy(), "name": name, "description": "test",
                          "email": email});
        Ocid::from(self.post(&self.administrator(), "/users", &body).ok().id())
    }

    /// Takes every letter out of the queue, the oldest first.
    pub(crate) fn letters(&self) -> Vec<Letter> {
        let mut letters = Vec::new();
        while let Some(letter) = self.next_letter() {
            letters.push(letter);
        }
        letters
    }

    fn next_letter(&self) -> Option<Letter> {
        let take = self.app.write(|app, tx| -> Result<_, Problem> {
            let now = app.context.now();
            let Some(taken) = tx.take_mail(now, now.plus_seconds(30)).unwrap() else {
                return Ok(None);
            };
            tx.forget_mail(&taken).unwrap();
            let Opened::Letter(draft) = mail::open(tx, &app.context, &taken)? else {
                return Ok(Some(Letter::default()));
            };
            let written = draft.write("http://console.test", "http://console.test/sign-in");
            let text = written.unwrap().letter.text;
            let link = text.split_whitespace().find(|word| word.contains("/console/link?t="));
            let link = link.map(|link| link.trim_start_matches("http://console.test").to_owned());
            let event = format!("{:?}", draft.event);
            Ok(Some(Letter { event, to: draft.to.join(" "), link, text }))
        });
        let letter = self.block_on(take).unwrap();
        letter.filter(|letter| !letter.to.is_empty())
    }

    /// Has people answered who asked for a way back in.
    pub(crate) fn work_off(&self) {
        self.block_on(iam_server::upkeep::recover(&self.app)).unwrap();
    }

    /// Has all work requests seen to.
    pub(crate) fn work(&self) {
        self.block_on(iam_server::work::all(&self.app)).unwrap();
    }

    /// A group of that name, by its OCID.
    pub(crate) fn group(&self, name: &str) -> String {
        let body = json!({"compartmentId": self.tenancy(), "name": name, "description": "test"});
        self.send(&self.administrator(), "POST", "/20160918/groups", Some(&body)).ok().id()
    }

    /// Adds a user to a group; answers the membership's OCID.
    pub(crate) fn join(&self, user: &Ocid, group: &str) -> String {
        let body = json!({"userId": user, "groupId": group});
        let admin = self.administrator();
        self.send(&admin, "POST", "/20160918/userGroupMemberships", Some(&body)).ok().id()
    }

    /// A policy of that name on the tenancy, by its OCID.
    pub(crate) fn policy(&self, name: &str, statements: &[&str]) -> String {
        let body = json!({"compartmentId": self.tenancy(), "name": name, "description": "test",
                          "statements": statements});
        self.send(&self.administrator(), "POST", "/20160918/policies", Some(&body)).ok().id()
    }

    /// Gives a user one of the keys.
    pub(crate) fn give_key(&self, user: &Ocid, number: usize) -> Caller {
        let (admin, path) = (self.administrator(), format!("/20160918/users/{user}/apiKeys"));
        let body = json!({"key": key(number).public_key_pem()});
        self.send(&admin, "POST", &path, Some(&body)).ok();
        self.caller(user.clone(), number)
    }

    /// Makes a user INACTIVE for these reasons, as no operation does.
    pub(crate) fn set_inactive(&self, user: &Ocid, status: i64) {
        let user = user.clone();
        let change = self.app.write(move |_, tx| -> Result<(), Problem> {
            let at = tx.tenancies().unwrap()[0].0;
            let mut resource = tx.resource(at, &user).unwrap().unwrap();
            let mut model: User = resource.model().unwrap();
            model.lifecycle_state = LifecycleState::Inactive;
            model.inactive_status = Some(status);
            resource.state = LifecycleState::Inactive;
            resource.set_model(&model).unwrap();
            tx.update(at, &resource).unwrap();
            tx.revise().unwrap();
            Ok(())
        });
        self.block_on(change).unwrap();
    }

    /// A user of that name with an API key (number 1 to 3) and these statements, each granted to a
    /// group of theirs that the statement calls `them`.
    pub(crate) fn caller_with(&self, name: &str, number: usize, statements: &[&str]) -> Caller {
        let caller = self.give_key(&self.user(name), number);
        if !statements.is_empty() {
            let group = format!("{name}-group");
            self.join(&caller.user, &self.group(&group));
            let statements: Vec<String> =
                statements.iter().map(|statement| statement.replace("them", &group)).collect();
            let statements: Vec<&str> = statements.iter().map(String::as_str).collect();
            self.policy(&format!("{name}-policy"), &statements);
        }
        caller
    }

    /// Reads what stands below the base path.
    pub(crate) fn get(&self, caller: &Caller, path: &str) -> Answer {
        self.send(caller, "GET", &format!("{BASE_PATH}{path}"), None)
    }

    /// Posts below the base path.
    pub(crate) fn post(&self, caller: &Caller, path: &str, body: &Value) -> Answer {
        self.send(caller, "POST", &format!("{BASE_PATH}{path}"), Some(body))
    }

    /// Puts below the base path, with these further headers.
    pub(crate) fn put(
        &self,
        caller: &Caller,
        path: &str,
        body: &Value,
        headers: &[(&str, &str)],
    ) -> Answer {
        self.send_with(caller, "PUT", &format!("{BASE_PATH}{path}"), Some(body), headers)
    }

    /// Deletes below the base path, with these further headers.
    pub(crate) fn delete(&self, caller: &Caller, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send_with(caller, "DELETE", &format!("{BASE_PATH}{path}"), None, headers)
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
        signed
            .extend(headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
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
        let body = matches!(method, "POST" | "PUT" | "PATCH").then_some(body);
        let headers =
            iam_sign::sign_request(&caller.key, &caller.key_id, method, HOST, target, &date, body);
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
            let peer = IpAddr::V4(Ipv4Addr::LOCALHOST);
            let router = self.router.clone();
            let response: Response<Body> = http::answer(router, &self.app, peer, request).await;
            let (parts, body) = response.into_parts();
            let bytes = body.collect().await.unwrap().to_bytes();
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            Answer { status: parts.status.as_u16(), headers: parts.headers, text }
        })
    }

    /// Runs async work beside a test.
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.runtime.spawn(work);
    }

    /// Runs async work of a test.
    pub(crate) fn block_on<R>(&self, work: impl Future<Output = R>) -> R {
        self.runtime.block_on(work)
    }
}

pub(crate) fn caller(tenancy: Ocid, user: Ocid, number: usize) -> Caller {
    let key = Arc::new(key(number));
    let key_id = format!("{tenancy}/{user}/{}", key.fingerprint());
    Caller { tenancy, user, key_id, key }
}

/// One of the keys of the tests; 0 is the administrator's.
pub(crate) fn key(number: usize) -> PrivateKey {
    PrivateKey::from_pem(KEYS[number].as_bytes(), None).unwrap()
}
