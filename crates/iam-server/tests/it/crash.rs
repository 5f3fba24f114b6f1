//! `kill -9` at random moments under load, again and again on the same directory: no change that
//! was answered is lost, a request that was cut off can be repeated with its retry token, and of
//! all one-time passwords of a user the last one alone signs in.

use crate::process::{Serving, init};
use iam_sign::PrivateKey;
use rustix::process::Signal;
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;
use tempfile::TempDir;

const KILLS: u64 = 50;
/// Users whose passwords are reset all the time, each by a thread of its own.
const RESET: usize = 4;
/// The longest that a server lives under load, in microseconds.
const LIFE_MAX: u64 = 400_000;
/// Users made in one life of the server: in all, fewer than a tenancy may have.
const MADE_MAX: usize = 30;
/// Sign-ins are slow on purpose, so they are tried after every so many kills.
const SIGN_IN_EVERY: u64 = 5;
const TIME_MAX: Duration = Duration::from_secs(60);

/// The first administrator, who sends everything here.
pub(crate) struct Administrator {
    pub(crate) tenancy: String,
    key_id: String,
    key: PrivateKey,
}

impl Administrator {
    pub(crate) fn of(dir: &Path) -> Self {
        let text = std::fs::read_to_string(dir.join("config")).unwrap();
        let values: BTreeMap<&str, &str> =
            text.lines().filter_map(|line| line.split_once('=')).collect();
        let pem = std::fs::read(values["key_file"]).unwrap();
        Self {
            tenancy: values["tenancy"].to_owned(),
            key_id: format!("{}/{}/{}", values["tenancy"], values["user"], values["fingerprint"]),
            key: PrivateKey::from_pem(&pem, None).unwrap(),
        }
    }

    /// Sends a request; none where the server was killed before it had answered in full.
    pub(crate) fn send(
        &self,
        serving: &Serving,
        method: &str,
        path: &str,
        retry: &str,
        body: &str,
    ) -> Option<serde_json::Value> {
        let head = serving.signed(method, path, &self.key_id, &self.key, body);
        let retry = if retry.is_empty() { String::new() } else { header("opc-retry-token", retry) };
        let answer = exchange(serving.host(), &format!("{head}{retry}\r\n{body}"))?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "))?;
        if body.len() < length.parse().unwrap() {
            return None;
        }
        assert!(head.starts_with("HTTP/1.1 200 "), "{method} {path}: {answer}");
        Some(serde_json::from_str(body).unwrap())
    }
}

fn header(name: &str, value: &str) -> String {
    format!("{name}: {value}\r\n")
}

/// Sends a request as it stands; whatever of the answer came before the connection ended.
fn exchange(host: &str, request: &str) -> Option<String> {
    let mut stream = TcpStream::connect(host).ok()?;
    stream.set_read_timeout(Some(TIME_MAX)).unwrap();
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = Vec::new();
    let _cut_off = stream.read_to_end(&mut answer);
    String::from_utf8(answer).ok()
}

/// A one-time password, as a reset answered.
#[derive(Clone)]
struct Reset {
    password: String,
    created: String,
}

/// A user whose password is reset all the time.
struct User {
    name: String,
    id: String,
    /// Every answered reset, in order.
    resets: Vec<Reset>,
    /// The retry token of the request that was not answered.
    cut_off: Option<String>,
    sent: u64,
}

impl User {
    fn reset(&mut self, admin: &Administrator, serving: &Serving, token: String) -> bool {
        let path = format!("/20160918/users/{}/uiPassword", self.id);
        let Some(answer) = admin.send(serving, "POST", &path, &token, "") else {
            self.cut_off = Some(token);
            return false;
        };
        let text = |name: &str| answer[name].as_str().unwrap().to_owned();
        self.resets.push(Reset { password: text("password"), created: text("timeCreated") });
        true
    }

    fn reset_until_killed(&mut self, admin: &Administrator, serving: &Serving) {
        loop {
            self.sent += 1;
            let token = format!("{}-{}", self.name, self.sent);
            if !self.reset(admin, serving, token) {
                return;
            }
        }
    }

    /// When the password was made that the server has.
    fn created(&self, admin: &Administrator, serving: &Serving) -> String {
        let path = format!("/20160918/users/{}/uiPassword", self.id);
        let answer = admin.send(serving, "GET", &path, "", "").unwrap();
        answer["timeCreated"].as_str().unwrap().to_owned()
    }

    /// The server was killed and is there again.
    fn check(&mut self, admin: &Administrator, serving: &Serving) {
        let found = self.created(admin, serving);
        let last = self.resets.last().map(|last| last.created.clone()).unwrap_or_default();
        assert!(found >= last, "{}: {last} was answered, and {found} is kept", self.name);
        let Some(token) = self.cut_off.take() else {
            assert_eq!(found, last);
            return;
        };
        assert!(self.reset(admin, serving, token));
        let repeated = self.resets.last().unwrap().created.clone();
        if found > last {
            assert_eq!(repeated, found, "what was done is answered, and not done again");
        }
        assert_eq!(self.created(admin, serving), repeated);
    }

