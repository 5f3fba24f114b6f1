//! The terminal: the only place that writes to stdout and stderr, and reads an answer from stdin.
//!
//! Answers go to stdout, all else to stderr, prompts too, so that `$(oci …)` holds nothing but the
//! answer. A reader that went away is no error.

use crate::failure::Failure;
use std::io::{self, BufRead, IsTerminal, Write};

/// Writes a line to stdout.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let written = out
        .write_all(text.as_bytes())
        .and_then(|()| out.write_all(b"\n"))
        .and_then(|()| out.flush());
    match written {
        Ok(()) => Ok(()),
        // The reader has all it wanted, as `head` does.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Failure::Client(format!("cannot write to stdout: {error}"))),
    }
}

/// Writes a line to stderr.
pub(crate) fn note(text: &str) {
    let mut out = io::stderr().lock();
    // Where stderr is gone there is nobody left to tell.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.write_all(b"\n"));
}

/// Writes a line to stderr where a person watches it.
pub(crate) fn tell_watcher(text: &str) {
    if io::stderr().is_terminal() {
        note(text);
    }
}

/// Writes a line to stderr, in red on a terminal that has colours.
pub(crate) fn warn(text: &str, coloured: bool) {
    if coloured && io::stderr().is_terminal() {
        note(&format!("\x1b[31m{text}\x1b[0m"));
    } else {
        note(text);
    }
}

/// Asks on stderr and reads one line from stdin; `None` at its end.
pub(crate) fn ask(prompt: &str) -> Result<Option<String>, Failure> {
    let mut err = io::stderr().lock();
    let _ = err.write_all(prompt.as_bytes()).and_then(|()| err.flush());
    let mut line = Vec::new();
    // A line longer than this is no answer to any question here.
    let mut input = io::Read::take(io::stdin().lock(), 64 * 1024);
    match input.read_until(b'\n', &mut line) {
        Ok(0) => Ok(None),
        Ok(_) => Ok(Some(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned())),
        Err(error) => Err(Failure::Client(format!("cannot read from stdin: {error}"))),
    }
}
