//! `oci setup …`: makes what the other commands need, configuration files and keys.
//!
//! Holds the table of the commands; what each does is in the file of its name. They work on this
//! machine alone, but for the one that begins with a sign-in.

mod bootstrap;
pub(crate) mod config;
pub(crate) mod files;
pub(crate) mod keys;
mod permissions;

use super::group::Group;

/// The group.
pub(crate) static GROUP: Group = Group {
    name: "setup",
    commands: &[&bootstrap::COMMAND, &config::COMMAND, &keys::COMMAND, &permissions::COMMAND],
    not_yet: &[
        "autocomplete",
        "find-installations",
        "instance-principal",
        "oci-cli-rc",
        "pkcs11-auth",
    ],
};
