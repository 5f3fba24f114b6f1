//! The worker that carries e-mail from the queue to the mail server.
//!
//! Each of its connections has one mail under way. What became of it is on the disk before the next
//! is taken, in one and the same change: so a crash repeats one mail at the most for each
//! connection, and loses none. A mail that cannot be handed over is put off; while the mail server
//! is away none is even taken, and one connection at a time tries whether it is back.

use crate::app::Shared;
use crate::breaker::Change;
use crate::console::sign_in_url;
use crate::post::Way;
use iam_api::{Problem, Timestamp};
use iam_core::call::store_problem;
use iam_core::mail::{self, Draft, Opened};
use iam_mail::{Connection, Failure, Head, Letter, Mail, Mailbox, Smtp};
use iam_store::TakenMail;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// How long a mail that was taken belongs to who took it, and how often that is made longer while
/// it is handed over. When who has it dies, another node takes it after the first at the most.
const LEASE_SECONDS: i64 = 8;
const RENEWAL: Duration = Duration::from_secs(2);
/// The longest that a mail is put off.
const PAUSE_SECONDS_MAX: i64 = 45;
/// How often the queue is looked at while nothing is due.
const LOOK: Duration = Duration::from_millis(200);
/// How often the queue is counted.
const COUNT: Duration = Duration::from_secs(1);
/// Every so many counts, what it is too late for is dropped: so many at once at the most.
const SWEEP_EVERY: u32 = 5;
const SWEPT_MAX: i64 = 1_000;
/// How long a connection is kept that carries nothing; some servers end it sooner, so it is tried
/// before it is used again.
const IDLE_MAX: Duration = Duration::from_secs(5);
const TRUSTED_IDLE: Duration = Duration::from_secs(1);
/// The most mails on one connection: many servers end it after some hundred.
const MAILS_MAX: u32 = 100;
/// How long the mails under way may take when the server stops.
const STOP_MAX: Duration = Duration::from_secs(10);
/// How often noting an outcome is tried while the store is busy, and how long apart.
const NOTES_MAX: u32 = 100;
const NOTE_PAUSE: Duration = Duration::from_millis(100);

