//! Files of statements as policies; alone, the tenancy is what they speak of: every group, dynamic
//! group, domain and compartment that they name is there, and in every group one user who is called
//! as the group is.

use super::super::source::Source;
use super::draft::{Draft, NewPolicy, row};
use crate::failure::Failure;
use iam_api::Ocid;
use iam_policy::{GroupName, GroupRef, Location, Rule, Subject, fold, parse};
use iam_store::ResourceKind;
use serde_json::{Value, json};
use std::collections::HashMap;

/// Adds the policies of these files: those of JSON stand where they say, others at the tenancy.
pub(super) fn add_policies(draft: &mut Draft, sources: &[Source]) {
    for (file, source) in sources.iter().enumerate() {
        let numbered: Vec<_> = source.statements.iter().enumerate().collect();
        let policies = numbered.chunk_by(|(_, one), (_, other)| one.policy == other.policy);
        for (count, policy) in policies.enumerate() {
            let attached = policy.iter().find_map(|(_, placed)| placed.compartment.as_deref());
            let attached_to = attached.map_or_else(|| draft.root.clone(), Ocid::from);
            let statements =
                policy.iter().map(|(index, placed)| (placed.text.clone(), Some((file, *index))));
            let name = match count {
                0 => source.name.clone(),
                count => format!("{} ({})", source.name, count + 1),
            };
            let (id, statements) = (draft.make_up(ResourceKind::Policy), statements.collect());
            draft.policies.push(NewPolicy { id, name, attached_to, statements, body: json!({}) });
        }
    }
}

/// The tenancy that these files speak of.
pub(super) fn draft(sources: &[Source]) -> Result<Draft, Failure> {
    let placed = || sources.iter().flat_map(|source| &source.statements);
    let mut attached = placed().filter_map(|placed| placed.compartment.as_deref());
    let root = attached.find(|id| id.starts_with("ocid1.tenancy.")).map(Ocid::from);
    let mut named = Named { draft: Draft::new(root), known: HashMap::new() };
    for placed in placed() {
        let attached_to = match placed.compartment.as_deref() {
            Some(id) if id != named.draft.root.as_str() => {
                named.of_id(ResourceKind::Compartment, id)
            }
            _ => named.draft.root.clone(),
        };
        // What is no statement is refused when the policies are made.
        if let Ok(statement) = parse(&placed.text)
            && let Some(rule) = statement.rule()
        {
            named.speaks_of(rule, &attached_to);
        }
    }
    let mut draft = named.draft;
    add_policies(&mut draft, sources);
    Ok(draft)
}

/// What was named so far.
struct Named {
    draft: Draft,
    /// By kind, what it is in, and folded name or OCID.
    known: HashMap<(ResourceKind, Ocid, String), Ocid>,
}

impl Named {
    /// Makes what a rule names, unless it is there.
    fn speaks_of(&mut self, rule: &Rule, attached_to: &Ocid) {
        let (kind, groups) = match &rule.subject {
            Subject::Groups(groups) => (ResourceKind::Group, groups.as_slice()),
            Subject::DynamicGroups(groups) => (ResourceKind::DynamicGroup, groups.as_slice()),
            Subject::AnyUser | Subject::AnyGroup | Subject::Services(_) => {
                (ResourceKind::Group, &[][..])
            }
        };
        for group in groups {
            match &group.value {
                GroupRef::Name(name) => _ = self.group(kind, name),
                GroupRef::Id(id) => _ = self.of_id(kind, id),
            }
        }
        match &rule.place.value.location {
            Location::Tenancy => {}
            Location::Id(id) if id == self.draft.root.as_str() => {}
            Location::Id(id) => _ = self.of_id(ResourceKind::Compartment, id),
            Location::Path(path) => {
                let names = match path.split_first() {
                    Some((first, rest)) if self.is_named(attached_to, first) => rest,
                    _ => path,
                };
                let mut parent = attached_to.clone();
                for name in names {
                    parent = self.named(ResourceKind::Compartment, &parent, name);
                }
            }
        }
    }

    fn group(&mut self, kind: ResourceKind, name: &GroupName) -> Ocid {
        let root = self.draft.root.clone();
        let home = match &name.domain {
            None => root,
            Some(domain) => self.named(ResourceKind::Domain, &root, domain),
        };
        self.named(kind, &home, &name.name)
    }

    /// Whether that compartment has this name.
    fn is_named(&self, id: &Ocid, name: &str) -> bool {
        self.draft.rows.iter().any(|row| row.id == *id && row.folded == fold(name))
    }

    /// The thing of that name in that place.
    fn named(&mut self, kind: ResourceKind, parent: &Ocid, name: &str) -> Ocid {
        let key = (kind, parent.clone(), fold(name));
        if let Some(id) = self.known.get(&key) {
            return id.clone();
        }
        let id = self.draft.make_up(kind);
        self.known.insert(key, id.clone());
        self.add(kind, &id, parent, name);
        id
    }

    /// The thing of that OCID, which is also its name.
    fn of_id(&mut self, kind: ResourceKind, id: &str) -> Ocid {
        let key = (kind, Ocid::from(id), String::new());
        let id = Ocid::from(id);
        if self.known.insert(key, id.clone()).is_none() {
            let root = self.draft.root.clone();
            self.add(kind, &id, &root, id.as_str());
        }
        id
    }

    fn add(&mut self, kind: ResourceKind, id: &Ocid, parent: &Ocid, name: &str) {
        let fields = match kind {
            ResourceKind::DynamicGroup => json!({ "matchingRule": "ANY {}" }),
            _ => Value::Object(Default::default()),
        };
        self.draft.rows.push(row(kind, id, parent, name, fields));
        if kind == ResourceKind::Group {
            let user = self.draft.make_up(ResourceKind::User);
            let user_row = row(ResourceKind::User, &user, parent, name, json!({}));
            self.draft.rows.push(user_row);
            self.draft.join(user, id.clone());
        }
    }
}
