//! A tenancy in the making: what is to be put into the store of a world.

use crate::failure::Failure;
use iam_api::policies::Policy;
use iam_api::{LifecycleState, Ocid, Timestamp};
use iam_core::{deny, policies};
use iam_policy::{PolicyError, fold};
use iam_store::{Membership, Resource, ResourceKind, StoreError, TenancyNo, Tx};
use serde_json::{Value, json};

/// Whatever decides, or is looked at by conditions.
const KINDS: [ResourceKind; 6] = [
    ResourceKind::Compartment,
    ResourceKind::Domain,
    ResourceKind::User,
    ResourceKind::Group,
    ResourceKind::DynamicGroup,
    ResourceKind::NetworkSource,
];
/// What conditions name, and nothing more hangs on.
const NAMED: [ResourceKind; 1] = [ResourceKind::TagNamespace];
/// The most memberships of a user that count, as in a server.
const GROUPS_MAX: i64 = 1_000;

/// What is to be made.
pub(super) struct Draft {
    pub(super) root: Ocid,
    pub(super) rows: Vec<Resource>,
    pub(super) memberships: Vec<Membership>,
    pub(super) policies: Vec<NewPolicy>,
    /// How many OCIDs were made up.
    made_up: u64,
}

/// A policy whose statements are to be bound to what their names mean.
pub(super) struct NewPolicy {
    pub(super) id: Ocid,
    pub(super) name: String,
    pub(super) attached_to: Ocid,
    /// Each statement with its place in the files of statements, if it comes from them.
    pub(super) statements: Vec<(String, Option<(usize, usize)>)>,
    /// Other fields of its model.
    pub(super) body: Value,
}

/// A statement that is refused.
pub(super) struct Refused {
    /// The name of its policy.
    pub(super) policy: String,
    /// Which one it is, from 1.
    pub(super) number: usize,
    /// Its place in the files of statements: which file, which statement.
    pub(super) origin: Option<(usize, usize)>,
    pub(super) error: PolicyError,
}

impl Draft {
    /// An empty tenancy; its OCID is made up where it is not known.
    pub(super) fn new(root: Option<Ocid>) -> Self {
        let (rows, memberships, policies) = Default::default();
        let root = root.unwrap_or_else(|| Ocid::new(ResourceKind::Tenancy.as_str(), &[0; 32]));
        Self { root, rows, memberships, policies, made_up: 0 }
    }

    /// What a store has of a tenancy, with its policies or without.
    pub(super) fn copy(
        tx: &mut Tx<'_>,
        at: TenancyNo,
        root: &Ocid,
        with_policies: bool,
    ) -> Result<Self, StoreError> {
        let mut draft = Self::new(Some(root.clone()));
        draft.rows.extend(tx.resource(at, root)?);
        for kind in KINDS.into_iter().chain(NAMED) {
            draft.rows.extend(tx.all_of(at, kind)?);
        }
        let policies = tx.policies(at)?;
        // The first administrators' policy can be neither changed nor taken away.
        let stays = |row: &Resource| with_policies || row.name == policies::TENANT_ADMIN_POLICY;
        draft.rows.extend(policies.into_iter().filter(stays));
        for user in tx.all_of(at, ResourceKind::User)? {
            draft.memberships.extend(tx.memberships_of_user(at, &user.id, "", GROUPS_MAX)?);
        }
        Ok(draft)
    }

    /// An OCID that nothing else here has.
    pub(super) fn make_up(&mut self, kind: ResourceKind) -> Ocid {
        self.made_up += 1;
        let mut bytes = [0; 32];
        for (to, from) in bytes.iter_mut().zip(self.made_up.to_be_bytes()) {
            *to = from;
        }
        Ocid::new(kind.as_str(), &bytes)
    }

    /// Puts a user into a group.
    pub(super) fn join(&mut self, user: Ocid, group: Ocid) {
        self.made_up += 1;
        let id = Ocid::from(format!("ocid1.groupmembership.oc1..{}", self.made_up).as_str());
        let (created, etag) = (Timestamp::default(), String::new());
        self.memberships.push(Membership { id, user, group, created, etag });
    }

