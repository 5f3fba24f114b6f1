//! What tests of other projects may do to a server that is for them: and nobody to any other.

use crate::crash::sign_in;
use crate::operating::{Answer, exchange};
use crate::process::{Serving, durward, end_of, init, refusal};
use crate::world::key;
use iam_sign::PrivateKey;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const DAY: u32 = 86_400;
const PATHS: [&str; 4] = ["snapshot", "reset", "clock", "faults"];

/// A server for tests, its administrator, and the way to steer it.
pub(crate) struct Steered {
    serving: Serving,
    dir: PathBuf,
    profile: BTreeMap<String, String>,
    key: PrivateKey,
    /// Host and port where it is steered.
    door: String,
    token: String,
}

impl Steered {
    /// Makes an installation for tests, and serves it.
    pub(crate) fn start(root: &TempDir, init_with: &[&str]) -> Self {
        let more = [&["--testing", "--tenancy-name", "acme"], init_with].concat();
        Self::serve(&init(root.path(), &more))
    }

    pub(crate) fn serve(dir: &Path) -> Self {
        let serving = Serving::start(dir, &["--testing"]);
        let text = std::fs::read_to_string(dir.join("config")).unwrap();
        let lines = text.lines().filter_map(|line| line.split_once('='));
        let profile: BTreeMap<String, String> =
            lines.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let pem = std::fs::read(&profile["key_file"]).unwrap();
        let way = std::fs::read_to_string(dir.join("testing.json")).unwrap();
        let way: Value = serde_json::from_str(&way).unwrap();
        let door = way["url"].as_str().unwrap().strip_prefix("http://").unwrap();
        Self {
            serving,
            dir: dir.to_owned(),
            profile,
            key: PrivateKey::from_pem(&pem, None).unwrap(),
            door: door.strip_suffix("/testing").unwrap().to_owned(),
            token: way["token"].as_str().unwrap().to_owned(),
        }
    }

    /// Asks where it is steered, with these lines of the head.
    fn ask(&self, method: &str, path: &str, lines: &str, body: &str) -> Answer {
        let length = body.len();
        let head = format!("{method} /testing/{path} HTTP/1.1\r\ncontent-length: {length}\r\n");
        let request = format!("{head}connection: close\r\n{lines}\r\n{body}");
        exchange(&self.door, &request).unwrap()
    }

    /// The lines of whoever may steer it.
    fn rightful(&self) -> String {
        let (host, token) = (&self.door, &self.token);
        let json = "content-type: application/json";
        format!("host: {host}\r\nauthorization: Bearer {token}\r\n{json}\r\n")
    }

    /// Steers it; what is answered, which must be a success.
    pub(crate) fn steer(&self, path: &str, body: &Value) -> Value {
        let answer = self.ask("POST", path, &self.rightful(), &body.to_string());
        assert_eq!(answer.status(), 200, "{path} {body}: {}", answer.body);
        answer.json()
    }

    fn key_id(&self, fingerprint: &str) -> String {
        format!("{}/{}/{fingerprint}", self.profile["tenancy"], self.profile["user"])
    }

    /// Sends a request that the administrator signed, with further lines.
    fn send_with(&self, method: &str, path: &str, lines: &str, body: &str) -> Answer {
        let key_id = self.key_id(&self.profile["fingerprint"]);
        let head = self.serving.signed(method, path, &key_id, &self.key, body);
        exchange(self.serving.host(), &format!("{head}{lines}\r\n{body}")).unwrap()
    }

    pub(crate) fn send(&self, method: &str, path: &str, body: &str) -> Answer {
        self.send_with(method, path, "", body)
    }

    fn list(&self, what: &str) -> Answer {
        self.send("GET", &format!("/20160918/{what}?compartmentId={}", self.profile["tenancy"]), "")
    }

    /// The names of what there is, in order.
    pub(crate) fn names(&self, what: &str) -> Vec<String> {
        let answer = self.list(what);
        assert_eq!(answer.status(), 200, "{}", answer.body);
        let name = |item: &Value| item["name"].as_str().unwrap().to_owned();
        let mut names: Vec<String> = answer.json().as_array().unwrap().iter().map(name).collect();
        names.sort();
        names
    }

