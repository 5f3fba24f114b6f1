//! What all lists have in common: filters, order, pages and their tokens.

use crate::world::{Answer, Caller, World};
use serde_json::{Value, json};

fn list(world: &World, caller: &Caller, more: &str) -> Answer {
    world.get(caller, &format!("/users?compartmentId={}{more}", caller.tenancy))
}

fn names(answer: &Answer) -> Vec<String> {
    let json = answer.json();
    json.as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
}

/// A world with the administrator and users who came one second after the other, some in the same
/// second.
fn world() -> World {
    let world = World::new();
    for name in ["bob", "Ann", "carl", "ann2", "dora"] {
        if name != "ann2" {
            world.pass(1);
        }
        world.user(name);
    }
    world
}

/// Every page of a list, one after the other.
fn pages(world: &World, caller: &Caller, more: &str) -> Vec<Vec<String>> {
    let mut answer = list(world, caller, more).ok();
    let mut pages = vec![names(&answer)];
    while let Some(token) = answer.header("opc-next-page").map(str::to_owned) {
        assert!(pages.len() < 20, "there is an end");
        answer = list(world, caller, &format!("{more}&page={token}")).ok();
        pages.push(names(&answer));
    }
    pages
}

#[test]
fn the_newest_come_first_unless_another_order_is_asked_for() {
    let world = world();
    let admin = world.administrator();
    let names = |more: &str| names(&list(&world, &admin, more).ok());
    let mut newest = names("");
    assert_eq!((newest[0].as_str(), newest[5].as_str()), ("dora", "admin"));
    assert_eq!(names("&sortBy=TIMECREATED"), newest);
    assert_eq!(names("&sortBy=TIMECREATED&sortOrder=DESC"), newest);
    newest.reverse();
    assert_eq!(names("&sortOrder=ASC"), newest);
    let by_name = ["Ann", "admin", "ann2", "bob", "carl", "dora"];
    assert_eq!(names("&sortBy=NAME"), by_name, "capitals come first");
    assert_eq!(names("&sortBy=name&sortOrder=asc"), by_name);
    let reversed: Vec<&str> = by_name.into_iter().rev().collect();
    assert_eq!(names("&sortBy=NAME&sortOrder=DESC"), reversed);
}

#[test]
fn pages_hold_everyone_once_in_every_order_and_the_last_has_no_token() {
    let world = world();
    let admin = world.administrator();
    for order in ["", "&sortOrder=ASC", "&sortBy=NAME", "&sortBy=NAME&sortOrder=DESC"] {
        let all = names(&list(&world, &admin, order).ok());
        for limit in 1..=7 {
            let pages = pages(&world, &admin, &format!("{order}&limit={limit}"));
            assert!(pages.iter().all(|page| (1..=limit).contains(&page.len())), "{pages:?}");
            assert_eq!(pages.len(), 6_usize.div_ceil(limit), "{order} {limit}");
            assert_eq!(pages.concat(), all, "{order} {limit}");
        }
    }
}

#[test]
fn who_comes_or_goes_between_pages_does_not_shift_the_others() {
    let world = world();
    let admin = world.administrator();
    let first = list(&world, &admin, "&sortBy=NAME&limit=3").ok();
    let token = first.header("opc-next-page").unwrap();
    let path = format!("/users/{}", first.json()[2]["id"].as_str().unwrap());
    world.delete(&admin, &path, &[]).ok();
    world.user("aaa");
    let second = list(&world, &admin, &format!("&sortBy=NAME&limit=3&page={token}")).ok();
    assert_eq!(names(&second), ["bob", "carl", "dora"]);
}

#[test]
fn a_limit_is_a_whole_number_from_one_on_and_the_most_is_a_thousand() {
    let world = World::new();
    let admin = world.administrator();
    for bad in ["0", "-1", "1.5", "x", "", "99999999999999999999", "1e3"] {
        let answer = list(&world, &admin, &format!("&limit={bad}"));
        assert_eq!(answer.code(), (400, "InvalidParameter".into()), "{bad:?}");
    }
    for index in 0..101 {
        world.user(&format!("user{index}"));
    }
    assert_eq!(names(&list(&world, &admin, "").ok()).len(), 100, "if none is given");
    assert_eq!(names(&list(&world, &admin, "&limit=1000").ok()).len(), 102);
    assert_eq!(names(&list(&world, &admin, "&limit=5000").ok()).len(), 102);
}

#[test]
fn a_name_is_matched_exactly() {
    let world = world();
    let admin = world.administrator();
    for (name, found) in [("Ann", 1), ("ann", 0), ("An", 0), ("Ann%25", 0), ("%41nn", 1), ("", 0)] {
        let answer = list(&world, &admin, &format!("&name={name}")).ok();
        assert_eq!(names(&answer).len(), found, "{name}");
        assert_eq!(answer.header("opc-next-page"), None);
    }
    let plus = json!({"compartmentId": world.tenancy(), "name": "a+b", "description": ""});
    world.post(&admin, "/users", &plus).ok();
    assert_eq!(names(&list(&world, &admin, "&name=a%2Bb").ok()), ["a+b"]);
}

