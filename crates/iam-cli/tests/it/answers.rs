//! What is sent for a command, and what is shown of the answer.

use crate::server::{Server, json, with};
use crate::story::{ADA, NOT_FOUND, oci, oci_words};

const ADA_SHOWN: &str = r#"{
  "data": {
    "capabilities": {
      "can-use-api-keys": null,
      "can-use-auth-tokens": null,
      "can-use-console-password": true,
      "can-use-customer-secret-keys": null,
      "can-use-db-credentials": false,
      "can-use-o-auth2-client-credentials": null,
      "can-use-smtp-credentials": null
    },
    "compartment-id": "ocid1.tenancy.oc1..acme",
    "db-user-name": null,
    "defined-tags": {
      "Ns": {
        "j": true,
        "k_2": 1.0,
        "l": null,
        "n": [
          1,
          "x"
        ]
      }
    },
    "description": "Ada \"A\" ä日\n",
    "email": null,
    "email-verified": null,
    "external-identifier": null,
    "freeform-tags": {
      "a-Z": "2",
      "b_c": "1"
    },
    "id": "ocid1.user.oc1..ada",
    "identity-provider-id": null,
    "inactive-status": null,
    "is-mfa-activated": false,
    "last-successful-login-time": null,
    "lifecycle-state": "ACTIVE",
    "name": "ada",
    "previous-successful-login-time": null,
    "time-created": "2018-09-04T17:53:59.749000+00:00"
  },
  "etag": "e1"
}
"#;

#[test]
fn an_answer_is_shown_as_the_official_command_line_shows_it() {
    let server = Server::new(|_| with(200, &[("etag", "e1")], ADA));
    let ended = oci(&server, "iam user get --user-id ocid1.user.oc1..ada");
    assert_eq!((ended.code, ended.out.as_str(), ended.err.as_str()), (Some(0), ADA_SHOWN, ""));
    let seen = server.only();
    assert_eq!(seen.method, "GET");
    assert_eq!(seen.target, "/20160918/users/ocid1.user.oc1..ada");
    let id = seen.header("opc-request-id");
    assert_eq!(id.len(), 32);
    assert!(id.bytes().all(|byte| byte.is_ascii_digit() || (b'A'..=b'F').contains(&byte)));
    assert_eq!(seen.header("opc-retry-token"), "");
}

#[test]
fn the_published_example_runs_as_printed() {
    let server = Server::new(|seen| match seen.target.ends_with("/uiPassword") {
        false => json(200, ADA),
        true => json(
            200,
            r#"{"timeCreated":"2018-09-04T17:53:59.000Z","userId":"u","lifecycleState":"ACTIVE","password":"pw"}"#,
        ),
    });
    let line = ["iam", "user", "create", "--description", "A person", "--name", "ada"];
    let ended = oci_words(&server, &[&line[..], &["--query", "--raw-output"]].concat());
    assert_eq!(ended.out, "ocid1.user.oc1..ada\n");
    assert_eq!(ended.err, "note: --query has no expression and is taken as `--query data.id`\n");
    let ended = oci(&server, "iam user ui-password create-or-reset --user-id ocid1.user.oc1..ada");
    let shown = "{\n  \"data\": {\n    \"inactive-status\": null,\n    \"lifecycle-state\": \
                 \"ACTIVE\",\n    \"password\": \"pw\",\n    \"time-created\": \
                 \"2018-09-04T17:53:59+00:00\",\n    \"user-id\": \"u\"\n  }\n}\n";
    assert_eq!(ended.out, shown);
    let seen = server.seen();
    assert_eq!(seen[0].method, "POST");
    assert_eq!(
        seen[0].body,
        r#"{"compartmentId":"ocid1.tenancy.oc1..acme","description":"A person","name":"ada"}"#
    );
    assert_eq!(seen[1].target, "/20160918/users/ocid1.user.oc1..ada/uiPassword");
    assert_eq!((seen[1].body.as_str(), seen[1].header("content-length")), ("", "0"));
    for request in seen {
        let token = request.header("opc-retry-token");
        assert_eq!(token.len(), 30);
        assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    }
}

#[test]
fn global_options_may_stand_anywhere() {
    for line in [
        "--query data.name --raw-output iam user get --user-id u",
        "iam --query data.name user --raw-output get --user-id u",
        "iam user get --raw-output --user-id u --query=data.name",
    ] {
        let ended = oci(&Server::json(ADA), line);
        assert_eq!((ended.code, ended.out.as_str()), (Some(0), "ada\n"), "{line}: {}", ended.err);
    }
}

#[test]
fn a_query_that_finds_nothing_says_so_on_stderr() {
    let ended = oci(&Server::json(ADA), "iam user get --user-id u --query data.nothing");
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), ""));
    assert_eq!(ended.err, "Query returned empty result, no output to show.\n");
}

