//! The report: sections, tables, and whether each goal is met.

use std::time::Duration;

/// A report being written.
#[derive(Default)]
pub(crate) struct Report {
    text: String,
    goals: Vec<[String; 3]>,
}

impl Report {
    /// Says where the numbers are from.
    pub(crate) fn begin(&mut self, machine: &str) {
        let today = jiff::Timestamp::now().strftime("%Y-%m-%d");
        self.text = format!(
            "Measured on {today} by `make bench`, which writes this page: {machine}. Everything \
             ran on this one machine, the load generator included, in one run; trust the ratios \
             more than the numbers.\n"
        );
    }

    /// Begins a section.
    pub(crate) fn section(&mut self, title: &str, about: &str) {
        self.text.push_str(&format!("\n## {title}\n"));
        if !about.is_empty() {
            self.text.push_str(&format!("\n{about}\n"));
        }
    }

    /// Writes a table.
    pub(crate) fn table(&mut self, head: &[&str], rows: Vec<Vec<String>>) {
        let line = |cells: &mut dyn Iterator<Item = &str>| {
            cells.fold("|".to_owned(), |line, cell| format!("{line} {cell} |")) + "\n"
        };
        self.text.push('\n');
        self.text.push_str(&line(&mut head.iter().copied()));
        self.text.push_str(&line(&mut head.iter().map(|_| "---")));
        for row in rows {
            self.text.push_str(&line(&mut row.iter().map(String::as_str)));
        }
    }

    /// Notes a goal and whether it is met.
    pub(crate) fn goal(&mut self, goal: &str, measured: &str, met: bool) {
        let met = if met { "yes" } else { "**no**" };
        self.goals.push([goal.to_owned(), measured.to_owned(), met.to_owned()]);
    }

    /// The whole page.
    pub(crate) fn text(&self) -> String {
        let mut top = Self::default();
        let rows = self.goals.iter().map(|goal| goal.to_vec()).collect();
        top.table(&["goal", "measured", "met"], rows);
        let (begin, rest) = self.text.split_once("\n\n").unwrap_or((&self.text, ""));
        format!("# Benchmarks\n\n{begin}\n{}\n{rest}", top.text)
    }
}

/// A time in milliseconds.
pub(crate) fn millis(time: Duration) -> String {
    let millis = time.as_secs_f64() * 1000.0;
    if millis < 10.0 { format!("{millis:.2} ms") } else { format!("{millis:.0} ms") }
}

/// A time in microseconds.
pub(crate) fn micros(time: Duration) -> String {
    format!("{} µs", time.as_micros())
}

/// A number of things a second.
pub(crate) fn rate(per_second: f64) -> String {
    format!("{per_second:.0}")
}

/// A part of a whole.
pub(crate) fn share(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// Memory.
pub(crate) fn kib(kib: u64) -> String {
    let tenths = kib.saturating_mul(10) / 1024;
    format!("{}.{} MiB", tenths / 10, tenths % 10)
}
