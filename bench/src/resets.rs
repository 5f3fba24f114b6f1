//! Signed, durable resets per second: beside the floor program, and among many users.

use crate::Result;
use crate::installation::Installation;
use crate::load::{self, Measured, Turns};
use crate::process::{Programs, Server, progress};
use crate::report::{Report, kib, micros, millis, rate, share};
use crate::requests::{self, Heads};
use crate::seed;
use iam_api::Ocid;
use std::net::SocketAddr;
use std::process::Command;
use std::rc::Rc;
use std::time::{Duration, Instant};

const LEVELS: [usize; 4] = [1, 16, 64, 256];
/// The level that the goals are about.
const GOAL_LEVEL: usize = 64;
const FLOOR_SHARE_MIN: f64 = 0.40;
const MANY_SHARE_MIN: f64 = 0.50;
/// Each is measured this often, in turns; the median counts.
const ROUNDS: usize = 3;
const FEW: usize = 1_000;
const MANY: [usize; 2] = [10_000, 1_000_000];
/// What a server with the most users may take.
const READY_MAX: Duration = Duration::from_secs(1);
const MEMORY_KIB_MAX: u64 = 150 * 1024;
/// The most users of one load: signing for more would take longer than the load itself.
const SIGNED_MAX: usize = 60_000;

/// A server under load, and what is sent to it.
pub(crate) struct Target {
    server: Server,
    heads: Rc<Heads>,
    turns: Turns,
}

impl Target {
    pub(crate) fn new(server: Server, by: &Installation, users: &[Ocid]) -> Result<Self> {
        let users = users.get(..SIGNED_MAX).unwrap_or(users);
        let heads = Rc::new(requests::resets(by, server.address, users)?);
        Ok(Self { server, heads, turns: Turns::new() })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.server.address
    }

    pub(crate) fn memory_kib(&self, line: &str) -> Result<u64> {
        self.server.memory_kib(line)
    }

    pub(crate) fn load(&self, connections: usize, time: Duration) -> Result<Measured> {
        load::run(&self.server, &self.heads, &self.turns, connections, time)
    }
}

/// The measurement in the middle.
pub(crate) fn median(mut rounds: Vec<Measured>) -> Result<Measured> {
    rounds.sort_by(|one, other| one.per_second.total_cmp(&other.per_second));
    rounds.get(rounds.len() / 2).copied().ok_or_else(|| "nothing was measured".into())
}

/// The server and the floor program at one level.
struct Level {
    connections: usize,
    ours: Measured,
    floor: Measured,
}

impl Level {
    fn share(&self) -> f64 {
        self.ours.per_second / self.floor.per_second
    }
}

/// What was measured beside the floor program.
pub(crate) struct BesideFloor {
    levels: Vec<Level>,
    start_up: Duration,
    rss_kib: u64,
    anonymous_kib: u64,
    loaded_rss_kib: u64,
    loaded_anonymous_kib: u64,
}

/// Measures the server and the floor program in turns.
pub(crate) fn beside_floor(programs: &Programs, time: Duration) -> Result<BesideFloor> {
    let by = Installation::new(programs)?;
    let users = seed::users(&by.store()?, &by.tenancy, FEW)?;
    let mut start_ups: Vec<Duration> =
        (0..9).map(|_| Ok(by.serve(programs)?.start_up)).collect::<Result<_>>()?;
    start_ups.sort_unstable();
    let server = by.serve(programs)?;
    let (rss_kib, anonymous_kib) = (server.memory_kib("VmRSS")?, server.memory_kib("RssAnon")?);
    let ours = Target::new(server, &by, &users)?;
    let mut command = Command::new(programs.floor());
    command.arg("floor").arg("--public-key").arg(by.public_key_file()?);
    command.arg("--dir").arg(by.other_dir("floor")?);
    let floor = Target::new(Server::start(&mut command)?, &by, &users)?;
    let mut levels = Vec::new();
    for connections in LEVELS {
        let (mut of_ours, mut of_floor) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            of_floor.push(floor.load(connections, time)?);
            of_ours.push(ours.load(connections, time)?);
        }
        let level = Level { connections, ours: median(of_ours)?, floor: median(of_floor)? };
        progress(&format!(
            "{connections} connections: {} a second, the floor {}",
            rate(level.ours.per_second),
            rate(level.floor.per_second)
        ));
        levels.push(level);
    }
    Ok(BesideFloor {
        levels,
        start_up: *start_ups.get(start_ups.len() / 2).ok_or("no start was measured")?,
        rss_kib,
        anonymous_kib,
        loaded_rss_kib: ours.server.memory_kib("VmHWM")?,
        loaded_anonymous_kib: ours.server.memory_kib("RssAnon")?,
    })
}

