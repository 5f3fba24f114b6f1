//! E-mail: what a letter costs the reset that it tells of, and how fast a queue drains.

use crate::Result;
use crate::installation::Installation;
use crate::load::Measured;
use crate::process::{Programs, Server, progress};
use crate::report::{Report, kib, millis, rate, share};
use crate::resets::{Target, median};
use crate::seed::{self, Dice, Thrown};
use crate::sink::Sink;
use iam_api::users::User;
use iam_api::{Ocid, Problem, Secret, Timestamp};
use iam_core::context::{Clock, Context, Limits};
use iam_core::mail::{self, Event, Letter, Link};
use iam_core::server_key::ServerKey;
use iam_mail::{Head, Letter as Written, Mail, Sender, Smtp, SmtpSettings, Tls};
use iam_store::{Store, TenancyNo, Tx};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const USERS: usize = 1_000;
const LETTERS: u64 = 100_000;
const BATCH: u64 = 2_000;
const CONNECTIONS: [u8; 2] = [1, 8];
/// The level of load that the goal is about, and how often each side is measured.
const LEVEL: usize = 64;
const ROUNDS: usize = 3;
const SHARE_MIN: f64 = 0.60;
/// How much memory may grow from the first tenth of the queue to its end.
const GROWTH_KIB_MAX: u64 = 16 * 1024;
/// Mails that are handed over without a queue, for comparison.
const PLAIN: u64 = 10_000;
const LOOK: Duration = Duration::from_millis(20);
const TIME_MAX: Duration = Duration::from_secs(900);

const DOMAINS: [&str; 3] = ["--identity-domains", "--admin-email", "admin@example.com"];

/// The options of a server that sends to that port.
fn to_port(port: u16, connections: u8) -> Vec<String> {
    let connections = connections.to_string();
    let port = port.to_string();
    let all = [
        ["--smtp-host", "127.0.0.1"],
        ["--smtp-port", &port],
        ["--smtp-tls", "none"],
        ["--smtp-connections", &connections],
        ["--mail-from", "no-reply@example.com"],
    ];
    all.into_iter().flatten().map(str::to_owned).collect()
}

/// One way of resetting.
struct Way {
    name: &'static str,
    rounds: Vec<Measured>,
}

/// What was measured of resets.
pub(crate) struct Resets {
    plain: Measured,
    with_mail: Vec<(&'static str, Measured)>,
}

/// Measures resets that mail a link beside resets that show a password, in turns.
pub(crate) fn resets(programs: &Programs, time: Duration) -> Result<Resets> {
    let sink = Sink::start()?;
    let nowhere = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
    let target = |init: &[&str], serve: &[String]| -> Result<(Installation, Target)> {
        let by = Installation::made(programs, init)?;
        let users = seed::users(&by.store()?, &by.tenancy, USERS)?;
        let target = Target::new(by.serve_with(programs, serve)?, &by, &users)?;
        Ok((by, target))
    };
    let targets = [
        ("plain: the password is in the answer", target(&[], &[])?),
        ("a mail is queued; the mail server is away", target(&DOMAINS, &to_port(nowhere, 1))?),
        ("the same while mail is delivered", target(&DOMAINS, &to_port(sink.address.port(), 1))?),
    ];
    let mut ways: Vec<Way> =
        targets.iter().map(|(name, _)| Way { name, rounds: Vec::new() }).collect();
    for _ in 0..ROUNDS {
        for (way, (_, (_, target))) in ways.iter_mut().zip(&targets) {
            way.rounds.push(target.load(LEVEL, time)?);
        }
    }
    let mut measured = Vec::new();
    for Way { name, rounds } in ways {
        let median = median(rounds)?;
        progress(&format!("{name}: {} resets a second", rate(median.per_second)));
        measured.push((name, median));
    }
    let (_, plain) = measured.remove(0);
    Ok(Resets { plain, with_mail: measured })
}

impl Resets {
    pub(crate) fn write(&self, report: &mut Report) {
        report.section(
            "Resets that mail a link, beside plain ones",
            &format!(
                "Signed resets of {USERS} users, each with a retry token of its own, answered when \
                 they and their letters are on the disk; {LEVEL} connections, in turns."
            ),
        );
        let row = |name: &str, measured: &Measured| {
            vec![
                name.to_owned(),
                rate(measured.per_second),
                millis(measured.p50),
                millis(measured.p99),
                share(measured.per_second / self.plain.per_second),
            ]
        };
        let mut rows = vec![row("plain: the password is in the answer", &self.plain)];
        rows.extend(self.with_mail.iter().map(|(name, measured)| row(name, measured)));
        report.table(&["", "resets/s", "p50", "p99", "share"], rows);
        if let Some((_, queued)) = self.with_mail.first() {
            let found = queued.per_second / self.plain.per_second;
            report.goal(
                &format!("resets with mail queued at least {} of plain ones", share(SHARE_MIN)),
                &share(found),
                found >= SHARE_MIN,
            );
        }
    }
}

/// One drain of the whole queue.
struct Drain {
    connections: u8,
    per_second: f64,
    early_kib: u64,
    late_kib: u64,
}

/// What was measured of draining.
pub(crate) struct Drains {
    drains: Vec<Drain>,
    plain_per_second: f64,
}

/// Measures how fast a queue drains into a mail server that takes all it gets.
pub(crate) fn drains(programs: &Programs) -> Result<Drains> {
    let plain_per_second = without_queue()?;
    progress(&format!("without a queue: {} mails a second", rate(plain_per_second)));
    let mut drains = Vec::new();
    for connections in CONNECTIONS {
        let by = Installation::made(programs, &DOMAINS)?;
        let users = seed::users(&by.store()?, &by.tenancy, USERS)?;
        fill(&by, &users)?;
        let sink = Sink::start()?;
        let server = by.serve_with(programs, &to_port(sink.address.port(), connections))?;
        let drain = watch(&server, &sink, connections)?;
        progress(&format!(
            "{LETTERS} letters, {connections} connections: {} a second",
            rate(drain.per_second)
        ));
        drains.push(drain);
    }
    Ok(Drains { drains, plain_per_second })
}

fn watch(server: &Server, sink: &Sink, connections: u8) -> Result<Drain> {
    let wait_for = |count: u64, began: Instant| -> Result<()> {
        while sink.taken() < count {
            if began.elapsed() > TIME_MAX {
                return Err(format!("{} of {count} mails came", sink.taken()).into());
            }
            pause(LOOK);
        }
        Ok(())
    };
    wait_for(1, Instant::now())?;
    let began = Instant::now();
    wait_for(LETTERS / 10, began)?;
    let early_kib = server.memory_kib("RssAnon")?;
    wait_for(LETTERS, began)?;
    let per_second = f64::from(u32::try_from(LETTERS - 1)?) / began.elapsed().as_secs_f64();
    Ok(Drain { connections, per_second, early_kib, late_kib: server.memory_kib("RssAnon")? })
}

fn pause(time: Duration) {
    let (_never, wait) = std::sync::mpsc::channel::<()>();
    let _late = wait.recv_timeout(time);
}

/// The moment at which all letters are queued: now, or they would be too late.
struct Now;

impl Clock for Now {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(jiff::Timestamp::now().as_microsecond())
    }
}

