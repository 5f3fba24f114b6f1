//! `durward serve`: the API and the Console on one port, until it is told to stop.

use super::say;
use crate::app::{App, Outfit, Shared};
use crate::authority::{self, Certificate};
use crate::config::{
    DatabaseSettings, Enforcement, LogFormat, LogLevel, Options, Settings, TlsSettings,
};
use crate::data_dir::DataDir;
use crate::failure::Failure;
use crate::http::Door;
use crate::notify::Notify;
use crate::place;
use crate::post::{Post, Way};
use crate::postman::Postman;
use crate::syslog::{self, SyslogServer};
use crate::system::{SystemClock, SystemRandom};
use crate::testing::{self, Testing, Told};
use crate::traces::{self, Traces};
use crate::{current::Current, health, http, tls, upkeep, work};
use iam_core::clock::Mark;
use iam_core::context::{Clock, Context, Random};
use iam_core::tenancies::own_regions;
use iam_mail::Mailbox;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tracing_subscriber::filter::LevelFilter;

/// Serve an installation: the Identity API and the Console on one port
///
/// Prints `listening on http://…` on stdout when it is ready, and then, where asked to serve them,
/// `metrics on http://…`. SIGTERM and Ctrl-C let open requests end first. Each option can also be
/// set by the variable beside it, or in the configuration file under the option's name without
/// dashes; a flag wins over its variable, and that over the file.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    options: Options,

    /// A configuration file in TOML
    #[arg(long, env = "DURWARD_CONFIG", hide_env_values = true, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Show the effective configuration, as a configuration file, and stop
    #[arg(long)]
    print_config: bool,

    /// Serve what `init --testing` made, on loopback, and let tests move its clock, go back to
    /// states of it, and have requests fail
    #[arg(long)]
    testing: bool,

    /// The socket of the service manager that is to be told when the server is ready
    #[arg(long, env = "NOTIFY_SOCKET", hide = true, hide_env_values = true, value_name = "SOCKET")]
    notify_socket: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  durward serve --data-dir ./durward-data
  durward serve --data-dir ./durward-data --tls dev
  durward serve --data-dir /var/lib/durward --listen 0.0.0.0:443 --host iam.example.com \\
      --tls-cert /etc/durward/cert.pem --tls-key /etc/durward/key.pem
  durward serve --data-dir /var/lib/durward --behind-proxy --host iam.example.com \\
      --trusted-proxy 127.0.0.1
  durward serve --database-url postgres://durward@db.example.com/durward \\
      --key-file /etc/durward/durward.key --behind-proxy --host iam.example.com
  durward serve --config /etc/durward/durward.toml --print-config";

/// Runs the command.
pub(crate) fn run(args: Args) -> Result<(), Failure> {
    let file = match &args.config {
        Some(file) => Options::read(file)?,
        None => Options::default(),
    };
    let mut settings = Settings::new(args.options.or(file))?;
    if args.testing {
        settings = settings.for_tests()?;
    }
    if args.print_config {
        let text = toml::to_string(&settings).map_err(|cause| Failure::new(cause.to_string()))?;
        return say(&text);
    }
    log(settings.log_format, settings.log_level);
    let notify = Notify::new(args.notify_socket);
    let app = open(&settings)?;
    for doubt in app.store.doubts() {
        tracing::warn!("{doubt}");
    }
    runtime()?.block_on(async {
        let stop = stop_signal()?;
        let server = Server::bind(&settings, app).await?;
        let mut addresses = format!("listening on {}\n", server.address);
        if let Some(operators) = &server.operators {
            addresses.push_str(&format!("metrics on {}\n", operators.address));
        }
        if let Some((Operators { address, .. }, _)) = &server.tests {
            tracing::warn!(address, "this server is for tests: nothing that it keeps is safe");
        }
        say(&addresses)?;
        notify.ready();
        let told = async {
            stop.await;
            notify.stopping();
        };
        server.run(told).await
    })
}

/// Writes log lines to stderr from here on.
pub(crate) fn log(format: LogFormat, level: LogLevel) {
    let level = match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    };
    let lines = tracing_subscriber::fmt().with_max_level(level).with_writer(io::stderr);
    // A line that cannot be written, such as to a full disk, is lost: to tell of that on stderr
    // would fail as well, and end the process.
    let lines = lines.log_internal_errors(false);
    match format {
        LogFormat::Text => lines.with_ansi(io::IsTerminal::is_terminal(&io::stderr())).init(),
        LogFormat::Json => lines.json().init(),
    }
    log_panics();
}

/// Makes a panic a line of the log too. What it says is left out: it may quote what it failed on.
fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let at = panic.location().map(ToString::to_string);
        let request = Current::id_here();
        let request = request.as_deref().map(tracing::field::display);
        tracing::error!(request, at, "a thread panicked");
    }));
}

