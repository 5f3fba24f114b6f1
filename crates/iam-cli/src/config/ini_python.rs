//! The reader beside Python's own: a corpus of files, each read by both, must come out alike.
//!
//! Needs a Python, which the variable `DURWARD_PYTHON` names; without it the test says so and
//! passes.

use super::{DEFAULT, Ini};
use crate::config::{Environment as _, Process};
use proptest::{
    strategy::{Strategy as _, ValueTree as _},
    test_runner::TestRunner,
};
use serde_json::{Value, json};
use std::{
    io::Write as _,
    process::{Command, Stdio},
};

/// Reads a JSON list of texts; answers with a list of sections and options, null for an error.
const SCRIPT: &str = r#"
import configparser, io, json, sys
def read(text):
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_file(io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8"))
    except configparser.Error:
        return None
    return {name: dict(parser[name]) for name in ["DEFAULT", *parser.sections()]}
json.dump([read(text) for text in json.load(sys.stdin)], sys.stdout)
"#;

/// Files as people write them, right and wrong.
const WRITTEN: &[&str] = &[
    "",
    "\n\n",
    "# only a note\n",
    "[DEFAULT]",
    "[DEFAULT]\nuser=ocid1.user.oc1..a\nkey_file = ~/.oci/key.pem\npass_phrase=%(x)s%\n",
    "[DEFAULT]\r\nuser : a\r\n\r\n[two]\r\nuser = b\r\n",
    "[DEFAULT]\nuser=a\n\n[DEFAULT]\nregion=b\n",
    "[DEFAULT]\nuser=a\n[DEFAULT]\nUSER=b\n",
    "[a]\nx=1\n[a]\ny=2\n",
    "[a]\nx=1\nX=2\n",
    "[a]\nx=1\n  more\n\n  and more\n\n\n[b]\ny=2\n",
    "[a]\n  x=1\n  y=2\n    z=3\n",
    "[a]\nx=1\n # note\n  more ; not a note\n",
    "  [a]\n  x=1\n",
    "[a]\nx\n",
    "[a]\n=1\n",
    "[a]\nx=\n",
    "[a]\nx:=1\ny=:1\n",
    "[a] trailing\nx=1\n",
    "[a]b]\nx=1\n",
    "[]\nx=1\n",
    "[]=1\n",
    "[a]\n[]=1\n",
    "[ a ]\nx y = 1\n",
    "x=1\n[a]\n",
    "[a\nx=1\n",
    "[OCI_CLI_PARAM_ALIASES]\n--ad = --availability-domain\n",
    "[OCI_CLI_CANNED_QUERIES]\nq=data[*].{id: id, \"n\": \"display-name\"}\n",
];

#[test]
fn files_are_read_as_python_reads_them() {
    let Some(python) = Process.var("DURWARD_PYTHON") else {
        println!("skipped: DURWARD_PYTHON names no Python to compare with");
        return;
    };
    let mut texts: Vec<String> = WRITTEN.iter().map(|text| (*text).to_owned()).collect();
    let line = concat!(
        "[ \t]{0,2}",
        "(\\[(DEFAULT|a|b|a\\]b)?\\]|[xyX] ?[=:]? ?[vé#;=\u{a0}]{0,3}|[#;]n|)",
        "[ \r\u{1c}]?\n"
    );
    let generated = proptest::collection::vec(line, 0..9);
    let mut runner = TestRunner::deterministic();
    texts.extend((0..3000).map(|_| generated.new_tree(&mut runner).unwrap().current().concat()));

    let theirs = ask(&python, &texts);
    let mut readable = 0;
    for (text, theirs) in texts.iter().zip(&theirs) {
        assert_eq!(&ours(text), theirs, "{text:?}");
        readable += usize::from(!theirs.is_null());
    }
    assert_eq!(texts.len(), theirs.len());
    assert!((500..texts.len() - 500).contains(&readable), "{readable} of {}", texts.len());
}

fn ask(python: &str, texts: &[String]) -> Vec<Value> {
    let mut child = Command::new(python)
        .args(["-c", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let input = serde_json::to_vec(texts).unwrap();
    child.stdin.take().unwrap().write_all(&input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

fn ours(text: &str) -> Value {
    let Ok(ini) = Ini::parse(text) else { return Value::Null };
    let sections = std::iter::once(DEFAULT).chain(ini.sections()).map(|section| {
        let entries = ini.own(DEFAULT).iter().chain(ini.own(section));
        let options = entries.map(|entry| (entry.name.clone(), json!(entry.value)));
        (section.to_owned(), Value::Object(options.collect()))
    });
    Value::Object(sections.collect())
}
