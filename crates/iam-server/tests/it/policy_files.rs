//! `durward policy check` and `durward policy fmt`: files of statements, without a server.

use crate::process::{durward, init};
use serde_json::{Value, json};
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;
use tempfile::TempDir;

/// What the command ended with: exit code, stdout, stderr.
fn policy(dir: &Path, args: &[&str], input: &str) -> (i32, String, String) {
    let mut command = durward(&[&["policy"], args].concat());
    let mut child = command.current_dir(dir).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn write(dir: &Path, name: &str, text: &str) {
    fs::write(dir.join(name), text).unwrap();
}

#[test]
fn an_error_is_drawn_with_its_file_line_and_column() {
    let dir = TempDir::new().unwrap();
    let text = "# the desk\n\nAllow group HelpDesk to use users in tenancy\n  \
        Allow group HelpDesk\n    to manage user in tenancy\n";
    write(dir.path(), "desk.txt", text);
    let (code, said, failed) = policy(dir.path(), &["check", "desk.txt"], "");
    let drawn = "\
error: unknown resource type `user`
 --> desk.txt:5:15
  |     to manage user in tenancy
  |               ^^^^
  = did you mean `users`?

";
    assert_eq!((code, said.as_str()), (1, drawn));
    assert_eq!(failed, "error: 1 error and 0 warnings in 2 statements\n");
}

#[test]
fn what_is_right_is_said_to_be_and_warnings_fail_only_where_that_is_asked_for() {
    let dir = TempDir::new().unwrap();
    let right = "Allow group A to use users in tenancy\n";
    let said = policy(dir.path(), &["check", "-"], right);
    assert_eq!(said, (0, "1 statement: 0 errors and 0 warnings\n".to_owned(), String::new()));
    let broad = "Allow group A to use users in tenancy\nAllow group A to read users in tenancy\n";
    write(dir.path(), "a.txt", broad);
    let drawn = "\
warning: this grants nothing beyond line 1 (shadowed)
 --> a.txt:2
  | Allow group A to read users in tenancy

";
    let (code, said, _) = policy(dir.path(), &["check", "a.txt"], "");
    assert_eq!((code, said), (0, format!("{drawn}2 statements: 0 errors and 1 warning\n")));
    let (code, said, failed) = policy(dir.path(), &["check", "--strict", "a.txt"], "");
    assert_eq!((code, said.as_str()), (1, drawn));
    assert_eq!(failed, "error: 0 errors and 1 warning in 2 statements\n");
}

#[test]
fn what_oci_prints_is_checked_policy_by_policy() {
    let dir = TempDir::new().unwrap();
    let printed = json!({"data": [
        {"name": "one", "compartment-id": "ocid1.compartment.oc1..a",
         "statements": ["Allow group A to use users in compartment Staff"]},
        {"name": "two", "compartment-id": "ocid1.compartment.oc1..b",
         "statements": ["Allow group A to use users in compartment Staff",
                        "Allow group A to see users in tenancy"]},
    ]});
    let printed = format!("{printed:#}");
    let (code, said, _) = policy(dir.path(), &["check", "--json", "-"], &printed);
    let said: Value = serde_json::from_str(&said).unwrap();
    let line = printed.lines().position(|line| line.contains("to see")).unwrap() + 1;
    assert_eq!(code, 1);
    assert_eq!(
        said,
        json!([{"file": "<stdin>", "line": line, "column": null, "severity": "error",
            "rule": "refused", "message": "unknown verb `see`",
            "hint": "verbs are `inspect`, `read`, `use` and `manage`"}])
    );
}

#[test]
fn with_an_installation_names_are_looked_up() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &[]);
    let text = "Allow group administrators to use users in tenancy\n\
        Allow group HelpDesk to use users in tenancy\n\
        Allow group Administrators to use users in compartment Staff\n";
    let (code, said, _) = policy(root.path(), &["check", "-"], text);
    assert_eq!(code, 0);
    assert!(said.ends_with("\n3 statements: 0 errors and 1 warning\n"), "{said}");
    let args = ["check", "--data-dir", dir.to_str().unwrap(), "-"];
    let (code, said, failed) = policy(root.path(), &args, text);
    assert_eq!(code, 1);
    assert!(said.contains("error: The group HelpDesk specified in the policy"), "{said}");
    assert!(said.contains(" --> <stdin>:2:13\n"), "{said}");
    assert!(said.contains("error: The compartment Staff specified in the policy"), "{said}");
    assert!(!said.contains("group administrators spec"), "{said}");
    assert!(failed.starts_with("error: 2 errors"), "{failed}");
}

