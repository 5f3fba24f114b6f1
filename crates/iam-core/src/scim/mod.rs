//! The interface of identity domains (SCIM 2.0): one file per resource type, each function plain
//! and synchronous inside one transaction, as those of the Identity API are.
//!
//! What is here speaks SCIM; what a user, a password or a link *is* stands where it stood before
//! there were domains (`users`, `change_password`, `recovery`, …). The same user, seen through both
//! interfaces, is one record.
//!
//! Here is what the files share: how resources are found by their ids, what all of them show, and
//! the rule that changes of oneself must be meant.

pub mod identity_settings;
mod list;
pub mod me_password_changer;
pub mod me_password_reset_requestor;
pub mod me_password_resetter;
pub mod notification_settings;
pub mod notification_templates;
pub mod password_policies;
mod policy_rules;
mod profile;
mod settings;
pub mod user_capabilities_changer;
mod user_document;
mod user_edit;
pub mod user_locked_state_changer;
pub mod user_password_changer;
pub mod user_password_resetter;
mod user_search;
pub mod user_status_changer;
pub mod user_token_validator;
pub mod users;

pub(crate) use profile::Profile;

use crate::call::{Call, store_problem};
use crate::domains;
use iam_api::scim::{Resource, SELF_CHANGE_URN};
use iam_api::{Code, Ocid, Problem, Secret, Timestamp};
use iam_scim::{Projection, Schema};
use iam_store::{ResourceKind, TenancyNo, Tx};
use serde_json::{Map, Value, json};

/// The attribute that says that a change of oneself is meant, behind the URN of its extension; in
/// the query of a request without a body.
pub const ALLOW_SELF_CHANGE: &str = "allowSelfChange";

/// A JSON object.
pub(crate) type Document = Map<String, Value>;

/// The row of a resource of that kind, by its SCIM id or by its OCID.
pub(crate) fn find(
    tx: &mut Tx<'_>,
    at: TenancyNo,
    kind: ResourceKind,
    id: &str,
) -> Result<Option<iam_store::Resource>, Problem> {
    let found = match Ocid::scim_range(kind.as_str(), id) {
        None => tx.resource(at, &Ocid::from(id)).map_err(store_problem)?,
        Some((from, to)) => {
            // Between them there is but one, unless randomness has failed.
            let rows = tx.resources_between(at, &from, &to, 16).map_err(store_problem)?;
            let id = id.to_ascii_lowercase();
            rows.into_iter().find(|row| row.id.scim_id().as_ref() == Some(&id))
        }
    };
    Ok(found.filter(|row| row.kind == kind))
}

/// The SCIM id of an OCID of ours.
pub(crate) fn scim_id(ocid: &Ocid) -> Result<String, Problem> {
    ocid.scim_id().ok_or_else(|| Problem::internal("an OCID of ours is malformed"))
}

/// How the resources of a type are shown in an answer.
pub(crate) struct View {
    resource: &'static Resource,
    projection: Projection,
    domain: iam_store::Resource,
    /// What the domain's address has before the paths of its interface.
    path: String,
}

/// What all resources have, of one.
pub(crate) struct Identity<'a> {
    /// The SCIM id.
    pub(crate) id: String,
    /// The OCID, if it has one.
    pub(crate) ocid: Option<&'a Ocid>,
    /// When it was made, if that is known.
    pub(crate) created: Option<Timestamp>,
    /// When it was last changed, if that is known.
    pub(crate) modified: Option<Timestamp>,
    /// Its etag.
    pub(crate) version: &'a str,
}

impl<'a> Identity<'a> {
    /// That of what has a row.
    pub(crate) fn of_row(id: String, row: &'a iam_store::Resource) -> Self {
        Self {
            id,
            ocid: Some(&row.id),
            created: Some(row.created),
            modified: None,
            version: &row.etag,
        }
    }
}

impl View {
    /// How the request wants resources of that type to be shown.
    pub(crate) fn of(
        call: &mut Call<'_, '_>,
        resource: &'static Resource,
    ) -> Result<Self, Problem> {
        let (attributes, sets) = (call.params.get("attributes"), call.params.get("attributeSets"));
        let projection = Projection::read(&Schema::of(resource), attributes, sets)?;
        Self::with(call, resource, projection)
    }

