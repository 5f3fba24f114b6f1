//! Runs a program and prints its wall time in microseconds and its peak memory in KiB.
//!
//! Only that, and no more memory than it takes: a process begins its life as a copy of the one that
//! starts it, and its peak is never less than that one's.

use std::error::Error;
use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Instant;
use wait4::Wait4;

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args_os().skip(1);
    let program = words.next().ok_or("give a program and its arguments")?;
    let mut command = Command::new(&program);
    command.args(words).stdin(Stdio::null()).stdout(Stdio::null());
    let start = Instant::now();
    let used = command.spawn()?.wait4()?;
    let wall = start.elapsed();
    if !used.status.success() {
        return Err(format!("`{}` ended with {}", program.display(), used.status).into());
    }
    writeln!(std::io::stdout(), "{} {}", wall.as_micros(), used.rusage.maxrss / 1024)?;
    Ok(())
}
