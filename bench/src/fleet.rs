//! Resets per second on PostgreSQL, beside what its own load generator does in a transaction of the
//! same shape.

use crate::Result;
use crate::installation::Installation;
use crate::load::Measured;
use crate::process::{Programs, progress};
use crate::report::{Report, kib, micros, millis, rate, share};
use crate::resets::{Target, median};
use crate::seed;
use iam_store::Store;
use scratch_postgres::Durable;
use std::process::Command;
use std::thread;
use std::time::Duration;

const USERS: usize = 1_000;
const LEVELS: [usize; 3] = [1, 16, 64];
const ROUNDS: usize = 3;
const SHARE_MIN: f64 = 0.50;
/// The level at which two nodes are compared with one.
const NODES_LEVEL: usize = 64;
/// A row in place of an older one, and a new row: the least that a reset can be.
const TABLES: &str = "CREATE TABLE floor_passwords (id BIGINT PRIMARY KEY, hash TEXT NOT NULL);
    CREATE TABLE floor_audit (seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, what TEXT);
    INSERT INTO floor_passwords SELECT id, repeat('x', 64) FROM generate_series(1, 1000) AS id;";
const TRANSACTION: &str = "\\set id random(1, 1000)
BEGIN;
UPDATE floor_passwords SET hash = md5(:id::text) WHERE id = :id;
INSERT INTO floor_audit (what) VALUES (repeat('x', 200));
COMMIT;
";

struct Level {
    connections: usize,
    ours: Measured,
    theirs: f64,
}

/// What was measured.
pub(crate) struct Fleet {
    levels: Vec<Level>,
    /// With one node and with two, at the same number of connections in all.
    nodes: [f64; 2],
    ready: Duration,
    anonymous_kib: u64,
}

/// Measures one node, and then two.
pub(crate) fn measure(programs: &Programs, time: Duration) -> Result<Fleet> {
    let database = Durable::start()?;
    let url = database.database()?;
    let by = Installation::made(programs, &["--database-url", &url])?;
    let users = seed::users(&Store::open_in(&url.parse()?)?, &by.tenancy, USERS)?;
    let options = ["--database-url".to_owned(), url.clone()];
    let server = by.serve_with(programs, &options)?;
    let ready = server.start_up;
    let one = Target::new(server, &by, &users)?;
    database.run(TABLES)?;
    let script = by.other_dir("pgbench")?.join("transaction.sql");
    std::fs::write(&script, TRANSACTION)?;
    let theirs = |connections: usize| -> Result<f64> {
        let mut command = Command::new(scratch_postgres::program("pgbench"));
        command.args(["-n", "-M", "prepared", "-U", "postgres", "-j", "1", "-f"]).arg(&script);
        command.args(["-c", &connections.to_string(), "-T", &time.as_secs().to_string(), "-h"]);
        let output = command.arg(database.dir()).arg("postgres").output()?;
        let text = String::from_utf8(output.stdout)?;
        let told = text.lines().find_map(|line| line.strip_prefix("tps = "));
        let told = told.and_then(|line| line.split_whitespace().next());
        let missing = || String::from_utf8_lossy(&output.stderr).into_owned();
        Ok(told.ok_or_else(missing)?.parse()?)
    };
    let mut levels = Vec::new();
    for connections in LEVELS {
        let (mut ours, mut floor) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            floor.push(theirs(connections)?);
            ours.push(one.load(connections, time)?);
        }
        floor.sort_by(f64::total_cmp);
        let theirs = floor.get(ROUNDS / 2).copied().ok_or("nothing was measured")?;
        let level = Level { connections, ours: median(ours)?, theirs };
        let (ours, theirs) = (rate(level.ours.per_second), rate(theirs));
        progress(&format!("{connections} connections: {ours} a second, pgbench {theirs}"));
        levels.push(level);
    }
    let anonymous_kib = one.memory_kib("RssAnon")?;
    let mut alone = Vec::new();
    let mut together = Vec::new();
    for _ in 0..ROUNDS {
        alone.push(one.load(NODES_LEVEL, time)?.per_second);
        let halves = thread::scope(|scope| {
            let half = || -> Result<f64> {
                let node = Target::new(by.serve_with(programs, &options)?, &by, &users)?;
                Ok(node.load(NODES_LEVEL / 2, time)?.per_second)
            };
            let halves = [scope.spawn(half), scope.spawn(half)];
            halves.map(|half| half.join().unwrap_or_else(|_| Err("a load panicked".into())))
        });
        let [first, second] = halves;
        together.push(first? + second?);
    }
    let middle = |mut rates: Vec<f64>| {
        rates.sort_by(f64::total_cmp);
        rates.get(ROUNDS / 2).copied().unwrap_or_default()
    };
    Ok(Fleet { levels, nodes: [middle(alone), middle(together)], ready, anonymous_kib })
}

impl Fleet {
    pub(crate) fn write(&self, report: &mut Report) {
        report.section(
            "Resets per second on PostgreSQL",
            "The same load on an installation in a database beside it, which flushes each commit to \
             the disk. *pgbench* runs the least that a reset can be, one row changed and one added, \
             over the same number of connections; in turns, medians. Everything shares the same \
             cores, the database too.",
        );
        let rows = self.levels.iter().map(|level| {
            let Level { connections, ours, theirs } = level;
            vec![
                connections.to_string(),
                rate(ours.per_second),
                millis(ours.p50),
                millis(ours.p99),
                micros(ours.processor),
                rate(*theirs),
                share(ours.per_second / theirs),
            ]
        });
        let head = [
            "connections",
            "resets/s",
            "p50",
            "p99",
            "processor",
            "pgbench: transactions/s",
            "share",
        ];
        report.table(&head, rows.collect());
        for level in &self.levels {
            let part = level.ours.per_second / level.theirs;
            let goal = format!(
                "on PostgreSQL at least {} of pgbench's rate, {} connections",
                share(SHARE_MIN),
                level.connections
            );
            report.goal(&goal, &share(part), part >= SHARE_MIN);
        }
        let [one, two] = self.nodes;
        report.table(
            &["", "measured"],
            vec![
                vec![format!("one node, {NODES_LEVEL} connections"), rate(one)],
                vec![format!("two nodes, {} each", NODES_LEVEL / 2), rate(two)],
                vec!["from start to `listening`".to_owned(), millis(self.ready)],
                vec!["memory of a node, not backed by files".to_owned(), kib(self.anonymous_kib)],
            ],
        );
        report.goal("two nodes do no less than one", &share(two / one), two >= one);
    }
}
