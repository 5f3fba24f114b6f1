//! Identity providers of other makers, whose users could sign in by SAML 2.0, and which of their
//! groups stand for which of the tenancy's. Both are kept, checked and shown; nobody signs in by
//! them here.

use crate::operation::{
    COMPARTMENT_ID, IF_MATCH, LIFECYCLE_STATE, LIMIT, Method, NAME, Operation, PAGE, Param,
    RETRY_TOKEN, SORT_BY, SORT_ORDER, Spec, Target,
};
use crate::wire::Kind;
use crate::{DefinedTags, FreeformTags, LifecycleState, Ocid, Secret, Timestamp};
use iam_derive::Wire;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What identity providers of the protocol SAML2 have, and Oracle's command line knows no options
/// for.
pub const OF_SAML2: [&str; 3] = ["metadataUrl", "metadata", "freeformAttributes"];

/// The one protocol that is spoken.
pub const SAML2: &str = "SAML2";

/// An identity provider.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct IdentityProvider {
    /// The OCID of the identity provider.
    pub id: Ocid,
    /// The OCID of the tenancy, which it belongs to.
    pub compartment_id: Ocid,
    /// The name of the identity provider, unique in the tenancy and never changed.
    pub name: String,
    /// What the identity provider is for.
    pub description: String,
    /// What it is made with: IDCS or ADFS.
    pub product_type: String,
    /// When it was created.
    pub time_created: Timestamp,
    /// Where it is in its life.
    pub lifecycle_state: LifecycleState,
    /// Why it is INACTIVE.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inactive_status: Option<i64>,
    /// The protocol: SAML2.
    pub protocol: String,
    /// Free-form tags of the identity provider.
    #[serde(default)]
    pub freeform_tags: FreeformTags,
    /// Defined tags of the identity provider.
    #[serde(default)]
    pub defined_tags: DefinedTags,
    /// Where it publishes its metadata.
    pub metadata_url: String,
    /// Its metadata, in XML.
    pub metadata: Option<String>,
    /// The certificate that its metadata says it signs with: DER in base64.
    pub signing_certificate: String,
    /// Where its metadata says that people sign in.
    pub redirect_url: String,
    /// Further names and values that belong to it.
    #[serde(default)]
    pub freeform_attributes: Option<BTreeMap<String, String>>,
}

/// What an identity provider is made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[serde(rename_all = "UPPERCASE")]
pub enum ProductType {
    /// Oracle's Identity Cloud Service.
    Idcs,
    /// Microsoft's Active Directory Federation Services.
    Adfs,
}

/// An identity provider to create.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct CreateIdentityProviderDetails {
    /// The OCID of the tenancy.
    pub compartment_id: Ocid,
    /// A name that no other identity provider of the tenancy has.
    pub name: String,
    /// What the identity provider is for.
    pub description: String,
    /// What the identity provider is made with.
    pub product_type: ProductType,
    /// The protocol: SAML2. ADFS speaks that too.
    pub protocol: CreateProtocol,
    /// Free-form tags of the identity provider.
    pub freeform_tags: Option<FreeformTags>,
    /// Defined tags of the identity provider.
    pub defined_tags: Option<DefinedTags>,
    /// Where the identity provider publishes its metadata: an https address. It is kept, and
    /// nothing is fetched from it.
    pub metadata_url: String,
    /// The metadata that the identity provider publishes, in XML.
    pub metadata: String,
    /// Further names and values that belong to the identity provider; no secrets.
    pub freeform_attributes: Option<BTreeMap<String, String>>,
}

/// The protocols that a request to create an identity provider may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[serde(rename_all = "UPPERCASE")]
pub enum CreateProtocol {
    /// SAML 2.0.
    Saml2,
    /// A word that Oracle's interface has and nobody speaks.
    Adfs,
}

/// The protocol that a request to change an identity provider names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[serde(rename_all = "UPPERCASE")]
pub enum UpdateProtocol {
    /// SAML 2.0.
    Saml2,
}

/// What to change of an identity provider; what is left out stays.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct UpdateIdentityProviderDetails {
    /// The protocol, which cannot be changed: SAML2.
    pub protocol: UpdateProtocol,
    /// What the identity provider is for.
    pub description: Option<String>,
    /// Free-form tags, in the place of all that there were.
    pub freeform_tags: Option<FreeformTags>,
    /// Defined tags, in the place of all that there were.
    pub defined_tags: Option<DefinedTags>,
    /// Where the identity provider publishes its metadata: an https address.
    pub metadata_url: Option<String>,
    /// The metadata that the identity provider publishes, in XML.
    pub metadata: Option<String>,
    /// Further names and values, in the place of all that there were.
    pub freeform_attributes: Option<BTreeMap<String, String>>,
}

