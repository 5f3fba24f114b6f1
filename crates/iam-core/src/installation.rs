//! A new installation: tenancy, administrators' group and policy, and the first administrator with
//! an API key. There is no default credential anywhere.

use crate::authentication_policies::{self, PasswordProfile};
use crate::call::store_problem;
use crate::context::Context;
use crate::domains;
use crate::fields::{check_email, check_name};
use crate::groups::ADMINISTRATORS;
use crate::kept;
use crate::password_policies;
use crate::policies::{self, TENANT_ADMIN_POLICY};
use crate::users::{self, all_capabilities};
use iam_api::authentication_policies::PasswordPolicy;
use iam_api::groups::Group;
use iam_api::policies::Policy;
use iam_api::regions::region;
use iam_api::tenancies::Tenancy;
use iam_api::users::User;
use iam_api::{LifecycleState, Ocid, Problem, Timestamp};
use iam_policy::{GroupName, Names, fold};
use iam_sign::PublicKey;
use iam_store::{Membership, Resource, ResourceKind, StoredKey, TenancyNo, Tx};

/// What a new installation is told.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The tenancy's name.
    pub tenancy_name: String,
    /// The first administrator's name.
    pub admin_name: String,
    /// The first administrator's e-mail address.
    pub admin_email: Option<String>,
    /// The home region, by name or three letters.
    pub region: String,
    /// The rules for passwords to start with.
    pub password_profile: PasswordProfile,
    /// Whether the tenancy has identity domains: a Default domain owns its users, and what leads to
    /// a password is mailed to them.
    pub identity_domains: bool,
    /// The public half of the first administrator's API key, in PEM.
    pub public_key: String,
}

/// What was made.
#[derive(Clone, Debug)]
pub struct Installed {
    /// The OCID of the tenancy.
    pub tenancy: Ocid,
    /// The OCID of the first administrator.
    pub admin: Ocid,
    /// The fingerprint of their key.
    pub fingerprint: String,
    /// The name of the home region.
    pub region: String,
}

/// Fills an empty store.
pub fn install(tx: &mut Tx<'_>, context: &Context, plan: &Plan) -> Result<Installed, Problem> {
    check_name("tenancy name", &plan.tenancy_name, ".-_")?;
    check_name("user name", &plan.admin_name, "-._+@")?;
    let (now, root) = (context.now(), Ocid::new("tenancy", &context.random()));
    tx.begin_audit(context.key.audit()).map_err(store_problem)?;
    let tenancy = tenancy(plan, &root, now);
    let etag = || context.etag();
    let at = begin(tx, &tenancy, etag())?;
    match plan.identity_domains {
        true => {
            let id = Ocid::new(ResourceKind::Domain.as_str(), &context.random());
            let kind = ResourceKind::Domain;
            let mut domain = resource(kind, &id, &root, domains::DEFAULT, now, etag());
            let kept = domains::Kept::new("Default domain".to_owned());
            domain.set_model(&kept).map_err(store_problem)?;
            begin_domain(tx, context, at, domain, &plan.password_profile.policy())?;
        }
        false => {
            authentication_policies::install(tx, at, &root, plan.password_profile, &etag())?;
        }
    }

    let group = group(&root, Ocid::new("group", &context.random()), now);
    insert(tx, at, &kept::resource(&group, etag())?)?;
    let policy = policy(&root, Ocid::new("policy", &context.random()), now);
    let names = FirstNames { root: root.as_str(), group: group.id.as_str() };
    let mut compiled = Vec::new();
    for statement in &policy.statements {
        let bound = iam_policy::parse(statement).and_then(|s| iam_policy::compile(&s, &names));
        compiled.push(bound.map_err(|cause| Problem::internal(cause.to_string()))?);
    }
    insert(tx, at, &policies::resource(&policy, &compiled, etag())?)?;

    let user = administrator(plan, &root, Ocid::new("user", &context.random()), now)?;
    let mut row = resource(ResourceKind::User, &user.id, &root, &user.name, now, etag());
    row.set_model(&user).map_err(store_problem)?;
    insert(tx, at, &row)?;
    users::set_aliases(tx, at, &user.compartment_id, None, &user)?;
    let membership = Membership {
        id: Ocid::new("groupmembership", &context.random()),
        user: user.id.clone(),
        group: group.id,
        created: now,
        etag: etag(),
    };
    tx.add_membership(at, &membership).map_err(store_problem)?;
    let key = PublicKey::from_spki_pem(&plan.public_key)
        .map_err(|cause| Problem::internal(format!("the new key is not accepted: {cause}")))?;
    let stored = StoredKey {
        user: user.id.clone(),
        fingerprint: key.fingerprint(),
        pem: key.to_pem(),
        created: now,
        etag: etag(),
    };
    tx.add_api_key(at, &stored).map_err(store_problem)?;
    tx.revise().map_err(store_problem)?;
    Ok(Installed {
        tenancy: root,
        admin: user.id,
        fingerprint: stored.fingerprint,
        region: tenancy.home_region,
    })
}