    /// Resources of that type, shown like this.
    pub(crate) fn with(
        call: &mut Call<'_, '_>,
        resource: &'static Resource,
        projection: Projection,
    ) -> Result<Self, Problem> {
        let domain = domains::here(call)?;
        let path = domains::prefix(call)?;
        Ok(Self { resource, projection, domain, path })
    }

    /// Whether an attribute that is shown on request alone is asked for.
    pub(crate) fn asks_for(&self, attribute: &str) -> bool {
        self.projection.asks_for(attribute)
    }

    /// Puts what all resources have before what is a resource's own, and names the schemas.
    pub(crate) fn dress(
        &self,
        call: &Call<'_, '_>,
        identity: &Identity<'_>,
        own: Document,
    ) -> Document {
        let Resource { name, path, schema, .. } = self.resource;
        let mut schemas = vec![json!(schema)];
        schemas.extend(own.keys().filter(|key| key.starts_with("urn:")).map(|key| json!(key)));
        let mut document = Document::new();
        let mut set = |name: &str, value: Value| document.insert(name.to_owned(), value);
        set("id", json!(identity.id));
        if let Some(ocid) = identity.ocid {
            set("ocid", json!(ocid));
        }
        set("schemas", Value::Array(schemas));
        let mut meta = json!({
            "resourceType": name,
            "location": format!("{}{}{path}/{}", call.address, self.path, identity.id),
            "version": identity.version,
        });
        for (key, moment) in [("created", identity.created), ("lastModified", identity.modified)] {
            if let (Some(moment), Some(meta)) = (moment, meta.as_object_mut()) {
                meta.insert(key.to_owned(), json!(moment));
            }
        }
        set("meta", meta);
        set("domainOcid", json!(self.domain.id));
        set("compartmentOcid", json!(self.domain.parent));
        set("tenancyOcid", json!(call.principal.tenancy_id));
        document.extend(own);
        document
    }

    /// An answer that is about nothing with an id: what all have, and its own.
    pub(crate) fn bare(&self, call: &Call<'_, '_>, own: Document) -> Document {
        let mut document = Document::new();
        document.insert("schemas".to_owned(), json!([self.resource.schema]));
        document.insert("domainOcid".to_owned(), json!(self.domain.id));
        document.insert("tenancyOcid".to_owned(), json!(call.principal.tenancy_id));
        document.extend(own);
        self.show(&document)
    }

    /// What the answer shows of a resource.
    pub(crate) fn show(&self, document: &Document) -> Document {
        self.projection.apply(&Schema::of(self.resource), document)
    }
}

/// Refuses where the caller acts on themselves without saying that it is meant: who has a right
/// over others should not lock themselves out by a slip (facts 2.1).
pub(crate) fn must_be_meant(
    call: &Call<'_, '_>,
    target: &Ocid,
    document: &Document,
) -> Result<(), Problem> {
    let said = document.get(SELF_CHANGE_URN).and_then(|said| said.get(ALLOW_SELF_CHANGE));
    let in_query = call.params.get(ALLOW_SELF_CHANGE) == Some("true");
    if *target != call.principal.user || in_query || said == Some(&Value::Bool(true)) {
        return Ok(());
    }
    let message = format!(
        "this is your own user; say that it is meant by setting \
         `{SELF_CHANGE_URN}:{ALLOW_SELF_CHANGE}` to true"
    );
    Err(Problem::new(Code::NotAuthorized, message))
}

/// What the answer shows of something that was done to a user, with what is its own.
pub(crate) fn reply_about(
    call: &Call<'_, '_>,
    view: &View,
    row: &iam_store::Resource,
    own: Document,
) -> Result<Document, Problem> {
    let identity = Identity::of_row(scim_id(&row.id)?, row);
    Ok(view.show(&view.dress(call, &identity, own)))
}

/// A secret of a document; an empty one where there is none.
pub(crate) fn secret(document: &Document, name: &str) -> Secret {
    Secret::new(text(document, name).unwrap_or_default().to_owned())
}

/// A text of a document.
pub(crate) fn text<'d>(document: &'d Document, name: &str) -> Option<&'d str> {
    document.get(name).and_then(Value::as_str)
}
