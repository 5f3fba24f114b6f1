//! Durward's own engine.

use crate::scene::{Question, Scene, TENANCY};
use crate::{Engine, Result};
use iam_policy::{Decision, Facts, Names, PolicySet, compile, decide, parse};

/// A tenancy in which every OCID exists and lies below the root.
struct Anywhere;

impl Names for Anywhere {
    fn group_exists(&self, _: &str) -> bool {
        true
    }

    fn compartment_in_subtree(&self, _: &str) -> bool {
        true
    }

    fn attached_to(&self) -> &str {
        TENANCY
    }

    fn tenancy(&self) -> &str {
        TENANCY
    }
}

pub fn prepare(scene: &Scene) -> Result<Engine> {
    let mut compiled = Vec::new();
    for statement in &scene.statements {
        let place = match statement.place.as_str() {
            TENANCY => "tenancy".to_owned(),
            other => format!("compartment id {other}"),
        };
        let (group, may) = (&statement.group, statement.may.words());
        let text = format!("Allow group id {group} to {may} in {place}");
        let parsed = parse(&text).map_err(|cause| cause.to_string())?;
        compiled.push(compile(&parsed, &Anywhere).map_err(|cause| cause.to_string())?);
    }
    let set = PolicySet::new(compiled);
    let (caller, groups) = (scene.caller.clone(), scene.groups.clone());
    let place = scene.place.clone();
    Ok(Box::new(move |question: &Question| {
        let compartments = [place.as_str(), TENANCY];
        let question = iam_policy::Question {
            caller: &caller,
            groups: &groups,
            needs: question.asks.needs(),
            compartments: &compartments,
            owner: None,
            address: None,
            facts: Facts::none(),
        };
        matches!(decide(&set, &question), Decision::Allowed(_))
    }))
}
