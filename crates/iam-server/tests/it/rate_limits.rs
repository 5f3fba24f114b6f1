//! Rate limits: who sends more than their share is told to wait, and nobody else is.

use crate::operating::{Operated, get};
use crate::world::{Answer, Caller, World};
use iam_core::authentication_policies::PasswordProfile;
use iam_core::context::Limits;
use iam_server::rates::{Rate, Rates};
use serde_json::json;
use std::fs;
use std::num::NonZeroU32;
use tempfile::TempDir;

const GROUPS: &str = "/20160918/groups";

fn rate(per_second: u32, burst: u32) -> Option<Rate> {
    let number = |number| NonZeroU32::new(number).unwrap();
    Some(Rate { per_second: number(per_second), burst: number(burst) })
}

fn world(principal: Option<Rate>, tenancy: Option<Rate>) -> World {
    World::made(Limits::default(), PasswordProfile::Oci, |app| {
        app.rates = Rates::new(principal, tenancy);
    })
}

fn list(world: &World, caller: &Caller) -> Answer {
    let target = format!("{GROUPS}?compartmentId={}", caller.tenancy);
    world.send(caller, "GET", &target, None)
}

fn assert_limited(answer: &Answer, seconds: &str, part: &str) {
    assert_eq!(answer.code(), (429, "TooManyRequests".into()), "{answer:?}");
    assert_eq!(answer.header("retry-after"), Some(seconds), "{answer:?}");
    assert!(answer.text("message").contains(part), "{answer:?}");
    assert_eq!(answer.json().as_object().unwrap().len(), 2, "{answer:?}");
}

/// A user without rights who has key 1; the requests for it count as the administrator's.
fn user(world: &World, name: &str) -> Caller {
    world.give_key(&world.user(name), 1)
}

#[test]
fn a_principal_over_the_limit_is_told_to_wait_and_nobody_else_is() {
    let world = world(rate(2, 6), None);
    let (admin, ann) = (world.administrator(), user(&world, "ann"));
    world.pass(60);
    for _ in 0..6 {
        list(&world, &admin).ok();
    }
    assert_limited(&list(&world, &admin), "1", "This user may send 2 requests a second");
    assert_eq!(list(&world, &ann).status, 404, "nobody granted her anything, and she may ask");
    world.pass(1);
    list(&world, &admin).ok();
    list(&world, &admin).ok();
    assert_limited(&list(&world, &admin), "1", "Try again in 1 s");
}

#[test]
fn a_tenancy_has_a_limit_of_its_own_that_one_over_theirs_does_not_spend() {
    let world = world(rate(1, 4), rate(1, 10));
    let (admin, ann, other) = (world.administrator(), user(&world, "ann"), world.other_tenancy());
    world.pass(60);
    for _ in 0..4 {
        list(&world, &admin).ok();
    }
    for _ in 0..50 {
        assert_limited(&list(&world, &admin), "1", "This user");
    }
    for _ in 0..4 {
        assert_eq!(list(&world, &ann).status, 404);
    }
    world.pass(1); // each has one again, and the tenancy three
    list(&world, &admin).ok();
    assert_eq!(list(&world, &ann).status, 404);
    world.pass(1);
    list(&world, &admin).ok();
    assert_eq!(list(&world, &ann).status, 404);
    world.pass(1);
    assert_eq!(list(&world, &ann).status, 404);
    assert_limited(&list(&world, &admin), "1", "This tenancy may send 1 requests a second");
    list(&world, &other).ok();
}

#[test]
fn who_cannot_sign_as_a_principal_spends_nothing_of_theirs() {
    let world = world(rate(1, 3), rate(1, 3));
    let admin = world.administrator();
    world.pass(60);
    let target = format!("{GROUPS}?compartmentId={}", world.tenancy());
    let mut forged = world.sign(&admin, "GET", &target, b"");
    for (name, value) in &mut forged {
        if name.eq_ignore_ascii_case("authorization") {
            *value = value.replace("signature=\"", "signature=\"AAAA");
        }
    }
    for _ in 0..20 {
        assert_eq!(world.send_raw("GET", &target, &forged, Vec::new()).status, 401);
    }
    let as_another = world.caller(admin.user.clone(), 2);
    for _ in 0..20 {
        assert_eq!(list(&world, &as_another).status, 401, "that key is not hers");
    }
    for _ in 0..3 {
        list(&world, &admin).ok();
    }
    assert_limited(&list(&world, &admin), "1", "This user");
}

#[test]
fn what_is_refused_for_its_number_changes_nothing() {
    let world = world(rate(1, 2), None);
    let admin = world.administrator();
    let group = |name: &str| {
        let body = json!({"compartmentId": world.tenancy(), "name": name, "description": "x"});
        world.send(&admin, "POST", GROUPS, Some(&body))
    };
    group("one").ok();
    group("two").ok();
    assert_limited(&group("three"), "1", "This user");
    world.pass(60);
    let names = list(&world, &admin).text;
    assert!(names.contains("\"two\"") && !names.contains("\"three\""), "{names}");
}

#[test]
fn serve_takes_them_from_its_file_and_counts_what_they_refuse() {
    let root = TempDir::new().unwrap();
    let file = root.path().join("durward.toml");
    let file = file.to_str().unwrap();
    fs::write(file, "[rate-limits]\nprincipal-per-second = 1\nprincipal-burst = 2\n").unwrap();
    let server = Operated::start(&root, &[], &["--config", file]);
    let answers = (0..6).map(|_| server.send("GET", "/20160918/regions", "", ""));
    let limited: Vec<_> = answers.filter(|answer| answer.status() == 429).collect();
    assert!((2..=4).contains(&limited.len()), "{}", limited.len());
    assert!(limited.iter().all(|answer| answer.header("retry-after") == Some("1")));
    assert_eq!(get(&server.host, "/healthz").unwrap().status(), 200);
    let page = get(&server.metrics, "/metrics").unwrap().body;
    let counted = format!("durward_rate_limited_total{{limit=\"principal\"}} {}\n", limited.len());
    assert!(page.contains(&counted), "{page}");
    let log = server.stop();
    let told = log.matches("more requests than the rate limit lets through").count();
    assert_eq!(told, 1, "however many they are: {log}");
}