/// Queues all letters, around the service but through its own function.
fn fill(by: &Installation, users: &[Ocid]) -> Result<()> {
    let store = Store::open(&by.database())?;
    let key = std::fs::read_to_string(by.key_file())?;
    let key = ServerKey::from_text(&key).ok_or("the key file holds no key")?;
    let random = Thrown(Mutex::new(Dice(LETTERS)));
    let (clock, random) = (Box::new(Now), Box::new(random));
    let context = Context::new(clock, random, key, Limits::default(), Timestamp::default());
    let context = Arc::new(context);
    let at = store.read(|tx| tx.tenancy(&by.tenancy))??.ok_or("the tenancy is not there")?;
    let mut turns = users.iter().cycle();
    for _ in 0..LETTERS / BATCH {
        let batch: Vec<Ocid> = turns.by_ref().take(usize::try_from(BATCH)?).cloned().collect();
        let context = Arc::clone(&context);
        let queued = store.write(move |tx| queue(tx, &context, at, &batch));
        queued.wait()?.map_err(|problem| problem.to_string())?;
    }
    Ok(())
}

fn queue(
    tx: &mut Tx<'_>,
    context: &Context,
    at: TenancyNo,
    users: &[Ocid],
) -> std::result::Result<(), Problem> {
    let token = Secret::new("x".repeat(43));
    for id in users {
        let found = tx.resource(at, id).map_err(Problem::internal)?;
        let found = found.ok_or_else(|| Problem::internal("a user is gone"))?;
        let user: User = found.model().map_err(Problem::internal)?;
        let expires = context.now().plus_seconds(3_600);
        let link = Some(Link { path: "/console/link?t=", token: &token, expires });
        let event = Event::ResetRequested;
        mail::queue(tx, context, at, &Letter { event, user: &user, display_name: None, link })?;
    }
    Ok(())
}

/// Mails a second that one connection hands over when nothing is kept or written.
fn without_queue() -> Result<f64> {
    let sink = Sink::start()?;
    let smtp = Smtp::new(SmtpSettings {
        host: "127.0.0.1".to_owned(),
        port: sink.address.port(),
        tls: Tls::None,
        authorities: None,
        login: None,
        hello: "127.0.0.1".to_owned(),
    })?;
    let from = Sender { address: "no-reply@example.com".parse()?, name: "Durward".to_owned() };
    let to = ["ann@example.com".parse()?];
    let (text, html) = ("x".repeat(700), "<p>x</p>".repeat(500));
    let letter = Written { subject: "A letter".to_owned(), text, html };
    let date = Now.now();
    let head = Head { id: "bench", date, from: &from, return_to: &from.address, to: &to };
    let mail = Mail::new(&head, &letter)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut connection = smtp.connect().await?;
        let began = Instant::now();
        for _ in 0..PLAIN {
            connection.send(&mail).await?;
        }
        Ok(f64::from(u32::try_from(PLAIN)?) / began.elapsed().as_secs_f64())
    })
}

impl Drains {
    pub(crate) fn write(&self, report: &mut Report) {
        report.section(
            "A queue of 100,000 letters, drained",
            &format!(
                "Into a mail server in this process that takes all it is given. One connection \
                 that sends one mail of that size again and again, with nothing written to a \
                 disk, hands over {} a second.",
                rate(self.plain_per_second)
            ),
        );
        let rows = self.drains.iter().map(|drain| {
            vec![
                drain.connections.to_string(),
                rate(drain.per_second),
                kib(drain.early_kib),
                kib(drain.late_kib),
            ]
        });
        let head = ["connections", "mails/s", "memory after a tenth", "memory at the end"];
        report.table(&head, rows.collect());
        let growth = self.drains.iter().map(|drain| drain.late_kib.saturating_sub(drain.early_kib));
        let growth = growth.max().unwrap_or_default();
        report.goal(
            &format!("memory grows by less than {} while it drains", kib(GROWTH_KIB_MAX)),
            &kib(growth),
            growth < GROWTH_KIB_MAX,
        );
    }
}
