//! One authorization decision, by Durward and by others, in one run: the same statements, the same
//! caller, the same two questions. Every engine is given what it is quickest with: all that can be
//! prepared before a question comes is prepared, and each must have answered rightly before it is
//! timed.
//!
//! `cargo bench --manifest-path bench/peers/Cargo.toml`, or `make bench-policies`. Arguments choose
//! scenes by their number of statements: `-- 10 1000`.

mod casbin;
mod cedar;
mod durward;
mod rego;
mod scene;

use scene::{Question, Scene};
use std::hint::black_box;
use std::time::{Duration, Instant};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;
/// An engine that has been prepared for a scene.
type Engine = Box<dyn FnMut(&Question) -> bool>;
/// What prepares one.
type Prepare = fn(&Scene) -> Result<Engine>;

const STATEMENTS: [usize; 4] = [10, 100, 1_000, 10_000];
const GROUPS: [usize; 3] = [1, 10, 50];
const ENGINES: [(&str, Prepare); 5] = [
    ("Durward", durward::prepare),
    ("Cedar", cedar::prepare),
    ("casbin", casbin::prepare),
    ("regorus", rego::plain),
    ("regorus, indexed", rego::indexed),
];
/// How long a batch takes at least, and how many there are of which the median counts.
const BATCH: Duration = Duration::from_millis(15);
const BATCHES: usize = 7;

fn main() -> Result<()> {
    let chosen: Vec<usize> =
        std::env::args().skip(1).filter_map(|word| word.parse().ok()).collect();
    println!("Microseconds for one decision, median of {BATCHES} batches: allowed / refused.\n");
    print!("| statements | groups of the caller |");
    ENGINES.iter().for_each(|(name, _)| print!(" {name} |"));
    println!("\n|--:|--:|{}", "--:|".repeat(ENGINES.len()));
    for statements in STATEMENTS {
        if !chosen.is_empty() && !chosen.contains(&statements) {
            continue;
        }
        for groups in GROUPS {
            let scene = Scene::new(statements, groups);
            print!("| {statements} | {groups} |");
            for (name, prepare) in ENGINES {
                let mut engine = prepare(&scene)?;
                let mut told = Vec::new();
                for question in scene.questions() {
                    if engine(&question) != question.is_allowed {
                        return Err(format!("{name} answers wrongly: {question:?}").into());
                    }
                    told.push(shown(median(&mut || engine(&question))));
                }
                print!(" {} |", told.join(" / "));
            }
            println!();
        }
    }
    println!("\nParsing, compiling and indexing 1,000 statements:");
    let scene = Scene::new(1_000, 10);
    let each = median(&mut || durward::prepare(&scene).is_ok());
    println!("{:.2} ms (goal: under 5)", each / 1_000_000.0);
    Ok(())
}

/// Nanoseconds for one call.
fn median(ask: &mut dyn FnMut() -> bool) -> f64 {
    let mut calls: u32 = 1;
    let time = |calls: u32, ask: &mut dyn FnMut() -> bool| {
        let begun = Instant::now();
        for _ in 0..calls {
            black_box(ask());
        }
        begun.elapsed()
    };
    while time(calls, ask) < BATCH {
        calls = calls.saturating_mul(2);
    }
    let mut batches: Vec<f64> =
        (0..BATCHES).map(|_| time(calls, ask).as_nanos() as f64 / f64::from(calls)).collect();
    batches.sort_by(f64::total_cmp);
    batches[BATCHES / 2]
}

/// Nanoseconds as microseconds, with three figures.
fn shown(nanoseconds: f64) -> String {
    let micros = nanoseconds / 1000.0;
    let places = match micros {
        ..1.0 => 3,
        1.0..10.0 => 2,
        10.0..100.0 => 1,
        _ => 0,
    };
    format!("{micros:.places$}")
}
