//! `oci session …`: sessions that sign in the place of an API key, begun, kept and ended.
//!
//! A session is a folder with a key and a token, and a profile that names both. The one idea: the
//! token is bound to the key, so whoever has one of them alone has nothing.

mod archive;
pub(super) mod authenticate;
pub(super) mod browser;
mod jwk;
pub(super) mod kept;
mod profiles;
mod refresh;
mod terminate;
pub(crate) mod validate;
mod zip;

use super::group::{Call, Group};
use crate::config::{self, DEFAULT_LOCATION, Environment, Settings, expand_home, read_text};
use crate::failure::Failure;
use std::path::PathBuf;
use zeroize::Zeroizing;

/// How sessions sign, as `--auth` has it.
const AUTH: &str = "security_token";
/// Where sessions are kept unless something else is said.
const FOLDER: &str = "~/.oci/sessions";

/// The group.
pub(crate) static GROUP: Group = Group {
    name: "session",
    commands: &[
        &authenticate::COMMAND,
        &validate::COMMAND,
        &refresh::COMMAND,
        &terminate::COMMAND,
        &archive::EXPORT,
        &archive::IMPORT,
    ],
    not_yet: &[],
};

/// The configuration for a command of the group.
fn settings<'e>(
    globals: &crate::globals::Globals,
    env: &'e dyn Environment,
    command: &str,
) -> Result<Settings<'e>, Failure> {
    let mut settings = config::load(globals, env)?;
    settings.apply_defaults(&["session", command]);
    Ok(settings)
}

/// The configuration of a command that signs with the session, whatever else would sign.
fn of_session<'e>(call: &Call<'e>, command: &str) -> Result<Settings<'e>, Failure> {
    let mut settings = settings(call.globals, call.env, command)?;
    settings.globals.auth = Some(AUTH.to_owned());
    Ok(settings)
}

/// The file of the profile.
fn config_file(settings: &Settings<'_>) -> PathBuf {
    let path = settings.globals.config_file.as_deref().unwrap_or(DEFAULT_LOCATION);
    expand_home(path, settings.env)
}

/// The token of the profile's session, and where it is; what is told where there is none ends with
/// `for_what`.
fn token(settings: &Settings<'_>, without: &str) -> Result<(PathBuf, Zeroizing<String>), Failure> {
    let Some(path) = settings.read()?.security_token_file.clone() else {
        return Err(Failure::Client(format!("ERROR: {without}")));
    };
    if !path.exists() {
        return Err(Failure::Client(format!(
            "ERROR: 'security_token_file' not found: {}",
            path.display()
        )));
    }
    let token = read_text(&path)?;
    Ok((path, Zeroizing::new(token.trim().to_owned())))
}
