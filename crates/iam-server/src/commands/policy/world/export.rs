//! Exports: what `oci iam … list --all` and `… get` print, in files of any name. What a thing is,
//! its OCID says; keys may be the command line's (`compartment-id`) or the API's (`compartmentId`).

use super::draft::{Draft, NewPolicy, row};
use crate::failure::Failure;
use iam_api::Ocid;
use iam_store::ResourceKind;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The largest file that is read, in bytes.
const FILE_BYTES_MAX: u64 = 256 << 20;
/// The most files of a folder.
const FILES_MAX: usize = 1_000;

/// Reads files and folders of files.
pub(super) fn read(paths: &[PathBuf]) -> Result<Draft, Failure> {
    let mut things = Things::default();
    for path in paths {
        if path.is_dir() {
            for file in files_of(path)? {
                things.read(&file)?;
            }
        } else {
            things.read(path)?;
        }
    }
    things.draft()
}

/// The JSON files of a folder, by name.
fn files_of(dir: &Path) -> Result<Vec<PathBuf>, Failure> {
    let entries = fs::read_dir(dir).map_err(Failure::file("read", dir))?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|end| end.eq_ignore_ascii_case("json")))
        .collect();
    files.sort();
    match files.len() {
        0 => Err(Failure::new(format!(
            "`{0}` holds no file that ends with .json; write some, such as with `oci iam user list \
             --all > {0}/users.json`",
            dir.display()
        ))),
        count if count > FILES_MAX => {
            Err(Failure::new(format!("`{}` holds more than {FILES_MAX} files", dir.display())))
        }
        _ => Ok(files),
    }
}

type Fields = Map<String, Value>;

/// What was read so far: things by their OCIDs, so that one that is in two files is one thing.
#[derive(Default)]
struct Things {
    rows: BTreeMap<String, (ResourceKind, Fields)>,
    memberships: Vec<(String, String)>,
    root: Option<Ocid>,
}

impl Things {
    fn read(&mut self, file: &Path) -> Result<(), Failure> {
        let size = fs::metadata(file).map_err(Failure::file("read", file))?.len();
        if size > FILE_BYTES_MAX {
            let message = format!("`{}` is larger than {FILE_BYTES_MAX} bytes", file.display());
            return Err(Failure::new(message));
        }
        let text = fs::read_to_string(file).map_err(Failure::file("read", file))?;
        if text.trim().is_empty() {
            return Ok(()); // `oci` prints nothing where there is nothing
        }
        let document: Value = serde_json::from_str(&text).map_err(|cause| {
            let (file, line) = (file.display(), cause.line());
            Failure::new(format!("{file}:{line}: this is not JSON: {cause}"))
        })?;
        let data = match document {
            Value::Object(mut fields) if fields.contains_key("data") => fields.remove("data"),
            other => Some(other),
        };
        let items = match data {
            Some(Value::Array(items)) => items,
            other => other.into_iter().collect(),
        };
        for item in items {
            if let Value::Object(fields) = camel(item) {
                self.add(fields);
            }
        }
        Ok(())
    }

    fn add(&mut self, fields: Fields) {
        let text = |name: &str| fields.get(name).and_then(Value::as_str);
        if let Some(parent) = text("compartmentId").filter(|id| is_of(id, ResourceKind::Tenancy)) {
            self.root.get_or_insert_with(|| Ocid::from(parent));
        }
        if let (Some(user), Some(group)) = (text("userId"), text("groupId")) {
            self.memberships.push((user.to_owned(), group.to_owned()));
            return;
        }
        let Some(id) = text("id") else { return };
        let is_gone = text("lifecycleState").is_some_and(|state| state == "DELETED");
        if let Some(kind) = kind_of(id).filter(|_| !is_gone) {
            if kind == ResourceKind::Tenancy {
                self.root = Some(Ocid::from(id));
            }
            self.rows.insert(id.to_owned(), (kind, fields));
        }
    }

    fn draft(mut self) -> Result<Draft, Failure> {
        let root = self.root.take().ok_or_else(|| {
            Failure::new(
                "nothing that was exported says of which tenancy it is; add compartments, such as \
                 with `oci iam compartment list --all --compartment-id-in-subtree true`",
            )
        })?;
        let mut draft = Draft::new(Some(root.clone()));
        for (id, (kind, mut fields)) in self.rows {
            let id = Ocid::from(id.as_str());
            let text = |name: &str| fields.get(name).and_then(Value::as_str).map(str::to_owned);
            let name = text("name").or_else(|| text("displayName"));
            let name = name.unwrap_or_else(|| id.to_string());
            let parent = match kind {
                ResourceKind::Tenancy => root.clone(),
                _ => {
                    text("compartmentId").map_or_else(|| root.clone(), |id| Ocid::from(id.as_str()))
                }
            };
            if kind == ResourceKind::Tenancy && id != root {
                return Err(Failure::new(format!(
                    "there are two tenancies, {root} and {id}: an export is of one"
                )));
            }
            if kind != ResourceKind::Policy {
                draft.rows.push(row(kind, &id, &parent, &name, Value::Object(fields)));
                continue;
            }
            let statements = fields.remove("statements");
            let texts = statements.as_ref().and_then(Value::as_array).into_iter().flatten();
            let texts = texts.filter_map(Value::as_str).map(|text| (text.to_owned(), None));
            let (attached_to, statements) = (parent, texts.collect());
            let body = Value::Object(fields);
            draft.policies.push(NewPolicy { id, name, attached_to, statements, body });
        }
        for (user, group) in self.memberships {
            draft.join(Ocid::from(user.as_str()), Ocid::from(group.as_str()));
        }
        Ok(draft)
    }
}

/// What an OCID of whatever realm names, where that is something which counts here.
fn kind_of(id: &str) -> Option<ResourceKind> {
    let word = id.strip_prefix("ocid1.")?.split('.').next()?;
    let kind = ResourceKind::from_word(word)?;
    let counts = matches!(
        kind,
        ResourceKind::Tenancy
            | ResourceKind::Compartment
            | ResourceKind::Domain
            | ResourceKind::User
            | ResourceKind::Group
            | ResourceKind::DynamicGroup
            | ResourceKind::NetworkSource
            | ResourceKind::TagNamespace
            | ResourceKind::Policy
    );
    counts.then_some(kind)
}

fn is_of(id: &str, kind: ResourceKind) -> bool {
    kind_of(id) == Some(kind)
}

/// A value with the API's keys; tags keep theirs, which people chose.
fn camel(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(camel).collect(),
        Value::Object(fields) => {
            let fields = fields.into_iter().map(|(key, value)| {
                let key = camel_key(&key);
                let is_tags = key.ends_with("Tags");
                (key, if is_tags { value } else { camel(value) })
            });
            Value::Object(fields.collect())
        }
        other => other,
    }
}

fn camel_key(key: &str) -> String {
    let mut words = key.split('-');
    let mut out = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        out.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        out.push_str(letters.as_str());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keys_become_the_apis_and_tags_stay() {
        let printed = json!({"compartment-id": "x", "public-source-list": ["a-b"],
            "virtual-source-list": [{"vcn-id": 1}], "defined-tags": {"a-b": {"c-d": "e"}}});
        let wanted = json!({"compartmentId": "x", "publicSourceList": ["a-b"],
            "virtualSourceList": [{"vcnId": 1}], "definedTags": {"a-b": {"c-d": "e"}}});
        assert_eq!(camel(printed), wanted);
        assert_eq!(camel(wanted.clone()), wanted);
    }
}
