//! The profile: what the configuration file and the environment say about who signs.
//!
//! Finds the file, reads the profile and lays `OCI_CLI_*` over it; whether that is enough to sign a
//! request is for `account.rs` to say. The one idea: where the environment says it all, no file is
//! read, and none needs to exist.

use super::{
    env::{Environment, expand_home, is_file},
    file::read_text,
    ini::Ini,
};
use crate::{failure::Failure, globals::Globals};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Where the official tools look for the file, when nothing else is said.
pub(crate) const DEFAULT_LOCATION: &str = "~/.oci/config";
const OLD_LOCATION: &str = "~/.oraclebmc/config";

/// Where the user can read about the file; the official tools end their messages with it.
const MORE: &str = "For more info about config file and how to get required information, see \
                    https://docs.oracle.com/en-us/iaas/Content/API/Concepts/sdkconfig.htm";

/// What the profile and the environment hold; nothing of it checked.
#[derive(Default)]
pub(crate) struct Profile {
    /// The user's OCID.
    pub(crate) user: Option<String>,
    /// The tenancy's OCID.
    pub(crate) tenancy: Option<String>,
    /// The fingerprint of the key.
    pub(crate) fingerprint: Option<String>,
    /// Where the key is.
    pub(crate) key_file: Option<PathBuf>,
    /// The key itself, which only the environment may hold.
    pub(crate) key_content: Option<Zeroizing<String>>,
    /// Where the token of a session is.
    pub(crate) security_token_file: Option<PathBuf>,
    /// What opens an encrypted key.
    pub(crate) pass_phrase: Option<Zeroizing<String>>,
    /// The region, by name or three letters.
    pub(crate) region: Option<String>,
    /// The file that was read.
    pub(crate) file: Option<PathBuf>,
}

impl Profile {
    /// Reads the profile of that name.
    pub(crate) fn read(
        name: &str,
        globals: &Globals,
        env: &dyn Environment,
    ) -> Result<Self, Failure> {
        let mut profile = if enough(globals, env) {
            Self::default()
        } else {
            Self::from_file(name, globals, env)?
        };
        profile.lay_over(globals, env);
        Ok(profile)
    }

    fn from_file(name: &str, globals: &Globals, env: &dyn Environment) -> Result<Self, Failure> {
        let path = find(globals.config_file.as_deref(), env);
        if !path.exists() {
            return Err(Failure::Client(format!(
                "ERROR: Could not find config file at {}\nMake one with `oci setup config`, or \
                 name another with `--config-file`",
                path.display()
            )));
        }
        let ini = Ini::parse(&read_text(&path)?).map_err(|error| {
            Failure::Client(format!("ERROR: Config file {} is invalid: {error}", path.display()))
        })?;
        if !ini.has(name) {
            return Err(Failure::Client(format!(
                "ERROR: Profile '{name}' not found in config file {} {MORE}",
                path.display()
            )));
        }
        if ini.get(name, "key_content").is_some() {
            return Err(Failure::Client(format!(
                "ERROR: 'key_content' cannot be specified in a config file for security reasons. \
                 Name a file with `key_file`, or set the variable OCI_CLI_KEY_CONTENT. {MORE}"
            )));
        }
        let key_file = key_file(&ini, name, &path, env)?;
        let text = |option| ini.get(name, option).map(str::to_owned);
        Ok(Self {
            user: text("user"),
            tenancy: text("tenancy"),
            fingerprint: text("fingerprint"),
            key_file,
            key_content: None,
            security_token_file: text("security_token_file").map(|path| expand_home(&path, env)),
            pass_phrase: text("pass_phrase").map(Zeroizing::new),
            region: text("region"),
            file: Some(path),
        })
    }

    /// Lays the environment over what the file said, and the region of the command line over both.
    fn lay_over(&mut self, globals: &Globals, env: &dyn Environment) {
        let lay = |value: &mut Option<String>, name| {
            if let Some(new) = env.var(name) {
                *value = Some(new);
            }
        };
        lay(&mut self.user, "OCI_CLI_USER");
        lay(&mut self.tenancy, "OCI_CLI_TENANCY");
        lay(&mut self.fingerprint, "OCI_CLI_FINGERPRINT");
        if let Some(path) = env.var("OCI_CLI_KEY_FILE") {
            self.key_file = Some(expand_home(&path, env));
        }
        if let Some(path) = env.var("OCI_CLI_SECURITY_TOKEN_FILE") {
            self.security_token_file = Some(expand_home(&path, env));
        }
        self.key_content = env.var("OCI_CLI_KEY_CONTENT").map(Zeroizing::new);
        if let Some(pass_phrase) = env.var("OCI_CLI_PASSPHRASE") {
            self.pass_phrase = Some(Zeroizing::new(pass_phrase));
        }
        if globals.region.is_some() {
            self.region.clone_from(&globals.region);
        }
        if self.region.is_none() {
            self.region = env.var("OCI_REGION");
        }
    }
}

/// Whether the environment alone says who signs.
fn enough(globals: &Globals, env: &dyn Environment) -> bool {
    let is_set = |name| env.var(name).is_some();
    is_set("OCI_CLI_USER")
        && is_set("OCI_CLI_TENANCY")
        && is_set("OCI_CLI_FINGERPRINT")
        && globals.region.is_some()
        && (is_set("OCI_CLI_KEY_FILE") || is_set("OCI_CLI_KEY_CONTENT"))
}

/// The file that was named, else the usual one, else the two places where older tools put it.
fn find(named: Option<&str>, env: &dyn Environment) -> PathBuf {
    let usual = expand_home(DEFAULT_LOCATION, env);
    if let Some(named) = named.filter(|named| *named != DEFAULT_LOCATION) {
        return expand_home(named, env);
    }
    if is_file(&usual) {
        return usual;
    }
    if let Some(path) = env.var("OCI_CONFIG_FILE") {
        return expand_home(&path, env);
    }
    let old = expand_home(OLD_LOCATION, env);
    if is_file(&old) { old } else { usual }
}

/// The profile's key file, which must exist even where the environment names another.
fn key_file(
    ini: &Ini,
    profile: &str,
    config: &Path,
    env: &dyn Environment,
) -> Result<Option<PathBuf>, Failure> {
    let Some(entry) = ini.entry(profile, "key_file") else { return Ok(None) };
    let path = expand_home(&entry.value, env);
    if is_file(&path) {
        return Ok(Some(path));
    }
    Err(Failure::Client(format!(
        "ERROR: Config file {} is invalid: the key_file's value '{}' at line {} must be a valid \
         file path. {MORE}",
        config.display(),
        path.display(),
        entry.line
    )))
}