#[test]
fn what_cannot_be_read_is_said_in_one_line() {
    let dir = TempDir::new().unwrap();
    write(dir.path(), "bad.json", "{\"statements\": [");
    fs::write(dir.path().join("latin"), b"Allow group \xe9 to").unwrap();
    for (file, why) in [
        ("absent", "cannot read `absent`"),
        ("bad.json", "bad.json:1: this is not JSON"),
        ("latin", "`latin` is not UTF-8 at byte 12"),
    ] {
        let (code, said, failed) = policy(dir.path(), &["check", file], "");
        assert_eq!((code, said.as_str()), (1, ""));
        assert!(failed.starts_with(&format!("error: {why}")), "{failed}");
    }
    assert_eq!(policy(dir.path(), &["check"], "").0, 2);
}

#[test]
fn a_file_is_written_well_and_what_is_no_statement_of_it_stays() {
    let dir = TempDir::new().unwrap();
    let text =
        "# staff\n\n  allow group  'A',b to {user_update,\n     USER_READ}in TENANCY  \n# end";
    write(dir.path(), "a.txt", text);
    write(dir.path(), "b.txt", "allow any-group to read Vcns in tenancy\n");
    let good = "# staff\n\nAllow group A, b to {USER_READ, USER_UPDATE} in tenancy\n# end";
    let (code, said, failed) = policy(dir.path(), &["fmt", "--check", "a.txt", "b.txt"], "");
    assert_eq!((code, said.as_str()), (1, "a.txt\nb.txt\n"));
    assert_eq!(failed, "error: 2 files would change; run `durward policy fmt`\n");
    assert_eq!(fs::read_to_string(dir.path().join("a.txt")).unwrap(), text);
    let quiet = (0, String::new(), String::new());
    assert_eq!(policy(dir.path(), &["fmt", "a.txt", "b.txt"], ""), quiet);
    assert_eq!(fs::read_to_string(dir.path().join("a.txt")).unwrap(), good);
    assert_eq!(policy(dir.path(), &["fmt", "--check", "a.txt", "b.txt"], ""), quiet);
    assert_eq!(policy(dir.path(), &["fmt"], text), (0, good.to_owned(), String::new()));
}

#[test]
fn json_keeps_its_form_and_a_file_with_an_error_is_left_alone() {
    let dir = TempDir::new().unwrap();
    let text =
        "{\"name\": \"x\",\n \"statements\" : [\"allow group \\u0061 to use users in tenancy\"]}\n";
    let good = text.replace("allow group \\u0061", "Allow group a");
    assert_eq!(policy(dir.path(), &["fmt", "-"], text), (0, good, String::new()));
    let bad = "allow group a to use users in tenancy\nAllow group a to use user in tenancy\n";
    write(dir.path(), "bad.txt", bad);
    let (code, said, failed) = policy(dir.path(), &["fmt", "bad.txt"], "");
    assert_eq!((code, said.as_str()), (1, ""));
    assert!(failed.starts_with("error: unknown resource type `user`\n --> bad.txt:2:22\n"));
    assert!(failed.ends_with("error: 1 file left alone: a statement there is none\n"), "{failed}");
    assert_eq!(fs::read_to_string(dir.path().join("bad.txt")).unwrap(), bad);
}

/// What the file is and who may read it stays.
#[test]
fn a_link_stays_a_link_and_rights_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let dir = TempDir::new().unwrap();
    write(dir.path(), "real.txt", "allow any-group to read vcns in tenancy\n");
    let real = dir.path().join("real.txt");
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    symlink("real.txt", dir.path().join("link.txt")).unwrap();
    assert_eq!(policy(dir.path(), &["fmt", "link.txt"], "").0, 0);
    assert!(fs::symlink_metadata(dir.path().join("link.txt")).unwrap().is_symlink());
    assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
    assert!(fs::read_to_string(&real).unwrap().starts_with("Allow any-group"));
}
