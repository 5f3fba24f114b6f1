//! Worlds whose tenancy is not the usual one.

use super::World;
use iam_api::Problem;
use iam_core::context::Limits;
use serde_json::json;

impl World {
    /// One whose home region is that one.
    pub(crate) fn in_region(region: &str) -> Self {
        Self::planned(Limits::default(), |_| {}, |plan| plan.region = region.to_owned())
    }

    /// One whose tenancy has identity domains, and whose users need no e-mail address.
    pub(crate) fn with_domains_but_no_mail() -> Self {
        let world = Self::with_domains();
        let change = world.app.write(|_, tx| -> Result<(), Problem> {
            let at = tx.tenancies().unwrap()[0].0;
            let body = json!({"primaryEmailRequired": false}).to_string();
            let setting = iam_store::Setting { etag: "0".repeat(40), body };
            tx.set_setting(at, iam_core::identity_settings::NAME, &setting).unwrap();
            Ok(())
        });
        world.block_on(change).unwrap();
        world
    }
}
