//! Warnings about files that others may read.
//!
//! The words, and the variables that silence them, are those of the official command line, so that
//! scripts which look for either keep working. Mending the permissions is `oci setup
//! repair-file-permissions`. The one idea: it is the file that counts, not a link that leads to it.

use super::env::Environment;
use crate::terminal;
use std::{os::unix::fs::PermissionsExt as _, path::Path};

/// What ends a private key file that search engines for leaked secrets recognise.
pub(crate) const KEY_LABEL: &str = "OCI_API_KEY";

/// More than reading and writing by the owner.
const UNWANTED: u32 = 0o177;

/// Warns when more than the owner's reading and writing of a file is allowed; a pipe has no others.
pub(crate) fn warn_if_open(path: &Path, env: &dyn Environment) {
    if env.var("OCI_CLI_SUPPRESS_FILE_PERMISSIONS_WARNING").as_deref() == Some("True") {
        return;
    }
    let Ok(data) = path.metadata() else { return };
    if !data.is_file() || data.permissions().mode() & UNWANTED == 0 {
        return;
    }
    let coloured = env.var("NO_COLOR").is_none();
    let path = path.display();
    terminal::warn(
        &format!(
            "WARNING: Permissions on {path} are too open. \n\
             To fix this please try executing the following command: "
        ),
        coloured,
    );
    terminal::note(&format!("oci setup repair-file-permissions --file {path} "));
    terminal::warn(
        "Alternatively to hide this warning, you may set the environment variable, \
         OCI_CLI_SUPPRESS_FILE_PERMISSIONS_WARNING: ",
        coloured,
    );
    terminal::note("export OCI_CLI_SUPPRESS_FILE_PERMISSIONS_WARNING=True\n");
}

/// Warns when a key file does not end with the label that marks it as one.
pub(crate) fn warn_if_unlabelled(path: &Path, key: &[u8], env: &dyn Environment) {
    let suppressed = env.var("SUPPRESS_LABEL_WARNING");
    if suppressed.is_some_and(|value| value.eq_ignore_ascii_case("true"))
        || key.trim_ascii_end().ends_with(KEY_LABEL.as_bytes())
    {
        return;
    }
    terminal::warn(
        &format!(
            "Warning: To increase security of your API key located at {}, append an extra line \
             with 'OCI_API_KEY' at the end. For more information, refer to \
             https://docs.oracle.com/iaas/Content/API/Concepts/apisigningkey.htm. To suppress the \
             warning, set the env variable SUPPRESS_LABEL_WARNING=True",
            path.display()
        ),
        env.var("NO_COLOR").is_none(),
    );
}
