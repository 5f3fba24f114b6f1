//! `oci setup repair-file-permissions`: gives a file back to its owner alone.

use crate::commands::group::{Call, Command, Opt};
use crate::{config::expand_home, failure::Failure};
use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt as _,
};

/// The command.
pub(super) static COMMAND: Command = Command {
    name: "repair-file-permissions",
    doc: "Lets only you read and write a file, as a configuration or key file should be.",
    options: &[Opt { name: "--file", value: Some("TEXT"), doc: "The file to repair. [required]" }],
    examples: &["oci setup repair-file-permissions --file ~/.oci/config"],
    run,
};

fn run(call: &mut Call<'_>) -> Result<(), Failure> {
    let path = expand_home(call.required("--file")?, call.env);
    let data = path
        .metadata()
        .map_err(|_| call.usage(format!("Could not find file: {}", path.display())))?;
    if !data.is_file() {
        return Err(call.usage("This command is only supported for files.".to_owned()));
    }
    fs::set_permissions(&path, Permissions::from_mode(0o600)).map_err(|error| {
        Failure::Client(format!(
            "ERROR: Cannot change the permissions of {}: {error}",
            path.display()
        ))
    })
}
