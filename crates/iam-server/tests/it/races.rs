//! Races, from the table: of many who make one thing at once, or change one that they all have seen
//! as it is, one wins.

use crate::objects::{Objects, Plain};
use crate::world::{Answer, World};
use iam_api::{Method, OPERATIONS, Place, Spec};
use serde_json::json;
use std::thread;

const RACERS: usize = 8;
/// The user may have ten, and has one.
const OAUTH_RACERS: usize = 12;

/// What takes `if-match` and is shown in lists alone, where there are no etags.
const NO_ETAG: [&str; 2] = ["DeleteApiKey", "DeleteDbCredential"];

/// Sends the same request many times at once.
fn race(world: &World, plain: &Plain, racers: usize, headers: &[(&str, &str)]) -> Vec<Answer> {
    let (method, target) = (plain.spec.method.as_str(), plain.target());
    let admin = world.administrator();
    thread::scope(|threads| {
        let ask = || world.send_with(&admin, method, &target, plain.body.as_ref(), headers);
        let askers: Vec<_> = (0..racers).map(|_| threads.spawn(ask)).collect();
        askers.into_iter().map(|asker| asker.join().unwrap()).collect()
    })
}

/// How many won, where the others were told why they did not.
fn winners(plain: &Plain, answers: &[Answer], refusals: &[u16]) -> usize {
    for answer in answers {
        let known = answer.status < 300 || refusals.contains(&answer.status);
        assert!(known, "{}: {answer:?}", plain.spec.id);
    }
    answers.iter().filter(|answer| answer.status < 300).count()
}

#[test]
fn of_many_who_make_the_same_at_once_as_many_win_as_there_may_be() {
    let world = World::with_domains_but_no_mail();
    let objects = Objects::make(&world, &world.administrator(), 2);
    let makes = |spec: &&&'static Spec| {
        let begins = ["Create", "Upload", "Add"].iter().any(|word| spec.id.starts_with(word));
        // A lock is one more each time; a new password takes the place of the one before.
        begins && !spec.id.ends_with("Lock") && spec.id != "CreateOrResetUIPassword"
    };
    let mut count = 0;
    for spec in OPERATIONS.iter().filter(makes) {
        let mut plain = objects.request(spec);
        if let Some(name) = plain.body.as_mut().and_then(|body| body.get_mut("name")) {
            *name = json!(spec.id); // some kinds share their names
        }
        let (racers, most) = match spec.id {
            "CreateOAuthClientCredential" => (OAUTH_RACERS, 9),
            _ => (RACERS, 1),
        };
        let answers = race(&world, &plain, racers, &[]);
        let won = winners(&plain, &answers, &[400, 409]);
        assert_eq!(won, most, "{}: {answers:?}", spec.id);
        count += 1;
    }
    assert_eq!(count, 22, "as many operations make something");
}

/// The etag of what an operation acts on, from where it is shown.
fn etag_of(world: &World, objects: &Objects, plain: &Plain) -> Option<String> {
    let path = plain.spec.path;
    let shown = [path, path.split("/actions/").next().unwrap_or(path)];
    let get =
        OPERATIONS.iter().find(|spec| spec.method == Method::Get && shown.contains(&spec.path));
    let put = OPERATIONS.iter().find(|spec| spec.method == Method::Put && spec.path == path);
    let spec = get.or(put)?;
    let target = plain.target();
    let target = target.split("/actions/").next().unwrap_or(&target);
    let body = objects.request(spec).body;
    let admin = world.administrator();
    let answer = world.send_with(&admin, spec.method.as_str(), target, body.as_ref(), &[]).ok();
    answer.header("etag").map(str::to_owned)
}

/// The request, where there is something that it changes.
fn change(world: &World, objects: &Objects, spec: &'static Spec) -> Plain {
    let mut plain = objects.request(spec);
    match spec.id {
        "UpdateAuthenticationPolicy" => {
            plain.body = Some(json!({"passwordPolicy": {"minimumPasswordLength": 20}}));
        }
        "RemoveTagNamespaceLock" | "RemoveTagDefaultLock" => {
            let add = spec.id.replace("Remove", "Add");
            let add = OPERATIONS.iter().find(|spec| spec.id == add).unwrap();
            objects.request(add).send(world, &world.administrator()).ok();
        }
        _ => {}
    }
    plain
}

fn takes_etag(spec: &Spec) -> bool {
    let mut params = spec.params.iter();
    params.any(|param| param.place == Place::Header && param.name == "if-match")
}

/// Whether one won; nothing, where there is no etag to be found.
fn one_wins(world: &World, objects: &Objects, spec: &'static Spec) -> Option<()> {
    let plain = change(world, objects, spec);
    let etag = etag_of(world, objects, &plain)?;
    let answers = race(world, &plain, RACERS, &[("if-match", &etag)]);
    // Who is not blocked is unblocked without a change.
    let most = if spec.id == "UpdateUserState" { RACERS } else { 1 };
    let won = winners(&plain, &answers, &[404, 409, 412]);
    assert_eq!(won, most, "{}: {answers:?}", spec.id);
    Some(())
}

#[test]
fn of_many_who_change_what_they_saw_one_wins() {
    let world = World::with_domains_but_no_mail();
    let objects = Objects::make(&world, &world.administrator(), 2);
    for spec in OPERATIONS.iter().filter(|spec| takes_etag(spec) && spec.method == Method::Put) {
        assert_eq!(one_wins(&world, &objects, spec), Some(()), "{}: no etag", spec.id);
    }
}

#[test]
fn of_many_who_act_on_what_they_saw_or_delete_it_one_wins() {
    let mut passed_over = Vec::new();
    for spec in OPERATIONS.iter().filter(|spec| takes_etag(spec) && spec.method != Method::Put) {
        let world = World::with_domains_but_no_mail();
        let objects = Objects::make(&world, &world.administrator(), 2);
        if one_wins(&world, &objects, spec).is_none() {
            passed_over.push(spec.id);
        }
    }
    assert_eq!(passed_over, NO_ETAG);
}