/// A group of an identity provider's, as far as mappings name it.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct IdentityProviderGroupSummary {
    /// Always null here: the provider is not asked for its groups.
    pub id: Option<String>,
    /// The OCID of the identity provider.
    pub identity_provider_id: Option<Ocid>,
    /// The name of the group.
    pub display_name: Option<String>,
    /// The name of the group.
    pub name: Option<String>,
    /// Always null here: the provider is not asked for its groups.
    pub external_identifier: Option<String>,
    /// When it was first named by a mapping.
    pub time_created: Option<Timestamp>,
    /// When it was last named by a mapping.
    pub time_modified: Option<Timestamp>,
}

/// With what an identity provider would bring users and groups.
#[derive(Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct ScimClientCredentials {
    /// The OCID of the identity provider.
    pub client_id: Option<String>,
    /// The secret, which is in this answer and nowhere else.
    pub client_secret: Option<Secret>,
}

/// A group of an identity provider that stands for a group of the tenancy.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct IdpGroupMapping {
    /// The OCID of the mapping.
    pub id: Ocid,
    /// The OCID of the identity provider.
    pub idp_id: Ocid,
    /// The name of the group at the identity provider.
    pub idp_group_name: String,
    /// The OCID of the group of the tenancy.
    pub group_id: Ocid,
    /// The OCID of the tenancy.
    pub compartment_id: Ocid,
    /// When the mapping was created.
    pub time_created: Timestamp,
    /// Where the mapping is in its life.
    pub lifecycle_state: LifecycleState,
    /// Why it is INACTIVE.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inactive_status: Option<i64>,
}

/// A mapping to create.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct CreateIdpGroupMappingDetails {
    /// The name of the group at the identity provider: 1 to 255 characters.
    pub idp_group_name: String,
    /// The OCID of the group of the tenancy that it stands for.
    pub group_id: Ocid,
}

/// What to change of a mapping; what is left out stays.
#[derive(Clone, Debug, Serialize, Deserialize, Wire)]
#[serde(rename_all = "camelCase")]
pub struct UpdateIdpGroupMappingDetails {
    /// The name of the group at the identity provider.
    pub idp_group_name: Option<String>,
    /// The OCID of the group of the tenancy that it stands for.
    pub group_id: Option<Ocid>,
}

const ID: Param =
    Param::path("identityProviderId", Kind::Ocid, "The OCID of the identity provider.");
const MAPPING_ID: Param = Param::path("mappingId", Kind::Ocid, "The OCID of the group mapping.");
const PATH: &str = "/20160918/identityProviders/{identityProviderId}";
const MAPPINGS: &str = "/20160918/identityProviders/{identityProviderId}/groupMappings";
const MAPPING: &str = "/20160918/identityProviders/{identityProviderId}/groupMappings/{mappingId}";
const READS_MAPPINGS: &[&str] = &["IDENTITY_PROVIDER_INSPECT", "GROUP_INSPECT"];
const CHANGES_MAPPINGS: &[&str] = &["IDENTITY_PROVIDER_UPDATE", "GROUP_UPDATE"];

/// Creates an identity provider.
pub static CREATE_IDENTITY_PROVIDER: Operation<CreateIdentityProviderDetails, IdentityProvider> =
    Operation::new(Spec {
        id: "CreateIdentityProvider",
        method: Method::Post,
        path: "/20160918/identityProviders",
        command: "iam identity-provider create",
        needs: &["IDENTITY_PROVIDER_CREATE"],
        target: Target::Body("compartmentId"),
        params: &[RETRY_TOKEN],
        waits_on: Some("GetIdentityProvider"),
        doc: "Keeps an identity provider that speaks SAML 2.0. Its metadata is read for the \
              certificate that it signs with and for where people sign in; nobody signs in by it \
              here.",
        ..Spec::BLANK
    });

/// Reads an identity provider.
pub static GET_IDENTITY_PROVIDER: Operation<(), IdentityProvider> = Operation::new(Spec {
    id: "GetIdentityProvider",
    path: PATH,
    command: "iam identity-provider get",
    needs: &["IDENTITY_PROVIDER_INSPECT"],
    target: Target::Path("identityProviderId"),
    params: &[ID],
    doc: "Shows an identity provider with its metadata.",
    ..Spec::BLANK
});

/// Lists identity providers.
pub static LIST_IDENTITY_PROVIDERS: Operation<(), Vec<IdentityProvider>> = Operation::new(Spec {
    id: "ListIdentityProviders",
    path: "/20160918/identityProviders",
    command: "iam identity-provider list",
    needs: &["IDENTITY_PROVIDER_INSPECT"],
    target: Target::Query("compartmentId"),
    params: &[
        Param::query("protocol", Kind::String, "The protocol of the identity providers: SAML2.")
            .required(),
        COMPARTMENT_ID,
        PAGE,
        LIMIT,
        NAME,
        SORT_BY,
        SORT_ORDER,
        LIFECYCLE_STATE,
    ],
    doc: "Lists the tenancy's identity providers.",
    ..Spec::BLANK
});

