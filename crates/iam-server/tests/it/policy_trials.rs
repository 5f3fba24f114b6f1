//! `durward policy can`, `test` and `diff`: policies tried without a server.

use crate::moving::{change, store_of, word};
use crate::process::{durward, init};
use crate::world::World;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// What the command ended with: exit code, stdout, stderr.
fn policy(dir: &Path, args: &[&str]) -> (i32, String, String) {
    let mut command = durward(&[&["policy"], args].concat());
    let output = command.current_dir(dir).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let dir = TempDir::new().unwrap();
    for (name, text) in files {
        fs::write(dir.path().join(name), text).unwrap();
    }
    dir
}

const DESK: &str = "\
Allow group HelpDesk to inspect users in tenancy
Allow group HelpDesk to manage users in compartment Staff:Desk where target.user.name = 'bob'
Allow dynamic-group builders to read buckets in compartment Staff
  where request.utc-timestamp before '2026-12-01T00:00:00Z'
";

#[test]
fn a_question_about_files_alone_is_answered_with_why() {
    let dir = folder(&[("desk.policy", DESK)]);
    let can = |args: &[&str]| policy(dir.path(), &[&["can"], args].concat());
    let files = ["--policies", "desk.policy"];
    let (code, said, _) =
        can(&[&["HelpDesk", "inspect", "users", "--in", "Staff"], &files[..]].concat());
    assert_eq!(code, 0, "{said}");
    assert!(said.starts_with("yes: HelpDesk may inspect users in compartment Staff\n"), "{said}");
    let (code, said, _) =
        can(&[&["helpdesk", "manage", "users", "--in", "Staff:Desk"], &files[..]].concat());
    assert_eq!(code, 1);
    assert!(said.starts_with("no: helpdesk may not manage users in compartment"), "{said}");
    assert!(said.contains("target.user.name = 'bob' (the request had: nothing)"), "{said}");
    assert!(
        said.contains("Not known, though a condition asks for it\n  target.user.name"),
        "{said}"
    );
    for (at, wanted) in [("2026-11-30T23:59:59Z", 0), ("2026-12-01T00:00:00Z", 1)] {
        let asked =
            ["HelpDesk", "read", "buckets", "--in", "Staff", "--as", "builders", "--at", at];
        let (code, said, failed) = can(&[&asked[..], &files].concat());
        assert_eq!(code, wanted, "{said}{failed}");
    }
    for (args, wanted) in [
        (&["HelpDesc", "inspect", "users", "--in", "Staff"][..], "did you mean `HelpDesk`?"),
        (&["HelpDesk", "inspekt", "users", "--in", "Staff"], "did you mean `inspect`?"),
        (&["HelpDesk", "inspect", "user", "--in", "Staff"], "did you mean `users`?"),
        (&["HelpDesk", "inspect", "users", "--in", "Desk"], "did you mean `Staff:Desk`?"),
        (&["HelpDesk", "--operation", "ListUser", "--in", "Staff"], "did you mean `ListUsers`?"),
    ] {
        let (code, _, failed) = can(&[args, &files].concat());
        assert!(code == 2 && failed.contains(wanted), "{code}: {failed}");
    }
    let (code, said, _) =
        can(&[&["HelpDesk", "inspect", "users", "--in", "tenancy", "--json"], &files[..]].concat());
    let json: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((code, &json["allowed"]), (0, &json!(true)));
}

/// An installation and what it exports are one tenancy, and answer as its server does.
#[test]
fn an_installation_its_export_and_its_server_answer_alike() {
    let world = World::new();
    let ann = world.caller_with(
        "ann",
        1,
        &["allow group them to manage users in tenancy where target.user.name != 'bob'"],
    );
    let (bob, cleo) = (world.user("bob"), world.user("cleo"));
    let admin = world.administrator();
    let dir = TempDir::new().unwrap();
    let mut memberships = Vec::new();
    for (file, path) in [
        ("tenancy.json", format!("/tenancies/{}", world.tenancy())),
        ("users.json", format!("/users?compartmentId={}", world.tenancy())),
        ("groups.json", format!("/groups?compartmentId={}", world.tenancy())),
        ("policies.json", format!("/policies?compartmentId={}", world.tenancy())),
    ] {
        let answer = world.get(&admin, &path).ok().json();
        fs::write(dir.path().join(file), json!({"data": answer}).to_string()).unwrap();
        for group in answer.as_array().into_iter().flatten().filter(|_| file == "groups.json") {
            let (tenancy, id) = (world.tenancy(), group["id"].as_str().unwrap());
            let path = format!("/userGroupMemberships?compartmentId={tenancy}&groupId={id}");
            memberships.extend(world.get(&admin, &path).ok().json().as_array().unwrap().clone());
        }
    }
    let text = json!({"data": memberships}).to_string();
    fs::write(dir.path().join("memberships.json"), text).unwrap();
    for (target, status) in [(&bob, 404), (&cleo, 200)] {
        assert_eq!(world.get(&ann, &format!("/users/{target}")).status, status);
        let asked = ["can", "ann", "--operation", "GetUser", "--target", target.as_str()];
        let (code, said, failed) = policy(dir.path(), &[&asked[..], &["--export", "."]].concat());
        assert_eq!(code, i32::from(status == 404), "{said}{failed}");
    }
    // With a policy beside, the answer is what it would be.
    fs::write(dir.path().join("new.policy"), "Allow group ann-group to read users in tenancy")
        .unwrap();
    let asked = ["can", "ann", "--operation", "GetUser", "--target", bob.as_str()];
    let more = ["--export", ".", "--also", "new.policy"];
    let (code, said, failed) = policy(dir.path(), &[&asked[..], &more].concat());
    assert_eq!(code, 0, "{said}{failed}");
}

