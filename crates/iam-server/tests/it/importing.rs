//! `durward import`: the twin of a tenancy, from one Durward into another, and from servers that
//! answer whatever they like.

use crate::moving::{HERE, store_of};
use crate::process::{Serving, durward, end_of, refusal};
use crate::seeding::{SEED, write_seed};
use crate::testing::Steered;
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const MORE: &str = r#"
[[policies]]
name = "office"
description = "From the office alone"
statements = ["Allow group Operators to inspect users in tenancy where request.networkSource.name = 'office'",
    "Allow dynamic-group Machines to read policies in compartment dev:web"]
"#;

/// A tenancy with something of everything.
fn original(root: &TempDir) -> Steered {
    let file = write_seed(root.path(), &format!("{SEED}{MORE}"));
    let source = Steered::start(root, &["--seed-file", &file]);
    let body = json!({"compartmentId": source.tenancy(), "name": "gone", "description": "gone"});
    let made = source.send("POST", "/20160918/compartments", &body.to_string()).json();
    let path = format!("/20160918/compartments/{}", made["id"].as_str().unwrap());
    source.send("DELETE", &path, "");
    let begun = Instant::now();
    while source.send("GET", &path, "").json()["lifecycleState"] != "DELETED" {
        assert!(begun.elapsed() < Duration::from_secs(30), "it is not deleted");
    }
    source
}

/// What decides: the compiled statements of all policies.
fn decides(dir: &Path) -> Vec<(String, Option<String>)> {
    let policies = store_of(dir).read(|tx| tx.policies(HERE)).unwrap().unwrap();
    let mut all: Vec<_> =
        policies.into_iter().map(|policy| (policy.id.to_string(), policy.compiled)).collect();
    all.sort();
    all
}

fn import(config: &Path, address: &str, dir: &Path) -> Command {
    let mut command = durward(&["import", "--endpoint", address]);
    command.arg("--config-file").arg(config).arg("--data-dir").arg(dir);
    command
}

fn get(serving: &Serving, source: &Steered, path: &str) -> Value {
    let (key_id, key) = source.signer();
    let answer = serving.get_signed(path, &key_id, key);
    assert!(answer.starts_with("HTTP/1.1 200 "), "{path}: {answer}");
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
}

/// A list in an order of its own: which of two was made first in a millisecond, no answer tells.
fn in_order(mut answer: Value) -> Value {
    if let Some(items) = answer.as_array_mut() {
        items.sort_by_key(|item| item["id"].to_string());
    }
    answer
}

/// The lists that must be the same on both sides.
fn lists(source: &Steered) -> Vec<String> {
    let root = source.tenancy();
    let mut paths: Vec<String> = ["users", "groups", "dynamicGroups", "networkSources", "policies"]
        .iter()
        .map(|what| format!("/20160918/{what}?compartmentId={root}"))
        .collect();
    let all = "accessLevel=ANY&compartmentIdInSubtree=true";
    paths.push(format!("/20160918/compartments?compartmentId={root}&{all}"));
    paths.push(format!("/20160918/tagNamespaces?compartmentId={root}&includeSubcompartments=true"));
    paths.push(format!("/20160918/authenticationPolicies/{root}"));
    paths.push(format!("/20160918/tenancies/{root}"));
    let items = |path: &str| source.send("GET", path, "").json().as_array().unwrap().clone();
    for group in items(&paths[1]) {
        let group = group["id"].as_str().unwrap();
        let of = format!("compartmentId={root}&groupId={group}");
        paths.push(format!("/20160918/userGroupMemberships?{of}"));
    }
    for compartment in items(&paths[5]) {
        let id = compartment["id"].as_str().unwrap();
        for what in ["policies", "tagDefaults"] {
            paths.push(format!("/20160918/{what}?compartmentId={id}"));
        }
    }
    for namespace in items(&paths[6]) {
        let id = namespace["id"].as_str().unwrap();
        paths.push(format!("/20160918/tagNamespaces/{id}/tags"));
        paths.push(format!("/20160918/tagNamespaces/{id}/tags/CostCenter"));
    }
    paths
}

