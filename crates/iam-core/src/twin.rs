//! A local twin of a tenancy that is somewhere else: what was read there becomes rows here, under
//! the same OCIDs.
//!
//! The one idea: who was read from is not trusted. Each thing passes the checks that it would pass
//! if somebody asked for it here, and must be in something that did; one that does not is left out
//! and told of. A policy is kept whatever it says: a statement that this version refuses grants
//! nothing (`policies::Decided`).

mod checks;

use crate::authentication_policies::{self, PasswordProfile};
use crate::call::store_problem;
use crate::context::Context;
use crate::kept;
use crate::policies::Decided;
use crate::{deny, domains, installation, policies, tags, users};
use checks::{Foreign, check_ocid};
use iam_api::authentication_policies::AuthenticationPolicy;
use iam_api::compartments::Compartment;
use iam_api::domains::DomainType;
use iam_api::dynamic_groups::DynamicGroup;
use iam_api::groups::Group;
use iam_api::network_sources::NetworkSources;
use iam_api::policies::Policy;
use iam_api::regions::REGIONS;
use iam_api::tag_defaults::TagDefault;
use iam_api::tag_namespaces::TagNamespace;
use iam_api::tags::Tag;
use iam_api::tenancies::Tenancy;
use iam_api::user_group_memberships::UserGroupMembership;
use iam_api::users::User;
use iam_api::{DefinedTags, FreeformTags, LifecycleState, Ocid, Problem, Timestamp};
use iam_policy::MatchingRule;
use iam_sign::PublicKey;
use iam_store::{Membership, Resource, ResourceKind, StoredKey, TenancyNo, Tx};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// What was read of a tenancy.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each is a list of the Identity API")]
pub struct Twin {
    pub tenancy: Root,
    pub compartments: Vec<Compartment>,
    pub domains: Vec<ForeignDomain>,
    pub users: Vec<User>,
    pub groups: Vec<Group>,
    pub memberships: Vec<UserGroupMembership>,
    pub dynamic_groups: Vec<DynamicGroup>,
    pub network_sources: Vec<NetworkSources>,
    pub authentication_policy: Option<AuthenticationPolicy>,
    pub tag_namespaces: Vec<TagNamespace>,
    pub tags: Vec<Tag>,
    pub tag_defaults: Vec<TagDefault>,
    pub policies: Vec<Policy>,
    /// The user who read it, and the public half of the key they signed with, in PEM: it signs
    /// here, too.
    pub key: Option<(Ocid, String)>,
}

/// A tenancy as GetTenancy shows it: of what Durward knows besides, OCI tells nothing.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Root {
    /// Its OCID.
    pub id: Ocid,
    name: String,
    #[serde(default)]
    description: String,
    home_region_key: String,
    home_region: Option<String>,
    time_created: Option<Timestamp>,
    #[serde(default)]
    freeform_tags: FreeformTags,
    #[serde(default)]
    defined_tags: DefinedTags,
}

/// A domain as ListDomains shows it, as far as it is kept here.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ForeignDomain {
    id: Ocid,
    compartment_id: Ocid,
    display_name: String,
    #[serde(default)]
    description: String,
    #[serde(rename = "type")]
    domain_type: DomainType,
    license_type: Option<String>,
    is_hidden_on_login: Option<bool>,
    time_created: Timestamp,
    lifecycle_state: String,
    #[serde(default)]
    freeform_tags: FreeformTags,
    #[serde(default)]
    defined_tags: DefinedTags,
}

/// What became of it.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Planted {
    /// What there is here now: what it is, and how many.
    pub brought: Vec<(&'static str, usize)>,
    /// What is not here.
    pub left_out: Vec<Note>,
    /// Statements that are kept and grant nothing.
    pub refused: Vec<RefusedStatement>,
    /// What is here and not as it is there.
    pub differs: Vec<Note>,
}

/// Something that a person should know of a thing.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Note {
    /// What it is.
    pub what: &'static str,
    /// Its OCID, as it was read.
    pub id: String,
    /// Its name, as it was read.
    pub name: String,
    /// What there is to know.
    pub why: String,
}

