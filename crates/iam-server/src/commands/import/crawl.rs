//! Reading a whole tenancy: which lists there are, page after page, each within bounds.

use super::journal::{Journal, Saved};
use crate::failure::Failure;
use crate::progress::Progress;
use iam_api::authentication_policies::{AuthenticationPolicy, GET_AUTHENTICATION_POLICY};
use iam_api::compartments::{Compartment, LIST_COMPARTMENTS};
use iam_api::domains::LIST_DOMAINS;
use iam_api::dynamic_groups::LIST_DYNAMIC_GROUPS;
use iam_api::groups::{Group, LIST_GROUPS};
use iam_api::network_sources::LIST_NETWORK_SOURCES;
use iam_api::policies::LIST_POLICIES;
use iam_api::tag_defaults::LIST_TAG_DEFAULTS;
use iam_api::tag_namespaces::{LIST_TAG_NAMESPACES, TagNamespace};
use iam_api::tags::{GET_TAG, LIST_TAGS, TagSummary};
use iam_api::tenancies::GET_TENANCY;
use iam_api::user_group_memberships::LIST_USER_GROUP_MEMBERSHIPS;
use iam_api::users::LIST_USERS;
use iam_api::{LifecycleState, Ocid, Spec};
use iam_cli::reader::{Page, Reader, Unread};
use iam_core::twin::{Root, Twin};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::{HashMap, HashSet};

/// How many items a page is asked to have, and the most that one may.
const PAGE_ITEMS: &str = "100";
const PAGE_ITEMS_MAX: usize = 1_000;
/// The most pages of one list.
const PAGES_MAX: usize = 10_000;
/// The most items of all lists together.
const ITEMS_MAX: usize = 1_000_000;
/// The longest token of a page.
const TOKEN_BYTES_MAX: usize = 16 * 1024;

type Params<'p> = &'p [(&'static str, &'p str)];

/// Reads, and remembers what it has read.
pub(super) struct Crawl<'a> {
    reader: &'a Reader<'a>,
    journal: &'a mut Journal,
    items: usize,
}

impl<'a> Crawl<'a> {
    pub(super) fn new(reader: &'a Reader<'a>, journal: &'a mut Journal) -> Self {
        Self { reader, journal, items: 0 }
    }

    /// Reads all of the tenancy.
    pub(super) fn all(&mut self) -> Result<Twin, Failure> {
        let root = self.reader.tenancy().to_owned();
        let here: Params<'_> = &[("compartmentId", &root)];
        let tenancy: Root = self.one(&GET_TENANCY.spec, &[("tenancyId", &root)])?;
        if tenancy.id.as_str() != root {
            let id = tenancy.id.as_str().escape_debug();
            return Err(Failure::new(format!("asked for `{root}`, the service answered `{id}`")));
        }
        let depth = [
            ("compartmentId", root.as_str()),
            ("accessLevel", "ANY"),
            ("compartmentIdInSubtree", "true"),
        ];
        let compartments: Vec<Compartment> = self.list(&LIST_COMPARTMENTS.spec, &depth)?;
        let below = [("compartmentId", root.as_str()), ("includeSubcompartments", "true")];
        let tag_namespaces: Vec<TagNamespace> = self.list(&LIST_TAG_NAMESPACES.spec, &below)?;
        let users = self.list(&LIST_USERS.spec, here)?;
        let groups: Vec<Group> = self.list(&LIST_GROUPS.spec, here)?;
        let dynamic_groups = self.list(&LIST_DYNAMIC_GROUPS.spec, here)?;
        let network_sources = self.list(&LIST_NETWORK_SOURCES.spec, here)?;
        let policy: AuthenticationPolicy = self.one(&GET_AUTHENTICATION_POLICY.spec, here)?;
        let mut named: Vec<(Ocid, TagSummary)> = Vec::new();
        for namespace in &tag_namespaces {
            let params = [("tagNamespaceId", namespace.id.as_str())];
            let tags: Vec<TagSummary> = self.list(&LIST_TAGS.spec, &params)?;
            named.extend(tags.into_iter().map(|tag| (namespace.id.clone(), tag)));
        }
        let mut twin = Twin {
            tenancy,
            domains: Vec::new(),
            users,
            memberships: Vec::new(),
            dynamic_groups,
            network_sources,
            authentication_policy: Some(policy),
            tags: Vec::new(),
            tag_defaults: Vec::new(),
            policies: Vec::new(),
            key: None,
            compartments,
            groups,
            tag_namespaces,
        };
        self.each(&root, &named, &mut twin)?;
        Ok(twin)
    }

