//! The table of operations, tested from outside: it is sound, it equals Oracle's interface, and the
//! reference is written from it.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in tests a panic is the message; helpers outside of test functions need it too"
)]

mod facts;
mod reference;
mod table;

use std::path::{Path, PathBuf};

/// A file of the project, by its path from the root.
fn project_file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

/// Compares a checked-in file with what it should hold, or writes it where `UPDATE` is set.
fn compare(path: &str, wanted: &str) {
    let file = project_file(path);
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    if kept == wanted {
        return;
    }
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(file.parent().unwrap()).expect("its folder can be made");
        std::fs::write(file, wanted).expect("the file can be written");
        return;
    }
    let mut pairs = wanted.lines().zip(kept.lines());
    let differ = pairs.find(|(wanted, kept)| wanted != kept);
    panic!("{path} is out of date, first at {differ:?}; UPDATE=1 writes it");
}
