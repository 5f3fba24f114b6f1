//! `/durward/v1/credentials/actions/verify` and `verifySignature`: whether what a user showed to
//! another service is right.

use crate::world::{Answer, Caller, World};
use aws_lc_rs::hmac;
use serde_json::{Value, json};

const PATH: &str = "/durward/v1/credentials/actions/verify";
const KINDS: [(&str, &str, &str); 3] = [
    ("AUTH_TOKEN", "authTokens", "token"),
    ("SWIFT_PASSWORD", "swiftPasswords", "password"),
    ("SMTP_CREDENTIAL", "smtpCredentials", "password"),
];
const TEXT: &str = "AWS4-HMAC-SHA256\n20261123T120000Z\n20261123/local-1/s3/aws4_request\nabcd";

/// What a user shows: the kind, the name, the secret.
#[derive(Clone)]
struct Shown(&'static str, String, String);

/// A service that may ask, and a user with one of each kind.
struct Scene {
    world: World,
    registry: Caller,
    ann: String,
}

impl Scene {
    fn new() -> Self {
        let world = World::new();
        let registry =
            world.caller_with("registry", 1, &["allow group them to use credentials in tenancy"]);
        let ann = world.user("Ann").to_string();
        Self { world, registry, ann }
    }

    fn make(&self, number: usize) -> (String, Shown) {
        let (kind, path, secret) = KINDS[number];
        let path = format!("/users/{}/{path}", self.ann);
        let body = json!({"description": "x"});
        let made = self.world.post(&self.world.administrator(), &path, &body).ok();
        let name = made.json()["username"].as_str().map_or("ann".to_owned(), str::to_owned);
        (made.id(), Shown(kind, name, made.text(secret)))
    }

    fn ask(&self, Shown(kind, username, secret): &Shown) -> Answer {
        let body = json!({"kind": kind, "username": username, "secret": secret});
        self.world.send(&self.registry, "POST", PATH, Some(&body))
    }

    fn is_right(&self, shown: &Shown) -> bool {
        let answer = self.ask(shown).ok().json();
        let right = answer["isVerified"].as_bool().unwrap();
        assert!(right || answer == json!({"isVerified": false}), "{answer}");
        right
    }

    fn set_capability(&self, name: &str, may: bool) {
        let path = format!("/users/{}/capabilities", self.ann);
        self.world.put(&self.world.administrator(), &path, &json!({name: may}), &[]).ok();
    }

    /// The trail's lines of that event, by what they were done to.
    fn noted(&self, event: &str) -> Vec<String> {
        let lines = self.world.app.store.read(|tx| {
            let at = tx.tenancies().unwrap()[0].0;
            tx.audit_tail(at, 100).unwrap()
        });
        let lines = lines.unwrap().into_iter().filter(|line| line.event == event);
        lines.map(|line| line.target).collect()
    }
}

#[test]
fn a_right_secret_is_verified_and_tells_whose_it_is() {
    let scene = Scene::new();
    for number in 0..KINDS.len() {
        let (id, shown) = scene.make(number);
        let answer = scene.ask(&shown).ok();
        let expected = json!({
            "isVerified": true, "userId": scene.ann, "userName": "Ann", "credentialId": id,
        });
        assert_eq!((answer.json(), answer.header("etag")), (expected, None));
        assert!(scene.noted("VerifyCredential").contains(&id));
    }
}

#[test]
fn what_is_not_exactly_what_was_made_is_not_verified() {
    let scene = Scene::new();
    let all: Vec<Shown> = (0..KINDS.len()).map(|number| scene.make(number).1).collect();
    let bob = scene.world.user("bob");
    for shown in &all {
        let with = |change: &dyn Fn(&mut Shown)| {
            let mut other = shown.clone();
            change(&mut other);
            other
        };
        for wrong in [
            with(&|other| other.1 = "bob".to_owned()),
            with(&|other| other.1 = String::new()),
            with(&|other| other.1 = format!("x{}", other.1)),
            with(&|other| other.1 = other.1.replace(&scene.ann, bob.as_str()).replace("ann", "")),
            with(&|other| other.2 = String::new()),
            with(&|other| other.2.push('x')),
            with(&|other| other.2.truncate(19)),
            with(&|other| other.2 = other.2.to_uppercase()),
        ] {
            assert!(!scene.is_right(&wrong), "{} {} {}", wrong.0, wrong.1, wrong.2);
        }
        for other in KINDS.iter().filter(|other| other.0 != shown.0) {
            assert!(!scene.is_right(&with(&|changed| changed.0 = other.0)));
        }
        scene.world.pass(61);
        assert!(scene.is_right(shown));
    }
}

#[test]
fn a_deleted_secret_is_refused_from_the_next_request_on_and_its_twin_is_not() {
    let scene = Scene::new();
    for (number, (_, path, _)) in KINDS.iter().enumerate() {
        let ((id, first), (_, second)) = (scene.make(number), scene.make(number));
        assert!(scene.is_right(&first) && scene.is_right(&second));
        let path = format!("/users/{}/{path}/{id}", scene.ann);
        scene.world.delete(&scene.world.administrator(), &path, &[]).ok();
        assert!(!scene.is_right(&first) && scene.is_right(&second));
    }
    let path = format!("/users/{}", scene.ann);
    let (_, last) = scene.make(0);
    scene.world.delete(&scene.world.administrator(), &path, &[]).ok();
    assert!(!scene.is_right(&last));
}

#[test]
fn a_user_who_may_not_use_a_kind_is_not_verified_by_it() {
    let scene = Scene::new();
    let capabilities = ["canUseAuthTokens", "canUseAuthTokens", "canUseSmtpCredentials"];
    for (number, capability) in capabilities.into_iter().enumerate() {
        let (_, shown) = scene.make(number);
        scene.set_capability(capability, false);
        assert!(!scene.is_right(&shown));
        scene.set_capability(capability, true);
        assert!(scene.is_right(&shown));
    }
}

#[test]
fn after_too_many_wrong_ones_a_wrong_one_is_put_off_and_a_right_one_still_passes() {
    let scene = Scene::new();
    let (_, shown) = scene.make(0);
    let wrong = Shown("AUTH_TOKEN", "ann".to_owned(), "guess".to_owned());
    for _ in 0..20 {
        assert!(!scene.is_right(&wrong));
    }
    let noted = scene.noted("RefuseCredential");
    assert_eq!(noted, vec![scene.ann.clone(); 20]);
    for name in ["ann", "ANN"] {
        let wrong = Shown("AUTH_TOKEN", name.to_owned(), "guess".to_owned());
        assert_eq!(scene.ask(&wrong).code(), (429, "TooManyRequests".into()));
    }
    assert_eq!(scene.noted("RefuseCredential").len(), 20, "no more is written");
    assert!(scene.is_right(&shown), "nobody can shut a user out");
    assert!(!scene.is_right(&Shown("AUTH_TOKEN", "bob".to_owned(), "guess".to_owned())));
    assert_eq!(scene.noted("RefuseCredential").first().map(String::as_str), Some(""));
    scene.world.pass(61);
    assert!(!scene.is_right(&wrong));
}

#[test]
fn who_may_read_users_and_make_credentials_may_not_ask() {
    let scene = Scene::new();
    let (_, shown) = scene.make(0);
    let statements = [
        "allow group them to manage users in tenancy",
        "allow group them to inspect credentials in tenancy",
        "allow group them to {CREDENTIAL_ADD, CREDENTIAL_UPDATE} in tenancy",
    ];
    let carl = scene.world.caller_with("carl", 2, &statements);
    let body = json!({"kind": shown.0, "username": shown.1, "secret": shown.2});
    let answer = scene.world.send(&carl, "POST", PATH, Some(&body));
    assert_eq!(answer.code(), (404, "NotAuthorizedOrNotFound".into()));
}

#[test]
fn a_kind_that_is_never_shown_is_refused_by_name() {
    let scene = Scene::new();
    for kind in ["CUSTOMER_SECRET_KEY", "auth-token", ""] {
        let body = json!({"kind": kind, "username": "ann", "secret": "x"});
        let answer = scene.world.send(&scene.registry, "POST", PATH, Some(&body));
        assert_eq!(answer.code(), (400, "InvalidParameter".into()), "{kind}");
    }
}

/// What Amazon's signers write, made here once more.
fn signed(secret: &str, text: &str) -> String {
    let mac = |key: &[u8], part: &str| {
        hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), part.as_bytes()).as_ref().to_vec()
    };
    let scope = ["20261123", "local-1", "s3", "aws4_request"];
    let key = scope.iter().fold(format!("AWS4{secret}").into_bytes(), |key, part| mac(&key, part));
    mac(&key, text).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn ask_signed(scene: &Scene, id: &str, text: &str, signature: &str) -> Value {
    let body = json!({"accessKeyId": id, "stringToSign": text, "signature": signature});
    let path = format!("{PATH}Signature");
    scene.world.send(&scene.registry, "POST", &path, Some(&body)).ok().json()
}

