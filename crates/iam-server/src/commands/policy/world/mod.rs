//! Worlds: a tenancy to ask policies about, wherever it comes from.
//!
//! The one idea: a world is a store. An installation is looked at where it is; what was exported,
//! and what statements alone speak of, is put into a store that goes away with the world. So the
//! same code gathers facts, decides and explains as in a server, and cannot answer otherwise.

mod draft;
mod export;
mod files;
mod index;

use super::check::drawn;
use super::source::Source;
use crate::commands::warn;
use crate::failure::Failure;
use crate::place::{Place, PlaceArgs};
use draft::{Draft, Refused};
use iam_api::Ocid;
use iam_policy::{Compiled, PolicyError, Statement};
use iam_store::{Store, TenancyNo, Tx};
pub(super) use index::Index;
use std::path::PathBuf;
use tempfile::TempDir;

/// The tenancy that policies are tried in.
#[derive(clap::Args)]
pub(super) struct WorldArgs {
    #[command(flatten)]
    pub(super) place: PlaceArgs,

    /// A folder, or a file, of what `oci iam … list --all` printed: users, groups, compartments,
    /// policies, … (repeat for more)
    #[arg(long, value_name = "PATH")]
    pub(super) export: Vec<PathBuf>,

    /// Policies to have in the place of those of the installation or export; alone, their groups
    /// and compartments are the tenancy (repeat for more)
    #[arg(long, value_name = "FILE")]
    pub(super) policies: Vec<PathBuf>,

    /// Policies to have beside those of the installation or export (repeat for more)
    #[arg(long, value_name = "FILE")]
    pub(super) also: Vec<PathBuf>,
}

/// A tenancy, in a store.
pub(super) struct World {
    pub(super) store: Store,
    pub(super) at: TenancyNo,
    pub(super) root: Ocid,
    /// What OCIDs mean there.
    pub(super) index: Index,
    /// Where the store is, if it goes away with the world.
    _dir: Option<TempDir>,
}

impl WorldArgs {
    /// Whether they name any world.
    pub(super) fn is_some(&self) -> bool {
        let files = [&self.export, &self.policies, &self.also];
        self.place.is_some() || files.iter().any(|files| !files.is_empty())
    }

    /// The world that they name.
    pub(super) fn open(&self) -> Result<World, Failure> {
        let changed = !self.policies.is_empty() || !self.also.is_empty();
        match Self::base(&self.place, &self.export)? {
            Some(base) if !changed => Ok(base),
            Some(base) => base.changed(&self.policies, &self.also),
            None if changed => World::of_files(&[&self.policies[..], &self.also].concat()),
            None => Err(Failure::new(
                "it is not said which tenancy: give --data-dir DIR or --database-url URL, \
                 --export PATH, or --policies FILE",
            )),
        }
    }

    /// The tenancy of an installation or an export; none, where neither is named.
    pub(super) fn base(place: &PlaceArgs, export: &[PathBuf]) -> Result<Option<World>, Failure> {
        match (place.is_some(), export) {
            (false, []) => Ok(None),
            (true, []) => World::installed(&place.place()?).map(Some),
            (false, paths) => World::exported(paths).map(Some),
            (true, _) => Err(Failure::new(
                "an installation and an export are two tenancies: give the one or the other",
            )),
        }
    }
}

impl World {
    /// The tenancy of an installation, which is only read.
    pub(super) fn installed(place: &Place) -> Result<Self, Failure> {
        Self::of(place.look()?, None)
    }

    /// What was exported. A statement that is refused here is told of and grants nothing; one that
    /// might deny closes its compartment.
    pub(super) fn exported(paths: &[PathBuf]) -> Result<Self, Failure> {
        let draft = export::read(paths)?;
        let (world, refused) = Self::drafted(draft)?;
        for Refused { policy, number, error, .. } in refused {
            warn(&format!("statement {number} of `{policy}` does not count here: {error}\n"));
        }
        Ok(world)
    }

    /// The groups and compartments that these files of statements speak of, with the statements.
    pub(super) fn of_files(files: &[PathBuf]) -> Result<Self, Failure> {
        let sources = read(files)?;
        let draft = files::draft(&sources)?;
        Self::strict(draft, &sources)
    }

    /// The same tenancy with these policies in the place of its own, if there are any, and those
    /// beside.
    pub(super) fn changed(&self, instead: &[PathBuf], beside: &[PathBuf]) -> Result<Self, Failure> {
        let sources = read(&[instead, beside].concat())?;
        let mut draft =
            self.store.read(|tx| Draft::copy(tx, self.at, &self.root, instead.is_empty()))??;
        files::add_policies(&mut draft, &sources);
        Self::strict(draft, &sources)
    }

    /// Makes what was drafted; refuses what is wrong with the statements of these files.
    fn strict(draft: Draft, sources: &[Source]) -> Result<Self, Failure> {
        let (world, refused) = Self::drafted(draft)?;
        let shown: Vec<String> = refused
            .iter()
            .filter_map(|refused| {
                let (source, placed) = refused.origin?;
                let source = sources.get(source)?;
                Some(drawn(source, source.statements.get(placed)?, &refused.error))
            })
            .collect();
        match shown.as_slice() {
            [] => Ok(world),
            shown => {
                let shown = shown.join("\n\n");
                Err(Failure::new(shown.strip_prefix("error: ").unwrap_or(&shown)))
            }
        }
    }

    /// Each statement of a policy that is attached there, else to the root, bound to what its names
    /// mean; or what is wrong with it.
    pub(super) fn bind(
        &self,
        attached_to: Option<&str>,
        statements: &[&Statement],
    ) -> Result<Vec<Result<Compiled, PolicyError>>, Failure> {
        let attached_to = attached_to.map_or_else(|| self.root.clone(), Ocid::from);
        let bind = |tx: &mut Tx<'_>| {
            iam_core::policies::bind_statements(tx, self.at, &self.root, &attached_to, statements)
        };
        Ok(self.store.read(bind)??)
    }

    fn drafted(draft: Draft) -> Result<(Self, Vec<Refused>), Failure> {
        let dir = TempDir::new()
            .map_err(|cause| Failure::new(format!("cannot make a temporary folder: {cause}")))?;
        let store = Store::create(&dir.path().join("world.db"))?;
        let refused = store.write(move |tx| draft.make(tx)).wait()??;
        Ok((Self::of(store, Some(dir))?, refused))
    }

    fn of(store: Store, dir: Option<TempDir>) -> Result<Self, Failure> {
        let tenancies = store.read(|tx: &mut Tx<'_>| tx.tenancies())??;
        let [(at, root)] = tenancies.as_slice() else {
            let count = tenancies.len();
            let message = format!("there are {count} tenancies here; names are looked up in one");
            return Err(Failure::new(message));
        };
        let (at, root) = (*at, root.clone());
        let index = store.read(|tx| Index::read(tx, at, &root))??;
        Ok(Self { store, at, root, index, _dir: dir })
    }
}

fn read(files: &[PathBuf]) -> Result<Vec<Source>, Failure> {
    files.iter().map(|file| Source::read(file)).collect()
}
