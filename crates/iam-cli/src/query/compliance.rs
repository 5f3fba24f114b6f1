//! The compliance suite of JMESPath, as it comes with the crate that `Cargo.lock` names: every case
//! must give the result, or fail, as the suite says.

use super::{Query, runtime};
use crate::json::Json;
use std::path::PathBuf;
use std::process::Command;

/// The folder of the suite, beside the sources of the crate.
fn suite() -> PathBuf {
    // Without a platform, the packages of every platform would have to be there.
    let rustc = Command::new("rustc").arg("-vV").output().unwrap().stdout;
    let rustc = String::from_utf8(rustc).unwrap();
    let host = rustc.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let cargo = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline", "--filter-platform", host])
        .args(["--manifest-path", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")])
        .output()
        .unwrap();
    let metadata = Json::parse(&cargo.stdout).unwrap();
    let Some(Json::List(packages)) = metadata.get("packages") else { panic!("no packages") };
    let named = |package: &&Json| package.get("name").and_then(Json::as_text) == Some("jmespath");
    let manifest = packages.iter().find(named).unwrap().get("manifest_path").unwrap();
    PathBuf::from(manifest.as_text().unwrap()).with_file_name("tests/compliance")
}

/// Whether two values are the same; `2` and `2.0` are.
fn same(left: &Json, right: &Json) -> bool {
    match (left, right) {
        (Json::Int(whole), Json::Float(float)) | (Json::Float(float), Json::Int(whole)) => {
            format!("{whole}.0") == crate::json::python_float(*float)
        }
        (Json::Float(left), Json::Float(right)) => (left - right).abs() < 1e-9,
        (Json::List(left), Json::List(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(l, r)| same(l, r))
        }
        (Json::Object(pairs), Json::Object(others)) => {
            pairs.len() == others.len()
                && pairs
                    .iter()
                    .all(|(key, value)| right.get(key).is_some_and(|other| same(value, other)))
        }
        _ => left == right,
    }
}

#[test]
fn every_case_of_the_suite_is_answered_as_it_says() {
    let runtime = runtime();
    let mut cases_seen = 0;
    let mut wrong = Vec::new();
    for file in std::fs::read_dir(suite()).unwrap() {
        let text = std::fs::read(file.unwrap().path()).unwrap();
        let Json::List(groups) = Json::parse(&text).unwrap() else { panic!("no groups") };
        for group in groups {
            let given = group.get("given").unwrap();
            let Some(Json::List(cases)) = group.get("cases") else { panic!("no cases") };
            for case in cases.iter().filter(|case| case.get("bench").is_none()) {
                let expression = case.get("expression").unwrap().as_text().unwrap();
                let found =
                    Query::compile(&runtime, expression).and_then(|query| query.search(given)).ok();
                let right = match (found.as_ref(), case.get("result")) {
                    (Some(found), Some(result)) => same(found, result),
                    (None, None) => case.get("error").is_some(),
                    _ => false,
                };
                cases_seen += 1;
                if !right {
                    wrong.push(format!("{expression} on {given:?}: {found:?}"));
                }
            }
        }
    }
    assert!(cases_seen > 800, "{cases_seen}");
    assert!(wrong.is_empty(), "{} of {cases_seen}:\n{}", wrong.len(), wrong.join("\n"));
}