/// Changes an identity provider.
pub static UPDATE_IDENTITY_PROVIDER: Operation<UpdateIdentityProviderDetails, IdentityProvider> =
    Operation::new(Spec {
        id: "UpdateIdentityProvider",
        method: Method::Put,
        path: PATH,
        command: "iam identity-provider update",
        needs: &["IDENTITY_PROVIDER_UPDATE"],
        target: Target::Path("identityProviderId"),
        params: &[ID, IF_MATCH],
        waits_on: Some("GetIdentityProvider"),
        doc: "Changes an identity provider's description, metadata or tags.",
        ..Spec::BLANK
    });

/// Deletes an identity provider.
pub static DELETE_IDENTITY_PROVIDER: Operation<(), ()> = Operation::new(Spec {
    id: "DeleteIdentityProvider",
    method: Method::Delete,
    path: PATH,
    command: "iam identity-provider delete",
    needs: &["IDENTITY_PROVIDER_DELETE"],
    target: Target::Path("identityProviderId"),
    params: &[ID, IF_MATCH],
    waits_on: Some("GetIdentityProvider"),
    doc: "Deletes an identity provider that has no group mappings.",
    ..Spec::BLANK
});

/// Lists an identity provider's groups.
pub static LIST_IDENTITY_PROVIDER_GROUPS: Operation<(), Vec<IdentityProviderGroupSummary>> =
    Operation::new(Spec {
        id: "ListIdentityProviderGroups",
        path: "/20160918/identityProviders/{identityProviderId}/groups",
        command: "iam identity-provider-group list",
        needs: &["IDENTITY_PROVIDER_INSPECT"],
        target: Target::Path("identityProviderId"),
        params: &[ID, PAGE, LIMIT, NAME, LIFECYCLE_STATE],
        doc: "Lists the groups of an identity provider that group mappings name, by name. The \
              provider itself is not asked.",
        ..Spec::BLANK
    });

/// Makes a secret for an identity provider.
pub static RESET_IDP_SCIM_CLIENT: Operation<(), ScimClientCredentials> = Operation::new(Spec {
    id: "ResetIdpScimClient",
    method: Method::Post,
    path: "/20160918/identityProviders/{identityProviderId}/actions/resetScimClient",
    command: "iam scim-client-credentials reset-idp-scim-client",
    needs: &["IDENTITY_PROVIDER_UPDATE"],
    target: Target::Path("identityProviderId"),
    params: &[ID],
    doc: "Makes a secret with which an identity provider would bring users and groups, in the place \
          of an older one. It is shown once.",
    ..Spec::BLANK
});

/// Creates a mapping.
pub static CREATE_IDP_GROUP_MAPPING: Operation<CreateIdpGroupMappingDetails, IdpGroupMapping> =
    Operation::new(Spec {
        id: "CreateIdpGroupMapping",
        method: Method::Post,
        path: MAPPINGS,
        command: "",
        needs: CHANGES_MAPPINGS,
        target: Target::Path("identityProviderId"),
        params: &[ID, RETRY_TOKEN],
        doc: "Says that a group of an identity provider stands for a group of the tenancy.",
        ..Spec::BLANK
    });

/// Reads a mapping.
pub static GET_IDP_GROUP_MAPPING: Operation<(), IdpGroupMapping> = Operation::new(Spec {
    id: "GetIdpGroupMapping",
    path: MAPPING,
    command: "",
    needs: READS_MAPPINGS,
    target: Target::Path("identityProviderId"),
    params: &[ID, MAPPING_ID],
    doc: "Shows a group mapping of an identity provider.",
    ..Spec::BLANK
});

/// Lists mappings.
pub static LIST_IDP_GROUP_MAPPINGS: Operation<(), Vec<IdpGroupMapping>> = Operation::new(Spec {
    id: "ListIdpGroupMappings",
    path: MAPPINGS,
    command: "",
    needs: READS_MAPPINGS,
    target: Target::Path("identityProviderId"),
    params: &[ID, PAGE, LIMIT],
    doc: "Lists the group mappings of an identity provider, the newest first.",
    ..Spec::BLANK
});

/// Changes a mapping.
pub static UPDATE_IDP_GROUP_MAPPING: Operation<UpdateIdpGroupMappingDetails, IdpGroupMapping> =
    Operation::new(Spec {
        id: "UpdateIdpGroupMapping",
        method: Method::Put,
        path: MAPPING,
        command: "",
        needs: CHANGES_MAPPINGS,
        target: Target::Path("identityProviderId"),
        params: &[ID, MAPPING_ID, IF_MATCH],
        doc: "Changes which group of an identity provider stands for which group of the tenancy.",
        ..Spec::BLANK
    });

/// Deletes a mapping.
pub static DELETE_IDP_GROUP_MAPPING: Operation<(), ()> = Operation::new(Spec {
    id: "DeleteIdpGroupMapping",
    method: Method::Delete,
    path: MAPPING,
    command: "",
    needs: CHANGES_MAPPINGS,
    target: Target::Path("identityProviderId"),
    params: &[ID, MAPPING_ID, IF_MATCH],
    doc: "Deletes a group mapping of an identity provider.",
    ..Spec::BLANK
});
