//! `durward demo`: the main job, from an empty directory to a user who can sign in.
//!
//! Nothing of it is staged: it makes an installation as `durward init` does, serves it as `durward
//! serve` does, and runs the program `oci` beside it. With `--once` a browser's part is played over
//! HTTP, through the same forms that a person sees.

mod browser;
mod client;
mod domains;

use super::init::{self, Output, Report};
use super::serve::{self, Server};
use super::tenancy::{Rules, TenancyArgs};
use super::{quoted, say};
use crate::config::{DatabaseArgs, LogFormat, LogLevel, Options, Settings, TestingArgs};
use crate::failure::Failure;
use crate::profile;
use crate::system::SystemRandom;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use browser::Browser;
use client::{Client, Credentials};
use iam_core::context::Random;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use tokio::sync::oneshot;

const TENANCY: &str = "durward";
const SIGN_IN: &str = "/console/sign-in";
const CHANGE: &str = "/console/change-password";
const HOME: &str = "/console/";

/// See it at work: a fresh server, a user, and their one-time password
///
/// Makes an installation in a directory of its own, serves it, makes a user and a one-time Console
/// password with the `oci` command line, and stays up so that you can sign in with it. The
/// directory is removed at the end.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Sign in as the new user too, choose a new password, and stop
    #[arg(long)]
    once: bool,

    /// Tell the same story with identity domains, where links are mailed instead of passwords shown
    #[arg(long)]
    identity_domains: bool,

    /// Keep everything in this directory, which must be empty or not exist yet
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,

    /// Where to listen, on loopback; port 0 takes a free one
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
}

const EXAMPLES: &str = "\
Examples:
  durward demo                 then open the address that it prints
  durward demo --once          the whole story, shown step by step
  durward demo --identity-domains --once";

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    let oci = client::find()?;
    let place = Place::new(args.data_dir.as_deref())?;
    serve::log(LogFormat::Text, LogLevel::Warn);
    let report = init::install(&init_args(&place.data_dir(), args.identity_domains))?;
    say(&format!("Durward demo, in {}\n", report.data_dir.display()))?;
    step("An installation is made", &[("tenancy", TENANCY), ("administrator", &report.user_name)])?;
    let settings = settings(args, &report)?;
    let app = serve::open(&settings)?;
    serve::runtime()?.block_on(async {
        let told_to_stop = serve::stop_signal()?;
        tokio::pin!(told_to_stop);
        let server = Server::bind(&settings, app).await?;
        step("It is served", &[("address", &server.address)])?;
        let client = Client::new(oci, &report, &server.address);
        let address = server.address.clone();
        let (stop, stopping) = oneshot::channel::<()>();
        let serving = tokio::spawn(server.run(async move {
            let _dropped_means_stop = stopping.await;
        }));
        let (once, by_mail) = (args.once, args.identity_domains);
        let story = tokio::task::spawn_blocking(move || match by_mail {
            true => domains::story(&client, &address, once),
            false => story(&client, &address, &report, once),
        });
        let told = tokio::select! {
            told = story => told.map_err(|cause| Failure::new(cause.to_string()))?,
            () = &mut told_to_stop => return Ok(()),
        };
        if told.is_ok() && !once {
            told_to_stop.await;
        }
        drop(stop);
        serving.await.map_err(|cause| Failure::new(cause.to_string()))??;
        told
    })
}

/// Where the demo keeps its things.
enum Place {
    Kept(PathBuf),
    Fleeting(TempDir),
}

impl Place {
    fn new(data_dir: Option<&Path>) -> Result<Self, Failure> {
        if let Some(dir) = data_dir {
            return Ok(Self::Kept(dir.to_owned()));
        }
        let made = tempfile::Builder::new().prefix("durward-demo-").tempdir();
        let made = made.map_err(|cause| Failure::new(format!("cannot make a directory: {cause}")));
        made.map(Self::Fleeting)
    }

    fn data_dir(&self) -> PathBuf {
        match self {
            Self::Kept(dir) => dir.clone(),
            Self::Fleeting(dir) => dir.path().join("data"),
        }
    }
}