    /// Reads what is asked for of each group, each tag and each compartment.
    fn each(
        &mut self,
        root: &str,
        named: &[(Ocid, TagSummary)],
        twin: &mut Twin,
    ) -> Result<(), Failure> {
        let in_use = |one: &&Compartment| one.lifecycle_state != LifecycleState::Deleted;
        let below = twin.compartments.iter().filter(in_use).map(|one| one.id.as_str());
        let places: Vec<&str> = std::iter::once(root).chain(below).collect();
        let total = twin.groups.len() + named.len() + 3 * places.len();
        let progress = Progress::of("reading", "lists", total as u64);
        let mut done = 0;
        let mut step = |by: u64| {
            done += by;
            progress.at(done);
            done
        };
        for group in &twin.groups {
            let params = [("compartmentId", root), ("groupId", group.id.as_str())];
            twin.memberships.extend(self.list(&LIST_USER_GROUP_MEMBERSHIPS.spec, &params)?);
            step(1);
        }
        for (namespace, tag) in named {
            let params = [("tagNamespaceId", namespace.as_str()), ("tagName", tag.name.as_str())];
            twin.tags.push(self.one(&GET_TAG.spec, &params)?);
            step(1);
        }
        let mut end = 0;
        for place in places {
            let here = [("compartmentId", place)];
            twin.policies.extend(self.list(&LIST_POLICIES.spec, &here)?);
            twin.tag_defaults.extend(self.list(&LIST_TAG_DEFAULTS.spec, &here)?);
            twin.domains.extend(self.list(&LIST_DOMAINS.spec, &here)?);
            end = step(3);
        }
        progress.end(end);
        Ok(())
    }

    /// Reads one thing.
    fn one<M: DeserializeOwned>(
        &mut self,
        spec: &'static Spec,
        params: Params<'_>,
    ) -> Result<M, Failure> {
        let asked = asked(spec, params);
        let reply = match self.journal.pages(&asked) {
            [saved, ..] => saved.reply.clone(),
            [] => {
                let page = self.reader.read(spec, params).map_err(|why| unread(spec, why))?;
                let reply: Value = parse(&asked, &page.reply)?;
                self.journal.keep(Saved {
                    asked: asked.clone(),
                    number: 0,
                    reply: reply.clone(),
                    next: None,
                })?;
                reply
            }
        };
        model(&asked, reply)
    }

    /// Reads all of a list. A thing that is in it twice, since the list moved while it was read,
    /// is taken as it was the last time.
    fn list<M: DeserializeOwned>(
        &mut self,
        spec: &'static Spec,
        params: Params<'_>,
    ) -> Result<Vec<M>, Failure> {
        let asked = asked(spec, params);
        self.finish(spec, params, &asked)?;
        let (mut items, mut places) = (Vec::new(), HashMap::new());
        for saved in self.journal.pages(&asked) {
            for item in saved.reply.as_array().into_iter().flatten() {
                let id = item.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
                let place = *places.entry(id).or_insert(items.len());
                match items.get_mut(place) {
                    Some(known) => *known = item.clone(),
                    None => items.push(item.clone()),
                }
            }
        }
        self.items += items.len();
        if self.items > ITEMS_MAX {
            return Err(Failure::new(format!(
                "the tenancy has more than {ITEMS_MAX} things; left"
            )));
        }
        items.into_iter().map(|item| model(&asked, item)).collect()
    }