#[test]
fn a_twin_shows_and_decides_what_the_original_does() {
    let root = TempDir::new().unwrap();
    let source = original(&root);
    let (twin, report) = (root.path().join("twin"), root.path().join("report.json"));
    let told =
        end_of(import(&source.config(), source.address(), &twin).arg("--report").arg(&report));
    assert!(told.contains("durward user reset") && !told.contains("Left out"), "{told}");
    let report: Value = serde_json::from_str(&fs::read_to_string(&report).unwrap()).unwrap();
    assert_eq!(report["refused"], json!([]), "{report}");
    assert!(!root.path().join("twin.import").exists(), "the journal is gone");
    let verified = end_of(&mut durward(&["verify", "--data-dir", twin.to_str().unwrap()]));
    assert!(verified.contains("nothing wrong"), "{verified}");

    let serving = Serving::start(&twin, &[]);
    for path in lists(&source) {
        let there = source.send("GET", &path, "").json();
        assert_eq!(in_order(get(&serving, &source, &path)), in_order(there), "{path}");
    }
    serving.stop();
    let (there, here) = (decides(&source.stop()), decides(&twin));
    assert!(there == here && there.len() == 3, "{there:?} {here:?}");
}

#[test]
fn a_tenancy_with_domains_has_them_in_its_twin() {
    let root = TempDir::new().unwrap();
    let source =
        Steered::start(&root, &["--identity-domains", "--admin-email", "admin@example.com"]);
    let twin = root.path().join("twin");
    let told = end_of(&mut import(&source.config(), source.address(), &twin));
    assert!(told.contains("1  domains"), "{told}");
    let serving = Serving::start(&twin, &[]);
    for what in ["domains", "users"] {
        let path = format!("/20160918/{what}?compartmentId={}", source.tenancy());
        let (here, there) = (get(&serving, &source, &path), source.send("GET", &path, "").json());
        assert_eq!(here[0]["id"], there[0]["id"], "{what}");
    }
    let path = format!("/20160918/authenticationPolicies/{}", source.tenancy());
    assert_eq!(get(&serving, &source, &path), source.send("GET", &path, "").json());
    serving.stop();
    let verified = end_of(&mut durward(&["verify", "--data-dir", twin.to_str().unwrap()]));
    assert!(verified.contains("nothing wrong"), "{verified}");
}

#[test]
fn what_failed_goes_on_and_nothing_is_there_before() {
    let root = TempDir::new().unwrap();
    let source = original(&root);
    let twin = root.path().join("twin");
    source.steer("faults", &json!({"operation": "ListPolicies", "status": 429, "times": 1}));
    let said =
        refusal(import(&source.config(), source.address(), &twin).args(["--max-retries", "1"]));
    assert!(said.contains("goes on from here"), "{said}");
    assert!(!twin.exists(), "nothing is made of half a tenancy");
    let journal = root.path().join("twin.import");
    let mut text = fs::read_to_string(&journal).unwrap();
    let before = text.matches("\"ListUsers").count();
    text.push_str("{\"asked\":\"torn");
    fs::write(&journal, text).unwrap();
    source.new_user("later"); // what was read is not read again
    source.steer("faults", &json!({"operation": "ListPolicies", "status": 500, "times": 1}));
    let told = end_of(&mut import(&source.config(), source.address(), &twin));
    assert!(before == 1 && told.contains("3  users"), "{told}");
    let verified = end_of(&mut durward(&["verify", "--data-dir", twin.to_str().unwrap()]));
    assert!(verified.contains("nothing wrong"), "{verified}");
}

/// What a path is answered in a tenancy: status, further lines of the head, body.
type Answers = fn(&str, &str) -> (u16, String, String);

/// A server that answers each path by `answer`, and notes the first lines of what it is asked.
fn pretender(answer: Answers, tenancy: &str) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (asked, tenancy) = (Arc::new(Mutex::new(Vec::new())), tenancy.to_owned());
    let noted = Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let Some(Ok(first)) = lines.next() else { continue };
            for line in lines.by_ref() {
                if line.map_or(true, |line| line.is_empty()) {
                    break;
                }
            }
            noted.lock().unwrap().push(first.clone());
            let (status, more, body) =
                answer(first.split(' ').nth(1).unwrap_or_default(), &tenancy);
            let length = body.len();
            let head = format!(
                "HTTP/1.1 {status} X\r\n{more}content-length: {length}\r\nconnection: close\r\n\r\n"
            );
            let _gone = stream.write_all(format!("{head}{body}").as_bytes());
        }
    });
    (address, asked)
}

fn ok(body: Value) -> (u16, String, String) {
    (200, String::new(), body.to_string())
}

/// What an empty tenancy answers.
fn empty(path: &str, tenancy: &str) -> (u16, String, String) {
    if path.contains("/tenancies/") {
        return ok(
            json!({"id": tenancy, "name": "real", "homeRegionKey": "FRA", "description": null}),
        );
    }
    if path.contains("/authenticationPolicies/") {
        return ok(
            json!({"compartmentId": tenancy, "passwordPolicy": {"minimumPasswordLength": 14}}),
        );
    }
    ok(json!([]))
}

