//! The profile of a new tenancy's first administrator: an API key of their own, and a section of an
//! OCI configuration file that every client reads as it is.

use crate::failure::Failure;
use crate::made::Made;
use crate::profile;
use iam_core::installation::Installed;
use iam_sign::GeneratedKey;
use std::fs;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// The size of the key: what Oracle's own tools make.
const KEY_BITS: usize = 2048;
/// The line that Oracle's tools want to see below a private key, and warn without.
const KEY_LABEL: &str = "OCI_API_KEY";
const NAME_MAX: usize = 100;

/// A profile that is to be.
pub(super) struct NewProfile {
    pub(super) name: String,
    /// The configuration file.
    pub(super) config: PathBuf,
    /// Where its private key goes: beside the file.
    pub(super) key_file: PathBuf,
    key: GeneratedKey,
}

impl NewProfile {
    /// A profile of that name in that file, which must not have one; its key is made here.
    pub(super) fn new(name: &str, config: PathBuf) -> Result<Self, Failure> {
        check_word("profile", name, NAME_MAX, b"-._@")?;
        let key_file = config.with_file_name(format!("{name}_api_key.pem"));
        // The official tools read the path from a line of the configuration file.
        let one_line = |path: &Path| path.to_str().is_some_and(|text| !text.contains(['\n', '\r']));
        if !one_line(&key_file) {
            return Err(Failure::new(format!(
                "`{}` cannot be written to a configuration file; give a path in UTF-8 without line \
                 breaks",
                key_file.display()
            )));
        }
        if config.exists() {
            let text = fs::read_to_string(&config).map_err(Failure::file("read", &config))?;
            if profile::exists(&text, name) {
                return Err(Failure::new(format!(
                    "`{}` already has a profile `{name}`, and nothing was changed; give another \
                     --profile",
                    config.display(),
                )));
            }
        }
        let key = iam_sign::generate(KEY_BITS).map_err(|cause| Failure::new(cause.to_string()))?;
        Ok(Self { name: name.to_owned(), config, key_file, key })
    }

    /// The public half of the key, in PEM.
    pub(super) fn public_key(&self) -> &str {
        &self.key.public_pem
    }

    /// Writes the private key, and the section about whom it signs for.
    pub(super) fn write(&self, made: &mut Made, installed: &Installed) -> Result<(), Failure> {
        if let Some(parent) = self.config.parent() {
            made.missing_dirs(parent)?;
        }
        let labelled = Zeroizing::new(format!("{}{KEY_LABEL}\n", *self.key.private_pem));
        made.new_file(&self.key_file, &labelled)?;
        let key_file = self.key_file.display().to_string();
        let lines = profile::write(
            &self.name,
            &[
                ("user", installed.admin.as_str()),
                ("fingerprint", &installed.fingerprint),
                ("tenancy", installed.tenancy.as_str()),
                ("region", &installed.region),
                ("key_file", &key_file),
            ],
        );
        if self.config.exists() {
            made.append(&self.config, &format!("\n\n{lines}")) // the last line may have no end
        } else {
            made.new_file(&self.config, &lines)
        }
    }
}

/// Refuses a word that is too long, or has other signs than letters, digits and these.
pub(super) fn check_word(
    what: &str,
    text: &str,
    length_max: usize,
    also: &[u8],
) -> Result<(), Failure> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || also.contains(&byte);
    if (1..=length_max).contains(&text.len()) && text.bytes().all(allowed) {
        return Ok(());
    }
    let signs: Vec<String> = also.iter().map(|&byte| char::from(byte).to_string()).collect();
    Err(Failure::new(format!(
        "{what} `{}` is not valid: use 1 to {length_max} ASCII letters, digits and {}",
        text.escape_debug(),
        signs.join(" ")
    )))
}
