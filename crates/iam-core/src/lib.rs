//! What each operation does: one file per resource, each function plain and synchronous inside one
//! transaction. No HTTP, no async, no decision about who may: `iam-policy` decides, and a handler
//! gets its [`call::Call`] only with the proof.
//!
//! Beside the operations stand what they share (`call`, `context`, `fields`, `page`, `target`), and
//! what only the Console does: signing in, choosing a password, finding back in by a mailed link.

pub mod access;
pub mod access_tokens;
pub mod api_keys;
pub mod audit;
pub mod audit_events;
pub mod auth_tokens;
pub mod authentication_policies;
pub mod availability_domains;
pub mod bulk_actions;
pub mod call;
pub mod change_password;
pub mod clock;
pub mod compartment_work;
pub mod compartments;
pub mod context;
pub mod counts;
pub mod credentials;
pub mod customer_secret_keys;
pub mod db_credentials;
pub mod domain_work;
pub mod domains;
pub mod dynamic_groups;
mod fields;
pub mod groups;
pub mod hex;
pub mod iam_work_requests;
pub mod identity_providers;
pub mod identity_settings;
pub mod idp_group_mappings;
pub mod installation;
pub mod links;
mod locks;
pub mod mail;
pub mod mail_templates;
pub mod mfa_totp_devices;
pub mod network_sources;
pub mod notification_settings;
pub mod oauth2_client_credentials;
mod one_time_password;
pub mod page;
mod password_hash;
pub mod password_policies;
pub mod password_rules;
pub mod policies;
pub mod recovery;
pub mod retry_tokens;
mod saml_metadata;
pub mod scim;
pub mod second_factor;
pub mod server_key;
pub mod sessions;
pub mod sign_in;
pub mod smtp_credentials;
pub mod standard_tags;
pub mod strangers;
pub mod swift_passwords;
pub mod tag_defaults;
pub mod tag_deletion;
pub mod tag_edits;
pub mod tag_namespaces;
mod tagging;
pub mod tagging_work_requests;
pub mod tags;
pub mod target;
pub mod tenancies;
pub mod totp;
mod tree;
pub mod ui_passwords;
pub mod user_group_memberships;
pub mod users;
pub mod verify;
pub mod work_requests;