/// A statement of a policy that this version refuses.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct RefusedStatement {
    /// The OCID of the policy.
    pub policy: String,
    /// Its name.
    pub name: String,
    /// Which of its statements, from 1.
    pub number: usize,
    /// The statement.
    pub statement: String,
    /// Why it is refused.
    pub why: String,
}

/// Fills an empty store. What cannot be kept is left out; without the tenancy itself there is
/// nothing.
pub fn plant(tx: &mut Tx<'_>, context: &Context, twin: &Twin) -> Result<Planted, Problem> {
    tx.begin_audit(context.key.audit()).map_err(store_problem)?;
    let mut bed = Bed::begin(tx, context, &twin.tenancy)?;
    bed.compartments(&twin.compartments)?;
    bed.domains(twin)?;
    bed.users(&twin.users)?;
    bed.all(&twin.groups)?;
    bed.dynamic_groups(&twin.dynamic_groups)?;
    bed.memberships(&twin.memberships)?;
    bed.all(&twin.network_sources)?;
    bed.all(&twin.tag_namespaces)?;
    bed.all(&twin.tags)?;
    bed.track_costs(&twin.tags)?;
    bed.all(&twin.tag_defaults)?;
    bed.policies(&twin.policies)?;
    if let Some((user, pem)) = &twin.key {
        bed.key(user, pem)?;
    }
    bed.tx.revise().map_err(store_problem)?;
    Ok(bed.planted)
}

/// Where it is planted, and what is there by now.
struct Bed<'a, 't> {
    tx: &'a mut Tx<'t>,
    context: &'a Context,
    at: TenancyNo,
    root: Ocid,
    known: HashMap<Ocid, ResourceKind>,
    planted: Planted,
}

impl<'a, 't> Bed<'a, 't> {
    fn begin(tx: &'a mut Tx<'t>, context: &'a Context, root: &Root) -> Result<Self, Problem> {
        check_ocid(&root.id, ResourceKind::Tenancy)?;
        let tenancy = tenancy(root, context.now());
        checks::tenancy(&tenancy)?;
        let at = installation::begin(tx, &tenancy, context.etag())?;
        let known = HashMap::from([(root.id.clone(), ResourceKind::Tenancy)]);
        Ok(Self { tx, context, at, root: root.id.clone(), known, planted: Planted::default() })
    }

    /// Keeps those that may be.
    fn all<M: Foreign>(&mut self, models: &[M]) -> Result<(), Problem> {
        for model in models {
            let row = kept::resource(model, self.context.etag())?;
            self.keep(model, row)?;
        }
        self.count::<M>();
        Ok(())
    }

    fn count<M: Foreign>(&mut self) {
        let count = self.known.values().filter(|kind| **kind == M::KIND).count();
        self.planted.brought.push((M::PLURAL, count));
    }

    /// Keeps one as that row, if it may be; answers whether.
    fn keep<M: Foreign>(&mut self, model: &M, row: Resource) -> Result<bool, Problem> {
        if let Err(why) = self.check(model, &row) {
            self.leave_out(M::WHAT, &row, why.message);
            return Ok(false);
        }
        if !self.tx.insert(self.at, &row).map_err(store_problem)? {
            let why = "another one has its name or its OCID".to_owned();
            self.leave_out(M::WHAT, &row, why);
            return Ok(false);
        }
        self.known.insert(row.id, M::KIND);
        Ok(true)
    }

    fn check<M: Foreign>(&self, model: &M, row: &Resource) -> Result<(), Problem> {
        check_ocid(&row.id, M::KIND)?;
        let found = self.known.get(&row.parent);
        if !found.is_some_and(|kind| M::IN.contains(kind)) {
            let (parent, id) = (M::IN_WORDS, row.parent.as_str().escape_debug());
            return Err(Problem::invalid(format!("it is in `{id}`, which is {parent}")));
        }
        if let Some(needed) = model.needs().filter(|needed| !self.known.contains_key(needed)) {
            let needed = needed.as_str().escape_debug();
            return Err(Problem::invalid(format!("it needs `{needed}`, which was not brought")));
        }
        model.check()
    }