/// A profile of a tenancy that nobody serves.
fn profile(root: &Path) -> (PathBuf, String) {
    let unique = "a".repeat(60);
    let (file, key) = (root.join("config"), root.join("key.pem"));
    fs::write(&key, include_str!("../keys/one.pem")).unwrap();
    let fingerprint = crate::world::key(0).fingerprint();
    let tenancy = format!("ocid1.tenancy.oc1..{unique}");
    let text = format!(
        "[DEFAULT]\nuser=ocid1.user.oc1..{unique}\ntenancy={tenancy}\nregion=eu-frankfurt-1\n\
         fingerprint={fingerprint}\nkey_file={}\n",
        key.display()
    );
    fs::write(&file, text).unwrap();
    (file, tenancy)
}

#[test]
fn what_is_refused_here_is_kept_grants_nothing_and_is_told_of() {
    fn answer(path: &str, tenancy: &str) -> (u16, String, String) {
        let unique = "b".repeat(60);
        let one = |kind: &str, name: &str, more: Value| {
            let mut one = json!({"id": format!("ocid1.{kind}.oc1..{unique}"), "name": name,
                "compartmentId": tenancy, "description": "x", "lifecycleState": "ACTIVE",
                "timeCreated": "2020-01-01T00:00:00.000Z", "freeformTags": {}, "definedTags": {}});
            one.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            ok(json!([one]))
        };
        match path.split(['?', '/']).nth(2).unwrap() {
            "policies" => one(
                "policy",
                "p",
                json!({"versionDate": null, "statements":
                ["Allow any-user to inspect users in tenancy", "Allow group Nobody to no-verb x"]}),
            ),
            "groups" => one("group", "bad name", json!({})),
            "compartments" => one(
                "compartment",
                "c",
                json!({"compartmentId":
                "ocid1.tenancy.oc1..foreign", "lifecycleState": "DELETED"}),
            ),
            "users" => one("group", "u", json!({"isMfaActivated": false})),
            "dynamicGroups" => one(
                "dynamicgroup",
                "d",
                json!({"compartmentId": "ocid1.tenancy.oc1..foreign", "matchingRule": "x"}),
            ),
            _ => empty(path, tenancy),
        }
    }
    let root = TempDir::new().unwrap();
    let (config, tenancy) = profile(root.path());
    let (address, asked) = pretender(answer, &tenancy);
    let (twin, report) = (root.path().join("twin"), root.path().join("report.json"));
    let told = end_of(import(&config, &address, &twin).arg("--report").arg(&report));
    assert!(told.contains("policy `p`, statement 2"), "{told}");
    let report: Value = serde_json::from_str(&fs::read_to_string(&report).unwrap()).unwrap();
    assert_eq!(report["refused"][0]["number"], 2, "{report}");
    let names: Vec<&str> = report["left-out"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["c", "u", "bad name", "d"], "{report}");
    let asked = asked.lock().unwrap();
    assert!(asked.len() > 10 && asked.iter().all(|line| line.starts_with("GET ")), "{asked:?}");
    let said = crate::process::run(&["verify", "--data-dir", twin.to_str().unwrap()]);
    let said = String::from_utf8(said.stdout).unwrap();
    assert!(said.contains("`Allow group Nobody to no-verb x` was refused at its import"), "{said}");
}

#[test]
fn a_server_that_answers_nonsense_is_left_and_nothing_is_made() {
    let cases: [(Answers, &str); 6] = [
        (|_, _| (200, String::new(), "<html>".to_owned()), "not JSON"),
        (|_, _| (302, "location: http://127.0.0.1:9/\r\n".to_owned(), String::new()), "redirect"),
        (|path, _| empty(path, "ocid1.tenancy.oc1..other"), "the service answered"),
        (
            |path, tenancy| match path.contains("/users?") {
                true => (200, "opc-next-page: again\r\n".to_owned(), "[]".to_owned()),
                false => empty(path, tenancy),
            },
            "lead back",
        ),
        (
            |path, tenancy| match path.contains("/groups?") {
                true => ok(Value::from(vec![json!({}); 1_001])),
                false => empty(path, tenancy),
            },
            "no list of at most 1000",
        ),
        (
            |path, tenancy| match path.contains("/users?") {
                true => ok(json!([{"id": 7}])),
                false => empty(path, tenancy),
            },
            "cannot be used",
        ),
    ];
    for (answer, part) in cases {
        let root = TempDir::new().unwrap();
        let (config, tenancy) = profile(root.path());
        let (address, _) = pretender(answer, &tenancy);
        let twin = root.path().join("twin");
        let said = refusal(import(&config, &address, &twin).args(["--max-retries", "1"]));
        assert!(said.contains(part) && !twin.exists(), "{part}: {said}");
    }
}