    /// Puts all of it into an empty store; answers which statements were refused.
    pub(super) fn make(&self, tx: &mut Tx<'_>) -> Result<Vec<Refused>, Failure> {
        let root = self.rows.iter().find(|row| row.id == self.root);
        let folded = root.map_or_else(|| "tenancy".to_owned(), |row| row.folded.clone());
        let at = tx.add_tenancy(&self.root, &folded)?;
        if root.is_none() {
            let tenancy = row(ResourceKind::Tenancy, &self.root, &self.root, "tenancy", json!({}));
            tx.insert(at, &tenancy)?;
        }
        for row in &self.rows {
            if !tx.insert(at, row)? {
                let (kind, name, id) = (row.kind.as_str(), &row.name, &row.id);
                let message = format!(
                    "there are two of the {kind} `{name}` ({id}): an export is of one tenancy, \
                     and of one moment"
                );
                return Err(Failure::new(message));
            }
        }
        for membership in &self.memberships {
            tx.add_membership(at, membership)?;
        }
        deny::keep_choice(tx, at, &self.root, Timestamp::default(), String::new())?;
        let mut refused = Vec::new();
        for policy in &self.policies {
            refused.extend(policy.make(tx, at, &self.root)?);
        }
        tx.revise()?;
        Ok(refused)
    }
}

impl NewPolicy {
    fn make(&self, tx: &mut Tx<'_>, at: TenancyNo, root: &Ocid) -> Result<Vec<Refused>, Failure> {
        let texts: Vec<&str> = self.statements.iter().map(|(text, _)| text.as_str()).collect();
        let bound = policies::bind(tx, at, root, &self.attached_to, &texts)?;
        let (mut refused, mut decided) = (Vec::new(), Vec::new());
        for (number, (bound, (_, origin))) in (1..).zip(bound.into_iter().zip(&self.statements)) {
            decided.push(bound.as_ref().ok().cloned());
            if let Err(error) = bound {
                refused.push(Refused { policy: self.name.clone(), number, origin: *origin, error });
            }
        }
        let mut body = self.body.clone();
        if let Value::Object(fields) = &mut body {
            fields.insert("statements".to_owned(), texts.into());
        }
        let mut row = row(ResourceKind::Policy, &self.id, &self.attached_to, &self.name, body);
        row.model::<Policy>()?;
        let decided = serde_json::to_string(&decided);
        row.compiled = Some(decided.map_err(|cause| Failure::new(cause.to_string()))?);
        if !tx.insert(at, &row)? {
            let message = format!("there are two policies `{}` in one compartment", self.name);
            return Err(Failure::new(message));
        }
        Ok(refused)
    }
}

/// A row with a model of these fields, and of what every model has.
pub(super) fn row(
    kind: ResourceKind,
    id: &Ocid,
    parent: &Ocid,
    name: &str,
    fields: Value,
) -> Resource {
    let mut body = json!({
        "description": "",
        "timeCreated": Timestamp::default(),
        "lifecycleState": LifecycleState::Active,
    });
    if let (Value::Object(body), Value::Object(fields)) = (&mut body, fields) {
        if kind == ResourceKind::Tenancy {
            body.extend(["homeRegionKey", "homeRegion"].map(|name| (name.to_owned(), "".into())));
        }
        body.extend(fields.into_iter().filter(|(_, value)| !value.is_null()));
        body.insert("id".to_owned(), id.as_str().into());
        body.insert("compartmentId".to_owned(), parent.as_str().into());
        body.insert("name".to_owned(), name.into());
    }
    Resource {
        id: id.clone(),
        kind,
        parent: parent.clone(),
        name: name.to_owned(),
        folded: fold(name),
        state: LifecycleState::Active,
        created: Timestamp::default(),
        etag: String::new(),
        body: body.to_string(),
        compiled: None,
    }
}
