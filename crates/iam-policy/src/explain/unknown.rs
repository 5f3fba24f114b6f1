//! What is not known of a question: variables that stand for nothing in it, though a statement that
//! would speak of it asks for them.

use std::collections::BTreeSet;

use super::{Ground, Grounds};
use crate::condition::{Asked, Variable, note_variables};
use crate::decide::Question;
use crate::permissions::PermissionSet;

/// The variables of which nothing is known, in conditions of statements that speak of the caller,
/// reach the target and grant or deny something of what is needed. With one of them known, the
/// answer might be another.
#[must_use]
pub fn unknown(grounds: &Grounds<'_>, question: &Question<'_>) -> Vec<Variable> {
    let ground = Ground { grounds, question };
    let wanted = ground.wanted();
    let mut looked_at = BTreeSet::new();
    for one in grounds.statements {
        let Some(condition) = &one.compiled.condition else { continue };
        let said = one.compiled.permissions().both(wanted);
        let Some(permission) = said.names().next() else { continue };
        let held = ground.held(&one.compiled, permission);
        if held.subject && held.place {
            note_variables(condition, &mut looked_at);
        }
    }
    let permission = PermissionSet::names(wanted).next();
    let asked = Asked { sources: grounds.network_sources, question, permission };
    looked_at.retain(|variable| asked.things(variable).is_empty());
    looked_at.into_iter().collect()
}