fn init_args(data_dir: &Path, identity_domains: bool) -> init::Args {
    init::Args {
        data_dir: data_dir.to_owned(),
        tenancy: TenancyArgs {
            tenancy_name: TENANCY.to_owned(),
            admin_name: "admin".to_owned(),
            admin_email: None,
            region: "us-ashburn-1".to_owned(),
            profile: profile::DEFAULT.to_owned(),
            password_policy: Rules::Oci,
            identity_domains,
        },
        host: Vec::new(),
        config_file: None,
        database: DatabaseArgs::default(),
        key_file: None,
        tests: TestingArgs::default(),
        output: Output::Text,
    }
}

fn settings(args: &Args, report: &Report) -> Result<Settings, Failure> {
    Settings::new(Options {
        data_dir: Some(report.data_dir.clone()),
        listen: Some(args.listen),
        ..Options::default()
    })
}

/// The main job, told as it happens.
fn story(client: &Client, address: &str, report: &Report, once: bool) -> Result<(), Failure> {
    say("\n* The administrator makes a user, and a one-time password for them\n")?;
    let user = client.make_user()?;
    if once {
        sign_in_and_change(address, &user)?;
        return say("\nThat is the whole story. `durward demo` stays up, for you to play it.\n");
    }
    let dir = quoted(&report.data_dir.display().to_string());
    say(&format!(
        "\nNow it is your turn. Open\n\n    {address}{SIGN_IN}?tenant={TENANCY}\n\nand sign in:\n\n\
         \x20   Tenancy            {TENANCY}\n\
         \x20   User name          {}\n\
         \x20   One-time password  {}\n\n\
         It is good for 7 days and for one thing: to choose a password of your own.\n\
         To be the administrator, in another terminal:\n\n\
         \x20   eval \"$(durward env --data-dir {dir} --endpoint {address})\"\n\
         \x20   oci iam user list\n\n\
         Ctrl-C ends the demo.\n",
        user.name, user.password
    ))
}

/// The user's part: in with the one-time password, on with one of their own.
fn sign_in_and_change(address: &str, user: &Credentials) -> Result<(), Failure> {
    let chosen = password_of_ones_own();
    let mut browser = Browser::new(address);
    sign_in(&mut browser, &user.name, &user.password)?;
    browser.must_be_at(CHANGE)?;
    step("The user signs in with it, and must choose a new password", &[("page", CHANGE)])?;
    browser.open(HOME)?;
    browser.must_be_at(CHANGE)?;
    step("Nothing else of the Console can be reached before", &[(HOME, "leads back there")])?;
    browser.submit(&[("new-password", &chosen), ("repeat-password", &chosen)])?;
    browser.must_be_at(HOME)?;
    step("The password is changed, and the user is in", &[("page", HOME)])?;

    let mut another = Browser::new(address);
    sign_in(&mut another, &user.name, &chosen)?;
    another.must_be_at(HOME)?;
    step("The new password signs in", &[("page", HOME)])?;
    let mut stale = Browser::new(address);
    sign_in(&mut stale, &user.name, &user.password)?;
    stale.must_be_at(SIGN_IN)?;
    step("The one-time password does not any more", &[("answer", stale.status())])
}

fn sign_in(browser: &mut Browser, name: &str, password: &str) -> Result<(), Failure> {
    browser.open(SIGN_IN)?;
    browser.submit(&[("tenant", TENANCY)])?;
    browser.submit(&[("username", name), ("password", password)])
}

/// A password that keeps to OCI's rules and that nobody knows.
fn password_of_ones_own() -> String {
    let mut bytes = [0; 15];
    SystemRandom.fill(&mut bytes);
    format!("{}-aA1", URL_SAFE_NO_PAD.encode(bytes))
}

fn step(what: &str, details: &[(&str, &str)]) -> Result<(), Failure> {
    let details: String =
        details.iter().map(|(name, value)| format!("    {name:14} {value}\n")).collect();
    say(&format!("\n* {what}\n{details}"))
}
