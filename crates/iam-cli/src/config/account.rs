//! Who signs the requests: a checked profile and its private key.
//!
//! The one idea: the key's file is read once, and the key is made from it only when a request is
//! about to be signed, since an encrypted key costs time and may need a question.

use super::{
    check,
    env::Environment,
    file::read_bytes,
    permissions::{warn_if_open, warn_if_unlabelled},
    profile::{DEFAULT_LOCATION, Profile},
    token,
};
use crate::{clock::now, failure::Failure, globals::Globals};
use iam_sign::{KeyError, PrivateKey};
use std::{
    cell::OnceCell,
    fmt,
    io::IsTerminal as _,
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// Who signs the requests.
pub(crate) struct Account {
    /// The region, where one is named.
    pub(crate) region: Option<String>,
    /// The name under which requests are signed; with a session's token in it, a secret.
    pub(crate) key_id: Zeroizing<String>,
    /// Whether the profile names the token of a session that does not sign.
    pub(crate) ignores_token: bool,
    text: KeyText,
    pass_phrase: Option<Zeroizing<String>>,
    key: OnceCell<PrivateKey>,
}

impl Account {
    /// Checks a profile whose API key signs, warns about its files, and reads the key's file.
    pub(crate) fn new(
        profile: &Profile,
        globals: &Globals,
        env: &dyn Environment,
    ) -> Result<Self, Failure> {
        // The order of the warnings is the official one.
        let text = KeyText::read(profile)?;
        if let Some(path) = text.path() {
            warn_if_unlabelled(path, &text.pem, env);
        }
        if let Some(config) = &profile.file {
            warn_if_open(config, env);
        }
        let config_file = globals.config_file.as_deref().unwrap_or(DEFAULT_LOCATION);
        check::check(profile, globals.endpoint.is_none(), config_file)?;
        let key_id = [&profile.tenancy, &profile.user, &profile.fingerprint];
        let key_id = key_id.map(|part| part.as_deref().unwrap_or_default()).join("/");
        Ok(Self::signing_as(Zeroizing::new(key_id), profile, text, env))
    }

    /// The same for a profile whose session signs: the token says who that is.
    pub(crate) fn of_session(profile: &Profile, env: &dyn Environment) -> Result<Self, Failure> {
        let text = KeyText::read(profile)?;
        if let Some(config) = &profile.file {
            warn_if_open(config, env);
        }
        if matches!(text.source, Source::Nowhere) {
            return Err(Failure::Client(
                "ERROR: --auth security_token needs the option `key_file` in the profile: the key \
                 that the session was begun with"
                    .to_owned(),
            ));
        }
        let key_id = token::key_id(profile.security_token_file.as_ref(), now(), env)?;
        Ok(Self { ignores_token: false, ..Self::signing_as(key_id, profile, text, env) })
    }

    /// The account of a session that has just begun, with a key that is in no file yet.
    pub(crate) fn begun(pem: &str, token: &str, region: &str) -> Self {
        let pem = Zeroizing::new(pem.as_bytes().to_vec());
        Self {
            region: Some(region.to_owned()),
            key_id: token::signing(token),
            ignores_token: false,
            text: KeyText { pem, source: Source::Nowhere },
            pass_phrase: None,
            key: OnceCell::new(),
        }
    }

    fn signing_as(
        key_id: Zeroizing<String>,
        profile: &Profile,
        text: KeyText,
        env: &dyn Environment,
    ) -> Self {
        if let Some(path) = text.path() {
            warn_if_open(path, env);
        }
        Self {
            key_id,
            ignores_token: profile.security_token_file.is_some(),
            region: profile.region.clone(),
            text,
            pass_phrase: profile.pass_phrase.clone(),
            key: OnceCell::new(),
        }
    }

    /// The private key; asks for its passphrase where one is needed and somebody can answer.
    pub(crate) fn key(&self) -> Result<&PrivateKey, Failure> {
        if let Some(key) = self.key.get() {
            return Ok(key);
        }
        let pass_phrase = self.pass_phrase.as_ref().map(|pass_phrase| pass_phrase.as_str());
        let mut key = PrivateKey::from_pem(&self.text.pem, pass_phrase);
        if matches!(key, Err(KeyError::PassphraseNeeded)) && std::io::stderr().is_terminal() {
            let typed =
                rpassword::prompt_password("Private key passphrase:").map(Zeroizing::new).map_err(
                    |error| Failure::Client(format!("ERROR: Cannot read the passphrase: {error}")),
                )?;
            key = PrivateKey::from_pem(&self.text.pem, Some(&typed));
        }
        let key = key.map_err(|error| self.explain(&error))?;
        Ok(self.key.get_or_init(|| key))
    }

    /// The official text where there is one, then what is wrong with this key.
    fn explain(&self, error: &KeyError) -> Failure {
        let official = match error {
            KeyError::PassphraseNeeded => "The provided key requires a passphrase.",
            KeyError::Kind(kind) if kind.contains("PUBLIC KEY") => {
                "Authentication requires a private key, but a public key was provided."
            }
            KeyError::NotPem
            | KeyError::Kind(_)
            | KeyError::Damaged
            | KeyError::PassphraseWrong => {
                "The provided key is not a private key, or the provided passphrase is incorrect."
            }
            _ => "The provided key cannot sign requests.",
        };
        Failure::Client(format!("{official}\n{}: {error}", self.text.source))
    }
}

/// The text of a key that is not read yet as one.
struct KeyText {
    pem: Zeroizing<Vec<u8>>,
    source: Source,
}

/// Where a key comes from.
enum Source {
    Nowhere,
    Environment,
    File(PathBuf),
}

impl KeyText {
    fn read(profile: &Profile) -> Result<Self, Failure> {
        if let Some(content) = &profile.key_content {
            let pem = Zeroizing::new(content.as_bytes().to_vec());
            return Ok(Self { pem, source: Source::Environment });
        }
        let Some(path) = &profile.key_file else {
            return Ok(Self { pem: Zeroizing::default(), source: Source::Nowhere });
        };
        Ok(Self { pem: read_bytes(path)?, source: Source::File(path.clone()) })
    }

    fn path(&self) -> Option<&Path> {
        match &self.source {
            Source::File(path) => Some(path),
            Source::Nowhere | Source::Environment => None,
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nowhere => out.write_str("no key"),
            Self::Environment => out.write_str("OCI_CLI_KEY_CONTENT"),
            Self::File(path) => path.display().fmt(out),
        }
    }
}