impl BesideFloor {
    pub(crate) fn write(&self, report: &mut Report) {
        report.section(
            "Resets per second, beside the floor",
            "Signed resets of different users, each with a retry token of its own, answered when \
             they are on the disk. The *floor* is a program that takes HTTP, verifies the \
             signature, and writes one row of 200 bytes to SQLite with the same durability, and \
             nothing else. Both run in turns, with the load generator on the same cores; \
             *processor* is the server's own time for each request.",
        );
        let rows = self.levels.iter().map(|level| {
            let Level { connections, ours, floor } = level;
            vec![
                connections.to_string(),
                rate(ours.per_second),
                millis(ours.p50),
                millis(ours.p99),
                millis(ours.worst),
                micros(ours.processor),
                rate(floor.per_second),
                millis(floor.p50),
                millis(floor.p99),
                micros(floor.processor),
                share(level.share()),
            ]
        });
        let head = [
            "connections",
            "resets/s",
            "p50",
            "p99",
            "worst",
            "processor",
            "floor/s",
            "p50",
            "p99",
            "processor",
            "share",
        ];
        report.table(&head, rows.collect());
        if let Some(level) = self.levels.iter().find(|level| level.connections == GOAL_LEVEL) {
            report.goal(
                &format!(
                    "at least {} of the floor at {GOAL_LEVEL} connections",
                    share(FLOOR_SHARE_MIN,)
                ),
                &share(level.share()),
                level.share() >= FLOOR_SHARE_MIN,
            );
        }
        report.section("The server as a process", "");
        report.table(
            &["", "measured"],
            vec![
                vec!["from start to `listening`".to_owned(), millis(self.start_up)],
                vec!["memory after the start".to_owned(), kib(self.rss_kib)],
                vec!["of it, not backed by files".to_owned(), kib(self.anonymous_kib)],
                vec!["highest memory under load".to_owned(), kib(self.loaded_rss_kib)],
                vec!["not backed by files after it".to_owned(), kib(self.loaded_anonymous_kib)],
            ],
        );
    }
}

/// One size of the installation at one level.
struct Size {
    users: usize,
    connections: usize,
    measured: Measured,
}

/// A server of an installation of some size, as a process.
struct Process {
    users: usize,
    /// From its start to `/readyz`.
    ready: Duration,
    /// Resident memory when it was ready, and the most of it until the end of all loads.
    ready_kib: u64,
    most_kib: u64,
}

/// What was measured among many users.
pub(crate) struct AmongMany {
    sizes: Vec<Size>,
    processes: Vec<Process>,
    seeding: Vec<(usize, Duration, u64)>,
}

