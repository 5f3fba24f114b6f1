//! The program `durward`. What it does stands in the library, so that tests reach it too.

use std::process::ExitCode;

fn main() -> ExitCode {
    iam_server::commands::run()
}
