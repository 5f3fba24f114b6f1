//! How far something long has got: a bar on a terminal, now and then a line elsewhere. On stderr,
//! so that stdout is for what came of it.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

const BAR: usize = 30;
/// Elsewhere than on a terminal, how many lines tell of the whole way.
const LINES: u64 = 10;

/// A bar.
pub(crate) struct Progress {
    what: &'static str,
    unit: &'static str,
    total: u64,
    begun: Instant,
    on_terminal: bool,
    /// What was shown last, in steps of the bar or of lines.
    shown: AtomicU64,
}

impl Progress {
    pub(crate) fn new(what: &'static str, total: u64) -> Self {
        Self::of(what, "rows", total)
    }

    /// The same of other things than rows.
    pub(crate) fn of(what: &'static str, unit: &'static str, total: u64) -> Self {
        let on_terminal = io::stderr().is_terminal();
        Self { what, unit, total, begun: Instant::now(), on_terminal, shown: AtomicU64::new(0) }
    }

    /// Shows how many of the rows are done, where that has changed enough to be told.
    pub(crate) fn at(&self, done: u64) {
        let steps = if self.on_terminal { 200 } else { LINES };
        let step = done.saturating_mul(steps) / self.total.max(1);
        if self.shown.swap(step, Ordering::Relaxed) == step {
            return;
        }
        let text = if self.on_terminal { format!("\r{}", self.bar(done)) } else { self.line(done) };
        let mut out = io::stderr().lock();
        let _nobody_looks = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    }

    /// Ends the bar's line; answers how many rows went by in a second.
    pub(crate) fn end(&self, done: u64) -> u64 {
        if self.on_terminal {
            let _nobody_looks = writeln!(io::stderr().lock(), "\r{}", self.bar(done));
        }
        self.rate(done)
    }

    fn rate(&self, done: u64) -> u64 {
        let millis = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        done.saturating_mul(1000) / millis.max(1)
    }

    fn bar(&self, done: u64) -> String {
        let (what, total, rate) = (self.what, self.total, self.rate(done));
        let part = done.min(total).saturating_mul(30) / total.max(1);
        let full = usize::try_from(part).unwrap_or(BAR).min(BAR);
        let (full, rest) = ("#".repeat(full), "-".repeat(BAR - full));
        format!("{what} [{full}{rest}] {done}/{total} {}, {rate}/s ", self.unit)
    }

    fn line(&self, done: u64) -> String {
        let (what, total, unit) = (self.what, self.total, self.unit);
        format!("{what}: {done} of {total} {unit}, {} a second\n", self.rate(done))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_full_as_the_work_is_done() {
        let progress = Progress::new("moving", 100);
        assert!(progress.bar(0).starts_with(&format!("moving [{}] 0/100", "-".repeat(30))));
        assert!(progress.bar(50).contains(&format!("[{}{}]", "#".repeat(15), "-".repeat(15))));
        assert!(progress.bar(200).contains(&"#".repeat(30)));
        assert!(Progress::new("moving", 0).bar(0).contains("0/0"));
    }
}