/// Measures the servers with few users and with many, in turns.
pub(crate) fn among_many(programs: &Programs, time: Duration) -> Result<AmongMany> {
    let mut found = AmongMany { sizes: Vec::new(), processes: Vec::new(), seeding: Vec::new() };
    let mut targets = Vec::new();
    for users in std::iter::once(FEW).chain(MANY) {
        let by = Installation::new(programs)?;
        let start = Instant::now();
        let ids = seed::users(&by.store()?, &by.tenancy, users)?;
        let bytes = std::fs::metadata(by.database())?.len();
        found.seeding.push((users, start.elapsed(), bytes));
        let server = by.serve(programs)?;
        let (ready, ready_kib) = (server.ready()?, server.memory_kib("VmRSS")?);
        found.processes.push(Process { users, ready, ready_kib, most_kib: 0 });
        let target = Target::new(server, &by, &ids)?;
        target.load(GOAL_LEVEL, time)?; // until it is warm
        targets.push((users, target, by));
    }
    for connections in LEVELS {
        let mut rounds: Vec<Vec<Measured>> = targets.iter().map(|_| Vec::new()).collect();
        for _ in 0..ROUNDS {
            for ((_, target, _), of_it) in targets.iter().zip(&mut rounds) {
                of_it.push(target.load(connections, time)?);
            }
        }
        for ((users, _, _), of_it) in targets.iter().zip(rounds) {
            let (users, measured) = (*users, median(of_it)?);
            let rate = rate(measured.per_second);
            progress(&format!("{users} users, {connections} connections: {rate} a second"));
            found.sizes.push(Size { users, connections, measured });
        }
    }
    for ((_, target, _), process) in targets.iter().zip(&mut found.processes) {
        process.most_kib = target.memory_kib("VmHWM")?;
    }
    found.sizes.sort_by_key(|size| (size.users, size.connections));
    Ok(found)
}

impl AmongMany {
    fn rate_at(&self, users: usize) -> Option<f64> {
        let is_it = |size: &&Size| size.users == users && size.connections == GOAL_LEVEL;
        self.sizes.iter().find(is_it).map(|size| size.measured.per_second)
    }

    pub(crate) fn write(&self, report: &mut Report) {
        report.section(
            "Resets per second among many users",
            "The same load on installations of other sizes, warm: every user has a password \
             already, and resets come to users in random order, up to 60,000 of them. The sizes take \
             turns.",
        );
        let rows = self.sizes.iter().map(|size| {
            let Size { users, connections, measured } = size;
            vec![
                users.to_string(),
                connections.to_string(),
                rate(measured.per_second),
                millis(measured.p50),
                millis(measured.p99),
                millis(measured.worst),
                micros(measured.processor),
            ]
        });
        let head =
            ["users", "connections", "resets/s", "p50", "p99", "worst", "processor time a reset"];
        report.table(&head, rows.collect());
        if let Some(few) = self.rate_at(FEW) {
            for users in MANY {
                let Some(many) = self.rate_at(users) else { continue };
                report.goal(
                    &format!(
                        "at {users} users at least {} of the rate at {FEW}, {GOAL_LEVEL} \
                         connections",
                        share(MANY_SHARE_MIN)
                    ),
                    &share(many / few),
                    many / few >= MANY_SHARE_MIN,
                );
            }
        }
        self.write_processes(report);
        report.section("The stores of those sizes", "Filled through the store, in order.");
        let rows = self.seeding.iter().map(|(users, time, bytes)| {
            let seconds = format!("{:.1} s", time.as_secs_f64());
            vec![users.to_string(), seconds, kib(bytes / 1024)]
        });
        report.table(&["users", "filled in", "file"], rows.collect());
    }

    fn write_processes(&self, report: &mut Report) {
        report.section("The servers of those sizes as processes", "");
        let rows = self.processes.iter().map(|process| {
            let Process { users, ready, ready_kib, most_kib } = process;
            vec![users.to_string(), millis(*ready), kib(*ready_kib), kib(*most_kib)]
        });
        let head = ["users", "from start to ready", "memory then", "highest memory under load"];
        report.table(&head, rows.collect());
        let Some(largest) = self.processes.iter().max_by_key(|process| process.users) else {
            return;
        };
        report.goal(
            &format!("ready in less than 1 s with {} users", largest.users),
            &millis(largest.ready),
            largest.ready < READY_MAX,
        );
        report.goal(
            &format!("and in less than {} of memory under load", kib(MEMORY_KIB_MAX)),
            &kib(largest.most_kib),
            largest.most_kib < MEMORY_KIB_MAX,
        );
    }
}
