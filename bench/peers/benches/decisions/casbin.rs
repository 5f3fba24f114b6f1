//! casbin: groups and compartments are two kinds of roles, a statement is a line of policy.

use crate::scene::{Question, Scene, TENANCY};
use crate::{Engine, Result};
use casbin::{CoreApi, DefaultModel, Enforcer, MemoryAdapter, MgmtApi};

const MODEL: &str = "
[request_definition]
r = sub, obj, act
[policy_definition]
p = sub, obj, act
[role_definition]
g = _, _
g2 = _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.act == p.act && g(r.sub, p.sub) && g2(r.obj, p.obj)
";

pub fn prepare(scene: &Scene) -> Result<Engine> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let enforcer = runtime.block_on(async {
        let model = DefaultModel::from_str(MODEL).await?;
        let mut enforcer = Enforcer::new(model, MemoryAdapter::default()).await?;
        let mut lines: Vec<Vec<String>> = scene
            .statements
            .iter()
            .map(|statement| {
                let (group, place) = (statement.group.clone(), statement.place.clone());
                vec![group, place, format!("{:?}", statement.may)]
            })
            .collect();
        lines.sort();
        lines.dedup(); // it refuses a line that is there already
        enforcer.add_policies(lines).await?;
        for group in &scene.groups {
            enforcer.add_grouping_policy(vec![scene.caller.clone(), group.clone()]).await?;
        }
        for place in &scene.compartments {
            let line = vec![place.clone(), TENANCY.to_owned()];
            enforcer.add_named_grouping_policy("g2", line).await?;
        }
        Ok::<_, casbin::Error>(enforcer)
    })?;
    let (caller, place) = (scene.caller.clone(), scene.place.clone());
    Ok(Box::new(move |question: &Question| {
        let asks = match question.asks {
            crate::scene::May::ReadTagDefaults => "ReadTagDefaults",
            crate::scene::May::ManageUsers => "ManageUsers",
            crate::scene::May::ManagePolicies => "ManagePolicies",
        };
        enforcer.enforce((caller.as_str(), place.as_str(), asks)).unwrap_or(false)
    }))
}