    fn leave_out(&mut self, what: &'static str, row: &Resource, why: String) {
        let (id, name) = (row.id.to_string(), row.name.clone());
        self.planted.left_out.push(Note { what, id, name, why });
    }

    fn note(&mut self, what: &'static str, id: &Ocid, name: &str, why: impl Into<String>) {
        let (id, name, why) = (id.to_string(), name.to_owned(), why.into());
        self.planted.differs.push(Note { what, id, name, why });
    }

    /// From the root down, so that each is in one that is there.
    fn compartments(&mut self, all: &[Compartment]) -> Result<(), Problem> {
        let all: Vec<_> = all.iter().filter(|one| one.id != self.root).collect();
        let mut left: Vec<&Compartment> = all;
        for _ in 0..crate::tree::LEVELS_MAX {
            let is_next = |one: &&Compartment| {
                one.compartment_id.as_ref().is_some_and(|parent| self.known.contains_key(parent))
            };
            let (next, rest): (Vec<_>, Vec<_>) = left.into_iter().partition(is_next);
            for one in next {
                self.compartment(one)?;
            }
            left = rest;
        }
        for one in left {
            let row = kept::resource(one, String::new())?;
            let why = "no way leads from it up to the root, in as many levels as there may be";
            self.leave_out(Compartment::WHAT, &row, why.to_owned());
        }
        self.count::<Compartment>();
        Ok(())
    }

    /// One that is being deleted or made stands still in this moment: nobody here would end it.
    fn compartment(&mut self, one: &Compartment) -> Result<(), Problem> {
        let mut new = Compartment { is_accessible: None, ..one.clone() };
        if matches!(new.lifecycle_state, LifecycleState::Creating | LifecycleState::Deleting) {
            let why = format!("it is {} there, ACTIVE here", new.lifecycle_state.as_str());
            self.note(Compartment::WHAT, &new.id, &new.name, why);
            new.lifecycle_state = LifecycleState::Active;
        }
        let mut row = kept::resource(&new, self.context.etag())?;
        if row.state == LifecycleState::Deleted {
            // When, is not told: it can be recovered from now on for as long as any other.
            row.compiled = Some(self.context.now().as_micros().to_string());
        }
        self.keep(&new, row).map(|_| ())
    }

    /// Domains, where there are any; else the authentication policy stands for itself.
    fn domains(&mut self, twin: &Twin) -> Result<(), Problem> {
        let policy = twin.authentication_policy.clone();
        let (default, others): (Vec<_>, Vec<_>) =
            twin.domains.iter().partition(|one| one.domain_type == DomainType::Default);
        let Some(default) = default.first() else {
            return self.authentication_policy(policy);
        };
        let mut row = domain_row(default, self.context.etag())?;
        domains::DEFAULT.clone_into(&mut row.name);
        row.folded = iam_policy::fold(&row.name);
        row.parent.clone_from(&self.root);
        checks::domain(&row)?;
        let rules = policy.as_ref().and_then(|policy| policy.password_policy.clone());
        let rules = rules.unwrap_or_else(|| PasswordProfile::Oci.policy());
        authentication_policies::check(&rules)?;
        installation::begin_domain(self.tx, self.context, self.at, row, &rules)?;
        self.known.insert(default.id.clone(), ResourceKind::Domain);
        if policy.is_some() {
            self.authentication_policy(policy)?;
        }
        if default.display_name != domains::DEFAULT {
            let why = "the tenancy's first domain is called Default here";
            self.note("domain", &default.id, &default.display_name, why);
        }
        for other in others {
            self.domain(other)?;
        }
        let count = self.known.values().filter(|kind| **kind == ResourceKind::Domain).count();
        self.planted.brought.push(("domains", count));
        Ok(())
    }

