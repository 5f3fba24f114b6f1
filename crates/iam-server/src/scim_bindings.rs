//! Which function does what each operation of a domain promises: one typed line for each.

use crate::bindings::{Binding, on};
use crate::new_password;
use iam_api::scim::identity_settings::{
    GET_IDENTITY_SETTING, LIST_IDENTITY_SETTINGS, PATCH_IDENTITY_SETTING, PUT_IDENTITY_SETTING,
    SEARCH_IDENTITY_SETTINGS,
};
use iam_api::scim::me_password_changer::PUT_ME_PASSWORD_CHANGER;
use iam_api::scim::me_password_reset_requestor::CREATE_ME_PASSWORD_RESET_REQUESTOR;
use iam_api::scim::me_password_resetter::CREATE_ME_PASSWORD_RESETTER;
use iam_api::scim::notification_settings::{
    GET_NOTIFICATION_SETTING, LIST_NOTIFICATION_SETTINGS, PUT_NOTIFICATION_SETTING,
    SEARCH_NOTIFICATION_SETTINGS,
};
use iam_api::scim::notification_templates::{
    DELETE_NOTIFICATION_TEMPLATE, GET_NOTIFICATION_TEMPLATE, LIST_NOTIFICATION_TEMPLATES,
    PUT_NOTIFICATION_TEMPLATE,
};
use iam_api::scim::password_policies::{
    CREATE_PASSWORD_POLICY, DELETE_PASSWORD_POLICY, GET_PASSWORD_POLICY, LIST_PASSWORD_POLICIES,
    PATCH_PASSWORD_POLICY, PUT_PASSWORD_POLICY, SEARCH_PASSWORD_POLICIES,
};
use iam_api::scim::user_capabilities_changer::PUT_USER_CAPABILITIES_CHANGER;
use iam_api::scim::user_locked_state_changer::CREATE_USER_LOCKED_STATE_CHANGER;
use iam_api::scim::user_password_changer::PUT_USER_PASSWORD_CHANGER;
use iam_api::scim::user_password_resetter::PUT_USER_PASSWORD_RESETTER;
use iam_api::scim::user_status_changer::PUT_USER_STATUS_CHANGER;
use iam_api::scim::user_token_validator::CREATE_USER_TOKEN_VALIDATOR;
use iam_api::scim::users::{
    CREATE_USER, DELETE_USER, GET_USER, LIST_USERS, PATCH_USER, PUT_USER, SEARCH_USERS,
};
use iam_core::scim::{
    identity_settings, me_password_changer, me_password_reset_requestor, me_password_resetter,
    notification_settings, notification_templates, password_policies, user_capabilities_changer,
    user_locked_state_changer, user_password_changer, user_password_resetter, user_status_changer,
    user_token_validator, users,
};

/// Every operation of a domain that is served.
pub(crate) fn bindings() -> Vec<Binding> {
    vec![
        on(&LIST_USERS, users::list),
        on(&SEARCH_USERS, users::search),
        on(&CREATE_USER, users::create).after(new_password::of_new_user),
        on(&GET_USER, users::get),
        on(&PUT_USER, users::put),
        on(&PATCH_USER, users::patch),
        on(&DELETE_USER, users::delete),
        on(&PUT_USER_PASSWORD_RESETTER, user_password_resetter::put),
        on(&PUT_USER_PASSWORD_CHANGER, user_password_changer::put).after(new_password::of_user),
        on(&PUT_ME_PASSWORD_CHANGER, me_password_changer::put).after(new_password::of_caller),
        on(&CREATE_ME_PASSWORD_RESET_REQUESTOR, me_password_reset_requestor::create),
        on(&CREATE_ME_PASSWORD_RESETTER, me_password_resetter::create).after(new_password::by_link),
        on(&CREATE_USER_TOKEN_VALIDATOR, user_token_validator::create),
        on(&CREATE_USER_LOCKED_STATE_CHANGER, user_locked_state_changer::create),
        on(&PUT_USER_STATUS_CHANGER, user_status_changer::put),
        on(&PUT_USER_CAPABILITIES_CHANGER, user_capabilities_changer::put),
        on(&LIST_PASSWORD_POLICIES, password_policies::list),
        on(&SEARCH_PASSWORD_POLICIES, password_policies::search),
        on(&CREATE_PASSWORD_POLICY, password_policies::create),
        on(&GET_PASSWORD_POLICY, password_policies::get),
        on(&PUT_PASSWORD_POLICY, password_policies::put),
        on(&PATCH_PASSWORD_POLICY, password_policies::patch),
        on(&DELETE_PASSWORD_POLICY, password_policies::delete),
        on(&LIST_NOTIFICATION_SETTINGS, notification_settings::list),
        on(&SEARCH_NOTIFICATION_SETTINGS, notification_settings::search),
        on(&GET_NOTIFICATION_SETTING, notification_settings::get),
        on(&PUT_NOTIFICATION_SETTING, notification_settings::put),
        on(&LIST_NOTIFICATION_TEMPLATES, notification_templates::list),
        on(&GET_NOTIFICATION_TEMPLATE, notification_templates::get),
        on(&PUT_NOTIFICATION_TEMPLATE, notification_templates::put),
        on(&DELETE_NOTIFICATION_TEMPLATE, notification_templates::delete),
        on(&LIST_IDENTITY_SETTINGS, identity_settings::list),
        on(&SEARCH_IDENTITY_SETTINGS, identity_settings::search),
        on(&GET_IDENTITY_SETTING, identity_settings::get),
        on(&PUT_IDENTITY_SETTING, identity_settings::put),
        on(&PATCH_IDENTITY_SETTING, identity_settings::patch),
    ]
}
