//! What names and OCIDs mean in a world, both ways.

use crate::failure::Failure;
use iam_api::Ocid;
use iam_policy::{Location, fold, nearest};
use iam_store::{Resource, ResourceKind, StoreError, TenancyNo, Tx};
use std::collections::HashMap;

/// The most levels of compartments that are climbed; there are fewer.
const LEVELS_MAX: usize = 64;

/// What has a name.
struct Entry {
    kind: ResourceKind,
    name: String,
    parent: String,
}

/// Whatever has a name in a world.
pub(in super::super) struct Index {
    root: Ocid,
    entries: HashMap<String, Entry>,
}

impl Index {
    pub(super) fn read(tx: &mut Tx<'_>, at: TenancyNo, root: &Ocid) -> Result<Self, StoreError> {
        let mut entries = HashMap::new();
        for kind in [
            ResourceKind::Tenancy,
            ResourceKind::Compartment,
            ResourceKind::Domain,
            ResourceKind::User,
            ResourceKind::Group,
            ResourceKind::DynamicGroup,
        ] {
            entries.extend(tx.all_of(at, kind)?.into_iter().map(|row: Resource| {
                let Resource { id, kind, name, parent, .. } = row;
                (id.to_string(), Entry { kind, name, parent: parent.to_string() })
            }));
        }
        Ok(Self { root: root.clone(), entries })
    }

    /// The name of what has that OCID; in front of it, that of its identity domain.
    pub(in super::super) fn name_of(&self, id: &str) -> Option<String> {
        let entry = self.entries.get(id)?;
        Some(self.full_name(entry))
    }

    fn full_name(&self, entry: &Entry) -> String {
        let home = self.entries.get(&entry.parent);
        match home.filter(|home| home.kind == ResourceKind::Domain) {
            Some(domain) => format!("{}/{}", domain.name, entry.name),
            None => entry.name.clone(),
        }
    }

    /// The names from below the root down to a compartment.
    pub(in super::super) fn path_of(&self, id: &str) -> Option<Vec<String>> {
        let (mut path, mut next) = (Vec::new(), id);
        while next != self.root.as_str() {
            let entry = self.entries.get(next).filter(|of| of.kind == ResourceKind::Compartment)?;
            path.push(entry.name.clone());
            next = &entry.parent;
            if path.len() > LEVELS_MAX {
                return None;
            }
        }
        path.reverse();
        Some(path)
    }

    /// A compartment as statements write it.
    pub(in super::super) fn shown(&self, compartment: &str) -> String {
        match self.path_of(compartment) {
            Some(path) if path.is_empty() => Location::Tenancy.to_string(),
            Some(path) => Location::Path(path).to_string(),
            None => compartment.to_owned(),
        }
    }

    /// The user of that name or OCID.
    pub(in super::super) fn user(&self, name: &str) -> Result<Ocid, Failure> {
        self.one_of(&[ResourceKind::User], "user", name)
    }

    /// The group or dynamic group of that name or OCID.
    pub(in super::super) fn group(&self, name: &str) -> Result<Ocid, Failure> {
        self.one_of(&[ResourceKind::Group, ResourceKind::DynamicGroup], "group", name)
    }

    /// The compartment of that path (`A:B`, from the root) or OCID; `tenancy` is the root.
    pub(in super::super) fn compartment(&self, name: &str) -> Result<Ocid, Failure> {
        let is_root = |text: &str| {
            let own = self.entries.get(self.root.as_str());
            text == self.root.as_str() || own.is_some_and(|own| fold(&own.name) == fold(text))
        };
        if name.eq_ignore_ascii_case("tenancy") || is_root(name) {
            return Ok(self.root.clone());
        }
        let kind = ResourceKind::Compartment;
        if self.entries.get(name).is_some_and(|entry| entry.kind == kind) {
            return Ok(Ocid::from(name));
        }
        let wanted: Vec<String> = name.split(':').map(fold).collect();
        let paths = || {
            let all = self.entries.iter().filter(|(_, entry)| entry.kind == kind);
            all.filter_map(|(id, _)| Some((id, self.path_of(id)?)))
        };
        let is_it = |path: &[String]| path.iter().map(|name| fold(name)).eq(wanted.iter().cloned());
        let found = paths().find(|(_, path)| is_it(path)).map(|(id, _)| Ocid::from(id.as_str()));
        found.ok_or_else(|| {
            let paths: Vec<String> = paths().map(|(_, path)| path.join(":")).collect();
            // The last name alone tells where a compartment is.
            let end = paths.iter().find(|path| {
                let last = path.rsplit(':').next().unwrap_or_default();
                fold(last) == fold(name)
            });
            absent("compartment", name, end.map(String::as_str), paths.iter())
        })
    }

    fn one_of(&self, kinds: &[ResourceKind], what: &str, name: &str) -> Result<Ocid, Failure> {
        let of_kind = || self.entries.iter().filter(|(_, entry)| kinds.contains(&entry.kind));
        let bare = name.strip_prefix("Default/").unwrap_or(name);
        let is_it = |(id, entry): &(&String, &Entry)| {
            id.as_str() == name || fold(&self.full_name(entry)) == fold(bare)
        };
        if let Some((id, _)) = of_kind().find(is_it) {
            return Ok(Ocid::from(id.as_str()));
        }
        let names: Vec<String> = of_kind().map(|(_, entry)| self.full_name(entry)).collect();
        Err(absent(what, name, None, names.iter()))
    }
}

fn absent<'a>(
    what: &str,
    name: &str,
    surely: Option<&'a str>,
    names: impl Iterator<Item = &'a String>,
) -> Failure {
    let name_shown = name.escape_debug();
    let mut names: Vec<&str> = names.map(String::as_str).collect();
    names.sort_unstable();
    let hint = match surely.or_else(|| nearest(name, names)) {
        Some(near) => format!("; did you mean `{near}`?"),
        None => String::new(),
    };
    Failure::new(format!("there is no {what} `{name_shown}`{hint}"))
}
