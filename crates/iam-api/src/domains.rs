//! Identity domains: where the users of a tenancy live. Every tenancy that has domains has one
//! named Default, whose users are the tenancy's own. What a domain itself serves is in
//! [`crate::scim`].

use crate::operation::{
    COMPARTMENT_ID, IF_MATCH, LIMIT, Method, NAME, Operation, PAGE, Param, RETRY_TOKEN, SORT_BY,
    SORT_ORDER, Spec, Target,
};
use crate::wire::{Kind, Model, Wire};
use crate::{DefinedTags, FreeformTags, Ocid, Timestamp};
use iam_derive::Wire;
use serde::{Deserialize, Serialize};

/// An identity domain.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct Domain {
    /// The OCID of the domain.
    pub id: Ocid,
    /// The OCID of the compartment that the domain is in.
    pub compartment_id: Ocid,
    /// The name of the domain, which people may change.
    pub display_name: String,
    /// What the domain is for.
    pub description: String,
    /// The address of the domain: what `--endpoint` of the domain's commands takes.
    pub url: String,
    /// The address of the domain in its home region.
    pub home_region_url: String,
    /// The name of the domain's home region.
    pub home_region: String,
    /// The regions that the domain is copied to.
    pub replica_regions: Vec<ReplicatedRegionDetails>,
    /// Whether it is the tenancy's first domain.
    #[serde(rename = "type")]
    pub domain_type: DomainType,
    /// The license of the domain.
    pub license_type: String,
    /// Whether the sign-in page leaves the domain out.
    pub is_hidden_on_login: bool,
    /// When the domain was created.
    pub time_created: Timestamp,
    /// Where the domain is in its life.
    pub lifecycle_state: DomainState,
    /// What is being done to the domain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifecycle_details: Option<DomainChange>,
    /// Free-form tags of the domain.
    #[serde(default)]
    pub freeform_tags: FreeformTags,
    /// Defined tags of the domain.
    #[serde(default)]
    pub defined_tags: DefinedTags,
}

/// An identity domain in a list; the same is known of it as of one that is read alone.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DomainSummary(pub Domain);

impl Wire for DomainSummary {
    const KIND: Kind = Kind::Model(&DOMAIN_SUMMARY);
}

static DOMAIN_SUMMARY: Model = Model {
    name: "DomainSummary",
    doc: "An identity domain in a list.",
    fields: match Domain::KIND {
        Kind::Model(domain) => domain.fields,
        _ => &[],
    },
    variants: &[],
};

/// A region that a domain is copied to.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct ReplicatedRegionDetails {
    /// The name of the region.
    pub region: Option<String>,
    /// The address of the domain there.
    pub url: Option<String>,
    /// The address of the domain there that names the region.
    pub regional_url: Option<String>,
    /// How far the copying is.
    pub state: Option<ReplicationState>,
}

/// A domain to create, with its administrator.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct CreateDomainDetails {
    /// The OCID of the compartment that the domain is made in.
    pub compartment_id: Ocid,
    /// A name that no other domain of the tenancy has: 1 to 100 characters without a slash.
    pub display_name: String,
    /// What the domain is for.
    pub description: String,
    /// The name of the region that the domain is at home in, such as us-ashburn-1.
    pub home_region: String,
    /// The license of the domain, one of those that ListAllowedDomainLicenseTypes tells.
    pub license_type: String,
    /// Whether the sign-in page leaves the domain out.
    pub is_hidden_on_login: Option<bool>,
    /// The given name of the domain's administrator.
    pub admin_first_name: Option<String>,
    /// The family name of the domain's administrator.
    pub admin_last_name: Option<String>,
    /// The name under which the domain's administrator signs in. Without it the domain begins
    /// without users.
    pub admin_user_name: Option<String>,
    /// The e-mail address of the domain's administrator.
    pub admin_email: Option<String>,
    /// Whether the administrator is told nothing: no link to a first password is mailed.
    pub is_notification_bypassed: Option<bool>,
    /// Whether the domain's users need an e-mail address; so they do if not given.
    pub is_primary_email_required: Option<bool>,
    /// Free-form tags of the domain.
    pub freeform_tags: Option<FreeformTags>,
    /// Defined tags of the domain.
    pub defined_tags: Option<DefinedTags>,
}

/// What to change of a domain; what is left out stays.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct UpdateDomainDetails {
    /// What the domain is for.
    pub description: Option<String>,
    /// The name of the domain.
    pub display_name: Option<String>,
    /// Whether the sign-in page leaves the domain out.
    pub is_hidden_on_login: Option<bool>,
    /// Free-form tags, in the place of all that there were.
    pub freeform_tags: Option<FreeformTags>,
    /// Defined tags, in the place of all that there were.
    pub defined_tags: Option<DefinedTags>,
}

/// Where to move a domain.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct ChangeDomainCompartmentDetails {
    /// The OCID of the compartment that the domain moves to.
    pub compartment_id: Ocid,
}

