//! Which function does what each operation promises: one typed line for each.

use crate::new_password::{self, Before};
use crate::reply::RawReply;
use crate::scim_bindings;
use iam_api::api_keys::{DELETE_API_KEY, LIST_API_KEYS, UPLOAD_API_KEY};
use iam_api::audit_events::{GET_CONFIGURATION, LIST_EVENTS};
use iam_api::auth_tokens::{
    CREATE_AUTH_TOKEN, DELETE_AUTH_TOKEN, LIST_AUTH_TOKENS, UPDATE_AUTH_TOKEN,
};
use iam_api::authentication_policies::{GET_AUTHENTICATION_POLICY, UPDATE_AUTHENTICATION_POLICY};
use iam_api::availability_domains::{LIST_AVAILABILITY_DOMAINS, LIST_FAULT_DOMAINS};
use iam_api::bulk_actions::{
    BULK_DELETE_RESOURCES, BULK_MOVE_RESOURCES, LIST_BULK_ACTION_RESOURCE_TYPES,
};
use iam_api::compartments::{
    CREATE_COMPARTMENT, DELETE_COMPARTMENT, GET_COMPARTMENT, LIST_COMPARTMENTS, MOVE_COMPARTMENT,
    RECOVER_COMPARTMENT, UPDATE_COMPARTMENT,
};
use iam_api::credentials::{VERIFY_ACCESS_TOKEN, VERIFY_CREDENTIAL, VERIFY_SIGNATURE};
use iam_api::customer_secret_keys::{
    CREATE_CUSTOMER_SECRET_KEY, DELETE_CUSTOMER_SECRET_KEY, LIST_CUSTOMER_SECRET_KEYS,
    UPDATE_CUSTOMER_SECRET_KEY,
};
use iam_api::db_credentials::{CREATE_DB_CREDENTIAL, DELETE_DB_CREDENTIAL, LIST_DB_CREDENTIALS};
use iam_api::domains::{
    ACTIVATE_DOMAIN, CHANGE_DOMAIN_COMPARTMENT, CHANGE_DOMAIN_LICENSE_TYPE, CREATE_DOMAIN,
    DEACTIVATE_DOMAIN, DELETE_DOMAIN, ENABLE_REPLICATION_TO_REGION, GET_DOMAIN,
    LIST_ALLOWED_DOMAIN_LICENSE_TYPES, LIST_DOMAINS, UPDATE_DOMAIN,
};
use iam_api::dynamic_groups::{
    CREATE_DYNAMIC_GROUP, DELETE_DYNAMIC_GROUP, GET_DYNAMIC_GROUP, LIST_DYNAMIC_GROUPS,
    UPDATE_DYNAMIC_GROUP,
};
use iam_api::groups::{CREATE_GROUP, DELETE_GROUP, GET_GROUP, LIST_GROUPS, UPDATE_GROUP};
use iam_api::iam_work_requests::{
    GET_IAM_WORK_REQUEST, LIST_IAM_WORK_REQUEST_ERRORS, LIST_IAM_WORK_REQUEST_LOGS,
    LIST_IAM_WORK_REQUESTS,
};
use iam_api::identity_providers::{
    CREATE_IDENTITY_PROVIDER, CREATE_IDP_GROUP_MAPPING, DELETE_IDENTITY_PROVIDER,
    DELETE_IDP_GROUP_MAPPING, GET_IDENTITY_PROVIDER, GET_IDP_GROUP_MAPPING,
    LIST_IDENTITY_PROVIDER_GROUPS, LIST_IDENTITY_PROVIDERS, LIST_IDP_GROUP_MAPPINGS,
    RESET_IDP_SCIM_CLIENT, UPDATE_IDENTITY_PROVIDER, UPDATE_IDP_GROUP_MAPPING,
};
use iam_api::mfa_totp_devices::{
    ACTIVATE_MFA_TOTP_DEVICE, CREATE_MFA_TOTP_DEVICE, DELETE_MFA_TOTP_DEVICE, GENERATE_TOTP_SEED,
    GET_MFA_TOTP_DEVICE, LIST_MFA_TOTP_DEVICES,
};
use iam_api::network_sources::{
    CREATE_NETWORK_SOURCE, DELETE_NETWORK_SOURCE, GET_NETWORK_SOURCE, LIST_NETWORK_SOURCES,
    UPDATE_NETWORK_SOURCE,
};
use iam_api::oauth2_client_credentials::{
    CREATE_OAUTH_CLIENT_CREDENTIAL, DELETE_OAUTH_CLIENT_CREDENTIAL, LIST_OAUTH_CLIENT_CREDENTIALS,
    UPDATE_OAUTH_CLIENT_CREDENTIAL,
};
use iam_api::policies::{CREATE_POLICY, DELETE_POLICY, GET_POLICY, LIST_POLICIES, UPDATE_POLICY};
use iam_api::refusals::{GET_REFUSAL_EXPLANATION, LIST_REFUSALS};
use iam_api::smtp_credentials::{
    CREATE_SMTP_CREDENTIAL, DELETE_SMTP_CREDENTIAL, LIST_SMTP_CREDENTIALS, UPDATE_SMTP_CREDENTIAL,
};
use iam_api::standard_tags::{
    GET_STANDARD_TAG_TEMPLATE, IMPORT_STANDARD_TAGS, LIST_STANDARD_TAG_NAMESPACES,
};
use iam_api::swift_passwords::{
    CREATE_SWIFT_PASSWORD, DELETE_SWIFT_PASSWORD, LIST_SWIFT_PASSWORDS, UPDATE_SWIFT_PASSWORD,
};
use iam_api::tag_bulk_actions::{
    BULK_DELETE_TAGS, BULK_EDIT_TAGS, LIST_BULK_EDIT_TAGS_RESOURCE_TYPES,
};
use iam_api::tag_defaults::{
    ADD_TAG_DEFAULT_LOCK, ASSEMBLE_EFFECTIVE_TAG_SET, CREATE_TAG_DEFAULT, DELETE_TAG_DEFAULT,
    GET_TAG_DEFAULT, LIST_TAG_DEFAULTS, REMOVE_TAG_DEFAULT_LOCK, UPDATE_TAG_DEFAULT,
};
use iam_api::tag_namespaces::{
    ADD_TAG_NAMESPACE_LOCK, CASCADE_DELETE_TAG_NAMESPACE, CHANGE_TAG_NAMESPACE_COMPARTMENT,
    CREATE_TAG_NAMESPACE, DELETE_TAG_NAMESPACE, GET_TAG_NAMESPACE, LIST_TAG_NAMESPACES,
    REMOVE_TAG_NAMESPACE_LOCK, UPDATE_TAG_NAMESPACE,
};
use iam_api::tagging_work_requests::{
    GET_TAGGING_WORK_REQUEST, LIST_TAGGING_WORK_REQUEST_ERRORS, LIST_TAGGING_WORK_REQUEST_LOGS,
    LIST_TAGGING_WORK_REQUESTS,
};
use iam_api::tags::{
    CREATE_TAG, DELETE_TAG, GET_TAG, LIST_COST_TRACKING_TAGS, LIST_TAGS, UPDATE_TAG,
};
use iam_api::tenancies::{
    CREATE_REGION_SUBSCRIPTION, GET_TENANCY, LIST_REGION_SUBSCRIPTIONS, LIST_REGIONS,
};
use iam_api::ui_passwords::{CREATE_OR_RESET_UI_PASSWORD, GET_USER_UI_PASSWORD_INFORMATION};
use iam_api::user_group_memberships::{
    ADD_USER_TO_GROUP, GET_USER_GROUP_MEMBERSHIP, LIST_USER_GROUP_MEMBERSHIPS,
    REMOVE_USER_FROM_GROUP,
};
use iam_api::users::{
    CREATE_USER, DELETE_USER, GET_USER, LIST_USERS, UPDATE_USER, UPDATE_USER_CAPABILITIES,
    UPDATE_USER_STATE,
};
use iam_api::work_requests::{GET_WORK_REQUEST, LIST_WORK_REQUESTS};
use iam_api::{Method, Ocid, Operation, Problem, Spec};
use iam_core::call::{Call, Reply};
use iam_core::credentials::verification;
use iam_core::{
    access_tokens, api_keys, audit_events, auth_tokens, authentication_policies,
    availability_domains, bulk_actions, compartment_work, compartments, customer_secret_keys,
    db_credentials, domain_work, domains, dynamic_groups, groups, iam_work_requests,
    identity_providers, idp_group_mappings, mfa_totp_devices, network_sources,
    oauth2_client_credentials, policies, refusals, smtp_credentials, standard_tags,
    swift_passwords, tag_defaults, tag_deletion, tag_edits, tag_namespaces, tagging_work_requests,
    tags, tenancies, ui_passwords, user_group_memberships, users, work_requests,
};
use iam_store::{Lookups, TenancyNo};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::LazyLock;

