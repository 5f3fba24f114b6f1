//! Cedar: groups and compartments are entities with parents, a statement is a `permit` whose scope
//! says all of it. Entities and the request are made ahead.

use crate::scene::{May, Question, Scene, TENANCY};
use crate::{Engine, Result};
use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityUid, PolicySet, Request,
};
use std::collections::HashSet;
use std::str::FromStr;

fn uid(kind: &str, name: &str) -> Result<EntityUid> {
    Ok(EntityUid::from_str(&format!("{kind}::\"{name}\""))?)
}

pub fn prepare(scene: &Scene) -> Result<Engine> {
    let text: String = scene
        .statements
        .iter()
        .map(|statement| {
            let (group, place) = (&statement.group, &statement.place);
            format!(
                "permit(principal in Group::\"{group}\", action == Action::\"{:?}\", \
                 resource in Compartment::\"{place}\");\n",
                statement.may
            )
        })
        .collect();
    let policies = PolicySet::from_str(&text)?;
    let mut entities = vec![Entity::new_no_attrs(uid("Compartment", TENANCY)?, HashSet::new())];
    for place in &scene.compartments {
        let above = HashSet::from([uid("Compartment", TENANCY)?]);
        entities.push(Entity::new_no_attrs(uid("Compartment", place)?, above));
    }
    let groups = scene.groups.iter().map(|group| uid("Group", group)).collect::<Result<_>>()?;
    entities.push(Entity::new_no_attrs(uid("User", &scene.caller)?, groups));
    let entities = Entities::from_entities(entities, None)?;
    let request = |asks: May| -> Result<Request> {
        let (caller, place) = (uid("User", &scene.caller)?, uid("Compartment", &scene.place)?);
        let action = uid("Action", &format!("{asks:?}"))?;
        Ok(Request::new(caller, action, place, Context::empty(), None)?)
    };
    let requests: Vec<(May, Request)> = scene
        .questions()
        .iter()
        .map(|question| Ok((question.asks, request(question.asks)?)))
        .collect::<Result<_>>()?;
    let authorizer = Authorizer::new();
    Ok(Box::new(move |question: &Question| {
        requests.iter().find(|(asks, _)| *asks == question.asks).is_some_and(|(_, request)| {
            let answer = authorizer.is_authorized(request, &policies, &entities);
            answer.decision() == Decision::Allow
        })
    }))
}
