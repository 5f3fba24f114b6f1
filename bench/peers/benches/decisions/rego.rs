//! regorus: statements are data that a rule goes through; once as a list, once indexed by hand by
//! what they give, compartment and group.

use crate::scene::{Question, Scene, TENANCY};
use crate::{Engine, Result};
use regorus::Value;
use serde_json::json;
use std::collections::BTreeMap;

const PLAIN: &str = "
package iam
default allow := false
allow if {
  some statement in data.statements
  statement.may == input.asks
  statement.group in input.groups
  statement.place in input.places
}
";

const INDEXED: &str = "
package iam
default allow := false
allow if {
  some place in input.places
  groups := data.index[input.asks][place]
  some group in input.groups
  groups[group]
}
";

/// The statements as a list.
pub fn plain(scene: &Scene) -> Result<Engine> {
    let statements: Vec<_> = scene
        .statements
        .iter()
        .map(|statement| {
            let may = format!("{:?}", statement.may);
            json!({"group": statement.group, "place": statement.place, "may": may})
        })
        .collect();
    engine(scene, PLAIN, &json!({ "statements": statements }))
}

/// The statements by what they give, compartment and group.
pub fn indexed(scene: &Scene) -> Result<Engine> {
    let mut index: BTreeMap<String, BTreeMap<&str, BTreeMap<&str, bool>>> = BTreeMap::new();
    for statement in &scene.statements {
        let places = index.entry(format!("{:?}", statement.may)).or_default();
        places.entry(&statement.place).or_default().insert(&statement.group, true);
    }
    engine(scene, INDEXED, &json!({ "index": index }))
}

fn engine(scene: &Scene, rules: &str, data: &serde_json::Value) -> Result<Engine> {
    let mut engine = regorus::Engine::new();
    engine.add_policy("iam.rego".to_owned(), rules.to_owned())?;
    engine.add_data(Value::from_json_str(&data.to_string())?)?;
    let compiled = engine.compile_with_entrypoint(&"data.iam.allow".into())?;
    let inputs = scene.questions().map(|question| {
        let input = json!({
            "asks": format!("{:?}", question.asks),
            "groups": scene.groups,
            "places": [scene.place, TENANCY.to_owned()],
        });
        (question.asks, Value::from_json_str(&input.to_string()))
    });
    let mut known = Vec::new();
    for (asks, input) in inputs {
        known.push((asks, input?));
    }
    Ok(Box::new(move |question: &Question| {
        known.iter().find(|(asks, _)| *asks == question.asks).is_some_and(|(_, input)| {
            compiled.eval_with_input(input.clone()).is_ok_and(|is| is == Value::from(true))
        })
    }))
}