/// Which license a domain gets.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct ChangeDomainLicenseTypeDetails {
    /// The license, one of those that ListAllowedDomainLicenseTypes tells.
    pub license_type: Option<String>,
}

/// Where to copy a domain.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct EnableReplicationToRegionDetails {
    /// The name of the region that the domain is copied to, such as us-phoenix-1.
    pub replica_region: Option<String>,
}

/// A license that domains can have.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct AllowedDomainLicenseTypeSummary {
    /// What the license is called.
    pub name: String,
    /// The word for it in requests.
    pub license_type: String,
    /// What it is for.
    pub description: String,
}

/// Whether a domain is the tenancy's first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[serde(rename_all = "UPPERCASE")]
pub enum DomainType {
    /// The first, which every tenancy with domains has.
    Default,
    /// Another.
    Secondary,
}

/// Where a domain is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[serde(rename_all = "UPPERCASE")]
pub enum DomainState {
    /// Being made.
    Creating,
    /// In use.
    Active,
    /// Being deleted.
    Deleting,
    /// Nobody can sign in.
    Inactive,
}

/// What is being done to a domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[serde(rename_all = "UPPERCASE")]
pub enum DomainChange {
    /// It is becoming inactive.
    Deactivating,
    /// It is becoming active.
    Activating,
    /// It is being changed.
    Updating,
}

/// How far the copying of a domain to a region is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
pub enum ReplicationState {
    /// It has begun.
    #[serde(rename = "ENABLING_REPLICATION")]
    Enabling,
    /// The copy is kept up to date.
    #[serde(rename = "REPLICATION_ENABLED")]
    Enabled,
    /// It is ending.
    #[serde(rename = "DISABLING_REPLICATION")]
    Disabling,
    /// There is no copy any more.
    #[serde(rename = "REPLICATION_DISABLED")]
    Disabled,
    /// The copy was deleted.
    #[serde(rename = "DELETED")]
    Deleted,
}

const DOMAIN_ID: Param = Param::path("domainId", Kind::Ocid, "The OCID of the domain.");

/// What reads the work request that changes a domain.
const BY_WORK: Option<&str> = Some("GetIamWorkRequest");

/// Lists domains.
pub static LIST_DOMAINS: Operation<(), Vec<DomainSummary>> = Operation::new(Spec {
    id: "ListDomains",
    path: "/20160918/domains",
    command: "iam domain list",
    needs: &["DOMAIN_INSPECT"],
    target: Target::Query("compartmentId"),
    params: &[
        COMPARTMENT_ID,
        Param::query("displayName", Kind::String, "Only the domain that is shown by this name."),
        Param::query("url", Kind::String, "Only the domain with this address."),
        Param::query(
            "homeRegionUrl",
            Kind::String,
            "Only the domain with this address in its home region.",
        ),
        Param::query("type", Kind::String, "Only domains of this type: DEFAULT or SECONDARY."),
        Param::query("licenseType", Kind::String, "Only domains with this license."),
        Param::query(
            "isHiddenOnLogin",
            Kind::Boolean,
            "Only domains that the sign-in page leaves out, or only those that it shows.",
        ),
        PAGE,
        LIMIT,
        NAME,
        SORT_BY,
        SORT_ORDER,
        Param::query(
            "lifecycleState",
            DomainState::KIND,
            "Only domains in this state; upper and lower case are alike.",
        ),
    ],
    doc: "Lists the identity domains of a compartment. The tenancy's own users are in the one named \
          Default, in the root compartment.",
    ..Spec::BLANK
});

/// Reads a domain.
pub static GET_DOMAIN: Operation<(), Domain> = Operation::new(Spec {
    id: "GetDomain",
    path: "/20160918/domains/{domainId}",
    command: "iam domain get",
    needs: &["DOMAIN_READ"],
    target: Target::Path("domainId"),
    params: &[DOMAIN_ID],
    doc: "Shows an identity domain: above all its address.",
    ..Spec::BLANK
});

/// Creates a domain.
pub static CREATE_DOMAIN: Operation<CreateDomainDetails, ()> = Operation::new(Spec {
    id: "CreateDomain",
    method: Method::Post,
    path: "/20160918/domains",
    command: "iam domain create",
    needs: &["DOMAIN_CREATE"],
    target: Target::Body("compartmentId"),
    params: &[RETRY_TOKEN],
    waits_on: BY_WORK,
    is_accepted: true,
    doc: "Creates an identity domain with users of its own, by a work request. Its administrator \
          gets a link to a first password by mail.",
    ..Spec::BLANK
});

/// Changes a domain.
pub static UPDATE_DOMAIN: Operation<UpdateDomainDetails, ()> = Operation::new(Spec {
    id: "UpdateDomain",
    method: Method::Put,
    path: "/20160918/domains/{domainId}",
    command: "iam domain update",
    needs: &["DOMAIN_UPDATE"],
    target: Target::Path("domainId"),
    params: &[DOMAIN_ID, IF_MATCH],
    waits_on: BY_WORK,
    is_accepted: true,
    doc: "Changes an identity domain's name, description or tags, by a work request.",
    ..Spec::BLANK
});

