//! `durward demo`, as far as it goes without the program `oci`; the whole of it runs in `make
//! demo`.

use crate::process::refusal;
use std::fs;
use std::process::{Command, Stdio};
use tempfile::TempDir;

#[test]
fn without_oci_the_demo_says_where_it_looked_and_makes_nothing() {
    let root = TempDir::new().unwrap();
    let alone = root.path().join("durward");
    fs::copy(env!("CARGO_BIN_EXE_durward"), &alone).unwrap();
    let data = root.path().join("data");
    let mut command = Command::new(&alone);
    command.args(["demo", "--once", "--data-dir", data.to_str().unwrap()]).env_clear();
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let said = refusal(&mut command);
    assert!(said.contains(&format!("`{}`", root.path().join("oci").display())), "{said}");
    assert!(!data.exists());
}