    /// Makes a user; their OCID.
    pub(crate) fn new_user(&self, name: &str) -> String {
        let body = json!({"compartmentId": self.profile["tenancy"], "name": name,
                          "description": "one"});
        let made = self.send("POST", "/20160918/users", &body.to_string());
        assert_eq!(made.status(), 200, "{}", made.body);
        made.json()["id"].as_str().unwrap().to_owned()
    }

    fn give_key(&self, user: &str, key: &PrivateKey) {
        let body = json!({"key": key.public_key_pem()}).to_string();
        let made = self.send("POST", &format!("/20160918/users/{user}/apiKeys"), &body);
        assert_eq!(made.status(), 200, "{}", made.body);
    }

    fn make_administrator(&self, user: &str) {
        let group = self.list("groups").json()[0]["id"].clone();
        let body = json!({"userId": user, "groupId": group}).to_string();
        let made = self.send("POST", "/20160918/userGroupMemberships", &body);
        assert_eq!(made.status(), 200, "{}", made.body);
    }

    /// The user of that name, as the API shows them.
    pub(crate) fn user_named(&self, name: &str) -> Value {
        let users = self.list("users").json();
        let mut users = users.as_array().unwrap().iter();
        users.find(|user| user["name"] == name).unwrap().clone()
    }

    /// Lists what there is, signed by another user of the tenancy.
    pub(crate) fn list_as(&self, user: &str, key: &PrivateKey, what: &str) -> Answer {
        let key_id = format!("{}/{user}/{}", self.profile["tenancy"], key.fingerprint());
        let path = format!("/20160918/{what}?compartmentId={}", self.profile["tenancy"]);
        let head = self.serving.signed("GET", &path, &key_id, key, "");
        exchange(self.serving.host(), &format!("{head}\r\n")).unwrap()
    }

    /// Scheme, host and port where it is served.
    pub(crate) fn address(&self) -> &str {
        &self.serving.address
    }

    /// The file with its administrator's profile.
    pub(crate) fn config(&self) -> PathBuf {
        self.dir.join("config")
    }

    /// What names the administrator's key, and the key.
    pub(crate) fn signer(&self) -> (String, &PrivateKey) {
        (self.key_id(&self.profile["fingerprint"]), &self.key)
    }

    pub(crate) fn tenancy(&self) -> &str {
        &self.profile["tenancy"]
    }

    /// Stops it; its directory.
    pub(crate) fn stop(self) -> PathBuf {
        self.serving.stop();
        self.dir
    }

    fn one_time_password(&self, user: &str) -> String {
        let made = self.send("POST", &format!("/20160918/users/{user}/uiPassword"), "");
        made.json()["password"].as_str().unwrap().to_owned()
    }
}

#[test]
fn a_server_without_the_switch_has_nothing_of_it() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &[]);
    let serving = Serving::start(&dir, &[]);
    assert!(!dir.join("testing.json").exists());
    for path in PATHS {
        for method in ["GET", "POST", "DELETE"] {
            let host = serving.host();
            let answer = serving.exchange(&format!(
                "{method} /testing/{path} HTTP/1.1\r\nhost: {host}\r\ncontent-length: 2\r\n\
                 content-type: application/json\r\nauthorization: Bearer x\r\n\
                 connection: close\r\n\r\n{{}}"
            ));
            assert!(answer.starts_with("HTTP/1.1 404 "), "{method} {path}: {answer}");
        }
    }
    let dir = ["--data-dir", dir.to_str().unwrap()];
    for command in ["snapshot", "reset"] {
        let said = refusal(&mut durward(&[&[command], &dir[..]].concat()));
        assert!(said.contains("while `durward serve --testing` runs"), "{said}");
    }
    serving.stop();
}