/// The worker. It runs until it is stopped.
pub struct Postman {
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl Postman {
    /// Starts to carry mail, as far as there is a way.
    pub fn start(app: &Shared) -> Self {
        let (stop, stopping) = watch::channel(false);
        let mut tasks = JoinSet::new();
        tasks.spawn(count(app.clone(), stopping.clone()));
        let carriers = match app.post.way {
            Way::Smtp { connections, .. } => connections,
            Way::Kept(_) => 1,
            Way::None => {
                tracing::warn!("no smtp-host is set: e-mail waits until there is one");
                0
            }
        };
        for _ in 0..carriers {
            tasks.spawn(carry(app.clone(), stopping.clone()));
        }
        Self { stop, tasks }
    }

    /// Stops when the mails that are under way have arrived. What is cut off comes again.
    pub async fn stop(mut self) {
        let _nobody_runs = self.stop.send(true);
        let all = async { while self.tasks.join_next().await.is_some() {} };
        let _cut_off = timeout(STOP_MAX, all).await;
    }
}

/// Waits that long, or until it is time to stop.
async fn rest(pause: Duration, stopping: &mut watch::Receiver<bool>) {
    let _sooner = timeout(pause, stopping.changed()).await;
}

/// Counts the queue every second, off the way of those who fill it.
async fn count(app: Shared, mut stopping: watch::Receiver<bool>) {
    let mut round = 0_u32;
    while !*stopping.borrow() {
        let sweeps = round.is_multiple_of(SWEEP_EVERY);
        if let Err(problem) = count_once(&app, sweeps).await {
            tracing::error!(%problem, cause = ?problem.cause, "the queue of e-mail is not counted");
        }
        round = round.wrapping_add(1);
        rest(COUNT, &mut stopping).await;
    }
}

/// Counts the queue, and drops what it is too late for if that is due.
pub(crate) async fn count_once(app: &Shared, sweeps: bool) -> Result<(), Problem> {
    let queue = app.read(|_, tx| tx.mail_queue().map_err(store_problem)).await?;
    app.context.outbox.counted(queue.waiting);
    {
        let mut state = app.post.state();
        (state.waiting, state.oldest) = (queue.waiting, queue.oldest);
    }
    let now = app.context.now();
    let latest = now.plus_seconds(LEASE_SECONDS.max(PAUSE_SECONDS_MAX) + 1);
    if queue.last_due.is_some_and(|due| due > latest) {
        tracing::warn!("the clock has gone back: all e-mail is tried now");
        app.write(move |_, tx| tx.hasten_mails(latest, now).map_err(store_problem)).await?;
    }
    if sweeps && queue.waiting > 0 {
        let late = app.read(move |_, tx| tx.expired_mails(now, SWEPT_MAX).map_err(store_problem));
        for taken in late.await? {
            let forgotten = taken.clone();
            app.write(move |_, tx| tx.forget_mail(&forgotten).map_err(store_problem)).await?;
            drop_mail(app, &taken, "it waited too long");
        }
    }
    Ok(())
}

fn drop_mail(app: &Shared, taken: &TakenMail, why: &'static str) {
    let TakenMail { mail, .. } = taken;
    let error = mail.error.as_deref().unwrap_or("none");
    tracing::warn!(
        event = mail.event, user = %mail.user, attempts = mail.attempts, error, why,
        "an e-mail is dropped",
    );
    app.post.state().dropped += 1;
}

/// Carries mail, one after the other.
async fn carry(app: Shared, mut stopping: watch::Receiver<bool>) {
    let mut line = Line::new(&app);
    while !*stopping.borrow() {
        match is_due(&app).await {
            Ok(true) if app.post.state().breaker.may_try(Instant::now()) => {
                line.carry(&stopping).await
            }
            Ok(_) => {
                line.let_go_if_idle().await;
                rest(LOOK, &mut stopping).await;
            }
            Err(problem) => {
                tracing::error!(%problem, cause = ?problem.cause, "the queue cannot be read");
                rest(COUNT, &mut stopping).await;
            }
        }
    }
    line.let_go().await;
}

async fn is_due(app: &Shared) -> Result<bool, Problem> {
    let next = app.read(|_, tx| tx.next_mail().map_err(store_problem)).await?;
    Ok(next.is_some_and(|due| due <= app.context.now()))
}

/// What became of a mail, to be noted.
enum Outcome {
    Done(TakenMail),
    Failed(TakenMail, String),
}

/// Keeps a mail from others for as long as this is waited for.
async fn hold(app: &Shared, taken: &TakenMail) -> Infallible {
    loop {
        tokio::time::sleep(RENEWAL).await;
        let held = taken.clone();
        let kept = app.write(move |app, tx| {
            let until = app.context.now().plus_seconds(LEASE_SECONDS);
            tx.keep_mail(&held, until).map_err(store_problem)
        });
        match kept.await {
            Ok(true) => {}
            Ok(false) => {
                tracing::warn!("an e-mail that is under way is another's: it may come twice")
            }
            Err(problem) => tracing::warn!(%problem, "an e-mail that is under way cannot be kept"),
        }
    }
}

/// A mail that is ready to go.
struct Ready {
    draft: Box<Draft>,
    date: Timestamp,
    letter: Letter,
    mail: Mail,
}

/// One connection's work.
struct Line<'a> {
    app: &'a Shared,
    connection: Option<Connection>,
    used: Instant,
    carried: u32,
}

impl<'a> Line<'a> {
    fn new(app: &'a Shared) -> Self {
        Self { app, connection: None, used: Instant::now(), carried: 0 }
    }

