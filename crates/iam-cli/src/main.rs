//! The program `oci`. What it does stands in the library, so that `durward import` reads a tenancy
//! by the same configuration, signatures and retries.

use std::process::ExitCode;

fn main() -> ExitCode {
    iam_cli::main()
}
