//! The database's primary dies under load, and a standby takes its place.

use crate::world::World;
use scratch_postgres::Pair;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const WRITERS: usize = 4;
/// How many changes are seen before and after.
const SOME: usize = 40;
const LONG: Duration = Duration::from_secs(60);

#[test]
fn when_the_primary_dies_nothing_acknowledged_is_lost_and_changes_go_on() {
    let pair = Pair::start().unwrap();
    let world = World::in_database(pair.database().unwrap());
    let (stop, made, refused) = (AtomicBool::new(false), AtomicUsize::new(0), AtomicUsize::new(0));
    let wait_for = |count: usize| {
        let began = Instant::now();
        while made.load(Ordering::SeqCst) < count {
            assert!(began.elapsed() < LONG, "changes do not go on");
            thread::yield_now();
        }
        began.elapsed()
    };
    let acknowledged: BTreeSet<String> = thread::scope(|scope| {
        let create = |writer: usize| {
            let mut names = Vec::new();
            for number in 0.. {
                if stop.load(Ordering::SeqCst) {
                    break;
                }
                let name = format!("user-{writer}-{number}");
                // As a client does: again with the same token, until there is an answer.
                while !stop.load(Ordering::SeqCst) {
                    match created(&world, &name) {
                        200 => {
                            names.push(name);
                            made.fetch_add(1, Ordering::SeqCst);
                            break;
                        }
                        503 => refused.fetch_add(1, Ordering::SeqCst),
                        other => panic!("{name} was answered {other}"),
                    };
                }
            }
            names
        };
        let writers: Vec<_> =
            (0..WRITERS).map(|writer| scope.spawn(move || create(writer))).collect();
        wait_for(SOME);
        pair.kill_first().unwrap();
        let before = refused.load(Ordering::SeqCst);
        let began = Instant::now();
        while refused.load(Ordering::SeqCst) == before {
            assert!(began.elapsed() < LONG, "nobody is told that the database is away");
            thread::yield_now();
        }
        pair.promote_second().unwrap();
        let so_far = made.load(Ordering::SeqCst);
        let pause = wait_for(so_far + 1);
        assert!(pause < Duration::from_secs(10), "changes went on after {pause:?}");
        wait_for(so_far + SOME);
        stop.store(true, Ordering::SeqCst);
        writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect()
    });
    for name in &acknowledged {
        let list = format!("/20160918/users?compartmentId={}&name={name}", world.tenancy());
        let found = world.send(&world.administrator(), "GET", &list, None).ok().json();
        assert_eq!(found.as_array().unwrap().len(), 1, "{name} is lost");
    }
    assert!(acknowledged.len() >= 2 * SOME);
}

fn created(world: &World, name: &str) -> u16 {
    let body: Value =
        json!({"compartmentId": world.tenancy(), "name": name, "description": "test"});
    let header = [("opc-retry-token", name)];
    let admin = world.administrator();
    world.send_with(&admin, "POST", "/20160918/users", Some(&body), &header).status
}
