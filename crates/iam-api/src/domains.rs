//! Identity domains: where the users of a tenancy live. Every tenancy that has domains has one
//! named Default, whose users are the tenancy's own. What a domain itself serves is in
//! [`crate::scim`].

use crate::operation::{
    COMPARTMENT_ID, LIMIT, NAME, Operation, PAGE, Param, SORT_BY, SORT_ORDER, Spec, Target,
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
    params: &[Param::path("domainId", Kind::Ocid, "The OCID of the domain.")],
    doc: "Shows an identity domain: above all its address.",
    ..Spec::BLANK
});
