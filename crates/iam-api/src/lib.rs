//! The Identity API as data: every operation, model and error code that Durward serves.
//!
//! [`OPERATIONS`] is the table. Router, authorization, command line, help, JSON skeletons, the
//! OpenAPI document and many tests only read it. Nothing here does I/O, and nothing here decides.
//!
//! To add an operation: write its row beside its models, in the file of its resource, and list it
//! below; CONTRIBUTING.md has the other three steps.

pub mod api_keys;
pub mod audit_events;
pub mod auth_tokens;
pub mod authentication_policies;
pub mod availability_domains;
pub mod bulk_actions;
pub mod compartments;
pub mod credentials;
pub mod customer_secret_keys;
mod date;
pub mod db_credentials;
pub mod domains;
pub mod dynamic_groups;
pub mod groups;
pub mod iam_work_requests;
pub mod identity_providers;
mod lifecycle;
pub mod locks;
pub mod mfa_totp_devices;
pub mod network_sources;
pub mod oauth2_client_credentials;
mod ocid;
pub mod openapi;
pub mod operation;
pub mod policies;
pub mod problem;
pub mod refusals;
pub mod regions;
pub mod scim;
mod secret;
pub mod smtp_credentials;
pub mod standard_tags;
pub mod swift_passwords;
pub mod tag_bulk_actions;
pub mod tag_defaults;
pub mod tag_namespaces;
pub mod tagging_work_requests;
pub mod tags;
pub mod tenancies;
mod timestamp;
pub mod ui_passwords;
pub mod user_group_memberships;
pub mod users;
pub mod wire;
pub mod work_requests;

pub use date::PolicyDate;
pub use lifecycle::{BLOCKED, DISABLED, DefinedTags, FreeformTags, LifecycleState, SUSPENDED};
pub use ocid::Ocid;
pub use operation::{Dialect, Method, Operation, Own, Param, Place, Spec, Target};
pub use problem::{Code, Keyword, Problem};
pub use secret::Secret;
pub use timestamp::Timestamp;
pub use wire::{Field, Kind, Model, Wire};

/// The base path of the Identity API: the version that its paths start with.
pub const BASE_PATH: &str = "/20160918";