    /// Carries mails until none is due, or something is in the way.
    async fn carry(&mut self, stopping: &watch::Receiver<bool>) {
        if let Way::Smtp { server, .. } = &self.app.post.way
            && let Err(failure) = self.connect(server).await
        {
            return self.note_failure(&failure);
        }
        let mut next = self.settle(None, true).await;
        if next.is_none() {
            self.app.post.state().breaker.not_tried(Instant::now());
        }
        while let Some(taken) = next {
            let outcome = self.hand_over(taken).await;
            let goes_on = matches!(outcome, Outcome::Done(_))
                && !*stopping.borrow()
                && self.carried < MAILS_MAX
                && self.app.post.state().breaker.is_closed();
            next = self.settle(Some(outcome), goes_on).await;
        }
    }

    /// Notes what became of a mail, and takes the next, in one change. It is tried for long: what
    /// was handed over and is not noted would be handed over again.
    async fn settle(&self, outcome: Option<Outcome>, takes: bool) -> Option<TakenMail> {
        let outcome = Arc::new(outcome);
        for _ in 0..NOTES_MAX {
            let outcome = Arc::clone(&outcome);
            let noted = self.app.write(move |app, tx| {
                let now = app.context.now();
                match outcome.as_ref() {
                    None => {}
                    Some(Outcome::Done(taken)) => tx.forget_mail(taken).map_err(store_problem)?,
                    Some(Outcome::Failed(taken, error)) => {
                        let due = now.plus_seconds(pause_seconds(taken.mail.attempts));
                        tx.put_mail_back(taken, due, error).map_err(store_problem)?;
                    }
                }
                match takes {
                    false => Ok(None),
                    true => {
                        let until = now.plus_seconds(LEASE_SECONDS);
                        tx.take_mail(now, until).map_err(store_problem)
                    }
                }
            });
            match noted.await {
                Ok(next) => return next,
                Err(problem) => {
                    let Problem { message, cause, .. } = &problem;
                    tracing::warn!(message, ?cause, "what became of an e-mail is not noted yet");
                }
            }
            tokio::time::sleep(NOTE_PAUSE).await;
        }
        tracing::error!("what became of an e-mail could not be noted: it may come twice");
        None
    }

    async fn hand_over(&mut self, taken: TakenMail) -> Outcome {
        let ready = match self.open(&taken).await {
            Ok(Ok(ready)) => ready,
            Ok(Err(why)) => {
                drop_mail(self.app, &taken, why);
                self.app.post.state().breaker.not_tried(Instant::now());
                return Outcome::Done(taken);
            }
            Err(problem) => {
                let cause = problem.cause.map_or(problem.message, |cause| cause.to_string());
                tracing::error!(event = taken.mail.event, cause, "an e-mail cannot be opened");
                self.app.post.state().breaker.not_tried(Instant::now());
                return Outcome::Failed(taken, cause);
            }
        };
        let app = self.app;
        let sent = tokio::select! {
            sent = self.send(ready) => sent,
            never = hold(app, &taken) => match never {},
        };
        match sent {
            Ok(()) => {
                self.note_success();
                Outcome::Done(taken)
            }
            Err(failure) => {
                if taken.mail.attempts == 1 {
                    tracing::warn!(
                        event = taken.mail.event, user = %taken.mail.user, %failure,
                        "an e-mail is put off",
                    );
                }
                self.note_failure(&failure);
                Outcome::Failed(taken, failure.to_string())
            }
        }
    }

