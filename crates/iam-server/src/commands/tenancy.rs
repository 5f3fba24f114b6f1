//! `durward tenancy create`: another tenancy in an installation that is there, with a first
//! administrator of its own. What `durward init` is told of the first one, this is told of it.

use super::new_profile::{NewProfile, check_word};
use super::{host, say};
use crate::failure::Failure;
use crate::made::Made;
use crate::place::{KeyedPlaceArgs, PlaceArgs};
use crate::profile;
use crate::trail::HOST;
use clap::{Subcommand, ValueEnum};
use iam_api::Ocid;
use iam_core::audit::{self, Event, Source};
use iam_core::authentication_policies::PasswordProfile;
use iam_core::clock;
use iam_core::context::Context;
use iam_core::installation::{self, Installed, Plan};
use iam_policy::fold;
use iam_store::{TenancyNo, Tx};
use std::path::PathBuf;

const REGION_MAX: usize = 60;
/// What the audit trail calls it.
const CREATED: &str = "CreateTenancy";

/// Add tenancies to an installation
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    Create(CreateArgs),
}

/// Add a tenancy, with a first administrator who has an API key and a profile
///
/// Tenancies of an installation share nothing but the program: who is of one sees nothing of
/// another, unless policies of both say so with `Endorse` and `Admit`.
///
/// A data directory must not be served meanwhile: stop `durward serve` first. With a database
/// server the nodes go on.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
struct CreateArgs {
    #[command(flatten)]
    tenancy: TenancyArgs,

    /// The OCI configuration file to write the profile to
    #[arg(long, value_name = "FILE")]
    config_file: PathBuf,

    #[command(flatten)]
    place: KeyedPlaceArgs,
}

const EXAMPLES: &str = "\
Examples:
  durward tenancy create --tenancy-name partner --profile PARTNER \\
      --config-file ~/durward/config --data-dir ~/durward";

/// What a new tenancy is told.
#[derive(clap::Args)]
pub(crate) struct TenancyArgs {
    /// The tenancy's name, which people give when they sign in to the Console
    #[arg(long, value_name = "NAME", default_value = "durward")]
    pub(crate) tenancy_name: String,

    /// The first administrator's user name
    #[arg(long, value_name = "NAME", default_value = "admin")]
    pub(crate) admin_name: String,

    /// The first administrator's e-mail address
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) admin_email: Option<String>,

    /// The home region: one of OCI's, or a name of your own such as local-1
    #[arg(long, value_name = "REGION", default_value = "us-ashburn-1")]
    pub(crate) region: String,

    /// The name of the profile
    #[arg(long, value_name = "NAME", default_value = profile::DEFAULT)]
    pub(crate) profile: String,

    /// The rules for passwords that people choose
    #[arg(long, value_name = "RULES", default_value = "oci")]
    pub(crate) password_policy: Rules,

    /// Make a tenancy with identity domains: users get links by e-mail instead of passwords
    #[arg(long)]
    pub(crate) identity_domains: bool,
}

/// The rules for passwords to start with.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Rules {
    /// OCI's defaults: 12 characters of all four classes
    Oci,
    /// NIST SP 800-63B: 15 characters, any
    Nist,
}

impl TenancyArgs {
    /// The administrator's profile, in that file.
    pub(super) fn profile(&self, config: PathBuf) -> Result<NewProfile, Failure> {
        check_word("region", &self.region, REGION_MAX, b"-")?;
        NewProfile::new(&self.profile, config)
    }

    /// What is to be made for an administrator with that key.
    pub(super) fn plan(&self, public_key: &str) -> Plan {
        Plan {
            tenancy_name: self.tenancy_name.clone(),
            admin_name: self.admin_name.clone(),
            admin_email: self.admin_email.clone(),
            region: self.region.clone(),
            password_profile: match self.password_policy {
                Rules::Oci => PasswordProfile::Oci,
                Rules::Nist => PasswordProfile::Nist,
            },
            identity_domains: self.identity_domains,
            public_key: public_key.to_owned(),
        }
    }
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    let Action::Create(args) = &args.action;
    let (_, store, key) = args.place.open()?;
    let config = std::path::absolute(&args.config_file);
    let profile =
        args.tenancy.profile(config.map_err(Failure::file("find", &args.config_file))?)?;
    let plan = args.tenancy.plan(profile.public_key());
    let context = host::context(&store, key)?;
    let mut made = Made::default();
    let write = move |tx: &mut Tx<'_>| create(tx, &context, &plan);
    let installed = store.write(write).wait()??;
    profile.write(&mut made, &installed)?;
    made.keep();
    say(&format!(
        "Tenancy         {}  {}\n\
         Administrator   {}  {}\n\
         Profile         {} in {}\n",
        args.tenancy.tenancy_name,
        installed.tenancy,
        args.tenancy.admin_name,
        installed.admin,
        profile.name,
        profile.config.display(),
    ))
}

fn create(tx: &mut Tx<'_>, context: &Context, plan: &Plan) -> Result<Installed, Failure> {
    let name = fold(&plan.tenancy_name);
    if tx.tenancy_by_name(&name)?.is_some() {
        return Err(Failure::new(format!(
            "there is a tenancy `{}` already; give another --tenancy-name",
            plan.tenancy_name
        )));
    }
    let installed = installation::install(tx, context, plan)?;
    let at = tx.tenancy(installed.tenancy.as_str())?;
    let at = at.ok_or_else(|| Failure::new("the tenancy was not made"))?;
    let source = Source { address: HOST.to_owned(), request_id: context.etag() };
    let target = installed.tenancy.as_str();
    let event = Event { at, compartment: "", actor: HOST, name: CREATED, target };
    audit::record(tx, context, &source, &event, "OK")?;
    clock::keep(tx, context)?;
    Ok(installed)
}

/// An installation that is only read, and which of its tenancies are meant.
#[derive(clap::Args)]
pub(super) struct ReadArgs {
    /// The tenancy, by name or OCID, where there are several
    #[arg(long, value_name = "TENANCY")]
    tenancy: Option<String>,

    #[command(flatten)]
    place: PlaceArgs,
}

impl ReadArgs {
    /// Reads of all tenancies that are meant, in one transaction.
    pub(super) fn each<R>(
        &self,
        mut read: impl FnMut(&mut Tx<'_>, TenancyNo, &Ocid) -> Result<R, Failure>,
    ) -> Result<Vec<R>, Failure> {
        self.place.place()?.look()?.read(|tx: &mut Tx<'_>| {
            let meant = chosen(tx, self.tenancy.as_deref())?;
            meant.into_iter().map(|(at, root)| read(tx, at, &root)).collect()
        })?
    }
}

/// The tenancies of an installation; where one is named, by name or OCID, that one alone.
pub(super) fn chosen(
    tx: &mut Tx<'_>,
    named: Option<&str>,
) -> Result<Vec<(TenancyNo, Ocid)>, Failure> {
    let Some(named) = named else { return Ok(tx.tenancies()?) };
    let found = match tx.tenancy(named)? {
        Some(at) => Some((at, Ocid::from(named))),
        None => tx.tenancy_by_name(&fold(named))?,
    };
    let absent = || Failure::new(format!("there is no tenancy `{}`", named.escape_debug()));
    Ok(vec![found.ok_or_else(absent)?])
}