/// What runs everything that waits.
pub(crate) fn runtime() -> Result<Runtime, Failure> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.enable_all().build().map_err(|cause| Failure::new(format!("cannot start: {cause}")))
}

/// Opens the installation that the settings name.
pub(crate) fn open(settings: &Settings) -> Result<Shared, Failure> {
    let database = settings.database.as_ref().map(DatabaseSettings::database).transpose()?;
    let place = place::of(database, settings.data_dir.as_deref())?;
    let (store, key) = place.serve(&settings.key_file)?;
    testing::must_be_meant(&store, settings.testing)?;
    let testing = settings.testing.then(|| Testing::begin(&store)).transpose()?;
    let mark = store.read(Mark::read)??;
    let mut reach = settings.reach();
    if let Some(TlsSettings::Dev { .. }) = settings.tls {
        reach.hosts.extend(authority::names(&store.read(own_regions)??));
    }
    let (clock, random): (Box<dyn Clock>, Box<dyn Random>) = match &testing {
        Some(testing) => (testing.clock(), testing.random()),
        None => (Box::new(SystemClock), Box::new(SystemRandom)),
    };
    let mut context = Context::new(clock, random, key, settings.limits, mark.latest);
    context.learn(mark);
    context.blocked_may_sign = settings.blocked_users_sign;
    context.audit_retention_days = settings.audit_retention_days;
    context.outbox.waiting_max = i64::from(settings.mail.mail_queue_max.get());
    let (post, rates) = (post(settings)?, settings.rate_limits.rates());
    let (enforcement, traces) = (settings.enforcement, traces(settings)?);
    if enforcement == Enforcement::Log {
        tracing::warn!(
            "policies are not enforced: whoever can sign a request may do anything, and what would \
             be refused is only recorded; start without --enforcement log to end this"
        );
    }
    let outfit = Outfit { post, rates, enforcement, traces, testing };
    Ok(App::with(store, context, reach, outfit))
}

/// Where traces go, as the settings say.
fn traces(settings: &Settings) -> Result<Traces, Failure> {
    let Some(collector) = &settings.otlp_endpoint else { return Ok(Traces::default()) };
    let failed = |cause| Failure::new(format!("cannot start to send traces: {cause}"));
    Traces::to(&traces::endpoint(collector)?).map_err(failed)
}

/// How e-mail leaves, as the settings say.
fn post(settings: &Settings) -> Result<Post, Failure> {
    let way = match &settings.mail.smtp {
        Some(smtp) => Way::Smtp {
            server: Box::new(smtp.server(settings.hello())?),
            connections: smtp.smtp_connections.get(),
        },
        None if settings.keeps_mail() => Way::Kept(Mailbox::default()),
        None => Way::None,
    };
    let from = settings.mail.mail_from.as_deref().map(str::parse).transpose();
    let from = from.map_err(|cause| Failure::new(format!("mail-from is not valid: {cause}")))?;
    Ok(Post { way, from, ..Post::default() })
}

/// A server that listens.
pub(crate) struct Server {
    app: Shared,
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    /// Its address, as clients write it.
    pub(crate) address: String,
    operators: Option<Operators>,
    /// What listens for tests, and the file that tells them where.
    tests: Option<(Operators, Told)>,
    drain: Duration,
    syslog: Option<SyslogServer>,
}

/// What listens for the operator.
struct Operators {
    door: Door,
    address: String,
}

impl Server {
    /// Listens where the settings say.
    pub(crate) async fn bind(settings: &Settings, app: Shared) -> Result<Self, Failure> {
        let tls = match &settings.tls {
            Some(TlsSettings::Files { tls_cert, tls_key }) => {
                Some(tls::acceptor(tls_cert, tls_key)?)
            }
            Some(TlsSettings::Dev { data_dir, .. }) => Some(development(data_dir, &app)?),
            None => None,
        };
        let (listener, bound) = listen(settings.listen).await?;
        let address = written(bound, tls.as_ref());
        let _set_once = app.context.public_url.set(settings.public_url(bound));
        let operators = match settings.metrics_listen {
            None => None,
            Some(wanted) => {
                let (listener, bound) = listen(wanted).await?;
                // No certificate is for loopback, and nobody is in between.
                let tls = tls.clone().filter(|_| !bound.ip().is_loopback());
                let address = written(bound, tls.as_ref());
                Some(Operators { door: http::operators_door(listener, tls, &app), address })
            }
        };
        let tests = match (&app.testing, &settings.data_dir) {
            (Some(testing), Some(dir)) => {
                let (listener, bound) = listen((Ipv4Addr::LOCALHOST, 0).into()).await?;
                let address = written(bound, None);
                let told = testing.tell(dir, &address)?;
                Some((Operators { door: http::testing_door(listener, &app), address }, told))
            }
            _ => None,
        };
        let drain = Duration::from_secs(settings.drain_seconds.into());
        let syslog = settings.audit_syslog.clone();
        Ok(Self { app, listener, tls, address, operators, tests, drain, syslog })
    }

