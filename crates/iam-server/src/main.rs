//! The program `durward`. What it does stands in the library, so that tests reach it too.

use std::alloc::System;
use std::process::ExitCode;
use zeroizing_alloc::ZeroAlloc;

/// Wipes what is given back: a password is also in the buffers of libraries, which cannot know that
/// it is one.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    iam_server::commands::run()
}
