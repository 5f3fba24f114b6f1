//! `oci setup keys`: makes an API signing key pair, as two files.
//!
//! The one idea: nothing is made before all questions are answered, so that no half of a pair is
//! replaced and no fingerprint is shown of a key that does not exist.

use super::files::{create_folder, write_private};
use crate::{
    commands::group::{Call, Command, Opt},
    config::{KEY_LABEL, expand_home, read_text},
    dialogue::{Dialogue, check_passphrase},
    failure::Failure,
};
use iam_sign::{GeneratedKey, KeyError, encrypt_private_pem, generate};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// What keys are called unless something else is said.
pub(crate) const DEFAULT_NAME: &str = "oci_api_key";

/// The size of the official tools' keys; larger ones make each request slower.
const BITS: usize = 2048;

/// The command.
pub(super) static COMMAND: Command = Command {
    name: "keys",
    doc: "Makes an RSA key pair to sign requests with. Asks for a passphrase where none is given.",
    options: &[
        Opt {
            name: "--key-name",
            value: Some("TEXT"),
            doc: "The files are called NAME.pem and NAME_public.pem. [default: oci_api_key]",
        },
        Opt {
            name: "--output-dir",
            value: Some("PATH"),
            doc: "The directory to write them to. [default: ~/.oci]",
        },
        Opt {
            name: "--passphrase",
            value: Some("TEXT"),
            doc: "Encrypts the private key. Others on this machine can see what a command line \
                  says: prefer --passphrase-file.",
        },
        Opt {
            name: "--passphrase-file",
            value: Some("FILENAME"),
            doc: "A file whose first line is the passphrase, or - for stdin.",
        },
        Opt {
            name: "--overwrite",
            value: None,
            doc: "Replaces files of these names without asking.",
        },
    ],
    examples: &["oci setup keys", "oci setup keys --key-name work --passphrase-file ~/passphrase"],
    run,
};

fn run(call: &mut Call<'_>) -> Result<(), Failure> {
    let name = call.value("--key-name").unwrap_or(DEFAULT_NAME);
    check_name(name).map_err(|why| call.usage(why))?;
    let folder = expand_home(call.value("--output-dir").unwrap_or("~/.oci"), call.env);
    let mut dialogue = Dialogue::of_process();
    let passphrase = match given_passphrase(call, &mut dialogue)? {
        Some(passphrase) => Some(passphrase),
        None => dialogue.new_passphrase()?,
    };
    let files = KeyFiles::new(&folder, name);
    if !call.has("--overwrite") && !files.may_be_written(&mut dialogue)? {
        return Err(Failure::Aborted);
    }
    create_folder(&folder)?;
    let key = make()?;
    files.write(&key, passphrase.as_deref().map(String::as_str))?;
    dialogue.say(&format!("Public key written to: {}", files.public.display()))?;
    dialogue.say(&format!("Private key written to: {}", files.private.display()))?;
    dialogue.say(&format!("Public key fingerprint: {}", key.fingerprint))?;
    dialogue.say(&upload_hint(Some(&files.public)))
}

/// The passphrase that an option names.
fn given_passphrase(
    call: &Call<'_>,
    dialogue: &mut Dialogue<'_>,
) -> Result<Option<Zeroizing<String>>, Failure> {
    let inline = call.value("--passphrase").filter(|text| !text.is_empty());
    let passphrase = match (inline, call.value("--passphrase-file")) {
        (Some(_), Some(_)) => {
            let message = "Cannot specify both passphrase and passphrase-file options";
            return Err(call.usage(message.to_owned()));
        }
        (Some(inline), None) => Zeroizing::new(inline.to_owned()),
        (None, Some("-")) => dialogue.line()?,
        (None, Some(file)) => {
            let path = expand_home(file, call.env);
            if !path.exists() {
                return Err(call.usage(format!(
                    "Invalid value for '--passphrase-file': '{file}': No such file or directory"
                )));
            }
            let text = read_text(&path)?;
            Zeroizing::new(text.lines().next().unwrap_or_default().to_owned())
        }
        (None, None) => return Ok(None),
    };
    if passphrase.trim().is_empty() {
        let message = "passphrase-file must specify a password in the first line of the file";
        return Err(call.usage(message.to_owned()));
    }
    check_passphrase(&passphrase).map_err(|why| call.usage(why))?;
    Ok(Some(passphrase))
}

/// A key's name is the name of a file, and leads to no other directory.
pub(super) fn check_name(name: &str) -> Result<(), String> {
    if name.is_empty() || name.contains(['/', '\0']) {
        return Err(format!(
            "`{name}` is not the name of a key: it may not be empty or hold a `/`"
        ));
    }
    Ok(())
}

/// Makes a key pair.
pub(crate) fn make() -> Result<GeneratedKey, Failure> {
    generate(BITS).map_err(|error| cannot(&error))
}

fn cannot(error: &KeyError) -> Failure {
    Failure::Client(format!("ERROR: Cannot make a key: {error}"))
}

/// The two files of a key pair.
pub(crate) struct KeyFiles {
    /// The half that is kept.
    pub(crate) private: PathBuf,
    /// The half that is uploaded.
    pub(crate) public: PathBuf,
}

impl KeyFiles {
    /// The files of that name in that folder.
    pub(crate) fn new(folder: &Path, name: &str) -> Self {
        Self {
            private: folder.join(format!("{name}.pem")),
            public: folder.join(format!("{name}_public.pem")),
        }
    }

    /// Whether both files are new, or may be replaced.
    pub(super) fn may_be_written(&self, dialogue: &mut Dialogue<'_>) -> Result<bool, Failure> {
        for path in [&self.public, &self.private] {
            let question =
                format!("File {} already exists, do you want to overwrite?", path.display());
            if path.symlink_metadata().is_ok() && !dialogue.confirm(&question, false)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Writes the pair, the private half under the passphrase and with the label at its end.
    pub(crate) fn write(
        &self,
        key: &GeneratedKey,
        passphrase: Option<&str>,
    ) -> Result<(), Failure> {
        let pem = match passphrase {
            Some(passphrase) => {
                encrypt_private_pem(&key.private_pem, passphrase).map_err(|error| cannot(&error))?
            }
            None => key.private_pem.clone(),
        };
        let mut private = Zeroizing::new(String::with_capacity(pem.len() + KEY_LABEL.len()));
        private.push_str(&pem);
        private.push_str(KEY_LABEL);
        write_private(&self.private, private.as_bytes(), true)?;
        write_private(&self.public, key.public_pem.as_bytes(), true)
    }
}

/// What to do with the public half.
pub(super) fn upload_hint(public: Option<&Path>) -> String {
    let file = public.map_or_else(|| "PUBLIC_KEY_FILE".to_owned(), |p| p.display().to_string());
    format!(
        "\nBefore the key can sign requests, its public half must be known: add it to your user in \
         the\nConsole under API keys, or let somebody who may do so run\n\n    \
         oci iam user api-key upload --user-id USER_OCID --key-file {file}\n"
    )
}
