//! The seed file of `durward init`: what an installation for tests begins with.
//!
//! Each entry is the body of the operation that makes its kind of thing, with the API's own names,
//! and goes through that operation's handler, as a request would; nothing here writes to the store.
//! What else stands in an entry says where the thing belongs. All of it is made with the
//! installation in one transaction, so either everything of the file is there or nothing.

use super::host;
use crate::bindings::{self, BINDINGS};
use crate::body;
use crate::failure::Failure;
use crate::trail::HOST;
use iam_api::api_keys::UPLOAD_API_KEY;
use iam_api::compartments::CREATE_COMPARTMENT;
use iam_api::dynamic_groups::CREATE_DYNAMIC_GROUP;
use iam_api::groups::CREATE_GROUP;
use iam_api::network_sources::CREATE_NETWORK_SOURCE;
use iam_api::policies::CREATE_POLICY;
use iam_api::tag_namespaces::CREATE_TAG_NAMESPACE;
use iam_api::tags::CREATE_TAG;
use iam_api::user_group_memberships::ADD_USER_TO_GROUP;
use iam_api::users::CREATE_USER;
use iam_api::{Ocid, Problem, Spec};
use iam_core::audit::{self, Event, Source};
use iam_core::call::{Call, Params, Principal, Scene, store_problem};
use iam_core::context::Context;
use iam_core::installation::Installed;
use iam_core::target;
use iam_policy::{PolicySet, Rules, fold};
use iam_store::{ResourceKind, Tx};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use toml::Spanned;

type Entry = Map<String, Value>;
type Entries = Vec<Spanned<toml::Table>>;

/// The tables of the file. They are made in this order, whatever the order in the file.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Tables {
    tag_namespaces: Entries,
    compartments: Entries,
    groups: Entries,
    users: Entries,
    dynamic_groups: Entries,
    network_sources: Entries,
    policies: Entries,
}

/// What belongs to a thing and is made right after it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Nothing,
    /// `tags` of a tag namespace.
    Tags,
    /// `groups` that a user is in, and `apiKeys` of theirs.
    User,
}

/// Something to be made.
struct Thing {
    spec: &'static Spec,
    /// The field that names the compartment it is made in.
    place: &'static str,
    within: Within,
    entry: Entry,
    /// What it is, and where in the file.
    shown: String,
}

/// A seed file that was read.
pub(super) struct Seed(Vec<Thing>);

impl Seed {
    /// Reads the file, and those with keys that it names.
    pub(super) fn read(file: &Path) -> Result<Self, Failure> {
        let text = fs::read_to_string(file).map_err(Failure::file("read", file))?;
        let tables: Tables = toml::from_str(&text).map_err(|cause| {
            Failure::new(format!("`{}` is not a valid seed file: {cause}", file.display()))
        })?;
        let (compartment, parent) = ("compartment", "parent");
        let kinds: [(&str, Entries, &'static Spec, &'static str, Within); 7] = [
            (
                "tag-namespaces",
                tables.tag_namespaces,
                &CREATE_TAG_NAMESPACE.spec,
                compartment,
                Within::Tags,
            ),
            (
                "compartments",
                tables.compartments,
                &CREATE_COMPARTMENT.spec,
                parent,
                Within::Nothing,
            ),
            ("groups", tables.groups, &CREATE_GROUP.spec, "", Within::Nothing),
            ("users", tables.users, &CREATE_USER.spec, "", Within::User),
            (
                "dynamic-groups",
                tables.dynamic_groups,
                &CREATE_DYNAMIC_GROUP.spec,
                "",
                Within::Nothing,
            ),
            (
                "network-sources",
                tables.network_sources,
                &CREATE_NETWORK_SOURCE.spec,
                "",
                Within::Nothing,
            ),
            ("policies", tables.policies, &CREATE_POLICY.spec, compartment, Within::Nothing),
        ];
        let mut things = Vec::new();
        for (table, entries, spec, place, within) in kinds {
            for spanned in entries {
                let line = line_of(&text, spanned.span());
                let entry = match serde_json::to_value(spanned.into_inner()) {
                    Ok(Value::Object(entry)) => entry,
                    _ => Entry::new(),
                };
                let name = entry.get("name").and_then(Value::as_str).unwrap_or("without a name");
                let shown = format!("`{}`, line {line}, {table} `{name}`", file.display());
                let mut thing = Thing { spec, place, within, entry, shown };
                thing.read_keys(file)?;
                things.push(thing);
            }
        }
        Ok(Self(things))
    }

