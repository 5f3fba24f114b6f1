//! The Identity API, a file for each resource; a test stands where its URL says. What all
//! operations of a kind have in common stands in `lists`, `etags` and `retry_tokens`.

mod api_keys;
mod audit_events;
mod authentication_policies;
mod compartment_work;
mod compartments;
mod conditions;
mod credentials;
mod db_credentials;
mod domain_work;
mod domains;
mod dynamic_groups;
mod etags;
mod groups;
mod identity_providers;
mod lists;
mod mfa_totp_devices;
mod network_sources;
mod oauth2_client_credentials;
mod policies;
mod retry_tokens;
mod standard_tags;
mod tag_defaults;
mod tag_deletion;
mod tag_edits;
mod tag_namespaces;
mod tagging;
mod tags;
mod tenancies;
mod ui_password;
mod user_group_memberships;
mod users;
mod verification;