    /// Another domain: of its users and groups the Identity API tells nothing.
    fn domain(&mut self, other: &ForeignDomain) -> Result<(), Problem> {
        let row = domain_row(other, self.context.etag())?;
        let is_placed = self.known.contains_key(&row.parent);
        let checked = checks::domain(&row);
        if !is_placed
            || checked.is_err()
            || !self.tx.insert(self.at, &row).map_err(store_problem)?
        {
            let why = checked.err().map(|problem| problem.message);
            let why = why.unwrap_or_else(|| "its place or its name is not free".to_owned());
            self.leave_out("domain", &row, why);
            return Ok(());
        }
        let why = "it is empty here: its users and groups cannot be read through the Identity API";
        self.note("domain", &row.id, &row.name, why);
        self.known.insert(row.id, ResourceKind::Domain);
        Ok(())
    }

    /// Where a network source is named that is not here, nobody can sign in to the Console: what
    /// is closed there is not open here.
    fn authentication_policy(
        &mut self,
        policy: Option<AuthenticationPolicy>,
    ) -> Result<(), Problem> {
        let (etag, root) = (self.context.etag(), self.root.clone());
        let Some(policy) = policy else {
            let profile = PasswordProfile::Oci;
            return authentication_policies::install(self.tx, self.at, &root, profile, &etag);
        };
        authentication_policies::import(self.tx, self.at, &root, policy, &etag)
    }

    fn users(&mut self, all: &[User]) -> Result<(), Problem> {
        let mut waits = 0;
        for one in all {
            waits += usize::from(one.is_mfa_activated);
            let mut user = User {
                is_mfa_activated: false, // the device stays where it is
                last_successful_login_time: None,
                previous_successful_login_time: None,
                ..one.clone()
            };
            user.email = user.email.filter(|email| !email.is_empty());
            let row = kept::resource(&user, self.context.etag())?;
            if !self.keep(&user, row.clone())? {
                continue;
            }
            let root = self.root.clone();
            if let Err(why) = users::set_aliases(self.tx, self.at, &root, None, &user) {
                let bare = User { email: None, db_user_name: None, ..user.clone() };
                users::set_aliases(self.tx, self.at, &root, Some(&user), &bare)?;
                let mut row = row;
                row.set_model(&bare).map_err(store_problem)?;
                self.tx.update(self.at, &row).map_err(store_problem)?;
                let why = format!("{}: it has none here", why.message);
                self.note(User::WHAT, &bare.id, &bare.name, why);
            }
        }
        self.count::<User>();
        if waits > 0 {
            let why = format!("{waits} users have MFA devices there, and none here");
            let root = self.root.clone();
            self.note("users", &root, "", why);
        }
        Ok(())
    }

    fn memberships(&mut self, all: &[UserGroupMembership]) -> Result<(), Problem> {
        let mut count = 0;
        for one in all {
            let new = Membership {
                id: one.id.clone(),
                user: one.user_id.clone(),
                group: one.group_id.clone(),
                created: one.time_created,
                etag: self.context.etag(),
            };
            let is = |id: &Ocid, kind| self.known.get(id) == Some(&kind);
            let is_whole = is(&new.user, ResourceKind::User) && is(&new.group, ResourceKind::Group);
            let has_name = checks::check_shape(&new.id).is_ok();
            if is_whole
                && has_name
                && self.tx.add_membership(self.at, &new).map_err(store_problem)?
            {
                count += 1;
                continue;
            }
            self.planted.left_out.push(Note {
                what: "membership",
                id: new.id.to_string(),
                name: String::new(),
                why: format!("of `{}` in `{}`: one of them is not here", new.user, new.group),
            });
        }
        self.planted.brought.push(("memberships", count));
        Ok(())
    }

    fn dynamic_groups(&mut self, all: &[DynamicGroup]) -> Result<(), Problem> {
        self.all(all)?;
        for one in all {
            let Err(cause) = MatchingRule::parse(&one.matching_rule) else { continue };
            if self.known.contains_key(&one.id) {
                let why = format!("nothing is in it: its matching rule cannot be read: {cause}");
                self.note(DynamicGroup::WHAT, &one.id, &one.name, why);
            }
        }
        Ok(())
    }

    fn track_costs(&mut self, all: &[Tag]) -> Result<(), Problem> {
        let tracked = all.iter().filter(|tag| tag.is_cost_tracking);
        let tracked: Vec<_> =
            tracked.map(|tag| &tag.id).filter(|id| self.known.contains_key(*id)).collect();
        tags::import_cost_tracking(self.tx, self.at, &tracked, self.context.etag())
    }