    /// Makes everything in an installation that was just made; answers how many things.
    pub(super) fn plant(
        &self,
        tx: &mut Tx<'_>,
        context: &Context,
        installed: &Installed,
    ) -> Result<usize, Failure> {
        // What was read so far may not be believed: it is not committed.
        tx.revise()?;
        let mut garden = Garden::new(tx, context, installed)?;
        for thing in &self.0 {
            garden.make(thing).map_err(|problem| {
                Failure::new(format!("{}: {}", thing.shown, Failure::from(problem)))
            })?;
        }
        Ok(self.0.len())
    }
}

/// The line that something begins in.
fn line_of(text: &str, span: Range<usize>) -> usize {
    let before = text.as_bytes().get(..span.start).unwrap_or_default();
    1 + before.iter().filter(|byte| **byte == b'\n').count()
}

impl Thing {
    /// Puts the keys of a user in the place of the names of their files.
    fn read_keys(&mut self, seed_file: &Path) -> Result<(), Failure> {
        let Some(Value::Array(keys)) = self.entry.get_mut("apiKeys") else { return Ok(()) };
        for key in keys {
            let Some(name) = key.as_str().filter(|key| !key.contains("-----BEGIN")) else {
                continue;
            };
            let file: PathBuf = seed_file.with_file_name("").join(name);
            let pem = fs::read_to_string(&file).map_err(Failure::file("read", &file));
            *key = Value::from(
                pem.map_err(|failure| Failure::new(format!("{}: {failure}", self.shown)))?,
            );
        }
        Ok(())
    }
}

/// Where things are made, and what there is by now.
struct Garden<'a, 't> {
    tx: &'a mut Tx<'t>,
    context: &'a Context,
    host: Principal,
    policies: PolicySet,
    /// The compartments by their paths: names, with colons in between.
    compartments: HashMap<String, String>,
}

impl<'a, 't> Garden<'a, 't> {
    fn new(
        tx: &'a mut Tx<'t>,
        context: &'a Context,
        installed: &Installed,
    ) -> Result<Self, Problem> {
        let root = &installed.tenancy;
        let at = tx.tenancy(root.as_str()).map_err(store_problem)?;
        let at = at.ok_or_else(|| Problem::internal("the tenancy was not made"))?;
        let (host, policies) = (host::principal(at, root), host::policies(root)?);
        let has_domain = iam_core::domains::of(tx, at, root)?.is_some();
        let host = Principal { has_domain, ..host };
        Ok(Self { tx, context, host, policies, compartments: HashMap::new() })
    }

    fn make(&mut self, thing: &Thing) -> Result<(), Problem> {
        let mut body = thing.entry.clone();
        let place = take_text(&mut body, thing.place)?;
        let compartment = self.compartment(place.as_deref())?;
        let tags = take_list(&mut body, thing.within == Within::Tags, "tags")?;
        let groups = take_list(&mut body, thing.within == Within::User, "groups")?;
        let keys = take_list(&mut body, thing.within == Within::User, "apiKeys")?;
        body.insert("compartmentId".to_owned(), compartment.into());
        let made = self.perform(thing.spec, Params::default(), Value::Object(body))?;
        let id = made.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
        if let Some(name) = made.get("name").and_then(Value::as_str)
            && thing.spec.id == CREATE_COMPARTMENT.spec.id
        {
            let path = place.map_or_else(|| name.to_owned(), |parent| format!("{parent}:{name}"));
            self.compartments.insert(path, id.clone());
        }
        for tag in tags {
            let params = Params::default().with("tagNamespaceId", id.as_str());
            self.perform(&CREATE_TAG.spec, params, tag)?;
        }
        for group in groups {
            let group = self.group(group.as_str().unwrap_or_default())?;
            let body = json!({"userId": id, "groupId": group});
            self.perform(&ADD_USER_TO_GROUP.spec, Params::default(), body)?;
        }
        for key in keys {
            let params = Params::default().with("userId", id.as_str());
            self.perform(&UPLOAD_API_KEY.spec, params, json!({"key": key}))?;
        }
        Ok(())
    }