/// Makes a tenancy that nothing is in.
pub(crate) fn begin(
    tx: &mut Tx<'_>,
    tenancy: &Tenancy,
    etag: String,
) -> Result<TenancyNo, Problem> {
    let at = tx.add_tenancy(&tenancy.id, &fold(&tenancy.name)).map_err(store_problem)?;
    let (id, made) = (&tenancy.id, tenancy.time_created);
    let mut row = resource(ResourceKind::Tenancy, id, id, &tenancy.name, made, etag);
    row.set_model(tenancy).map_err(store_problem)?;
    insert(tx, at, &row)?;
    Ok(at)
}

/// The Default domain, and the password policy of everyone who has no other, with these rules.
pub(crate) fn begin_domain(
    tx: &mut Tx<'_>,
    context: &Context,
    at: TenancyNo,
    domain: Resource,
    rules: &PasswordPolicy,
) -> Result<(), Problem> {
    let kind = ResourceKind::PasswordPolicy;
    let id = Ocid::new(kind.as_str(), &context.random());
    let (root, name) = (&domain.parent, password_policies::DEFAULT);
    let mut policy = resource(kind, &id, root, name, context.now(), context.etag());
    policy.set_model(&password_policies::default_document(rules)).map_err(store_problem)?;
    insert(tx, at, &domain)?;
    insert(tx, at, &policy)
}

fn insert(tx: &mut Tx<'_>, at: TenancyNo, new: &Resource) -> Result<(), Problem> {
    match tx.insert(at, new).map_err(store_problem)? {
        true => Ok(()),
        false => Err(Problem::internal("the store of a new installation is not empty")),
    }
}

fn resource(
    kind: ResourceKind,
    id: &Ocid,
    parent: &Ocid,
    name: &str,
    created: Timestamp,
    etag: String,
) -> Resource {
    Resource {
        id: id.clone(),
        kind,
        parent: parent.clone(),
        name: name.to_owned(),
        folded: fold(name),
        state: LifecycleState::Active,
        created,
        etag,
        body: String::new(),
        compiled: None,
    }
}

/// A region that OCI does not have is taken as it is, its name in capitals as its key.
fn tenancy(plan: &Plan, id: &Ocid, now: Timestamp) -> Tenancy {
    let (name, key) = match region(&plan.region) {
        Some(row) => (row.name.to_owned(), row.key.to_owned()),
        None => (plan.region.clone(), plan.region.to_uppercase()),
    };
    Tenancy {
        id: id.clone(),
        compartment_id: id.clone(),
        name: plan.tenancy_name.clone(),
        description: plan.tenancy_name.clone(),
        home_region_key: key,
        home_region: name,
        oracle_my_services_identifier: None,
        upi_idcs_compatibility_layer_endpoint: None,
        time_created: now,
        lifecycle_state: LifecycleState::Active,
        freeform_tags: Default::default(),
        defined_tags: Default::default(),
    }
}

fn group(root: &Ocid, id: Ocid, now: Timestamp) -> Group {
    Group {
        id,
        compartment_id: root.clone(),
        name: ADMINISTRATORS.to_owned(),
        description: "Administrators".to_owned(),
        time_created: now,
        lifecycle_state: LifecycleState::Active,
        inactive_status: None,
        freeform_tags: Default::default(),
        defined_tags: Default::default(),
    }
}

fn policy(root: &Ocid, id: Ocid, now: Timestamp) -> Policy {
    Policy {
        id,
        compartment_id: root.clone(),
        name: TENANT_ADMIN_POLICY.to_owned(),
        statements: vec![format!(
            "ALLOW GROUP {ADMINISTRATORS} to manage all-resources IN TENANCY"
        )],
        description: TENANT_ADMIN_POLICY.to_owned(),
        time_created: now,
        lifecycle_state: LifecycleState::Active,
        inactive_status: None,
        version_date: None,
        freeform_tags: Default::default(),
        defined_tags: Default::default(),
    }
}

fn administrator(plan: &Plan, root: &Ocid, id: Ocid, now: Timestamp) -> Result<User, Problem> {
    if let Some(email) = &plan.admin_email {
        check_email(email)?;
    }
    Ok(User {
        id,
        compartment_id: root.clone(),
        name: plan.admin_name.clone(),
        description: "The first administrator".to_owned(),
        email: plan.admin_email.clone(),
        email_verified: plan.admin_email.as_ref().map(|_| false),
        db_user_name: None,
        identity_provider_id: None,
        external_identifier: None,
        time_created: now,
        time_modified: Some(now),
        lifecycle_state: LifecycleState::Active,
        inactive_status: None,
        freeform_tags: Default::default(),
        defined_tags: Default::default(),
        capabilities: Some(all_capabilities()),
        is_mfa_activated: false,
        last_successful_login_time: None,
        previous_successful_login_time: None,
    })
}

/// The one group and the one compartment that a new tenancy has.
struct FirstNames<'a> {
    root: &'a str,
    group: &'a str,
}

impl Names for FirstNames<'_> {
    fn group(&self, name: &GroupName) -> Option<String> {
        let is_it = name.domain.is_none() && fold(&name.name) == fold(ADMINISTRATORS);
        is_it.then(|| self.group.to_owned())
    }

    fn group_exists(&self, ocid: &str) -> bool {
        ocid == self.group
    }

    fn compartment_in_subtree(&self, ocid: &str) -> bool {
        ocid == self.root
    }

    fn attached_to(&self) -> &str {
        self.root
    }

    fn tenancy(&self) -> &str {
        self.root
    }
}
