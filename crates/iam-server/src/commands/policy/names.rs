//! What names in statements mean in an installation.

use crate::failure::Failure;
use crate::place::PlaceArgs;
use iam_api::Ocid;
use iam_policy::{PolicyError, Statement};
use iam_store::{Store, TenancyNo, Tx};

/// A tenancy whose groups and compartments statements name.
pub(super) struct Tenancy {
    store: Store,
    at: TenancyNo,
    root: Ocid,
}

impl Tenancy {
    /// The tenancy of the installation at that place; none where no place is named.
    pub(super) fn open(place: &PlaceArgs) -> Result<Option<Self>, Failure> {
        if place.data_dir.is_none() && place.database.database_url.is_none() {
            return Ok(None);
        }
        let store = place.place()?.look()?;
        let tenancies = store.read(|tx: &mut Tx<'_>| tx.tenancies())??;
        let [(at, root)] = tenancies.as_slice() else {
            let count = tenancies.len();
            let message = format!("there are {count} tenancies here; names are looked up in one");
            return Err(Failure::new(message));
        };
        let (at, root) = (*at, root.clone());
        Ok(Some(Self { store, at, root }))
    }

    /// What is wrong with each statement of a policy that is attached there, else to the root.
    pub(super) fn check(
        &self,
        attached_to: Option<&str>,
        statements: Vec<&Statement>,
    ) -> Result<Vec<Option<PolicyError>>, Failure> {
        let attached_to = attached_to.map_or_else(|| self.root.clone(), Ocid::from);
        let look = |tx: &mut Tx<'_>| {
            iam_core::policies::check(tx, self.at, &self.root, &attached_to, &statements)
        };
        Ok(self.store.read(look)??)
    }
}