/// Deletes a domain.
pub static DELETE_DOMAIN: Operation<(), ()> = Operation::new(Spec {
    id: "DeleteDomain",
    method: Method::Delete,
    path: "/20160918/domains/{domainId}",
    command: "iam domain delete",
    needs: &["DOMAIN_DELETE"],
    target: Target::Path("domainId"),
    params: &[DOMAIN_ID, IF_MATCH],
    waits_on: BY_WORK,
    is_accepted: true,
    doc: "Deletes an identity domain that was deactivated, with all its users, by a work request. \
          The Default domain cannot be deleted.",
    ..Spec::BLANK
});

/// Activates a domain.
pub static ACTIVATE_DOMAIN: Operation<(), ()> = Operation::new(Spec {
    id: "ActivateDomain",
    method: Method::Post,
    path: "/20160918/domains/{domainId}/actions/activate",
    command: "iam domain activate",
    needs: &["DOMAIN_ACTIVATE"],
    target: Target::Path("domainId"),
    params: &[DOMAIN_ID, IF_MATCH, RETRY_TOKEN],
    waits_on: BY_WORK,
    is_accepted: true,
    doc: "Activates an identity domain that was deactivated, by a work request: its users can sign \
          in again.",
    ..Spec::BLANK
});

/// Deactivates a domain.
pub static DEACTIVATE_DOMAIN: Operation<(), ()> = Operation::new(Spec {
    id: "DeactivateDomain",
    method: Method::Post,
    path: "/20160918/domains/{domainId}/actions/deactivate",
    command: "iam domain deactivate",
    needs: &["DOMAIN_DEACTIVATE"],
    target: Target::Path("domainId"),
    params: &[DOMAIN_ID, IF_MATCH, RETRY_TOKEN],
    waits_on: BY_WORK,
    is_accepted: true,
    doc: "Deactivates an identity domain, by a work request: none of its users can sign in, and none \
          of their keys counts. The Default domain cannot be deactivated.",
    ..Spec::BLANK
});

/// Moves a domain.
pub static CHANGE_DOMAIN_COMPARTMENT: Operation<ChangeDomainCompartmentDetails, ()> =
    Operation::new(Spec {
        id: "ChangeDomainCompartment",
        method: Method::Post,
        path: "/20160918/domains/{domainId}/actions/changeCompartment",
        command: "iam domain change-compartment",
        needs: &["DOMAIN_MOVE"],
        target: Target::Path("domainId"),
        params: &[DOMAIN_ID, IF_MATCH, RETRY_TOKEN],
        waits_on: BY_WORK,
        is_accepted: true,
        doc: "Moves an identity domain to another compartment, by a work request. It takes the right \
              to move domains in both.",
        ..Spec::BLANK
    });

/// Gives a domain another license.
pub static CHANGE_DOMAIN_LICENSE_TYPE: Operation<ChangeDomainLicenseTypeDetails, ()> =
    Operation::new(Spec {
        id: "ChangeDomainLicenseType",
        method: Method::Post,
        path: "/20160918/domains/{domainId}/actions/changeLicenseType",
        command: "iam domain change-domain-license-type",
        needs: &["DOMAIN_MOVE"],
        target: Target::Path("domainId"),
        params: &[DOMAIN_ID, IF_MATCH, RETRY_TOKEN],
        waits_on: BY_WORK,
        is_accepted: true,
        doc: "Gives an identity domain another license, by a work request.",
        ..Spec::BLANK
    });

/// Copies a domain to another region.
pub static ENABLE_REPLICATION_TO_REGION: Operation<EnableReplicationToRegionDetails, ()> =
    Operation::new(Spec {
        id: "EnableReplicationToRegion",
        method: Method::Post,
        path: "/20160918/domains/{domainId}/actions/enableReplicationToRegion",
        command: "iam domain enable-replication-to-region",
        needs: &["DOMAIN_REPLICATE"],
        target: Target::Path("domainId"),
        params: &[DOMAIN_ID, IF_MATCH, RETRY_TOKEN],
        waits_on: BY_WORK,
        is_accepted: true,
        doc: "Says that an identity domain is copied to another region, by a work request.",
        ..Spec::BLANK
    });

/// Lists licenses.
pub static LIST_ALLOWED_DOMAIN_LICENSE_TYPES: Operation<(), Vec<AllowedDomainLicenseTypeSummary>> =
    Operation::new(Spec {
        id: "ListAllowedDomainLicenseTypes",
        path: "/20160918/allowedDomainLicenseTypes",
        command: "iam domain list-license-types",
        needs: &["DOMAIN_LICENSETYPE_READ"],
        target: Target::Tenancy,
        params: &[Param::query(
            "currentLicenseTypeName",
            Kind::String,
            "Only the licenses that a domain with this license can change to.",
        )],
        doc: "Lists the licenses that an identity domain can have. None changes what a domain can do \
              here.",
        ..Spec::BLANK
    });