#[test]
fn an_installation_is_only_read() {
    let root = TempDir::new().unwrap();
    let dir = init(root.path(), &[]);
    let before =
        store_of(&dir).read(|tx| tx.audit_tail(iam_store::TenancyNo(1), 9)).unwrap().unwrap();
    let asked = ["can", "admin", "manage", "all-resources", "--in", "tenancy"];
    let (code, said, failed) =
        policy(root.path(), &[&asked[..], &["--data-dir", word(&dir)]].concat());
    assert_eq!(code, 0, "{said}{failed}");
    assert!(said.starts_with("yes: admin may manage all-resources in tenancy"), "{said}");
    let after =
        store_of(&dir).read(|tx| tx.audit_tail(iam_store::TenancyNo(1), 9)).unwrap().unwrap();
    assert_eq!(before, after);
    // One that cannot be read grants nothing here either.
    change(&store_of(&dir), |tx| {
        for mut policy in tx.policies(iam_store::TenancyNo(1))? {
            policy.compiled = Some("x".to_owned());
            tx.update(iam_store::TenancyNo(1), &policy)?;
        }
        Ok(())
    });
    let (code, ..) = policy(root.path(), &[&asked[..], &["--data-dir", word(&dir)]].concat());
    assert_eq!(code, 1);
}

#[test]
fn cases_are_tried_and_what_fails_says_why() {
    let cases = r#"
        [tenancy]
        policies = ["desk.policy"]
        [[case]]
        name = "sees"
        user = "HelpDesk"
        can = "inspect users"
        in = "Staff"
        expect = "allow"
        [[case]]
        name = "a <wrong> one"
        groups = ["HelpDesk"]
        operation = "CreateUser"
        in = "tenancy"
        expect = "allow"
    "#;
    let dir = folder(&[("desk.policy", DESK), ("cases.toml", cases)]);
    let test = |args: &[&str]| policy(dir.path(), &[&["test"], args].concat());
    let (code, said, failed) = test(&["cases.toml", "--junit", "out.xml"]);
    assert_eq!(code, 1, "{said}{failed}");
    assert!(
        said.contains("FAILED  a <wrong> one\n  who is in HelpDesk may not CreateUser"),
        "{said}"
    );
    assert!(said.contains("USER_CREATE"), "{said}");
    assert!(said.ends_with("2 cases: 1 passed, 1 failed\n"), "{said}");
    let xml = fs::read_to_string(dir.path().join("out.xml")).unwrap();
    assert!(xml.contains("name=\"a &lt;wrong&gt; one\"><failure"), "{xml}");
    for (from, to, wanted) in [
        ("can = ", "kan = ", "unknown field `kan`"),
        ("\"HelpDesk\"\n", "\"HelpDesc\"\n", "case `sees`: there is no user `HelpDesc`"),
        ("CreateUser", "CreateUsr", "did you mean `CreateUser`?"),
        ("expect = \"allow\"", "expect = \"yes\"", "unknown variant `yes`"),
        ("in = \"Staff\"", "", "it is not said where"),
    ] {
        fs::write(dir.path().join("cases.toml"), cases.replacen(from, to, 1)).unwrap();
        let (code, _, failed) = test(&["cases.toml"]);
        assert!(code == 2 && failed.contains(wanted), "{code}: {failed}");
    }
}

#[test]
fn the_example_passes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (code, said, failed) = policy(&root, &["test", "examples/policies/cases.toml"]);
    assert_eq!((code, said.as_str()), (0, "4 cases: 4 passed, 0 failed\n"), "{failed}");
}

#[test]
fn what_two_sets_grant_differently_is_told_by_whom_and_where() {
    let new = DESK.replace("inspect users", "read users").replace("manage users", "use users");
    let dir = folder(&[("old.policy", DESK), ("new.policy", &new)]);
    let diff = |args: &[&str]| policy(dir.path(), &[&["diff"], args].concat());
    assert_eq!(diff(&["old.policy", "old.policy"]), (0, "no difference\n".into(), String::new()));
    let (code, said, _) = diff(&["old.policy", "new.policy"]);
    assert_eq!(code, 1);
    assert!(said.contains("group HelpDesk\n"), "{said}");
    assert!(said.contains("  + {USER_READ} in tenancy\n"), "{said}");
    assert!(said.contains("in compartment Staff:Desk where target.user.name = 'bob'"), "{said}");
    // The other way around, what appeared vanishes.
    let turned = |said: &str| {
        let mut lines: Vec<String> = said.lines().map(str::to_owned).collect();
        lines.pop();
        let flip = |line: &String| match line.trim_start().chars().next() {
            Some('+') => line.replacen('+', "-", 1),
            Some('-') => line.replacen('-', "+", 1),
            _ => line.clone(),
        };
        let mut lines: Vec<String> = lines.iter().map(flip).collect();
        lines.sort();
        lines
    };
    let (_, back, _) = diff(&["new.policy", "old.policy"]);
    let mut back: Vec<String> = back.lines().map(str::to_owned).collect();
    back.pop();
    back.sort();
    assert_eq!(turned(&said), back);
    let (code, said, _) = diff(&["old.policy", "new.policy", "--json"]);
    let json: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((code, &json[0]["who"]), (1, &json!("group HelpDesk")));
    let (code, _, failed) = diff(&["old.policy", "absent.policy"]);
    assert!(code == 2 && failed.contains("absent.policy"), "{failed}");
}