#[test]
fn what_was_made_for_tests_is_served_with_the_switch_alone_and_nothing_else_with_it() {
    let (tests, earnest) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let for_tests = init(tests.path(), &["--testing"]);
    let in_earnest = init(earnest.path(), &[]);
    fn serve(dir: &Path) -> [&str; 3] {
        ["serve", "--data-dir", dir.to_str().unwrap()]
    }
    let said = refusal(&mut durward(&serve(&for_tests)));
    assert!(said.contains("was made for tests") && said.contains("--testing"), "{said}");
    let said = refusal(&mut durward(&[&serve(&in_earnest)[..], &["--testing"]].concat()));
    assert!(said.contains("was not made for tests"), "{said}");
    let by_variable = &mut durward(&serve(&for_tests));
    let said = refusal(by_variable.env("DURWARD_TESTING", "true"));
    assert!(said.contains("DURWARD_TESTING"), "{said}");

    let all = ["0.0.0.0:0", "--host", "iam.example.com", "--behind-proxy"];
    let listen = [&serve(&for_tests)[..], &["--testing", "--listen"], &all[..]].concat();
    assert!(refusal(&mut durward(&listen)).contains("--testing listens on loopback alone"));
    let elsewhere = tests.path().join("elsewhere");
    let seeded = ["init", "--data-dir", elsewhere.to_str().unwrap(), "--seed", "1"];
    assert!(refusal(&mut durward(&seeded)).contains("--testing"));

    let verified = end_of(&mut durward(&["verify", "--data-dir", for_tests.to_str().unwrap()]));
    assert!(verified.contains("It was made for tests"), "{verified}");
    let verified = end_of(&mut durward(&["verify", "--data-dir", in_earnest.to_str().unwrap()]));
    assert!(!verified.contains("made for tests"), "{verified}");
    let backup = tests.path().join("backup");
    let backup = backup.to_str().unwrap();
    let data = for_tests.to_str().unwrap();
    end_of(&mut durward(&["backup", "--data-dir", data, "--to", backup]));
    let again = tests.path().join("again");
    let key = for_tests.join("durward.key");
    end_of(&mut durward(&[
        "restore",
        "--from",
        backup,
        "--data-dir",
        again.to_str().unwrap(),
        "--key-file",
        key.to_str().unwrap(),
    ]));
    let key = ["--key-file", key.to_str().unwrap()];
    let said = refusal(&mut durward(&[&serve(&again)[..], &key[..]].concat()));
    assert!(said.contains("was made for tests"), "a backup does not launder it: {said}");
}

#[test]
fn it_is_steered_by_who_may_read_its_files_and_by_no_browser() {
    let root = TempDir::new().unwrap();
    let steered = Steered::start(&root, &[]);
    let file = steered.dir.join("testing.json");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let (host, token) = (&steered.door, &steered.token);
    let json = "content-type: application/json\r\n";
    let bearer = format!("authorization: Bearer {token}\r\n");
    let named = format!("host: {host}\r\n");
    let refused = [
        (401, format!("{named}{json}")),
        (401, format!("{named}{json}authorization: Bearer {}\r\n", "0".repeat(64))),
        (401, format!("{named}{json}authorization: Basic {token}\r\n")),
        (403, format!("host: attacker.example\r\n{json}{bearer}")),
        (403, format!("{named}{json}{bearer}origin: http://{host}\r\n")),
        (403, format!("{named}{json}{bearer}origin: null\r\n")),
        (403, format!("{named}{json}{bearer}sec-fetch-site: none\r\n")),
        (403, format!("{named}{json}{bearer}cookie: a=b\r\n")),
        (400, format!("{named}{bearer}content-type: text/plain\r\n")),
        (400, format!("{named}{bearer}")),
    ];
    let mut let_in = Vec::new();
    for (status, lines) in &refused {
        for path in PATHS {
            let answer = steered.ask("POST", path, lines, "{}");
            if answer.status() != *status {
                let_in.push((path, lines, answer.status()));
            }
        }
    }
    assert_eq!(let_in, []);
    for path in PATHS {
        let on_the_other_port = steered.serving.get(&format!("/testing/{path}"));
        assert!(on_the_other_port.starts_with("HTTP/1.1 404 "), "{on_the_other_port}");
    }
    let wrong = steered.ask("POST", "clock", &steered.rightful(), "{\"advance\": 1}");
    assert_eq!(wrong.status(), 400);
    assert!(wrong.body.contains("advance"), "{}", wrong.body);
    steered.steer("snapshot", &json!({}));
    let log = steered.serving.stop();
    assert!(log.contains("this server is for tests"), "{log}");
    assert!(!log.contains(token.as_str()), "{log}");
    assert!(!file.exists(), "nobody listens there any more");
}