#[test]
fn nothing_is_printed_of_an_empty_list_and_of_a_deletion() {
    let ended = oci(&Server::json("[]"), "iam user list");
    assert_eq!((ended.code, ended.out.as_str(), ended.err.as_str()), (Some(0), "", ""));
    let server = Server::new(|_| with(204, &[], ""));
    let ended = oci(&server, "iam user delete --user-id u --force");
    assert_eq!((ended.code, ended.out.as_str(), ended.err.as_str()), (Some(0), "", ""));
}

/// Pages of regions-like users named by number: two to a page, three pages.
fn pages() -> Server {
    Server::new(|seen| {
        let (users, next) = match seen.target.split_once("page=").map(|(_, page)| page) {
            None => (r#"[{"name":"1"},{"name":"2"}]"#, "B"),
            Some(page) if page.starts_with('B') => (r#"[{"name":"3"},{"name":"4"}]"#, "C"),
            Some(_) => return json(200, r#"[{"name":"5"}]"#),
        };
        with(200, &[("opc-next-page", next)], users)
    })
}

#[test]
fn one_page_warns_that_there_is_more() {
    let ended = oci(&pages(), "iam user list --query data[].name");
    assert_eq!(ended.out, "[\n  \"1\",\n  \"2\"\n]\n");
    assert_eq!(
        ended.err,
        "WARNING: This operation supports pagination and not all resources were returned.  Re-run \
         using the --all option to auto paginate and list all resources.\n"
    );
}

#[test]
fn all_pages_and_limits_are_fetched() {
    let names = |line: &str| {
        let server = pages();
        let ended = oci(&server, &format!("iam user list --query join(',',data[].name) {line}"));
        let targets: Vec<_> = server.seen().into_iter().map(|seen| seen.target).collect();
        (ended.out.trim().trim_matches('"').to_owned(), targets)
    };
    let base = "/20160918/users?compartmentId=ocid1.tenancy.oc1..acme";
    let (all, targets) = names("--all --page-size 2");
    assert_eq!(all, "1,2,3,4,5");
    assert_eq!(targets[0], format!("{base}&limit=2"));
    assert_eq!(targets[2], format!("{base}&page=C&limit=2"));
    let (three, targets) = names("--limit 3");
    assert_eq!((three.as_str(), targets.len()), ("1,2,3", 2));
    assert_eq!(targets[1], format!("{base}&page=B&limit=1"));
    let (page, _) = names("--page C");
    assert_eq!(page, "5");
}

#[test]
fn tables_are_drawn_as_the_official_command_line_draws_them() {
    let regions = r#"[{"key":"IAD","name":"us-ashburn-1"},{"key":"PHX","name":"us-phoenix-1"}]"#;
    let table = |line: &str| oci(&Server::json(regions), line).out;
    assert_eq!(
        table("iam region list --output table"),
        "+-----+--------------+\n| key | name         |\n+-----+--------------+\n\
         | IAD | us-ashburn-1 |\n| PHX | us-phoenix-1 |\n+-----+--------------+\n"
    );
    assert_eq!(
        table("iam region list --output table --query data[].name"),
        "+--------------+\n| Column1      |\n+--------------+\n| us-ashburn-1 |\n\
         | us-phoenix-1 |\n+--------------+\n"
    );
    assert_eq!(
        table("iam region list --output table --query data[].[name,key]"),
        "+--------------+---------+\n| Column1      | Column2 |\n+--------------+---------+\n\
         | us-ashburn-1 | IAD     |\n| us-phoenix-1 | PHX     |\n+--------------+---------+\n"
    );
}

#[test]
fn beside_a_table_headers_stand_on_stderr() {
    let server = Server::new(|_| with(200, &[("etag", "e1")], r#"{"name":"ada"}"#));
    let ended = oci(&server, "iam user get --user-id u --output table");
    assert!(ended.out.contains("| ada  |"), "{}", ended.out);
    assert!(ended.out.contains(" None "), "{}", ended.out);
    assert_eq!(ended.err, "etag: e1\n");
}

#[test]
fn the_members_of_a_group_are_read_one_by_one() {
    let server = Server::new(|seen| match seen.target.contains("/userGroupMemberships") {
        true => json(200, r#"[{"id":"m1","userId":"u1"},{"id":"m2","userId":"u2"}]"#),
        false => json(200, &format!(r#"{{"id":"{}"}}"#, seen.target.rsplit('/').next().unwrap())),
    });
    let ended = oci(&server, "iam group list-users --group-id g1 --query data[].id");
    assert_eq!(ended.out, "[\n  \"u1\",\n  \"u2\"\n]\n", "{}", ended.err);
    let targets: Vec<_> = server.seen().into_iter().map(|seen| seen.target).collect();
    assert_eq!(
        targets,
        [
            "/20160918/userGroupMemberships?compartmentId=ocid1.tenancy.oc1..acme&groupId=g1",
            "/20160918/users/u1",
            "/20160918/users/u2"
        ]
    );
}

#[test]
fn a_user_is_taken_out_of_a_group_by_the_membership() {
    let server = Server::new(|seen| match seen.method.as_str() {
        "GET" => json(200, r#"[{"id":"m1"}]"#),
        _ => with(204, &[], ""),
    });
    let ended = oci(&server, "iam group remove-user --user-id u --group-id g --force");
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), ""), "{}", ended.err);
    assert_eq!(server.seen()[1].target, "/20160918/userGroupMemberships/m1");
    let server = Server::json("[]");
    let ended = oci(&server, "iam group remove-user --user-id u --group-id g --force");
    assert_eq!(ended.code, Some(1));
    assert_eq!(ended.err, "User 'u' is not a member of group 'g'\n");
}

#[test]
fn the_root_compartment_takes_the_first_place() {
    let server = Server::new(|seen| match seen.target.contains('?') {
        true => json(200, r#"[{"name":"a"},{"name":"b"}]"#),
        false => json(200, r#"{"name":"root"}"#),
    });
    let line = "iam compartment list --include-root --limit 2 --query data[].name";
    let ended = oci(&server, line);
    assert_eq!(ended.out, "[\n  \"root\",\n  \"a\"\n]\n", "{}", ended.err);
    assert_eq!(server.seen()[1].target, "/20160918/compartments/ocid1.tenancy.oc1..acme");
}

#[test]
fn waiting_looks_until_the_state_is_reached() {
    let looks = std::sync::atomic::AtomicUsize::new(0);
    let server = Server::new(move |seen| match seen.method.as_str() {
        "POST" => json(200, r#"{"id":"u1","lifecycleState":"CREATING"}"#),
        _ => match looks.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
            0 => json(200, r#"{"id":"u1","lifecycleState":"CREATING"}"#),
            _ => json(200, r#"{"id":"u1","lifecycleState":"ACTIVE"}"#),
        },
    });
    let line = "iam user create --name n --description d --wait-for-state active \
                --wait-interval-seconds 1 --query data.\"lifecycle-state\"";
    let ended = oci(&server, line);
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), "\"ACTIVE\"\n"));
    assert_eq!(
        ended.err,
        "Action completed. Waiting until the resource has entered state: ('ACTIVE',)\n"
    );
    assert_eq!(server.seen()[2].target, "/20160918/users/u1");
}

#[test]
fn a_deleted_resource_that_is_gone_has_reached_its_state() {
    let server = Server::new(|seen| match seen.method.as_str() {
        "DELETE" => with(204, &[], ""),
        _ => json(404, NOT_FOUND),
    });
    let ended = oci(&server, "iam user delete --user-id u --force --wait-for-state DELETED");
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), ""), "{}", ended.err);
}

#[test]
fn a_state_that_is_not_reached_in_time_exits_with_2() {
    let server = Server::json(ADA);
    let line = "iam user create --name n --description d --wait-for-state DELETED \
                --max-wait-seconds 0 --query data.name";
    let ended = oci(&server, line);
    assert_eq!((ended.code, ended.out.as_str()), (Some(2), "\"ada\"\n"));
    assert!(ended.err.contains("Failed to wait until the resource entered"), "{}", ended.err);
}

#[test]
fn a_raw_request_shows_data_headers_and_status() {
    let server = Server::new(|_| with(404, &[("x-odd", "1")], r#"{"a":[1,2]}"#));
    let uri = format!("{}/20160918/x?y=1", server.url);
    let words = ["raw-request", "--http-method", "post", "--target-uri", &uri];
    let more = ["--request-body", r#"{"b":1}"#, "--request-headers", r#"{"X-Own":"2"}"#];
    let ended = crate::story::home().oci(&[&words[..], &more[..], &["--query", "a[0]"]].concat());
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.out.starts_with("{\n  \"data\": 1,\n  \"headers\": {\n"), "{}", ended.out);
    assert!(ended.out.contains("\"x-odd\": \"1\""), "{}", ended.out);
    assert!(ended.out.contains("\"status\": \"404 Not Found\""), "{}", ended.out);
    let seen = server.only();
    assert_eq!((seen.method.as_str(), seen.target.as_str()), ("POST", "/20160918/x?y=1"));
    assert_eq!((seen.body.as_str(), seen.header("x-own")), (r#"{"b":1}"#, "2"));
}

#[test]
fn a_list_without_pages_has_no_second_one_whatever_the_server_says() {
    let server = Server::new(|_| {
        with(200, &[("content-type", "application/json"), ("opc-next-page", "more")], "[]")
    });
    assert_eq!(oci(&server, "iam auth-token list --user-id u --all").code, Some(0));
    server.only();
}

#[test]
fn a_validator_shows_values_only_where_it_has_some() {
    for (validator, shown) in [
        (r#"{"validatorType":"DEFAULT"}"#, "{\n  \"validator-type\": \"DEFAULT\"\n}\n"),
        (
            r#"{"validatorType":"ENUM","values":["a"]}"#,
            "{\n  \"validator-type\": \"ENUM\",\n  \"values\": [\n    \"a\"\n  ]\n}\n",
        ),
    ] {
        let server = Server::json(&format!(r#"{{"name":"t","validator":{validator}}}"#));
        let line = "iam tag get --tag-namespace-id n --tag-name t --query data.validator";
        assert_eq!(oci(&server, line).out, shown);
    }
}