    /// Tries the last password, and two that it replaced.
    fn check_sign_in(&self, serving: &Serving) {
        let mut newest = self.resets.iter().rev();
        let last = newest.next().unwrap();
        let replaced = newest.find(|reset| reset.password != last.password).unwrap();
        let first = self.resets.first().unwrap();
        for old in [replaced, first] {
            assert_eq!(sign_in(serving, &self.name, &old.password), None, "{}", self.name);
        }
        let led_to = sign_in(serving, &self.name, &last.password);
        assert_eq!(led_to.as_deref(), Some("/console/change-password"), "{}", self.name);
    }
}

/// Signs in as a browser does; answers where it leads, if it was right.
pub(crate) fn sign_in(serving: &Serving, user: &str, password: &str) -> Option<String> {
    let host = serving.host();
    let page = serving.get("/console/sign-in?tenant=acme");
    let lines = || page.lines().filter_map(|line| line.split_once(": "));
    let cookies: Vec<&str> = lines()
        .filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"))
        .filter_map(|(_, value)| value.split(';').next())
        .collect();
    let token = page.split_once("name=\"form-token\" value=\"").unwrap().1.split_once('"').unwrap();
    let encoded =
        |text| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC);
    let form = format!(
        "form-token={}&tenant=acme&username={}&password={}",
        encoded(token.0),
        encoded(user),
        encoded(password)
    );
    let head = [
        ("host", host),
        ("origin", &serving.address),
        ("cookie", &cookies.join("; ")),
        ("content-type", "application/x-www-form-urlencoded"),
        ("content-length", &form.len().to_string()),
        ("connection", "close"),
    ];
    let head: String = head.iter().map(|(name, value)| header(name, value)).collect();
    let request = format!("POST /console/sign-in HTTP/1.1\r\n{head}\r\n{form}");
    let answer = exchange(host, &request).unwrap();
    let refused = answer.starts_with("HTTP/1.1 4") || answer.starts_with("HTTP/1.1 200 ");
    let led_to = answer.lines().find_map(|line| line.strip_prefix("location: "));
    assert!(refused || answer.starts_with("HTTP/1.1 303 "), "{answer}");
    led_to.filter(|_| !refused).map(str::to_owned)
}

fn make_user(admin: &Administrator, serving: &Serving, name: &str) -> Option<String> {
    let Administrator { tenancy, .. } = admin;
    let body = serde_json::json!({"compartmentId": tenancy, "name": name, "description": "test"});
    let made = admin.send(serving, "POST", "/20160918/users", name, &body.to_string())?;
    Some(made["id"].as_str().unwrap().to_owned())
}

/// Makes users until the server is killed; answers those that it answered.
fn make_users(admin: &Administrator, serving: &Serving, kill: u64) -> Vec<String> {
    let names = (0..MADE_MAX).map(|number| format!("made-{kill}-{number}"));
    names.map_while(|name| make_user(admin, serving, &name)).collect()
}

/// Puts the server under load, and kills it at a random moment; answers the users that it made.
fn load_and_kill(
    admin: &Administrator,
    serving: Serving,
    users: &mut [User],
    kill: u64,
) -> Vec<String> {
    // Any moment will do; these differ, and a run can be repeated.
    let life = Duration::from_micros(kill.wrapping_mul(0x9E37_79B9_7F4A_7C15) % LIFE_MAX);
    let killed = AtomicBool::new(false);
    let (_never, wait) = mpsc::channel::<()>();
    let made = std::thread::scope(|scope| {
        let (serving, killed) = (&serving, &killed);
        for user in users {
            scope.spawn(move || {
                user.reset_until_killed(admin, serving);
                assert!(killed.load(Ordering::SeqCst), "an answer failed before the kill");
            });
        }
        let made = scope.spawn(move || make_users(admin, serving, kill));
        assert!(wait.recv_timeout(life).is_err());
        killed.store(true, Ordering::SeqCst);
        serving.signal(Signal::KILL);
        made.join().unwrap()
    });
    let (status, log) = serving.ended();
    assert!(!status.success() && !log.contains("ERROR"), "{log}");
    made
}

#[test]
fn nothing_that_was_answered_is_lost_when_the_server_is_killed_under_load() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &["--tenancy-name", "acme"]);
    let admin = Administrator::of(&dir);
    let mut serving = Serving::start(&dir, &[]);
    let mut users: Vec<User> = (0..RESET)
        .map(|number| {
            let name = format!("user-{number}");
            let id = make_user(&admin, &serving, &name).unwrap();
            let mut user = User { name, id, resets: Vec::new(), cut_off: None, sent: 0 };
            assert!(user.reset(&admin, &serving, "first".repeat(number + 1)));
            user
        })
        .collect();
    let mut made = 0;
    for kill in 1..=KILLS {
        let new = load_and_kill(&admin, serving, &mut users, kill);
        serving = Serving::start(&dir, &[]);
        for id in &new {
            let user = admin.send(&serving, "GET", &format!("/20160918/users/{id}"), "", "");
            assert_eq!(user.unwrap()["lifecycleState"], "ACTIVE");
        }
        made += new.len();
        for user in &mut users {
            user.check(&admin, &serving);
        }
        if kill % SIGN_IN_EVERY == 0 {
            let number = usize::try_from(kill / SIGN_IN_EVERY).unwrap() % users.len();
            users[number].check_sign_in(&serving);
        }
    }
    let resets: usize = users.iter().map(|user| user.resets.len()).sum();
    assert!(resets > 500 && made > 50, "hardly any load: {resets} resets, {made} users");
    serving.stop();
}
