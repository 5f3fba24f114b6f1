//! Request signatures, from outside: one answer for every defect, to the byte.

use crate::world::{Answer, Caller, HOST, World, key};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use iam_api::{BLOCKED, Ocid};
use iam_core::authentication_policies::PasswordProfile;
use iam_core::context::Limits;
use iam_sign::{format_http_date, signing_string};
use serde_json::json;

const GET_NAMES: [&str; 3] = ["date", "(request-target)", "host"];
const POST_NAMES: [&str; 6] =
    ["date", "(request-target)", "host", "content-length", "content-type", "x-content-sha256"];

/// A request that is signed well until a test spoils it.
#[derive(Clone)]
struct Draft {
    method: &'static str,
    target: String,
    headers: Vec<(String, String)>,
    names: Vec<&'static str>,
    key_id: String,
    body: Vec<u8>,
}

impl Draft {
    /// The caller reads themselves.
    fn get(world: &World, caller: &Caller) -> Self {
        let mut draft = Self {
            method: "GET",
            target: format!("/20160918/users/{}", caller.user),
            headers: Vec::new(),
            names: GET_NAMES.to_vec(),
            key_id: caller.key_id.clone(),
            body: Vec::new(),
        };
        draft.date(world, 0);
        draft.set("host", HOST)
    }

    /// The caller gives themselves an API key.
    fn post(world: &World, caller: &Caller) -> Self {
        let body = serde_json::to_vec(&json!({"key": key(2).public_key_pem()})).unwrap();
        let mut draft = Self::get(world, caller);
        draft.method = "POST";
        draft.target += "/apiKeys";
        draft.names = POST_NAMES.to_vec();
        let digest = aws_digest(&body);
        let length = body.len().to_string();
        draft.body = body;
        draft
            .set("content-length", &length)
            .set("content-type", "application/json")
            .set("x-content-sha256", &digest)
    }

    fn date(&mut self, world: &World, offset_seconds: i64) {
        let date = format_http_date(world.now().as_seconds() + offset_seconds);
        *self = self.clone().set("date", &date);
    }

    /// Sets a header in the place of the one of that name.
    fn set(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(other, _)| other != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds a header beside those of the same name.
    fn add(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(other, _)| other != name);
        self
    }

