//! The tests of the policy language from outside, one file per question they answer.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "in tests a panic is the message; helpers outside of test functions need it too"
)]

mod cases;
mod compile;
mod conditions;
mod corpus;
mod decide;
mod denials;
mod differential;
mod editors;
mod explain;
mod guide;
mod hostile;
mod lint;
mod matching_rules;
mod naive;
mod naive_conditions;
mod networks;
mod properties;
mod random;
mod random_conditions;
mod table;
mod world;

/// How often something is tried: as often as the environment says, where it says so.
fn wanted(variable: &str, everyday: u32) -> u32 {
    match std::env::var_os(variable) {
        Some(said) => said.to_str().and_then(|said| said.parse().ok()).expect("a number"),
        None => everyday,
    }
}

/// Compares a checked-in file with what it should hold, or writes it where `UPDATE` is set.
fn compare(path: &std::path::Path, kept: &str, wanted: &str) {
    if kept == wanted {
        return;
    }
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, wanted).expect("the file can be written");
        return;
    }
    let differ = wanted.lines().zip(kept.lines()).find(|(wanted, kept)| wanted != kept);
    assert_eq!(kept, wanted, "{} is out of date at {differ:?}; UPDATE=1 writes it", path.display());
}