#[test]
fn a_signature_is_verified_that_the_secret_key_made_of_this_very_string() {
    let scene = Scene::new();
    let path = format!("/users/{}/customerSecretKeys", scene.ann);
    let admin = scene.world.administrator();
    let made = scene.world.post(&admin, &path, &json!({"displayName": "s3"})).ok();
    let (id, secret) = (made.id(), made.text("key"));
    let other = scene.world.post(&admin, &path, &json!({"displayName": "s3"})).ok();
    let right = signed(&secret, TEXT);
    let yes = json!({
        "isVerified": true, "userId": scene.ann, "userName": "Ann", "credentialId": id,
    });
    let no = json!({"isVerified": false});
    assert_eq!(ask_signed(&scene, &id, TEXT, &right), yes);
    let part = TEXT.replace("SHA256\n", "SHA256-PAYLOAD\n");
    assert_eq!(ask_signed(&scene, &id, &part, &signed(&secret, &part)), yes);
    for (id, text, signature) in [
        (other.id().as_str(), TEXT, right.as_str()),
        (&id, &TEXT.replace("abcd", "abce"), &right),
        (&id, TEXT, &right.to_uppercase()),
        (&id, TEXT, right.trim_end_matches(|digit: char| right.ends_with(digit))),
        (&id, TEXT, ""),
        (&scene.ann, TEXT, &right),
        ("", TEXT, &right),
        (&scene.make(0).0, TEXT, &right),
    ] {
        assert_eq!(ask_signed(&scene, id, text, signature), no, "{id} {text} {signature}");
    }
    let bad = json!({"accessKeyId": id, "stringToSign": "abc", "signature": right});
    let answer = scene.world.send(&scene.registry, "POST", &format!("{PATH}Signature"), Some(&bad));
    assert_eq!(answer.code(), (400, "InvalidParameter".into()));
    scene.set_capability("canUseCustomerSecretKeys", false);
    assert_eq!(ask_signed(&scene, &id, TEXT, &right), no);
    scene.set_capability("canUseCustomerSecretKeys", true);
    scene.world.delete(&admin, &format!("{path}/{id}"), &[]).ok();
    assert_eq!(ask_signed(&scene, &id, TEXT, &right), no);
}
