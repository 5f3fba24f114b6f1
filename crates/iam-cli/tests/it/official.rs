//! Side by side with the official command line, where `DURWARD_OCI` names it: the same lines
//! against the same server; stdout and exit code must be the same, and so must what was asked of
//! the server.

use crate::server::{Seen, Server, json, with};
use crate::story::{ADA, NOT_FOUND, home};
use std::process::Command;

/// Lines whose stdout must be the same.
const LINES: &[&[&str]] = &[
    &["iam", "user", "get", "--user-id", "u"],
    &["iam", "user", "get", "--user-id", "u", "--output", "table"],
    &["iam", "user", "get", "--user-id", "missing"],
    &["iam", "user", "get"],
    &["iam", "user", "get", "--user-id", ""],
    &["iam", "user", "list"],
    &["iam", "user", "list", "--all"],
    &["iam", "user", "list", "--limit", "3", "--page-size", "1"],
    &["iam", "user", "list", "--all", "--limit", "3"],
    &["iam", "user", "list", "--sort-by", "name", "--lifecycle-state", "active"],
    &["iam", "user", "list", "--output", "table", "--query", "data[].{n:name,t:\"time-created\"}"],
    &[
        "iam",
        "user",
        "list",
        "--output",
        "table",
        "--query",
        "data[].capabilities.[\"can-use-api-keys\"]",
    ],
    &["iam", "user", "list", "--query", "data[?name=='ada'].id | [0]", "--raw-output"],
    &["iam", "user", "list", "--query", "length(data)"],
    &["iam", "user", "list", "--query", "[sum(`[1,2]`), avg(`[1,3]`), abs(`-2`), ceil(`1.5`)]"],
    &["iam", "user", "list", "--query", "data.nothing"],
    &["iam", "group", "list", "--output", "table"],
    &["iam", "region", "list", "--output", "table"],
    &["iam", "policy", "get", "--policy-id", "p"],
    &["iam", "tenancy", "get", "--tenancy-id", "t"],
    &["iam", "authentication-policy", "get", "-c", "t"],
    &["iam", "compartment", "list", "--include-root"],
    &["iam", "user", "ui-password", "create-or-reset", "--user-id", "u"],
    &["iam", "ui-password-information", "get-user", "--user-id", "u"],
    &[
        "iam",
        "user",
        "create",
        "--name",
        "n",
        "--description",
        "d ä",
        "--query",
        "data.id",
        "--raw-output",
    ],
    &[
        "iam",
        "user",
        "create",
        "--from-json",
        "{\"name\":\"n\",\"description\":\"d\",\"freeformTags\":{\"a-b\":\"c\"}}",
        "--name",
        "o",
    ],
    &["iam", "user", "create", "--name", "n", "--description", "d", "--wait-for-state", "active"],
    &["iam", "user", "update", "--user-id", "u", "--email", "a@b.c", "--if-match", "e"],
    &["iam", "user", "update-user-state", "--user-id", "u", "--blocked", "false"],
    &["iam", "user", "delete", "--user-id", "u", "--force"],
    &["iam", "group", "add-user", "--user-id", "u", "--group-id", "g"],
    &["iam", "group", "list-users", "--group-id", "g"],
    &[
        "iam",
        "authentication-policy",
        "update",
        "-c",
        "t",
        "--force",
        "--password-policy",
        "{\"minimum-password-length\":14}",
    ],
    &["iam", "user", "create", "--generate-full-command-json-input"],
    &["iam", "policy", "create", "--generate-param-json-input", "defined-tags"],
];

fn answer(seen: &Seen) -> Vec<u8> {
    let path = seen.target.split('?').next().unwrap();
    let reads = seen.method == "GET";
    match path.trim_start_matches("/20160918/") {
        _ if seen.method == "DELETE" => with(204, &[], ""),
        "users/missing" => json(404, NOT_FOUND),
        "users" if reads && !seen.target.contains("page=") => {
            with(200, &[("opc-next-page", "P2")], &format!("[{ADA},{ADA}]"))
        }
        "users" if reads => json(200, &format!("[{ADA}]")),
        "groups" | "userGroupMemberships" if reads => json(200, "[]"),
        "compartments" => json(200, r#"[{"id":"c","name":"c"}]"#),
        "regions" => json(200, r#"[{"key":"IAD","name":"us-ashburn-1"}]"#),
        "policies/p" => json(
            200,
            r#"{"id":"p","statements":["a","b"],"versionDate":"2020-01-02","timeCreated":"2018-09-04T17:53:59Z"}"#,
        ),
        path if path.ends_with("uiPassword") => json(
            200,
            r#"{"timeCreated":"2018-09-04T17:53:59.749Z","userId":"u","lifecycleState":"ACTIVE","password":"pw"}"#,
        ),
        path if path.starts_with("authenticationPolicies") => json(
            200,
            r#"{"compartmentId":"t","passwordPolicy":{"minimumPasswordLength":12},"networkPolicy":null}"#,
        ),
        _ => with(200, &[("etag", "e1")], ADA),
    }
}

/// What was asked of the server, with a body as JSON, since spaces in it do not count.
fn asked(server: &Server) -> Vec<(String, String, serde_json::Value)> {
    let one = |seen: Seen| {
        let body = serde_json::from_str(&seen.body).unwrap_or_default();
        let mut target: Vec<_> = seen.target.split(['?', '&']).map(str::to_owned).collect();
        target.sort();
        (seen.method, target.join("&"), body)
    };
    server.seen().into_iter().map(one).collect()
}

#[test]
fn both_command_lines_print_and_ask_the_same() {
    let Some(official) = std::env::var_os("DURWARD_OCI") else {
        eprintln!("skipped: DURWARD_OCI does not name the official command line");
        return;
    };
    for line in LINES {
        let home = home();
        let (theirs, ours) = (Server::new(answer), Server::new(answer));
        let mut command = Command::new(&official);
        command.args(["--endpoint", &theirs.url]).args(*line);
        let their_end = home.run(command, "");
        let our_end = home.oci(&[&["--endpoint", &ours.url], *line].concat());
        assert_eq!(our_end.out, their_end.out, "{line:?}\n{}\n{}", our_end.err, their_end.err);
        assert_eq!(our_end.code, their_end.code, "{line:?}: {}", our_end.err);
        assert_eq!(asked(&ours), asked(&theirs), "{line:?}");
    }
}