    /// Reads the pages of a list that are not read yet. A token from an earlier run may have
    /// expired: then the list is read from its beginning.
    fn finish(
        &mut self,
        spec: &'static Spec,
        params: Params<'_>,
        asked: &str,
    ) -> Result<(), Failure> {
        let saved = self.journal.pages(asked);
        let mut tokens: HashSet<String> =
            saved.iter().filter_map(|page| page.next.clone()).collect();
        let mut number = saved.len();
        let mut next = match saved.last() {
            Some(last) if last.next.is_none() => return Ok(()),
            Some(last) => last.next.clone(),
            None => None,
        };
        let mut is_resumed = number > 0;
        while number < PAGES_MAX {
            let page = match self.page(spec, params, next.as_deref()) {
                Err(why)
                    if is_resumed
                        && why.status.is_some_and(|status| (400..500).contains(&status)) =>
                {
                    (number, next, is_resumed) = (0, None, false);
                    tokens.clear();
                    continue;
                }
                Err(why) if is_absent(spec, &why) => Page { reply: "[]".to_owned(), next: None },
                page => page.map_err(|why| unread(spec, why))?,
            };
            is_resumed = false;
            let reply = parse(asked, &page.reply)?;
            let count = reply.as_array().map(Vec::len);
            if count.is_none_or(|count| count > PAGE_ITEMS_MAX) {
                return Err(nonsense(
                    asked,
                    &format!("a page is no list of at most {PAGE_ITEMS_MAX}"),
                ));
            }
            let goes_round =
                |token: &String| token.len() > TOKEN_BYTES_MAX || !tokens.insert(token.clone());
            if page.next.as_ref().is_some_and(goes_round) {
                return Err(nonsense(asked, "its pages lead back to a page that was read"));
            }
            next.clone_from(&page.next);
            self.journal.keep(Saved { asked: asked.to_owned(), number, reply, next: page.next })?;
            if next.is_none() {
                return Ok(());
            }
            number += 1;
        }
        Err(nonsense(asked, &format!("it has more than {PAGES_MAX} pages")))
    }

    fn page(
        &self,
        spec: &'static Spec,
        params: Params<'_>,
        token: Option<&str>,
    ) -> Result<Page, Unread> {
        let mut all = params.to_vec();
        let has = |name: &str| spec.params.iter().any(|param| param.name == name);
        if has("limit") {
            all.push(("limit", PAGE_ITEMS));
        }
        all.extend(token.map(|token| ("page", token)));
        self.reader.read(spec, &all)
    }
}

/// Whether what is not there is a list of domains: not every tenancy has such.
fn is_absent(spec: &Spec, why: &Unread) -> bool {
    spec.id == LIST_DOMAINS.spec.id && why.status == Some(404)
}

/// What is asked, in a line.
fn asked(spec: &Spec, params: Params<'_>) -> String {
    let params = params.iter().map(|(name, value)| format!(" {name}={value}"));
    format!("{}{}", spec.id, params.collect::<String>())
}

fn unread(spec: &Spec, why: Unread) -> Failure {
    let next = match why.status {
        Some(401 | 403 | 404) => {
            "\nThe import reads everything: the profile's user needs `Allow group <theirs> to read \
             all-resources in tenancy`. Run the same command again afterwards; it goes on from here"
        }
        _ => "\nRun the same command again; it goes on from here",
    };
    Failure::new(format!("{} failed: {}{next}", spec.id, why.message))
}

fn nonsense(asked: &str, why: &str) -> Failure {
    let asked = asked.escape_debug();
    Failure::new(format!("what the service answered to `{asked}` cannot be used: {why}"))
}

fn parse(asked: &str, text: &str) -> Result<Value, Failure> {
    serde_json::from_str(text).map_err(|cause| nonsense(asked, &cause.to_string()))
}

/// One model. What OCI leaves empty with null is left out.
fn model<M: DeserializeOwned>(asked: &str, mut item: Value) -> Result<M, Failure> {
    if let Some(fields) = item.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
        fields.entry("description").or_insert_with(|| Value::from(""));
    }
    serde_json::from_value(item).map_err(|cause| nonsense(asked, &cause.to_string()))
}
