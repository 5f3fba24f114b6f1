//! A session that has begun, kept: its key and token in a folder, and a profile that names both.

use super::FOLDER;
use super::profiles::Profiles;
use crate::commands::setup::config::check_profile;
use crate::commands::setup::files::{create_folder, write_private};
use crate::commands::setup::keys::{DEFAULT_NAME, KeyFiles};
use crate::config::{DEFAULT_LOCATION, Environment, expand_home};
use crate::dialogue::Dialogue;
use crate::failure::Failure;
use iam_sign::GeneratedKey;
use std::path::{self, PathBuf};
use zeroize::Zeroizing;

/// What stands for a key that somebody else keeps.
const NO_KEY: &str = "Update_private_key_path";

const WRITE_PASSPHRASE: &str = "Do you want to write your passphrase to the config file? (If not, \
                                you will need to enter it when prompted each time you run an oci \
                                command)";

/// The key of a session.
pub(crate) enum Key {
    /// A pair that was made for it.
    Pair(GeneratedKey),
    /// The half that was brought along.
    Public {
        /// As it was read.
        pem: String,
        /// Its fingerprint.
        fingerprint: String,
    },
}

impl Key {
    /// The half that is shown.
    pub(crate) fn public_pem(&self) -> &str {
        match self {
            Self::Pair(pair) => &pair.public_pem,
            Self::Public { pem, .. } => pem,
        }
    }

    /// Its fingerprint.
    pub(crate) fn fingerprint(&self) -> &str {
        match self {
            Self::Pair(pair) => &pair.fingerprint,
            Self::Public { fingerprint, .. } => fingerprint,
        }
    }
}

/// A session that has begun.
pub(crate) struct Session {
    /// Its key.
    pub(crate) key: Key,
    /// Its first token.
    pub(crate) token: Zeroizing<String>,
    /// The OCID of the tenancy.
    pub(crate) tenancy: String,
    /// The region.
    pub(crate) region: String,
}

/// Where it goes.
pub(crate) struct Place<'a> {
    /// The profile's name; asked for where there is none.
    pub(crate) profile: Option<&'a str>,
    /// The file of profiles, where it is not the usual one.
    pub(crate) config: Option<&'a str>,
    /// The folder of sessions, where it is not the usual one.
    pub(crate) folder: Option<&'a str>,
    /// Whether the key is kept under a passphrase.
    pub(crate) asks_passphrase: bool,
    /// Whose API key the key has become; then it is kept as that, and no token with it.
    pub(crate) user: Option<&'a str>,
}

/// Keeps the session; answers the profile, and the file that it is in.
pub(crate) fn keep(
    session: &Session,
    place: &Place<'_>,
    env: &dyn Environment,
    dialogue: &mut Dialogue<'_>,
) -> Result<(String, PathBuf), Failure> {
    let name = match place.profile {
        Some(name) => name.to_owned(),
        None => ask_profile(env, dialogue)?,
    };
    let config = expand_home(place.config.unwrap_or(DEFAULT_LOCATION), env);
    let folder = absolute(&expand_home(place.folder.unwrap_or(FOLDER), env).join(&name))?;
    let files = KeyFiles::new(&folder, DEFAULT_NAME);
    let mut passphrase = match place.asks_passphrase {
        true => dialogue.new_passphrase()?,
        false => None,
    };
    create_folder(&folder)?;
    let key_file = match &session.key {
        Key::Pair(pair) => {
            files.write(pair, passphrase.as_deref().map(String::as_str))?;
            files.private.to_string_lossy().into_owned()
        }
        Key::Public { pem, .. } => {
            write_private(&files.public, pem.as_bytes(), true)?;
            NO_KEY.to_owned()
        }
    };
    let token = folder.join("token");
    if place.user.is_none() {
        write_private(&token, session.token.as_bytes(), true)?;
    }
    let is_asked = passphrase.is_some() && place.user.is_none();
    if is_asked && !dialogue.confirm(WRITE_PASSPHRASE, false)? {
        passphrase = None;
    }
    let token = token.to_string_lossy();
    let mut options: Vec<_> = place.user.map(|user| ("user", user)).into_iter().collect();
    options.extend([
        ("fingerprint", session.key.fingerprint()),
        ("key_file", &key_file),
        ("tenancy", &session.tenancy),
        ("region", &session.region),
    ]);
    options.extend(passphrase.as_ref().map(|text| ("pass_phrase", text.as_str())));
    options.extend(place.user.is_none().then_some(("security_token_file", &*token)));
    let mut profiles = Profiles::read(&config)?;
    profiles.remove(&name)?;
    profiles.add(&name, &options)?;
    profiles.write()?;
    Ok((name, config))
}

/// Asks for the name of the profile; without any file there is one name that goes without saying.
fn ask_profile(env: &dyn Environment, dialogue: &mut Dialogue<'_>) -> Result<String, Failure> {
    let config = expand_home(DEFAULT_LOCATION, env);
    if !config.exists() {
        return Ok("DEFAULT".to_owned());
    }
    let question = "Enter the name of the profile you would like to create";
    let name =
        dialogue.ask(question, None, |name| check_profile(name).map(|()| name.to_owned()))?;
    let names: Vec<String> =
        Profiles::read(&config)?.names().iter().map(|name| name.to_uppercase()).collect();
    if names.contains(&name.to_uppercase()) {
        dialogue.say(&format!("note: profile {name} exists already, and is replaced"))?;
    }
    Ok(name)
}

fn absolute(path: &std::path::Path) -> Result<PathBuf, Failure> {
    path::absolute(path)
        .map_err(|error| Failure::Client(format!("ERROR: {}: {error}", path.display())))
}

/// What is said of a session that is there now.
pub(super) fn try_out(what: &str, profile: &str, config: &std::path::Path) -> String {
    format!(
        "\n    Try out your newly {what} session credentials with the following example \
         command:\n\n    oci iam region list --config-file {} --profile {profile} --auth {}\n",
        config.display(),
        super::AUTH
    )
}
