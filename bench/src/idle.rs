//! Connections that are open and ask for nothing: what each costs the server, and what they cost
//! those who ask.

use crate::Result;
use crate::installation::Installation;
use crate::load::Measured;
use crate::process::{Programs, progress};
use crate::report::{Report, kib, micros, millis, rate};
use crate::requests;
use crate::resets::{Target, median};
use crate::seed;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

const WANTED: usize = 10_000;
/// Files that both programs need for other things.
const OTHER_FILES: u64 = 400;
const BYTES_EACH_MAX: u64 = 20 * 1024;
const P99_TIMES_MAX: f64 = 2.0;
const USERS: usize = 1_000;
const LEVEL: usize = 16;
const ROUNDS: usize = 3;

/// What was measured.
pub(crate) struct Idle {
    /// How many were open when memory was looked at.
    connections: usize,
    /// How many were still open at the end: one that was idle for too long is closed.
    open: usize,
    /// Memory of the server before they came, and with them.
    before_kib: u64,
    with_kib: u64,
    alone: Measured,
    beside: Measured,
}

/// Measures a load alone, and then beside connections that have each sent one signed request.
pub(crate) fn measure(programs: &Programs, time: Duration) -> Result<Idle> {
    let wanted = as_many_as_may_be()?;
    let by = Installation::new(programs)?;
    let users = seed::users(&by.store()?, &by.tenancy, USERS)?;
    let target = Target::new(by.serve(programs)?, &by, &users)?;
    let median_of = |rounds: usize| -> Result<Measured> {
        median((0..rounds).map(|_| target.load(LEVEL, time)).collect::<Result<_>>()?)
    };
    let alone = median_of(ROUNDS)?;
    let request = requests::tenancy(&by, target.address())?;
    // Memory that one has used is used again by the next, so the first ones are not counted.
    drop(open(target.address(), &request, LEVEL)?);
    let before_kib = target.memory_kib("VmRSS")?;
    progress(&format!("opening {wanted} connections"));
    let held = open(target.address(), &request, wanted)?;
    let with_kib = target.memory_kib("VmRSS")?;
    let connections = count_open(&held)?;
    let beside = median_of(ROUNDS)?;
    let open = count_open(&held)?;
    Ok(Idle { connections, open, before_kib, with_kib, alone, beside })
}

/// As many connections as are wanted, or as this process and the server may each have open.
fn as_many_as_may_be() -> Result<usize> {
    let limits = std::fs::read_to_string("/proc/self/limits")?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    let mut words = line.ok_or("no limit of open files")?.split_whitespace();
    let soft: u64 = words.next().and_then(|word| word.parse().ok()).unwrap_or(u64::MAX);
    let places = usize::try_from(soft.saturating_sub(OTHER_FILES))?;
    if places < WANTED {
        progress(&format!("only {places} connections: `ulimit -n` is {soft}"));
    }
    Ok(WANTED.min(places))
}

/// Opens connections; each sends the request and reads the answer, and is kept.
fn open(at: SocketAddr, request: &[u8], count: usize) -> Result<Vec<TcpStream>> {
    let mut answer = vec![0; 64 * 1024];
    (0..count)
        .map(|_| {
            let mut stream = TcpStream::connect(at)?;
            stream.write_all(request)?;
            let read = stream.read(&mut answer)?; // small, and written at once
            match answer.get(..read).is_some_and(|answer| answer.starts_with(b"HTTP/1.1 200 ")) {
                true => Ok(stream),
                false => Err("a connection was not answered with 200".into()),
            }
        })
        .collect()
}

/// How many of them the server has not closed.
fn count_open(held: &[TcpStream]) -> Result<usize> {
    let mut open = 0;
    for stream in held {
        stream.set_nonblocking(true)?;
        // Nothing to read yet is what an open connection says.
        let said = stream.peek(&mut [0]);
        open += usize::from(said.is_err_and(|cause| cause.kind() == ErrorKind::WouldBlock));
    }
    Ok(open)
}

impl Idle {
    fn bytes_each(&self) -> u64 {
        let grown = self.with_kib.saturating_sub(self.before_kib) * 1024;
        grown / u64::try_from(self.connections.max(1)).unwrap_or(1)
    }

    pub(crate) fn write(&self, report: &mut Report) {
        report.section(
            "Idle connections",
            &format!(
                "{} connections that have each sent one signed request and stay open, beside \
                 resets over {LEVEL} others. Memory is the server's resident memory; what the \
                 kernel keeps for a socket is not in it.",
                self.connections
            ),
        );
        let row = |name: &str, memory: u64, measured: &Measured| {
            vec![
                name.to_owned(),
                kib(memory),
                rate(measured.per_second),
                millis(measured.p50),
                millis(measured.p99),
                millis(measured.worst),
                micros(measured.processor),
            ]
        };
        report.table(
            &["", "memory", "resets/s", "p50", "p99", "worst", "processor"],
            vec![
                row("without", self.before_kib, &self.alone),
                row("with", self.with_kib, &self.beside),
            ],
        );
        let each = self.bytes_each();
        report.goal(
            &format!("{} idle connections cost at most 20 KiB each", self.connections),
            &format!("{:.1} KiB", f64::from(u32::try_from(each).unwrap_or(u32::MAX)) / 1024.0),
            each <= BYTES_EACH_MAX && self.connections == WANTED,
        );
        let times = self.beside.p99.as_secs_f64() / self.alone.p99.as_secs_f64();
        report.goal(
            "they do not double the p99 of the others",
            &format!("{times:.2} times, {} open at the end", self.open),
            times < P99_TIMES_MAX && self.open == self.connections,
        );
    }
}