type Run = dyn Fn(&mut Call<'_, '_>, &Value) -> Result<RawReply, Problem> + Send + Sync;

/// An operation and its handler, with the types of body and reply behind it.
pub(crate) struct Binding {
    pub(crate) spec: &'static Spec,
    pub(crate) run: Box<Run>,
    /// What comes before its transaction, if anything does.
    pub(crate) before: Option<Before>,
    /// What its handler looks up of the target besides the target itself.
    pub(crate) looks_up: LooksUp,
}

/// Adds look-ups of a resource to others.
pub(crate) type LooksUp = fn(Lookups, TenancyNo, &Ocid) -> Lookups;

impl Binding {
    /// The same, with that before its transaction.
    pub(crate) fn after(self, before: Before) -> Self {
        Self { before: Some(before), ..self }
    }

    /// The same, with that fetched ahead.
    fn looking_up(self, looks_up: LooksUp) -> Self {
        Self { looks_up, ..self }
    }
}

/// What tells operations apart: their ids do not, since both APIs have a `CreateUser`.
pub(crate) type Key = (Method, &'static str);

/// The key of an operation.
pub(crate) const fn key(spec: &'static Spec) -> Key {
    (spec.method, spec.path)
}

/// Every operation that is served.
pub(crate) static BINDINGS: LazyLock<HashMap<Key, Binding>> = LazyLock::new(|| {
    let bindings = [
        on(&CREATE_USER, users::create),
        on(&GET_USER, users::get),
        on(&LIST_USERS, users::list),
        on(&UPDATE_USER, users::update),
        on(&DELETE_USER, users::delete),
        on(&UPDATE_USER_STATE, users::update_state),
        on(&UPDATE_USER_CAPABILITIES, users::update_capabilities),
        on(&CREATE_OR_RESET_UI_PASSWORD, ui_passwords::create_or_reset)
            .looking_up(Lookups::sessions),
        on(&GET_USER_UI_PASSWORD_INFORMATION, ui_passwords::information),
        on(&UPLOAD_API_KEY, api_keys::upload),
        on(&LIST_API_KEYS, api_keys::list),
        on(&DELETE_API_KEY, api_keys::delete),
        on(&CREATE_AUTH_TOKEN, auth_tokens::create),
        on(&LIST_AUTH_TOKENS, auth_tokens::list),
        on(&UPDATE_AUTH_TOKEN, auth_tokens::update),
        on(&DELETE_AUTH_TOKEN, auth_tokens::delete),
        on(&CREATE_SWIFT_PASSWORD, swift_passwords::create),
        on(&LIST_SWIFT_PASSWORDS, swift_passwords::list),
        on(&UPDATE_SWIFT_PASSWORD, swift_passwords::update),
        on(&DELETE_SWIFT_PASSWORD, swift_passwords::delete),
        on(&CREATE_CUSTOMER_SECRET_KEY, customer_secret_keys::create),
        on(&LIST_CUSTOMER_SECRET_KEYS, customer_secret_keys::list),
        on(&UPDATE_CUSTOMER_SECRET_KEY, customer_secret_keys::update),
        on(&DELETE_CUSTOMER_SECRET_KEY, customer_secret_keys::delete),
        on(&CREATE_SMTP_CREDENTIAL, smtp_credentials::create),
        on(&LIST_SMTP_CREDENTIALS, smtp_credentials::list),
        on(&UPDATE_SMTP_CREDENTIAL, smtp_credentials::update),
        on(&DELETE_SMTP_CREDENTIAL, smtp_credentials::delete),
        on(&CREATE_OAUTH_CLIENT_CREDENTIAL, oauth2_client_credentials::create),
        on(&LIST_OAUTH_CLIENT_CREDENTIALS, oauth2_client_credentials::list),
        on(&UPDATE_OAUTH_CLIENT_CREDENTIAL, oauth2_client_credentials::update),
        on(&DELETE_OAUTH_CLIENT_CREDENTIAL, oauth2_client_credentials::delete),
        on(&CREATE_MFA_TOTP_DEVICE, mfa_totp_devices::create),
        on(&GET_MFA_TOTP_DEVICE, mfa_totp_devices::get),
        on(&LIST_MFA_TOTP_DEVICES, mfa_totp_devices::list),
        on(&ACTIVATE_MFA_TOTP_DEVICE, mfa_totp_devices::activate),
        on(&GENERATE_TOTP_SEED, mfa_totp_devices::generate_seed),
        on(&DELETE_MFA_TOTP_DEVICE, mfa_totp_devices::delete),
        on(&CREATE_DB_CREDENTIAL, db_credentials::create).after(new_password::for_databases),
        on(&LIST_DB_CREDENTIALS, db_credentials::list),
        on(&DELETE_DB_CREDENTIAL, db_credentials::delete),
        on(&VERIFY_CREDENTIAL, verification::verify),
        on(&VERIFY_SIGNATURE, verification::verify_signature),
        on(&VERIFY_ACCESS_TOKEN, access_tokens::verify),
        on(&CREATE_GROUP, groups::create),
        on(&GET_GROUP, groups::get),
        on(&LIST_GROUPS, groups::list),
        on(&UPDATE_GROUP, groups::update),
        on(&DELETE_GROUP, groups::delete),
        on(&ADD_USER_TO_GROUP, user_group_memberships::add),
        on(&GET_USER_GROUP_MEMBERSHIP, user_group_memberships::get),
        on(&LIST_USER_GROUP_MEMBERSHIPS, user_group_memberships::list),
        on(&REMOVE_USER_FROM_GROUP, user_group_memberships::remove),
        on(&CREATE_POLICY, policies::create),
        on(&GET_POLICY, policies::get),
        on(&LIST_POLICIES, policies::list),
        on(&UPDATE_POLICY, policies::update),
        on(&DELETE_POLICY, policies::delete),
        on(&GET_DOMAIN, domains::get),
        on(&LIST_DOMAINS, domains::list),
        on(&CREATE_DOMAIN, domain_work::create),
        on(&UPDATE_DOMAIN, domain_work::update),
        on(&DELETE_DOMAIN, domain_work::delete),
        on(&ACTIVATE_DOMAIN, domain_work::activate),
        on(&DEACTIVATE_DOMAIN, domain_work::deactivate),
        on(&CHANGE_DOMAIN_COMPARTMENT, domain_work::change_compartment),
        on(&CHANGE_DOMAIN_LICENSE_TYPE, domain_work::change_license_type),
        on(&ENABLE_REPLICATION_TO_REGION, domain_work::enable_replication),
        on(&LIST_ALLOWED_DOMAIN_LICENSE_TYPES, domains::list_licenses),
        on(&GET_IAM_WORK_REQUEST, iam_work_requests::get),
        on(&LIST_IAM_WORK_REQUESTS, iam_work_requests::list),
        on(&LIST_IAM_WORK_REQUEST_ERRORS, iam_work_requests::list_errors),
        on(&LIST_IAM_WORK_REQUEST_LOGS, iam_work_requests::list_logs),
        on(&CREATE_IDENTITY_PROVIDER, identity_providers::create),
        on(&GET_IDENTITY_PROVIDER, identity_providers::get),
        on(&LIST_IDENTITY_PROVIDERS, identity_providers::list),
        on(&UPDATE_IDENTITY_PROVIDER, identity_providers::update),
        on(&DELETE_IDENTITY_PROVIDER, identity_providers::delete),
        on(&LIST_IDENTITY_PROVIDER_GROUPS, identity_providers::list_groups),
        on(&RESET_IDP_SCIM_CLIENT, identity_providers::reset_scim_client),
        on(&CREATE_IDP_GROUP_MAPPING, idp_group_mappings::create),
        on(&GET_IDP_GROUP_MAPPING, idp_group_mappings::get),
        on(&LIST_IDP_GROUP_MAPPINGS, idp_group_mappings::list),
        on(&UPDATE_IDP_GROUP_MAPPING, idp_group_mappings::update),
        on(&DELETE_IDP_GROUP_MAPPING, idp_group_mappings::delete),
        on(&GET_COMPARTMENT, compartments::get),
        on(&LIST_COMPARTMENTS, compartments::list),
        on(&CREATE_COMPARTMENT, compartments::create),
        on(&UPDATE_COMPARTMENT, compartments::update),
        on(&DELETE_COMPARTMENT, compartment_work::delete),
        on(&RECOVER_COMPARTMENT, compartment_work::recover),
        on(&MOVE_COMPARTMENT, compartment_work::relocate),
        on(&LIST_BULK_ACTION_RESOURCE_TYPES, bulk_actions::list_types),
        on(&BULK_DELETE_RESOURCES, bulk_actions::delete),
        on(&BULK_MOVE_RESOURCES, bulk_actions::relocate),
        on(&GET_WORK_REQUEST, work_requests::get),
        on(&LIST_WORK_REQUESTS, work_requests::list),
        on(&GET_TENANCY, tenancies::get),
        on(&LIST_REGIONS, tenancies::list_regions),
        on(&LIST_REGION_SUBSCRIPTIONS, tenancies::list_subscriptions),
        on(&LIST_AVAILABILITY_DOMAINS, availability_domains::list),
        on(&CREATE_TAG_NAMESPACE, tag_namespaces::create),
        on(&GET_TAG_NAMESPACE, tag_namespaces::get),
        on(&LIST_TAG_NAMESPACES, tag_namespaces::list),
        on(&UPDATE_TAG_NAMESPACE, tag_namespaces::update),
        on(&CHANGE_TAG_NAMESPACE_COMPARTMENT, tag_namespaces::change_compartment),
        on(&ADD_TAG_NAMESPACE_LOCK, tag_namespaces::add_lock),
        on(&REMOVE_TAG_NAMESPACE_LOCK, tag_namespaces::remove_lock),
        on(&DELETE_TAG_NAMESPACE, tag_namespaces::delete),
        on(&CREATE_TAG, tags::create),
        on(&GET_TAG, tags::get),
        on(&LIST_TAGS, tags::list),
        on(&LIST_COST_TRACKING_TAGS, tags::list_cost_tracking),
        on(&UPDATE_TAG, tags::update),
        on(&CREATE_TAG_DEFAULT, tag_defaults::create),
        on(&GET_TAG_DEFAULT, tag_defaults::get),
        on(&LIST_TAG_DEFAULTS, tag_defaults::list),
        on(&ASSEMBLE_EFFECTIVE_TAG_SET, tag_defaults::assemble),
        on(&UPDATE_TAG_DEFAULT, tag_defaults::update),
        on(&ADD_TAG_DEFAULT_LOCK, tag_defaults::add_lock),
        on(&REMOVE_TAG_DEFAULT_LOCK, tag_defaults::remove_lock),
        on(&DELETE_TAG_DEFAULT, tag_defaults::delete),
        on(&CREATE_DYNAMIC_GROUP, dynamic_groups::create),
        on(&GET_DYNAMIC_GROUP, dynamic_groups::get),
        on(&LIST_DYNAMIC_GROUPS, dynamic_groups::list),
        on(&UPDATE_DYNAMIC_GROUP, dynamic_groups::update),
        on(&DELETE_DYNAMIC_GROUP, dynamic_groups::delete),
        on(&CREATE_NETWORK_SOURCE, network_sources::create),
        on(&GET_NETWORK_SOURCE, network_sources::get),
        on(&LIST_NETWORK_SOURCES, network_sources::list),
        on(&UPDATE_NETWORK_SOURCE, network_sources::update),
        on(&DELETE_NETWORK_SOURCE, network_sources::delete),
        on(&CREATE_REGION_SUBSCRIPTION, tenancies::create_subscription),
        on(&LIST_FAULT_DOMAINS, availability_domains::list_fault_domains),
        on(&DELETE_TAG, tag_deletion::delete),
        on(&CASCADE_DELETE_TAG_NAMESPACE, tag_deletion::cascade),
        on(&BULK_DELETE_TAGS, tag_deletion::bulk_delete),
        on(&BULK_EDIT_TAGS, tag_edits::bulk_edit),
        on(&LIST_BULK_EDIT_TAGS_RESOURCE_TYPES, tag_edits::list_types),
        on(&GET_TAGGING_WORK_REQUEST, tagging_work_requests::get),
        on(&LIST_TAGGING_WORK_REQUESTS, tagging_work_requests::list),
        on(&LIST_TAGGING_WORK_REQUEST_ERRORS, tagging_work_requests::list_errors),
        on(&LIST_TAGGING_WORK_REQUEST_LOGS, tagging_work_requests::list_logs),
        on(&GET_STANDARD_TAG_TEMPLATE, standard_tags::get),
        on(&LIST_STANDARD_TAG_NAMESPACES, standard_tags::list),
        on(&IMPORT_STANDARD_TAGS, standard_tags::import),
        on(&LIST_EVENTS, audit_events::list),
        on(&GET_CONFIGURATION, audit_events::configuration),
        on(&LIST_REFUSALS, refusals::list),
        on(&GET_REFUSAL_EXPLANATION, refusals::explain),
        on(&GET_AUTHENTICATION_POLICY, authentication_policies::get),
        on(&UPDATE_AUTHENTICATION_POLICY, authentication_policies::update),
    ];
    let all = bindings.into_iter().chain(scim_bindings::bindings());
    all.map(|binding| (key(binding.spec), binding)).collect()
});

/// Binds an operation to the function that has its types.
pub(crate) fn on<B, R>(
    operation: &'static Operation<B, R>,
    handler: fn(&mut Call<'_, '_>, B) -> Result<Reply<R>, Problem>,
) -> Binding
where
    B: DeserializeOwned + 'static,
    R: Serialize + 'static,
{
    let spec = &operation.spec;
    let run = move |call: &mut Call<'_, '_>, body: &Value| {
        // `body` was checked against the model, so this fails only where the two disagree.
        let body = B::deserialize(body)
            .map_err(|cause| Problem::invalid(format!("the body is not valid: {cause}")))?;
        RawReply::new(spec, handler(call, body)?)
    };
    Binding { spec, run: Box::new(run), before: None, looks_up: |ahead, _, _| ahead }
}
