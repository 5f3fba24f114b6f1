//! What a person who waits is shown: a line on stderr that is written over and over, and is gone
//! when something else is to be said.
//!
//! The one idea: it is for eyes alone, so it is written only where stderr is a terminal that can
//! erase a line, and what a server said is shown only if it is a word.

use crate::clock::sleep;
use crate::config::{Environment, Process};
use crate::json::Json;
use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

/// A line fits into the narrowest terminal that is common.
const COLUMNS: usize = 79;
/// How often the line is written anew.
const TICK: Duration = Duration::from_secs(1);
/// No state has a longer name.
const STATE_CHARS_MAX: usize = 40;

/// A wait that somebody may be watching.
pub(crate) struct Progress {
    wanted: String,
    now: String,
    begun: Instant,
    is_watched: bool,
}

impl Progress {
    /// A wait for one of these states, which begins now.
    pub(crate) fn new(wanted: &[Json]) -> Self {
        let wanted: Vec<_> = wanted.iter().filter_map(Json::as_text).collect();
        let erases = Process.var("TERM").is_some_and(|term| term != "dumb");
        Self {
            wanted: wanted.join(" or "),
            now: String::new(),
            begun: Instant::now(),
            is_watched: erases && io::stderr().is_terminal(),
        }
    }

    /// How long it has lasted.
    pub(crate) fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }

    /// Takes down what the thing looks like now: its state, and how much of it is done.
    pub(crate) fn saw(&mut self, state: Option<&Json>, percent: Option<&Json>) {
        self.now = state.and_then(Json::as_text).filter(|text| is_word(text)).map_or_else(
            String::new,
            |state| match percent {
                Some(Json::Int(percent)) => format!("now {state}, {percent} %, "),
                Some(Json::Float(percent)) => format!("now {state}, {percent:.0} %, "),
                _ => format!("now {state}, "),
            },
        );
    }

    /// Lets time pass, and says meanwhile how long it has been.
    pub(crate) fn pause(&self, time: Duration) {
        if !self.is_watched {
            return sleep(time);
        }
        let until = Instant::now() + time;
        loop {
            write(&self.line(self.elapsed().as_secs()));
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            sleep(left.min(TICK));
        }
        // What is said next, an answer or a failure, begins on a clean line.
        write("");
    }

    fn line(&self, seconds: u64) -> String {
        let whole = format!("waiting for {}: {}{seconds} s", self.wanted, self.now);
        whole.chars().take(COLUMNS).collect()
    }
}

/// Whether a text is what the names of states are made of.
fn is_word(text: &str) -> bool {
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    !text.is_empty() && text.len() <= STATE_CHARS_MAX && text.bytes().all(letters)
}

/// Puts a line in the place of the last one.
fn write(line: &str) {
    let mut out = io::stderr().lock();
    let _nobody_looks = write!(out, "\r{line}\x1b[K").and_then(|()| out.flush());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn progress(states: &[&str]) -> Progress {
        let states: Vec<_> = states.iter().map(|state| Json::text_of(*state)).collect();
        Progress::new(&states)
    }

    #[test]
    fn the_line_says_what_is_waited_for_and_how_it_stands() {
        let mut progress = progress(&["SUCCEEDED", "FAILED"]);
        assert_eq!(progress.line(0), "waiting for SUCCEEDED or FAILED: 0 s");
        let state = Json::text_of("IN_PROGRESS");
        progress.saw(Some(&state), Some(&Json::Float(40.0)));
        let line = progress.line(7);
        assert_eq!(line, "waiting for SUCCEEDED or FAILED: now IN_PROGRESS, 40 %, 7 s");
        progress.saw(Some(&state), Some(&state));
        assert_eq!(progress.line(7), "waiting for SUCCEEDED or FAILED: now IN_PROGRESS, 7 s");
    }

    #[test]
    fn no_server_writes_on_the_terminal() {
        let mut progress = progress(&["ACTIVE"]);
        for state in ["\x1b[2J", "a b", "", "é", &"x".repeat(STATE_CHARS_MAX + 1)] {
            progress.saw(Some(&Json::text_of(state)), None);
            assert_eq!(progress.line(1), "waiting for ACTIVE: 1 s");
        }
        let long = super::tests::progress(&["ACTIVE"; 30]).line(1);
        assert_eq!(long.chars().count(), COLUMNS);
    }
}