    /// The OCID of the compartment at that path; the root's where there is none.
    fn compartment(&self, path: Option<&str>) -> Result<String, Problem> {
        let Some(path) = path else { return Ok(self.host.tenancy_id.to_string()) };
        self.compartments.get(path).cloned().ok_or_else(|| {
            Problem::invalid(format!(
                "there is no compartment `{}`: list it before, and give its path with colons, such \
                 as `parent:child`",
                path.escape_debug()
            ))
        })
    }

    fn group(&mut self, name: &str) -> Result<Ocid, Problem> {
        let (at, root) = (self.host.tenancy, &self.host.tenancy_id);
        let found = self.tx.resource_by_name(at, ResourceKind::Group, root, &fold(name));
        found.map_err(store_problem)?.map(|group| group.id).ok_or_else(|| {
            Problem::invalid(format!("there is no group `{}`: list it", name.escape_debug()))
        })
    }

    /// Does what a request would have done; what it would have been answered.
    fn perform(
        &mut self,
        spec: &'static Spec,
        params: Params,
        body: Value,
    ) -> Result<Value, Problem> {
        let bytes = serde_json::to_vec(&body).map_err(Problem::internal)?;
        let body = body::read(spec, &bytes)?;
        let unbound = || Problem::internal(format!("{} is bound to nothing", spec.id));
        let binding = BINDINGS.get(&bindings::key(spec)).ok_or_else(unbound)?;
        let found = target::find(self.tx, spec, &self.host, &params, &body)?;
        let compartments: Vec<&str> = found.compartments.iter().map(AsRef::as_ref).collect();
        let proof = host::allowed(&self.policies, &self.host, spec, &compartments)?;
        let source = Source { address: HOST.to_owned(), request_id: self.context.etag() };
        let scene = Scene {
            spec,
            context: self.context,
            principal: &self.host,
            params: &params,
            now: self.context.now(),
            retry: None,
            address: "",
            source: &source,
            prepared: None,
            target: found.resource,
            policies: Some(Rules::Within(&self.policies)),
        };
        let reply = (binding.run)(&mut Call::new(proof, self.tx, scene), &body)?;
        let event = Event {
            at: self.host.tenancy,
            compartment: "",
            actor: HOST,
            name: spec.id,
            target: reply.made.as_deref().unwrap_or(found.id.as_str()),
        };
        audit::record(self.tx, self.context, &source, &event, "OK")?;
        let text = if reply.body.is_empty() { "null" } else { &reply.body };
        serde_json::from_str(text).map_err(Problem::internal)
    }
}

/// Takes a text out of an entry.
fn take_text(entry: &mut Entry, name: &str) -> Result<Option<String>, Problem> {
    match entry.remove(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Problem::invalid(format!("{name} has to be a text"))),
    }
}

/// Takes a list out of an entry, where such entries have one.
fn take_list(entry: &mut Entry, has_one: bool, name: &str) -> Result<Vec<Value>, Problem> {
    if !has_one {
        return Ok(Vec::new());
    }
    match entry.remove(name) {
        None => Ok(Vec::new()),
        Some(Value::Array(list)) => Ok(list),
        Some(_) => Err(Problem::invalid(format!("{name} has to be a list"))),
    }
}