#[test]
fn a_reset_brings_back_all_that_was_and_nothing_that_came_since() {
    let root = TempDir::new().unwrap();
    let steered = Steered::start(&root, &["--seed", "42"]);
    let before = steered.names("users");
    let ann = steered.new_user("ann");
    let begun = Instant::now();
    steered.steer("reset", &json!({}));
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    assert_eq!(steered.names("users"), before);
    assert_eq!(steered.new_user("ann"), ann, "what is drawn is the same again");

    // A key that is taken away, and is there again.
    steered.steer("snapshot", &json!({"name": "with ann"}));
    let (user, print) = (&steered.profile["user"], &steered.profile["fingerprint"]);
    let gone = steered.send("DELETE", &format!("/20160918/users/{user}/apiKeys/{print}"), "");
    assert_eq!(gone.status(), 204, "{}", gone.body);
    assert_eq!(steered.list("users").status(), 401);
    steered.steer("reset", &json!({"name": "with ann"}));
    assert_eq!(steered.names("users"), ["admin", "ann"]);

    // A right that was given since is gone, also from memory.
    steered.give_key(&ann, &key(1));
    steered.steer("snapshot", &json!({"name": "without rights"}));
    assert_eq!(steered.list_as(&ann, &key(1), "users").status(), 404);
    steered.make_administrator(&ann);
    assert_eq!(steered.list_as(&ann, &key(1), "users").status(), 200);
    steered.steer("reset", &json!({"name": "without rights"}));
    assert_eq!(steered.list_as(&ann, &key(1), "users").status(), 404);

    // Console sessions end with a state, and a password counts that counted in it.
    let password = steered.one_time_password(&ann);
    steered.steer("snapshot", &json!({"name": "with a password"}));
    let other = steered.one_time_password(&ann);
    assert_ne!(other, password);
    steered.steer("reset", &json!({"name": "with a password"}));
    assert_eq!(sign_in(&steered.serving, "ann", &other), None);
    assert!(sign_in(&steered.serving, "ann", &password).is_some());

    let unknown = steered.ask("POST", "reset", &steered.rightful(), "{\"name\": \"x\"}");
    assert_eq!(unknown.status(), 400);
    assert!(
        unknown.body.contains("start, with a password, with ann, without rights"),
        "{}",
        unknown.body
    );
    let dir = ["--data-dir", steered.dir.to_str().unwrap()];
    end_of(&mut durward(&[&["reset"], &dir[..]].concat()));
    assert_eq!(steered.names("users"), before);
    steered.new_user("bob");
    end_of(&mut durward(&[&["snapshot", "--name", "bob"], &dir[..]].concat()));
    steered.steer("reset", &json!({}));
    end_of(&mut durward(&[&["reset", "--name", "bob"], &dir[..]].concat()));
    assert_eq!(steered.names("users"), ["admin", "bob"]);
    steered.serving.stop();
    let verified = end_of(&mut durward(&[&["verify"], &dir[..]].concat()));
    assert!(verified.contains("nothing wrong"), "the audit trail is whole too: {verified}");
}