/// Every operation that is served: of the Identity and Audit APIs, and a few of our own. What is
/// not served yet stands in `facts/not-served.txt`.
pub static OPERATIONS: &[&Spec] = &[
    &users::CREATE_USER.spec,
    &users::GET_USER.spec,
    &users::LIST_USERS.spec,
    &users::UPDATE_USER.spec,
    &users::DELETE_USER.spec,
    &users::UPDATE_USER_STATE.spec,
    &users::UPDATE_USER_CAPABILITIES.spec,
    &ui_passwords::CREATE_OR_RESET_UI_PASSWORD.spec,
    &ui_passwords::GET_USER_UI_PASSWORD_INFORMATION.spec,
    &api_keys::UPLOAD_API_KEY.spec,
    &api_keys::LIST_API_KEYS.spec,
    &api_keys::DELETE_API_KEY.spec,
    &auth_tokens::CREATE_AUTH_TOKEN.spec,
    &auth_tokens::LIST_AUTH_TOKENS.spec,
    &auth_tokens::UPDATE_AUTH_TOKEN.spec,
    &auth_tokens::DELETE_AUTH_TOKEN.spec,
    &swift_passwords::CREATE_SWIFT_PASSWORD.spec,
    &swift_passwords::LIST_SWIFT_PASSWORDS.spec,
    &swift_passwords::UPDATE_SWIFT_PASSWORD.spec,
    &swift_passwords::DELETE_SWIFT_PASSWORD.spec,
    &customer_secret_keys::CREATE_CUSTOMER_SECRET_KEY.spec,
    &customer_secret_keys::LIST_CUSTOMER_SECRET_KEYS.spec,
    &customer_secret_keys::UPDATE_CUSTOMER_SECRET_KEY.spec,
    &customer_secret_keys::DELETE_CUSTOMER_SECRET_KEY.spec,
    &smtp_credentials::CREATE_SMTP_CREDENTIAL.spec,
    &smtp_credentials::LIST_SMTP_CREDENTIALS.spec,
    &smtp_credentials::UPDATE_SMTP_CREDENTIAL.spec,
    &smtp_credentials::DELETE_SMTP_CREDENTIAL.spec,
    &oauth2_client_credentials::CREATE_OAUTH_CLIENT_CREDENTIAL.spec,
    &oauth2_client_credentials::LIST_OAUTH_CLIENT_CREDENTIALS.spec,
    &oauth2_client_credentials::UPDATE_OAUTH_CLIENT_CREDENTIAL.spec,
    &oauth2_client_credentials::DELETE_OAUTH_CLIENT_CREDENTIAL.spec,
    &mfa_totp_devices::CREATE_MFA_TOTP_DEVICE.spec,
    &mfa_totp_devices::GET_MFA_TOTP_DEVICE.spec,
    &mfa_totp_devices::LIST_MFA_TOTP_DEVICES.spec,
    &mfa_totp_devices::ACTIVATE_MFA_TOTP_DEVICE.spec,
    &mfa_totp_devices::GENERATE_TOTP_SEED.spec,
    &mfa_totp_devices::DELETE_MFA_TOTP_DEVICE.spec,
    &db_credentials::CREATE_DB_CREDENTIAL.spec,
    &db_credentials::LIST_DB_CREDENTIALS.spec,
    &db_credentials::DELETE_DB_CREDENTIAL.spec,
    &credentials::VERIFY_CREDENTIAL.spec,
    &credentials::VERIFY_SIGNATURE.spec,
    &credentials::VERIFY_ACCESS_TOKEN.spec,
    &groups::CREATE_GROUP.spec,
    &groups::GET_GROUP.spec,
    &groups::LIST_GROUPS.spec,
    &groups::UPDATE_GROUP.spec,
    &groups::DELETE_GROUP.spec,
    &user_group_memberships::ADD_USER_TO_GROUP.spec,
    &user_group_memberships::GET_USER_GROUP_MEMBERSHIP.spec,
    &user_group_memberships::LIST_USER_GROUP_MEMBERSHIPS.spec,
    &user_group_memberships::REMOVE_USER_FROM_GROUP.spec,
    &policies::CREATE_POLICY.spec,
    &policies::GET_POLICY.spec,
    &policies::LIST_POLICIES.spec,
    &policies::UPDATE_POLICY.spec,
    &policies::DELETE_POLICY.spec,
    &compartments::GET_COMPARTMENT.spec,
    &compartments::LIST_COMPARTMENTS.spec,
    &compartments::CREATE_COMPARTMENT.spec,
    &compartments::UPDATE_COMPARTMENT.spec,
    &compartments::DELETE_COMPARTMENT.spec,
    &compartments::RECOVER_COMPARTMENT.spec,
    &compartments::MOVE_COMPARTMENT.spec,
    &bulk_actions::LIST_BULK_ACTION_RESOURCE_TYPES.spec,
    &bulk_actions::BULK_DELETE_RESOURCES.spec,
    &bulk_actions::BULK_MOVE_RESOURCES.spec,
    &work_requests::GET_WORK_REQUEST.spec,
    &work_requests::LIST_WORK_REQUESTS.spec,
    &tenancies::GET_TENANCY.spec,
    &tenancies::LIST_REGIONS.spec,
    &tenancies::LIST_REGION_SUBSCRIPTIONS.spec,
    &availability_domains::LIST_AVAILABILITY_DOMAINS.spec,
    &authentication_policies::GET_AUTHENTICATION_POLICY.spec,
    &authentication_policies::UPDATE_AUTHENTICATION_POLICY.spec,
    &domains::LIST_DOMAINS.spec,
    &domains::GET_DOMAIN.spec,
    &domains::CREATE_DOMAIN.spec,
    &domains::UPDATE_DOMAIN.spec,
    &domains::DELETE_DOMAIN.spec,
    &domains::ACTIVATE_DOMAIN.spec,
    &domains::DEACTIVATE_DOMAIN.spec,
    &domains::CHANGE_DOMAIN_COMPARTMENT.spec,
    &domains::CHANGE_DOMAIN_LICENSE_TYPE.spec,
    &domains::ENABLE_REPLICATION_TO_REGION.spec,
    &domains::LIST_ALLOWED_DOMAIN_LICENSE_TYPES.spec,
    &iam_work_requests::GET_IAM_WORK_REQUEST.spec,
    &iam_work_requests::LIST_IAM_WORK_REQUESTS.spec,
    &iam_work_requests::LIST_IAM_WORK_REQUEST_ERRORS.spec,
    &iam_work_requests::LIST_IAM_WORK_REQUEST_LOGS.spec,
    &identity_providers::CREATE_IDENTITY_PROVIDER.spec,
    &identity_providers::GET_IDENTITY_PROVIDER.spec,
    &identity_providers::LIST_IDENTITY_PROVIDERS.spec,
    &identity_providers::UPDATE_IDENTITY_PROVIDER.spec,
    &identity_providers::DELETE_IDENTITY_PROVIDER.spec,
    &identity_providers::LIST_IDENTITY_PROVIDER_GROUPS.spec,
    &identity_providers::RESET_IDP_SCIM_CLIENT.spec,
    &identity_providers::CREATE_IDP_GROUP_MAPPING.spec,
    &identity_providers::GET_IDP_GROUP_MAPPING.spec,
    &identity_providers::LIST_IDP_GROUP_MAPPINGS.spec,
    &identity_providers::UPDATE_IDP_GROUP_MAPPING.spec,
    &identity_providers::DELETE_IDP_GROUP_MAPPING.spec,
    &tag_namespaces::CREATE_TAG_NAMESPACE.spec,
    &tag_namespaces::GET_TAG_NAMESPACE.spec,
    &tag_namespaces::LIST_TAG_NAMESPACES.spec,
    &tag_namespaces::UPDATE_TAG_NAMESPACE.spec,
    &tag_namespaces::CHANGE_TAG_NAMESPACE_COMPARTMENT.spec,
    &tag_namespaces::ADD_TAG_NAMESPACE_LOCK.spec,
    &tag_namespaces::REMOVE_TAG_NAMESPACE_LOCK.spec,
    &tag_namespaces::DELETE_TAG_NAMESPACE.spec,
    &tags::CREATE_TAG.spec,
    &tags::GET_TAG.spec,
    &tags::LIST_TAGS.spec,
    &tags::LIST_COST_TRACKING_TAGS.spec,
    &tags::UPDATE_TAG.spec,
    &tag_defaults::CREATE_TAG_DEFAULT.spec,
    &tag_defaults::GET_TAG_DEFAULT.spec,
    &tag_defaults::LIST_TAG_DEFAULTS.spec,
    &tag_defaults::ASSEMBLE_EFFECTIVE_TAG_SET.spec,
    &tag_defaults::UPDATE_TAG_DEFAULT.spec,
    &tag_defaults::ADD_TAG_DEFAULT_LOCK.spec,
    &tag_defaults::REMOVE_TAG_DEFAULT_LOCK.spec,
    &tag_defaults::DELETE_TAG_DEFAULT.spec,
    &dynamic_groups::CREATE_DYNAMIC_GROUP.spec,
    &dynamic_groups::GET_DYNAMIC_GROUP.spec,
    &dynamic_groups::LIST_DYNAMIC_GROUPS.spec,
    &dynamic_groups::UPDATE_DYNAMIC_GROUP.spec,
    &dynamic_groups::DELETE_DYNAMIC_GROUP.spec,
    &network_sources::CREATE_NETWORK_SOURCE.spec,
    &network_sources::GET_NETWORK_SOURCE.spec,
    &network_sources::LIST_NETWORK_SOURCES.spec,
    &network_sources::UPDATE_NETWORK_SOURCE.spec,
    &network_sources::DELETE_NETWORK_SOURCE.spec,
    &tenancies::CREATE_REGION_SUBSCRIPTION.spec,
    &availability_domains::LIST_FAULT_DOMAINS.spec,
    &tags::DELETE_TAG.spec,
    &tag_namespaces::CASCADE_DELETE_TAG_NAMESPACE.spec,
    &tag_bulk_actions::BULK_DELETE_TAGS.spec,
    &tag_bulk_actions::BULK_EDIT_TAGS.spec,
    &tag_bulk_actions::LIST_BULK_EDIT_TAGS_RESOURCE_TYPES.spec,
    &tagging_work_requests::GET_TAGGING_WORK_REQUEST.spec,
    &tagging_work_requests::LIST_TAGGING_WORK_REQUESTS.spec,
    &tagging_work_requests::LIST_TAGGING_WORK_REQUEST_ERRORS.spec,
    &tagging_work_requests::LIST_TAGGING_WORK_REQUEST_LOGS.spec,
    &standard_tags::GET_STANDARD_TAG_TEMPLATE.spec,
    &standard_tags::LIST_STANDARD_TAG_NAMESPACES.spec,
    &standard_tags::IMPORT_STANDARD_TAGS.spec,
    &audit_events::LIST_EVENTS.spec,
    &audit_events::GET_CONFIGURATION.spec,
    &refusals::LIST_REFUSALS.spec,
    &refusals::GET_REFUSAL_EXPLANATION.spec,
];