    /// Opens a letter and puts it into its wire form; the inner error says why it is void.
    async fn open(&self, taken: &TakenMail) -> Result<Result<Ready, &'static str>, Problem> {
        let opening = taken.clone();
        let opened = self.app.read(move |app, tx| mail::open(tx, &app.context, &opening)).await?;
        let draft = match opened {
            Opened::Letter(draft) => draft,
            Opened::Void(why) => return Ok(Err(why)),
        };
        let post = &self.app.post;
        let url = self.app.context.public_url();
        let written = draft.write(url, &sign_in_url(url, &draft.tenancy));
        let written = written.map_err(Problem::internal)?;
        for cause in &written.passed_over {
            let (event, tenancy) = (draft.event.id(), &draft.tenancy);
            tracing::warn!(event, tenancy, %cause, "our words stand in");
        }
        let Ok(to) = draft.to.iter().map(|to| to.parse()).collect::<Result<Vec<_>, _>>() else {
            return Ok(Err("the address is none that mail can be sent to"));
        };
        let (return_to, from) = post.sender(&draft.from).map_err(Problem::internal)?;
        let date = taken.mail.created;
        let head = Head { id: &taken.mail.id, date, from: &from, return_to: &return_to, to: &to };
        let letter = written.letter;
        let mail = Mail::new(&head, &letter).map_err(Problem::internal)?;
        Ok(Ok(Ready { draft, date, letter, mail }))
    }

    async fn send(&mut self, ready: Ready) -> Result<(), Failure> {
        if let Some(mailbox) = self.app.post.mailbox() {
            keep(mailbox, ready);
            return Ok(());
        }
        let Some(connection) = &mut self.connection else {
            // `carry` takes no mail without a connection.
            return Err(Failure::unconnected());
        };
        let sent = connection.send(&ready.mail).await;
        (self.used, self.carried) = (Instant::now(), self.carried + 1);
        if sent.is_err() {
            self.connection = None;
        }
        sent
    }

    /// Sees to it that there is a connection that works.
    async fn connect(&mut self, server: &Smtp) -> Result<(), Failure> {
        if self.carried >= MAILS_MAX {
            self.let_go().await;
        }
        if let Some(connection) = &mut self.connection
            && (self.used.elapsed() < TRUSTED_IDLE || connection.is_alive().await)
        {
            return Ok(());
        }
        self.connection = None;
        self.connection = Some(server.connect().await?);
        (self.used, self.carried) = (Instant::now(), 0);
        Ok(())
    }

    async fn let_go_if_idle(&mut self) {
        if self.used.elapsed() > IDLE_MAX {
            self.let_go().await;
        }
    }

    async fn let_go(&mut self) {
        if let Some(connection) = self.connection.take() {
            connection.quit().await;
        }
    }

    fn note_success(&self) {
        let change = {
            let mut state = self.app.post.state();
            state.delivered += 1;
            state.breaker.taken(Instant::now())
        };
        if let Change::Recovers(after) = change {
            tracing::info!(after_seconds = after.as_secs(), "e-mail is delivered again");
        }
    }

    fn note_failure(&self, failure: &Failure) {
        let now = self.app.context.now();
        let change = {
            let mut state = self.app.post.state();
            state.last_error = Some(failure.to_string());
            match failure.is_refusal() {
                true => state.breaker.refused(Instant::now(), now),
                false => state.breaker.lost(Instant::now(), now),
            }
        };
        if change == Change::Fails {
            tracing::error!(%failure, "e-mail cannot be delivered; it waits, and is tried again");
        }
    }
}

fn keep(mailbox: &Mailbox, ready: Ready) {
    let Ready { draft, date, letter, mail } = ready;
    mailbox.put(draft.event, date, letter, &mail);
}

/// How long a mail is put off that failed so many times: 1, 2, 4, … seconds.
fn pause_seconds(attempts: i64) -> i64 {
    let doublings = u32::try_from(attempts.max(1) - 1).unwrap_or(u32::MAX);
    1_i64.checked_shl(doublings.min(62)).unwrap_or(PAUSE_SECONDS_MAX).min(PAUSE_SECONDS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_put_off_for_longer_each_time_and_never_for_long() {
        let pauses: Vec<i64> = (0..9).map(pause_seconds).collect();
        assert_eq!(pauses, [1, 1, 2, 4, 8, 16, 32, 45, 45]);
        assert_eq!(pause_seconds(i64::MAX), 45);
    }
}