#[test]
fn a_clock_that_is_moved_lets_things_expire_and_goes_back_with_a_reset() {
    let root = TempDir::new().unwrap();
    let steered = Steered::start(&root, &[]);
    let ann = steered.new_user("ann");
    let password = steered.one_time_password(&ann);
    steered.steer("snapshot", &json!({"name": "ann"}));
    steered.steer("clock", &json!({"advanceSeconds": 6 * DAY}));
    assert!(sign_in(&steered.serving, "ann", &password).is_some(), "six days are not seven");
    let time = steered.steer("clock", &json!({"advanceSeconds": 2 * DAY}));
    assert_eq!(time["secondsAhead"], 8 * DAY);
    assert_eq!(sign_in(&steered.serving, "ann", &password), None);
    let bob = steered.new_user("bob");
    let made = steered.send("GET", &format!("/20160918/users/{bob}"), "").json();
    let made: jiff::Timestamp = made["timeCreated"].as_str().unwrap().parse().unwrap();
    let ahead = made.duration_since(jiff::Timestamp::now()).as_secs();
    assert!((i64::from(8 * DAY) - 60..=i64::from(8 * DAY)).contains(&ahead), "{ahead}");
    assert!(steered.serving.get("/readyz").starts_with("HTTP/1.1 200 "));

    // A restart leaves the clock where it is.
    let dir = steered.dir.clone();
    steered.serving.stop();
    let steered = Steered::serve(&dir);
    assert!(steered.serving.get("/readyz").starts_with("HTTP/1.1 200 "));
    assert_eq!(sign_in(&steered.serving, "ann", &password), None);
    let clock = steered.ask("GET", "clock", &steered.rightful(), "").json();
    assert_eq!(clock["secondsAhead"], 8 * DAY);

    let new = steered.one_time_password(&ann);
    steered.steer("snapshot", &json!({"name": "new"}));
    let to = json!({"set": "2040-01-01T00:00:00Z"});
    assert!(steered.steer("clock", &to)["now"].as_str().unwrap().starts_with("2040-01-01T00:00"));
    assert_eq!(sign_in(&steered.serving, "ann", &new), None);
    steered.steer("reset", &json!({"name": "new"}));
    assert!(sign_in(&steered.serving, "ann", &new).is_some(), "its time is not up again");
    assert!(steered.serving.get("/readyz").starts_with("HTTP/1.1 200 "));
    let far = steered.ask("POST", "clock", &steered.rightful(), "{\"set\": \"9000-01-01T00:00Z\"}");
    assert_eq!(far.status(), 400, "{}", far.body);
    steered.serving.stop();
}

#[test]
fn faults_meet_as_many_requests_as_they_are_for() {
    let root = TempDir::new().unwrap();
    let steered = Steered::start(&root, &[]);
    let fault = json!({"status": 429, "operation": "ListUsers", "times": 2,
                       "retryAfterSeconds": 3});
    steered.steer("faults", &fault);
    assert_eq!(steered.list("groups").status(), 200);
    for _ in 0..2 {
        let answer = steered.list("users");
        assert_eq!((answer.status(), answer.header("retry-after")), (429, Some("3")));
        assert_eq!(answer.json()["code"], "TooManyRequests");
    }
    assert_eq!(steered.list("users").status(), 200);
    let waiting = steered.ask("GET", "faults", &steered.rightful(), "").json();
    assert_eq!((&waiting[0]["met"], &waiting[0]["status"]), (&json!(2), &json!(429)));

    // Done, and the answer lost: what retry tokens are for.
    steered.steer("faults", &json!({"status": 500, "operation": "CreateUser", "after": true}));
    let body = json!({"compartmentId": steered.profile["tenancy"], "name": "ann",
                      "description": "one"});
    let again = || {
        let token = "opc-retry-token: one\r\n";
        steered.send_with("POST", "/20160918/users", token, &body.to_string())
    };
    assert_eq!(again().status(), 500);
    assert_eq!(again().status(), 200);
    assert_eq!(steered.names("users"), ["admin", "ann"]);

    steered.steer("faults", &json!({"delayMillis": 300}));
    let begun = Instant::now();
    assert_eq!(steered.list("users").status(), 200);
    assert!(begun.elapsed() >= Duration::from_millis(300));
    steered.steer("faults", &json!({"status": 503, "times": 9}));
    assert_eq!(steered.list("users").status(), 503);
    assert!(steered.serving.get("/readyz").starts_with("HTTP/1.1 200 "), "it is not about that");
    let none = steered.ask("DELETE", "faults", &steered.rightful(), "");
    assert_eq!(none.json(), json!([]));
    assert_eq!(steered.list("users").status(), 200);
    steered.steer("faults", &json!({"status": 503, "probability": 1}));
    steered.steer("reset", &json!({}));
    assert_eq!(steered.list("users").status(), 200, "a reset ends them");
    steered.serving.stop();
}