#[test]
fn a_state_is_matched_in_whatever_case_and_must_be_one() {
    let world = world();
    let admin = world.administrator();
    for state in ["ACTIVE", "active", "Active"] {
        let answer = list(&world, &admin, &format!("&lifecycleState={state}")).ok();
        assert_eq!(names(&answer).len(), 6);
    }
    for state in ["INACTIVE", "deleted", "CREATING", "DELETING"] {
        let answer = list(&world, &admin, &format!("&lifecycleState={state}")).ok();
        assert_eq!(answer.json(), json!([]), "{state}");
    }
    for bad in ["GONE", "", "ACTIVE,INACTIVE"] {
        let answer = list(&world, &admin, &format!("&lifecycleState={bad}"));
        assert_eq!(answer.code(), (400, "InvalidParameter".into()), "{bad:?}");
    }
}

#[test]
fn nobody_comes_from_an_identity_provider() {
    let world = world();
    for more in ["&identityProviderId=ocid1.saml2idp.oc1..x", "&externalIdentifier=x"] {
        assert_eq!(list(&world, &world.administrator(), more).ok().json(), json!([]));
    }
}

#[test]
fn orders_that_do_not_exist_and_parameters_given_twice_are_refused() {
    let world = World::new();
    for bad in [
        "&sortBy=AGE",
        "&sortOrder=UP",
        "&sortBy=NAME;DROP",
        "&limit=1&limit=2",
        "&name=a&name=a",
        "&name=%FF",
        "&compartmentId=x",
    ] {
        let answer = list(&world, &world.administrator(), bad);
        assert_eq!(answer.code(), (400, "InvalidParameter".into()), "{bad}");
    }
    list(&world, &world.administrator(), "&unknown=1&unknown=2").ok();
}

#[test]
fn groups_policies_and_memberships_are_paged_alike() {
    let world = World::new();
    let admin = world.administrator();
    let ann = world.user("ann");
    for index in 0..5 {
        world.join(&ann, &world.group(&format!("group{index}")));
        world.policy(&format!("p{index}"), &["allow any-user to inspect users in tenancy"]);
    }
    let lists = [
        (format!("/groups?compartmentId={}&limit=2", world.tenancy()), 6),
        (format!("/policies?compartmentId={}&limit=2", world.tenancy()), 6),
        (
            format!("/userGroupMemberships?compartmentId={}&userId={ann}&limit=2", world.tenancy()),
            5,
        ),
    ];
    for (path, count) in lists {
        let mut seen: Vec<Value> = Vec::new();
        let mut answer = world.get(&admin, &path).ok();
        loop {
            assert_eq!(answer.header("etag"), None);
            seen.extend(answer.json().as_array().unwrap().clone());
            let Some(token) = answer.header("opc-next-page") else { break };
            answer = world.get(&admin, &format!("{path}&page={token}")).ok();
        }
        let ids: std::collections::HashSet<&str> =
            seen.iter().map(|item| item["id"].as_str().unwrap()).collect();
        assert_eq!((seen.len(), ids.len()), (count, count), "{path}");
    }
}

#[test]
fn a_page_token_is_good_for_its_caller_its_list_and_its_query_alone() {
    let world = world();
    let admin = world.administrator();
    let eve = world.caller_with("eve", 1, &["allow group them to manage all-resources in tenancy"]);
    world.group("one");
    let token = list(&world, &admin, "&limit=1").ok().header("opc-next-page").unwrap().to_owned();
    list(&world, &admin, &format!("&limit=2&page={token}")).ok();
    let refused = |answer: Answer| {
        assert_eq!(answer.code(), (400, "InvalidParameter".into()));
        answer.text("message")
    };
    let message = refused(list(&world, &eve, &format!("&limit=1&page={token}")));
    for more in ["&sortOrder=ASC", "&sortBy=NAME", "&name=bob", "&lifecycleState=ACTIVE"] {
        assert_eq!(refused(list(&world, &admin, &format!("{more}&page={token}"))), message);
    }
    let groups = format!("/groups?compartmentId={}&page={token}", world.tenancy());
    assert_eq!(refused(world.get(&admin, &groups)), message);
    let other = world.other_tenancy();
    assert_eq!(refused(list(&world, &other, &format!("&page={token}"))), message);
}

#[test]
fn a_page_token_that_was_changed_cut_or_made_up_is_refused_and_so_is_one_from_yesterday() {
    let world = world();
    let admin = world.administrator();
    let token = list(&world, &admin, "&limit=1").ok().header("opc-next-page").unwrap().to_owned();
    let refused = |token: &str| {
        let answer = list(&world, &admin, &format!("&limit=1&page={token}"));
        assert_eq!(answer.code(), (400, "InvalidParameter".into()), "{token}");
    };
    for place in 0..token.len() {
        let mut bytes = token.clone().into_bytes();
        bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
        refused(&String::from_utf8(bytes).unwrap());
    }
    let (cut, rest) = (token.split_at(token.len() - 1).0, token.split_at(1).1);
    for bad in [rest, cut, "x", "AAAA", "%00", "1"] {
        refused(bad);
    }
    list(&world, &admin, "&limit=1&page=").ok();
    world.pass(24 * 60 * 60 - 1);
    list(&world, &admin, &format!("&limit=1&page={token}")).ok();
    world.pass(1);
    refused(&token);
}

#[test]
fn a_page_token_tells_nothing() {
    use base64::Engine;
    let world = world();
    let answer = list(&world, &world.administrator(), "&sortBy=NAME&limit=1").ok();
    // Nor does it ever begin with a dash, which command lines would take for an option.
    let token = answer.header("opc-next-page").unwrap().strip_prefix("page.").unwrap();
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(token).unwrap();
    let id = answer.id_of_first();
    for word in [b"Ann".as_slice(), b"ocid1", id.as_bytes()] {
        assert!(!bytes.windows(word.len()).any(|window| window == word));
    }
}
