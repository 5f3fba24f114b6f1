//! What a world's policies say, to explain answers by.

use crate::failure::Failure;
use iam_api::policies::Policy;
use iam_api::{Ocid, Problem};
use iam_core::{deny, network_sources};
use iam_policy::{Compiled, NetworkSource, Origin, Written};
use iam_store::{TenancyNo, Tx};

pub(super) struct Said {
    pub(super) statements: Vec<Written>,
    pub(super) network_sources: Vec<NetworkSource>,
    pub(super) exempt: Option<String>,
}

impl Said {
    pub(super) fn read(tx: &mut Tx<'_>, at: TenancyNo, root: &Ocid) -> Result<Self, Failure> {
        let mut statements = Vec::new();
        for row in tx.policies(at)? {
            let compiled = row.compiled.as_deref().unwrap_or_default();
            let Ok(compiled) = serde_json::from_str::<Vec<Compiled>>(compiled) else { continue };
            let policy: Policy = row.model()?;
            for (index, (compiled, text)) in compiled.into_iter().zip(policy.statements).enumerate()
            {
                let origin = Origin {
                    policy_id: row.id.to_string(),
                    policy_name: row.name.clone(),
                    number: index + 1,
                    text,
                };
                statements.push(Written { origin, compiled });
            }
        }
        let network_sources = network_sources::all(tx, at).map_err(Problem::from)?;
        let exempt = deny::administrators(tx, at, root)?.map(|group| group.id.to_string());
        Ok(Self { statements, network_sources, exempt })
    }
}