    /// A tenancy that has a statement that denies has chosen to have such; so it has here.
    fn policies(&mut self, all: &[Policy]) -> Result<(), Problem> {
        let denies = |policy: &Policy| policy.statements.iter().any(|text| policies::denies(text));
        if all.iter().any(denies) {
            deny::choose(self.tx, self.context, self.at, self.root.clone())?;
        }
        for policy in all {
            let (texts, place) = (&policy.statements, &policy.compartment_id);
            let bound = policies::bind(self.tx, self.at, &self.root, place, texts)?;
            let decided: Decided = bound.iter().map(|bound| bound.as_ref().ok().cloned()).collect();
            let row = policies::resource(policy, &decided, self.context.etag())?;
            if !self.keep(policy, row)? {
                continue;
            }
            for (number, (bound, text)) in (1..).zip(bound.into_iter().zip(texts)) {
                let Err(why) = bound else { continue };
                self.planted.refused.push(RefusedStatement {
                    policy: policy.id.to_string(),
                    name: policy.name.clone(),
                    number,
                    statement: text.clone(),
                    why: why.to_string(),
                });
            }
        }
        self.count::<Policy>();
        Ok(())
    }

    /// Lets the key sign here that signed there.
    fn key(&mut self, user: &Ocid, pem: &str) -> Result<(), Problem> {
        if self.known.get(user) != Some(&ResourceKind::User) {
            return Ok(());
        }
        let key = PublicKey::from_spki_pem(pem)
            .map_err(|cause| Problem::invalid(format!("the profile's key: {cause}")))?;
        let stored = StoredKey {
            user: user.clone(),
            fingerprint: key.fingerprint(),
            pem: key.to_pem(),
            created: self.context.now(),
            etag: self.context.etag(),
        };
        self.tx.add_api_key(self.at, &stored).map_err(store_problem)?;
        self.planted.brought.push(("API keys", 1));
        Ok(())
    }
}

/// The tenancy as it is kept. Of a region that is not in the table only the letters are known.
fn tenancy(root: &Root, now: Timestamp) -> Tenancy {
    let row = REGIONS.iter().find(|row| row.key.eq_ignore_ascii_case(&root.home_region_key));
    let known = row.map(|row| row.name.to_owned());
    Tenancy {
        id: root.id.clone(),
        compartment_id: root.id.clone(),
        name: root.name.clone(),
        description: root.description.clone(),
        home_region_key: root.home_region_key.clone(),
        home_region: known
            .or_else(|| root.home_region.clone())
            .unwrap_or_else(|| root.home_region_key.to_lowercase()),
        oracle_my_services_identifier: None,
        upi_idcs_compatibility_layer_endpoint: None,
        time_created: root.time_created.unwrap_or(now),
        lifecycle_state: LifecycleState::Active,
        freeform_tags: root.freeform_tags.clone(),
        defined_tags: root.defined_tags.clone(),
    }
}

/// A domain as it is kept.
fn domain_row(domain: &ForeignDomain, etag: String) -> Result<Resource, Problem> {
    let mut kept = domains::Kept::new(domain.description.clone());
    if let Some(license) = &domain.license_type {
        domains::check_license(license)?.clone_into(&mut kept.license_type);
    }
    kept.is_hidden_on_login = domain.is_hidden_on_login == Some(true);
    kept.freeform_tags = domain.freeform_tags.clone();
    kept.defined_tags = domain.defined_tags.clone();
    let mut row = Resource {
        id: domain.id.clone(),
        kind: ResourceKind::Domain,
        parent: domain.compartment_id.clone(),
        folded: iam_policy::fold(&domain.display_name),
        name: domain.display_name.clone(),
        state: match domain.lifecycle_state.as_str() {
            "INACTIVE" => LifecycleState::Inactive,
            _ => LifecycleState::Active,
        },
        created: domain.time_created,
        etag,
        body: String::new(),
        compiled: None,
    };
    row.set_model(&kept).map_err(store_problem)?;
    Ok(row)
}
