//! Oracle's own signer as a second opinion. Needs the Python named by `DURWARD_PYTHON`, with the
//! `oci` package.

use std::{
    io::Write as _,
    path::PathBuf,
    process::{Command, Stdio},
};

use iam_sign::{encrypt_private_pem, format_http_date, generate, sign_request};
use serde_json::{Value, json};

use crate::scene::{FINGERPRINT, HOST, KEY, NOW, Request, file, key_id};

/// Asks the script; `None` where there is no Python to ask.
#[expect(clippy::disallowed_methods, reason = "a test has no config.rs")]
fn ask(requests: &Value, keys: &Value) -> Option<Value> {
    let Ok(python) = std::env::var("DURWARD_PYTHON") else {
        println!("skipped: set DURWARD_PYTHON to a Python with the `oci` package to compare");
        return None;
    };
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/official_signer.py");
    let mut child = Command::new(python)
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let key = file("pkcs8.pem");
    let question = json!({ "keyId": key_id(), "key": key, "requests": requests, "keys": keys });
    child.stdin.take().unwrap().write_all(question.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

const REQUESTS: [(&str, &str, Option<&str>); 9] = [
    ("GET", "/20160918/users", None),
    ("GET", "/20160918/users?compartmentId=ocid1.tenancy.oc1..a&name=a%20b%2Fc&limit=5", None),
    ("HEAD", "/20160918/users/", None),
    ("DELETE", "/20160918/users/ocid1.user.oc1..b/apiKeys/12%3A34", None),
    ("POST", "/20160918/users/ocid1.user.oc1..b/uiPassword", None),
    ("POST", "/20160918/users/ocid1.user.oc1..b/uiPassword", Some("")),
    ("POST", "/20160918/groups/", Some("{\"name\": \"auditors\"}")),
    ("PUT", "/20160918/groups/ocid1.group.oc1..c", Some("{\"description\": \"gr\u{fc}n\"}")),
    ("PUT", "/20160918/users/ocid1.user.oc1..b/state/", None),
];

#[test]
fn we_sign_as_oracle_does_and_accept_what_oracle_signs() {
    let date = format_http_date(NOW);
    let asked = REQUESTS.map(|(method, target, body)| {
        let url = format!("http://{HOST}{target}");
        json!({ "method": method, "url": url, "date": date, "body": body })
    });
    let Some(answer) = ask(&json!(asked), &json!([])) else { return };
    let signed = answer["signed"].as_array().unwrap();
    assert_eq!(signed.len(), REQUESTS.len());
    for ((method, target, body), signed) in REQUESTS.iter().zip(signed) {
        assert_eq!(signed["target"], *target);
        let body = body.map(str::as_bytes);
        let ours = sign_request(&KEY, &key_id(), method, HOST, target, &date, body).unwrap();
        for (name, value) in ours {
            assert_eq!(signed["headers"][name], value, "{method} {target} {name}");
        }
        let headers = signed["headers"].as_object().unwrap().iter();
        let theirs = Request {
            method: (*method).to_owned(),
            target: (*target).to_owned(),
            headers: headers
                .map(|(name, value)| (name.clone(), value.as_str().unwrap().as_bytes().to_vec()))
                .collect(),
            body: body.unwrap_or_default().to_vec(),
        };
        assert_eq!(theirs.check(), Ok(()), "{method} {target}");
    }
}

#[test]
fn oracle_reads_the_key_files_that_we_write() {
    let made = generate(2048).unwrap();
    let encrypted = encrypt_private_pem(&file("pkcs8.pem"), "correct-horse").unwrap();
    let labelled = format!("{}OCI_API_KEY\n", *encrypted);
    let keys = json!([
        { "pem": *made.private_pem, "passphrase": null },
        { "pem": *encrypted, "passphrase": "correct-horse" },
        { "pem": labelled, "passphrase": "correct-horse" },
    ]);
    let Some(answer) = ask(&json!([]), &keys) else { return };
    let plain = |fingerprint: &str| fingerprint.replace(':', "");
    let ours = [plain(&made.fingerprint), plain(FINGERPRINT), plain(FINGERPRINT)];
    assert_eq!(answer["fingerprints"], json!(ours));
}