    fn value(&self, name: &str) -> String {
        let found = self.headers.iter().find(|(other, _)| other == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    }

    fn signature(&self, caller: &Caller) -> String {
        let value = |name: &str| {
            let found = self.headers.iter().find(|(other, _)| other == name);
            Some(found.map_or(b"".as_slice(), |(_, value)| value.as_bytes()))
        };
        let text = signing_string(self.method, &self.target, &self.names, value).unwrap();
        STANDARD.encode(caller.key.sign(&text).unwrap())
    }

    fn authorization(&self, signature: &str) -> String {
        format!(
            "Signature version=\"1\",keyId=\"{}\",algorithm=\"rsa-sha256\",headers=\"{}\",\
             signature=\"{signature}\"",
            self.key_id,
            self.names.join(" "),
        )
    }

    fn sign(self, caller: &Caller) -> Self {
        let authorization = self.authorization(&self.signature(caller));
        self.set("authorization", &authorization)
    }

    /// Changes the text of the authorization.
    fn edit(self, from: &str, to: &str) -> Self {
        let authorization = self.value("authorization");
        assert!(authorization.contains(from), "{from} is not in {authorization}");
        self.set("authorization", &authorization.replacen(from, to, 1))
    }

    fn send(&self, world: &World) -> Answer {
        world.send_raw(self.method, &self.target, &self.headers, self.body.clone())
    }
}

fn aws_digest(body: &[u8]) -> String {
    let key = key(0);
    let headers = iam_sign::sign_request(&key, "a/b/c", "POST", "h", "/", "d", Some(body));
    let found = headers.unwrap().into_iter().find(|(name, _)| *name == "x-content-sha256");
    found.unwrap().1
}

/// A world with a user who has key 1 and no rights.
fn scene() -> (World, Caller) {
    let world = World::new();
    let ann = world.caller_with("ann", 1, &[]);
    (world, ann)
}

/// What everyone gets who did not sign at all.
fn the_refusal(world: &World, ann: &Caller) -> (u16, Vec<(String, String)>, String) {
    let answer = Draft::get(world, ann).send(world);
    assert_eq!(answer.code(), (401, "NotAuthenticated".into()));
    assert_eq!(
        answer.text("message"),
        "The required information to complete authentication was not provided or was incorrect."
    );
    answer.seen()
}

#[test]
fn a_signature_without_defect_is_accepted_in_any_order_and_by_either_date() {
    let (world, ann) = scene();
    Draft::get(&world, &ann).sign(&ann).send(&world).ok();
    let mut draft = Draft::get(&world, &ann);
    draft.names = vec!["host", "(request-target)", "date"];
    draft.sign(&ann).send(&world).ok();
    let now = format_http_date(world.now().as_seconds());
    let mut draft = Draft::get(&world, &ann).set("x-date", &now).without("date");
    draft.names = vec!["x-date", "(request-target)", "host"];
    draft.sign(&ann).send(&world).ok();
    Draft::get(&world, &ann).sign(&ann).edit("version=\"1\",", "").send(&world).ok();
    // As Oracle's SDK for TypeScript lists some of them.
    let listed = ("date (request-target) host", "Date (request-target) Host");
    Draft::get(&world, &ann).sign(&ann).edit(listed.0, listed.1).send(&world).ok();
    Draft::post(&world, &ann).sign(&ann).send(&world).ok();
}

#[test]
fn what_the_header_says_is_read_strictly() {
    let (world, ann) = scene();
    let refusal = the_refusal(&world, &ann);
    let good = Draft::get(&world, &ann).sign(&ann);
    let authorization = good.value("authorization");
    let signature = good.signature(&ann);
    let mut other = signature.clone().into_bytes();
    other[20] = if other[20] == b'A' { b'B' } else { b'A' };
    let other = String::from_utf8(other).unwrap();
    let bare = authorization.trim_start_matches("Signature ").to_owned();
    let cases = vec![
        good.clone().add("authorization", &authorization),
        good.clone().set("authorization", ""),
        good.clone().set("authorization", "Signature"),
        good.clone().set("authorization", &bare),
        good.clone().set("authorization", &format!("Basic {bare}")),
        good.clone().set("authorization", &format!("Bearer {bare}")),
        good.clone().edit("version=\"1\"", "version=\"2\""),
        good.clone().edit("rsa-sha256", "rsa-sha512"),
        good.clone().edit("rsa-sha256", "hs2019"),
        good.clone().edit("rsa-sha256", "none"),
        good.clone().edit("algorithm=\"rsa-sha256\",", ""),
        good.clone().edit("algorithm=\"rsa-sha256\"", "algorithm=rsa-sha256"),
        good.clone().edit(&format!("keyId=\"{}\",", ann.key_id), ""),
        good.clone().edit(&format!("keyId=\"{}\"", ann.key_id), "keyId=\"\""),
        good.clone().edit("headers=\"date (request-target) host\",", ""),
        good.clone().edit("headers=\"date (request-target) host\"", "headers=\"\""),
        good.clone().edit(&format!(",signature=\"{signature}\""), ""),
        good.clone().edit(&signature, ""),
        good.clone().edit(&signature, &other),
        good.clone().edit(&signature, "!!!"),
        good.clone().edit(&signature, signature.split_at(4).1),
        good.clone().edit("version=\"1\",", "version=\"1\",version=\"1\","),
        good.clone().edit("version=\"1\",", "created=\"1\","),
        good.clone().edit("version", "Version"),
        good.clone().edit("date (request-target) host", "host (request-target) date"),
        good.clone().edit("date (request-target) host", "date (request-target) host host"),
        good.clone().edit("date (request-target) host", "Date (request-target) host date"),
        good.clone().edit("date (request-target) host", "date  (request-target) host"),
        good.clone().edit("date (request-target) host", "date (request-target) host accept"),
        good.edit("Signature ", &format!("Signature {}", "x".repeat(5_000))),
    ];
    for (number, draft) in cases.iter().enumerate() {
        assert_eq!(draft.send(&world).seen(), refusal, "{number}: {:?}", draft.headers);
    }
}

#[test]
fn what_was_signed_must_be_what_arrived() {
    let (world, ann) = scene();
    let refusal = the_refusal(&world, &ann);
    let bob = world.give_key(&world.user("bob"), 2);
    let good = Draft::get(&world, &ann).sign(&ann);
    let date = good.value("date");
    let mut cases = vec![
        good.clone().set("host", "localhost"),
        good.clone().add("host", HOST),
        good.clone().add("date", &date),
        good.clone().without("host"),
        good.clone().without("date"),
        good.clone().set("date", HOST).set("host", &date),
        good.clone().set("date", &format_http_date(world.now().as_seconds() + 1)),
        Draft::get(&world, &ann).sign(&bob),
    ];
    for target in ["?", "?a=b", "/", "/apiKeys"] {
        cases.push(Draft { target: good.target.clone() + target, ..good.clone() });
    }
    for method in ["DELETE", "PUT"] {
        cases.push(Draft { method, ..good.clone() });
    }
    cases.push(Draft { body: b"{}".to_vec(), ..good.clone() });
    for dropped in GET_NAMES {
        let mut draft = Draft::get(&world, &ann);
        draft.names.retain(|name| *name != dropped);
        cases.push(draft.sign(&ann));
    }
    for (number, draft) in cases.iter().enumerate() {
        assert_eq!(draft.send(&world).seen(), refusal, "{number}: {:?}", draft.headers);
    }
    assert_eq!(good.send(&world).status, 200);
}

#[test]
fn a_body_is_bound_by_length_and_digest_that_are_signed_themselves() {
    let (world, ann) = scene();
    let refusal = the_refusal(&world, &ann);
    let plain = Draft::post(&world, &ann);
    let good = plain.clone().sign(&ann);
    let digest = good.value("x-content-sha256");
    let mut changed = good.body.clone();
    changed[10] ^= 1;
    let mut longer = good.body.clone();
    longer.push(b' ');
    let shorter = good.body[..good.body.len() - 1].to_vec();
    let mut cases = vec![
        Draft { body: changed.clone(), ..good.clone() },
        Draft { body: longer, ..good.clone() },
        Draft { body: shorter, ..good.clone() },
        Draft { body: Vec::new(), ..good.clone() },
        Draft { body: changed.clone(), ..good.clone() }
            .set("x-content-sha256", &aws_digest(&changed)),
        good.clone().add("x-content-sha256", &digest),
        plain.clone().set("x-content-sha256", &aws_digest(b"")).sign(&ann),
        plain.clone().set("x-content-sha256", "abc").sign(&ann),
        plain.clone().set("x-content-sha256", &"0".repeat(64)).sign(&ann),
        plain.clone().set("content-length", "1").sign(&ann),
        plain.clone().set("content-length", "+1").sign(&ann),
        plain.clone().set("content-type", "text/plain").sign(&ann).set("content-type", "a/b"),
    ];
    for dropped in &POST_NAMES[3..] {
        let mut draft = plain.clone();
        draft.names.retain(|name| name != dropped);
        cases.push(draft.clone().sign(&ann));
        cases.push(draft.without(dropped).sign(&ann));
        cases.push(plain.clone().without(dropped).sign(&ann));
    }
    for (number, draft) in cases.iter().enumerate() {
        assert_eq!(draft.send(&world).seen(), refusal, "{number}: {:?}", draft.headers);
    }
    let path = format!("/users/{}/apiKeys", ann.user);
    let keys = world.get(&ann, &path).ok().json();
    assert_eq!(keys.as_array().unwrap().len(), 1, "nothing was done");
    good.send(&world).ok();
}

#[test]
fn a_date_is_good_for_five_minutes_on_either_side() {
    let (world, ann) = scene();
    let refusal = the_refusal(&world, &ann);
    for (offset, accepted) in [(-301, false), (-300, true), (300, true), (301, false)] {
        let mut draft = Draft::get(&world, &ann);
        draft.date(&world, offset);
        let answer = draft.sign(&ann).send(&world);
        assert_eq!(answer.seen() != refusal, accepted, "{offset}");
        assert_eq!(answer.status == 200, accepted, "{offset}");
    }
    let now = Draft::get(&world, &ann).value("date");
    for bad in ["", "now", "2026-11-23T12:00:00Z", &now.replace("GMT", "UTC"), &now.to_lowercase()]
    {
        let answer = Draft::get(&world, &ann).set("date", bad).sign(&ann).send(&world);
        assert_eq!(answer.seen(), refusal, "{bad}");
    }
    let stale = format_http_date(world.now().as_seconds() - 301);
    let mut draft = Draft::get(&world, &ann).set("x-date", &stale);
    draft.names.push("x-date");
    assert_eq!(draft.sign(&ann).send(&world).seen(), refusal, "x-date wins");
    let good = Draft::get(&world, &ann).sign(&ann);
    good.send(&world).ok();
    world.pass(301);
    assert_eq!(good.send(&world).seen(), refusal, "sent again later");
}

#[test]
fn a_key_id_names_tenancy_user_and_key_and_all_three_must_be_right() {
    let (world, ann) = scene();
    let refusal = the_refusal(&world, &ann);
    let (admin, other) = (world.administrator(), world.other_tenancy());
    let (mine, theirs) = (ann.key.fingerprint(), other.key.fingerprint());
    let tenancy = world.tenancy();
    let user = &ann.user;
    let absent = Ocid::new("user", &[9; 32]);
    let cases = [
        format!("{}/{user}/{mine}", other.tenancy),
        format!("{}/{}/{mine}", other.tenancy, other.user),
        format!("{tenancy}/{}/{mine}", admin.user),
        format!("{tenancy}/{}/{mine}", other.user),
        format!("{tenancy}/{absent}/{mine}"),
        format!("{tenancy}/{user}/{theirs}"),
        format!("{tenancy}/{user}/{}", mine.to_uppercase()),
        format!("{tenancy}/{user}/{}", mine.replace(':', "")),
        format!("{tenancy}/{user}"),
        format!("{tenancy}/{user}/{mine}/"),
        format!("/{tenancy}/{user}/{mine}"),
        format!("{tenancy}//{mine}"),
        "ST$eyJhbGciOiJub25lIn0.e30.".to_owned(),
        "//".to_owned(),
        format!("{tenancy}/{user}' OR '1'='1/{mine}"),
    ];
    for key_id in cases {
        let draft = Draft { key_id, ..Draft::get(&world, &ann) };
        assert_eq!(draft.clone().sign(&ann).send(&world).seen(), refusal, "{}", draft.key_id);
    }
}

#[test]
fn the_same_key_under_two_users_stands_for_each_of_them() {
    let (world, ann) = scene();
    let bob = world.give_key(&world.user("bob"), 1);
    for caller in [&ann, &bob] {
        let path = |of: &Caller| format!("/users/{}", of.user);
        world.get(caller, &path(caller)).ok();
        let other = if caller.user == ann.user { &bob } else { &ann };
        assert_eq!(world.get(caller, &path(other)).status, 404);
    }
}

#[test]
fn a_request_that_was_signed_for_another_host_is_not_for_us() {
    let (world, ann) = scene();
    let refusal = the_refusal(&world, &ann);
    for host in [
        "identity.us-ashburn-1.oraclecloud.com",
        "127.0.0.1.evil.example",
        "evil@127.0.0.1:7070",
        "localhost.evil.example",
        "localhost/evil",
        "10.0.0.1",
        "",
        "[::2]:80",
    ] {
        let answer = Draft::get(&world, &ann).set("host", host).sign(&ann).send(&world);
        assert_eq!(answer.seen(), refusal, "{host}");
    }
    for host in ["localhost", "LOCALHOST:1", "127.0.0.1", "[::1]:7070"] {
        Draft::get(&world, &ann).set("host", host).sign(&ann).send(&world).ok();
    }
    let world = World::made(Limits::default(), PasswordProfile::Oci, |app| {
        app.reach.hosts = vec!["iam.example.com".to_owned()];
    });
    let ann = world.caller_with("ann", 1, &[]);
    let to = |host: &str| Draft::get(&world, &ann).set("host", host).sign(&ann).send(&world);
    to("IAM.example.com:443").ok();
    assert_eq!(to("iam.example.com.evil.example").status, 401);
}

#[test]
fn nothing_but_a_signature_is_looked_at() {
    let (world, ann) = scene();
    let refusal = the_refusal(&world, &ann);
    let signed = Draft::get(&world, &ann).sign(&ann).value("authorization");
    let plain = Draft::get(&world, &ann);
    let encoded: String = signed.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let query =
        |text: String| Draft { target: format!("{}?{text}", plain.target), ..plain.clone() };
    let cases = [
        plain
            .clone()
            .set("cookie", &format!("authorization={encoded}; session=x; __Host-session=x")),
        plain.clone().set("authorization", "Basic YWRtaW46YWRtaW4="),
        plain.clone().set("proxy-authorization", &signed),
        plain.clone().set("x-authorization", &signed),
        plain.clone().set("x-forwarded-user", "admin"),
        query(format!("authorization={encoded}")),
        query(format!("Authorization={encoded}&access_token=x&token=x")),
    ];
    for draft in cases {
        assert_eq!(draft.send(&world).seen(), refusal, "{:?} {}", draft.headers, draft.target);
    }
}

/// The caller's own request is accepted; then it is refused, and from the first one on.
fn ends(world: &World, caller: &Caller, change: impl FnOnce()) {
    let refusal = the_refusal(world, caller);
    Draft::get(world, caller).sign(caller).send(world).ok();
    change();
    assert_eq!(Draft::get(world, caller).sign(caller).send(world).seen(), refusal);
}

#[test]
fn a_deleted_key_a_deleted_user_and_one_who_may_not_use_keys_are_refused_at_once() {
    let (world, ann) = scene();
    let admin = world.administrator();
    let path = format!("/users/{}", ann.user);
    ends(&world, &ann, || {
        let body = json!({"canUseApiKeys": false});
        world.put(&admin, &format!("{path}/capabilities"), &body, &[]).ok();
    });
    let body = json!({"canUseApiKeys": true});
    world.put(&admin, &format!("{path}/capabilities"), &body, &[]).ok();
    ends(&world, &ann, || {
        let key = format!("{path}/apiKeys/{}", ann.key.fingerprint());
        world.delete(&admin, &key, &[]).ok();
    });
    world.give_key(&ann.user, 1);
    ends(&world, &ann, || {
        world.delete(&admin, &path, &[]).ok();
    });
}

#[test]
fn who_is_inactive_for_another_reason_than_a_block_never_signs() {
    for status in [1, 2, 1 | BLOCKED, 2 | BLOCKED, 0, 8] {
        let (world, ann) = scene();
        ends(&world, &ann, || world.set_inactive(&ann.user, status));
    }
}

#[test]
fn a_block_of_console_sign_ins_stops_keys_only_where_the_installation_says_so() {
    let (world, ann) = scene();
    world.set_inactive(&ann.user, BLOCKED);
    let answer = Draft::get(&world, &ann).sign(&ann).send(&world).ok();
    assert_eq!(answer.text("lifecycleState"), "INACTIVE");
    let world = World::made(Limits::default(), PasswordProfile::Oci, |app| {
        app.context.blocked_may_sign = false;
    });
    let (admin, ann) = (world.administrator(), world.caller_with("ann", 1, &[]));
    ends(&world, &ann, || world.set_inactive(&ann.user, BLOCKED));
    let path = format!("/users/{}/state", ann.user);
    world.put(&admin, &path, &json!({"blocked": false}), &[]).ok();
    Draft::get(&world, &ann).sign(&ann).send(&world).ok();
}