    /// Serves until `stop` is done, and then a while, no longer ready; open requests end first.
    /// The operator is served to the end.
    pub(crate) async fn run(self, stop: impl Future<Output = ()>) -> Result<(), Failure> {
        let _slow = timeout(health::LOOK_MAX, health::look(&self.app)).await;
        tracing::info!(address = self.address, "serving");
        let looking = tokio::spawn(health::run(self.app.clone()));
        let (end, ended) = oneshot::channel::<()>();
        let operators = self.operators.map(|Operators { door, address }| {
            tracing::info!(address, "serving metrics");
            let ended = async { drop(ended.await) };
            tokio::spawn(http::attend(door, self.app.clone(), ended))
        });
        let told = self.tests.map(|(Operators { door, .. }, told)| {
            (tokio::spawn(http::attend(door, self.app.clone(), std::future::pending())), told)
        });
        let stop = drained(stop, &self.app, self.drain);
        let upkeep = tokio::spawn(upkeep::run(self.app.clone()));
        let work = tokio::spawn(work::run(self.app.clone()));
        let syslog = self.syslog.map(|server| tokio::spawn(syslog::run(self.app.clone(), server)));
        let postman = Postman::start(&self.app);
        let served = http::serve(self.listener, self.tls, self.app.clone(), stop).await;
        postman.stop().await;
        upkeep.abort();
        work.abort();
        if let Some(syslog) = syslog {
            syslog.abort();
        }
        if let Some((tests, _told_no_more)) = told {
            tests.abort();
        }
        upkeep::once(&self.app).await?;
        looking.abort();
        drop(end);
        if let Some(operators) = operators {
            let _panicked = operators.await;
        }
        let app = self.app;
        let _panicked = tokio::task::spawn_blocking(move || app.traces.flush()).await;
        tracing::info!("stopped");
        served.map_err(|cause| Failure::new(format!("serving ended: {cause}")))
    }
}

/// What speaks TLS with a certificate for all names that the server answers to.
fn development(data_dir: &Path, app: &Shared) -> Result<TlsAcceptor, Failure> {
    let (dir, names) = (DataDir::at(data_dir)?, app.reach.hosts.clone());
    // Whatever time it is for the installation: clients go by the clock on the wall.
    tls::of_authority(Certificate::new(&dir, names, Box::new(SystemClock))?)
}

/// Listens there; the address that it came to be.
async fn listen(wanted: SocketAddr) -> Result<(TcpListener, SocketAddr), Failure> {
    let failed = |cause| Failure::new(format!("cannot listen on `{wanted}`: {cause}"));
    let listener = TcpListener::bind(wanted).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}

/// An address as clients write it.
fn written(bound: SocketAddr, tls: Option<&TlsAcceptor>) -> String {
    let scheme = if tls.is_some() { "https" } else { "http" };
    format!("{scheme}://{bound}")
}

/// Waits until the server is told to stop. From then on it is not ready, and goes on until whoever
/// sends it requests has seen that; a second signal ends the waiting.
async fn drained(stop: impl Future<Output = ()>, app: &Shared, drain: Duration) {
    stop.await;
    app.health.drain();
    tracing::info!(drain_seconds = drain.as_secs(), "stopping");
    if drain.is_zero() {
        return;
    }
    match stop_signal() {
        Ok(again) => tokio::select! {
            () = again => {}
            () = tokio::time::sleep(drain) => {}
        },
        Err(_) => tokio::time::sleep(drain).await,
    }
}

/// Done when the process is told to stop, by SIGTERM or Ctrl-C.
pub(crate) fn stop_signal() -> Result<impl Future<Output = ()>, Failure> {
    let on = |kind| -> Result<Signal, Failure> {
        signal(kind).map_err(|cause| Failure::new(format!("cannot wait for signals: {cause}")))
    };
    let (mut terminate, mut interrupt) =
        (on(SignalKind::terminate())?, on(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn the_line_of_a_panic_names_the_request_and_not_what_it_says() {
        let lines = Lines::default();
        let to = lines.clone();
        let log = tracing_subscriber::fmt().with_ansi(false).with_writer(move || to.clone());
        let current = Current { request_id: "ONE/TWO/THREE".into(), trace: None };
        log_panics();
        let panicked = tracing::subscriber::with_default(log.finish(), || {
            std::panic::catch_unwind(|| Current::during(Some(&current), || panic!("s3cret")))
        });
        drop(std::panic::take_hook());
        assert!(panicked.is_err());
        let line = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        assert!(line.contains("a thread panicked request=ONE/TWO/THREE at="), "{line}");
        assert!(!line.contains("s3cret"), "{line}");
    }
}
