//! `oci setup config`: asks what a configuration file needs, and writes it.
//!
//! Asks in the order of the official command line, so that answers in a pipe fit both. The one
//! idea: the file is written once, at the end, and read back before, so that an aborted dialogue
//! changes no configuration and no value is written that would be read as another.

use super::{
    files::{create_folder, write_private},
    keys::{self, KeyFiles, check_name, upload_hint},
};
use crate::{
    commands::group::{Call, Command},
    config::{DEFAULT_LOCATION, Environment, Ini, KEY_LABEL, expand_home, is_file, is_ocid},
    config::{read_bytes, read_text},
    dialogue::{Dialogue, check_passphrase},
    failure::Failure,
};
use iam_api::regions::REGIONS;
use iam_sign::{KeyError, PrivateKey};
use std::path::{self, PathBuf};
use zeroize::Zeroizing;

/// The command.
pub(super) static COMMAND: Command = Command {
    name: "config",
    doc: "Asks for what a configuration file needs, makes a key if you want one, and writes both. \
          Nothing is changed before the last answer. A file that exists is added to, or replaced \
          after a question; --config-file proposes another than ~/.oci/config.",
    options: &[],
    examples: &["oci setup config", "oci --config-file ~/other/config setup config"],
    run,
};

const INTRODUCTION: &str = "
This makes a configuration file, which says who you are and with which key your requests are
signed. It asks for the OCIDs of your user and tenancy, which the Console shows in your profile
menu, and for a region. Ctrl+C leaves everything as it is.
";

const CANCELED: &str = "Config creation canceled.";

fn run(call: &mut Call<'_>) -> Result<(), Failure> {
    let mut dialogue = Dialogue::of_process();
    dialogue.say(INTRODUCTION)?;
    let Some(place) = ask_place(call, &mut dialogue)? else { return dialogue.say(CANCELED) };
    let user = dialogue.ask("Enter a user OCID", None, check_ocid)?;
    let tenancy = dialogue.ask("Enter a tenancy OCID", None, check_ocid)?;
    let region = ask_region(&mut dialogue)?;
    let question = "Do you want to generate a new API Signing RSA key pair? (If you decline you \
                    will be asked to supply the path to an existing key.)";
    let key = if dialogue.confirm(question, true)? {
        make_key(call.env, &mut dialogue)?
    } else {
        Some(ask_key(call.env, &mut dialogue)?)
    };
    let Some(mut key) = key else { return dialogue.say(CANCELED) };
    dialogue.say(&format!("Fingerprint: {}", key.fingerprint))?;
    let question = "Do you want to write your passphrase to the config file? (If not, you will \
                    need to enter it when prompted each time you run an oci command)";
    if key.passphrase.is_some() && !dialogue.confirm(question, false)? {
        key.passphrase = None;
    }
    place.write(&key, [&user, &tenancy, &region])?;
    dialogue.say(&format!("Config written to {}", place.path.display()))?;
    dialogue.say(&upload_hint(key.public.as_deref()))
}

/// Where the profile goes.
struct Place {
    path: PathBuf,
    /// What the file holds already and keeps.
    before: Zeroizing<Vec<u8>>,
    /// Whether there was a file, which may be replaced.
    replace: bool,
    profile: String,
}

/// The key that the profile names.
struct Key {
    file: PathBuf,
    /// The other half, where it is a file too.
    public: Option<PathBuf>,
    fingerprint: String,
    passphrase: Option<Zeroizing<String>>,
}

fn ask_place(call: &Call<'_>, dialogue: &mut Dialogue<'_>) -> Result<Option<Place>, Failure> {
    // The global option is a better guess than the usual place.
    let usual = call.globals.config_file.as_deref().unwrap_or(DEFAULT_LOCATION);
    let usual = expand_home(usual, call.env);
    let question = "Enter a location for your config";
    let path = dialogue.ask(question, usual.to_str(), |answer| {
        let path = expand_home(answer, call.env);
        if path.is_dir() {
            return Err("Config location must be a filename not a directory".to_owned());
        }
        path::absolute(&path).map_err(|error| error.to_string())
    })?;
    let replace = path.exists();
    let mut place =
        Place { path, before: Zeroizing::default(), replace, profile: "DEFAULT".to_owned() };
    if !replace {
        return Ok(Some(place));
    }
    let path = &place.path;
    if let Ok(ini) = Ini::parse(&read_text(path)?) {
        let question = format!(
            "Config file: {} already exists. Do you want add a profile here? (If no, you will be \
             prompted to overwrite the file)",
            path.display()
        );
        if dialogue.confirm(&question, true)? {
            place.before = read_bytes(path)?;
            place.profile = ask_profile(&ini, dialogue)?;
            return Ok(Some(place));
        }
    }
    let question = format!(
        "File: {} already exists. Do you want to overwrite (Removes existing profiles!!!)?",
        path.display()
    );
    let overwrite = dialogue.confirm(&question, false)?;
    Ok(overwrite.then_some(place))
}

/// Asks for the name of a profile that does not exist yet; case makes no difference.
fn ask_profile(ini: &Ini, dialogue: &mut Dialogue<'_>) -> Result<String, Failure> {
    let mut taken: Vec<String> = ini.sections().map(str::to_uppercase).collect();
    if !ini.own("DEFAULT").is_empty() {
        taken.push("DEFAULT".to_owned());
    }
    dialogue.ask("Enter the name of the profile you would like to create", None, |name| {
        check_profile(name)?;
        let upper = name.to_uppercase();
        if taken.contains(&upper) {
            return Err(format!(
                "Profile {upper} already exists in config. Cannot specify a profile that \
                 conflicts with any existing profile(s): {}",
                taken.join(", ")
            ));
        }
        Ok(name.to_owned())
    })
}

/// Whether that can be the name of a profile, which is the name of a folder too.
pub(crate) fn check_profile(name: &str) -> Result<(), String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._-@".contains(c);
    if !name.chars().all(allowed) || name == "." || name == ".." {
        return Err(format!(
            "Invalid profile name '{name}'. Profile names may only contain letters, numbers, '.', \
             '_', '-', or '@'."
        ));
    }
    Ok(())
}

fn check_ocid(text: &str) -> Result<String, String> {
    if is_ocid(text) {
        return Ok(text.to_owned());
    }
    Err(format!("`{text}` is not an OCID, which looks like ocid1.user.oc1..aaaa"))
}

/// Asks for a region, by its name or its number in a list.
pub(crate) fn ask_region(dialogue: &mut Dialogue<'_>) -> Result<String, Failure> {
    let numbered: Vec<String> =
        REGIONS.iter().zip(1..).map(|(row, number)| format!("{number}: {}", row.name)).collect();
    let lines: Vec<String> = numbered.chunks(5).map(|line| line.join(", ")).collect();
    let question = format!("Enter a region by index or name(e.g.\n{})", lines.join(",\n"));
    loop {
        let answer = dialogue.ask(&question, None, |text| Ok(text.trim().to_owned()))?;
        let number = answer.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let row = match number {
            Some(index) => REGIONS.get(index),
            None => iam_api::regions::region(&answer.to_lowercase()),
        };
        if let Some(row) = row {
            return Ok(row.name.to_owned());
        }
        dialogue.say(&format!(
            "Unrecognized region: {answer}. Please enter a number between 1 to {}, or the name of \
             a region.",
            REGIONS.len()
        ))?;
        let question = "Continue with unrecognized region? (Enter 'n' to re-enter region)";
        if dialogue.confirm(question, false)? {
            return Ok(answer);
        }
    }
}

fn make_key(env: &dyn Environment, dialogue: &mut Dialogue<'_>) -> Result<Option<Key>, Failure> {
    let usual = expand_home("~/.oci", env);
    let question = "Enter a directory for your keys to be created";
    let folder = dialogue.ask(question, usual.to_str(), |answer| {
        path::absolute(expand_home(answer, env)).map_err(|error| error.to_string())
    })?;
    let name = dialogue.ask("Enter a name for your key", Some(keys::DEFAULT_NAME), |name| {
        check_name(name).map(|()| name.to_owned())
    })?;
    let files = KeyFiles::new(&folder, &name);
    if !files.may_be_written(dialogue)? {
        return Ok(None);
    }
    let passphrase = dialogue.new_passphrase()?;
    create_folder(&folder)?;
    let key = keys::make()?;
    files.write(&key, passphrase.as_deref().map(String::as_str))?;
    dialogue.say(&format!("Public key written to: {}", files.public.display()))?;
    dialogue.say(&format!("Private key written to: {}", files.private.display()))?;
    let KeyFiles { private: file, public } = files;
    Ok(Some(Key { file, public: Some(public), fingerprint: key.fingerprint, passphrase }))
}

/// Asks for a key that exists, and opens it.
fn ask_key(env: &dyn Environment, dialogue: &mut Dialogue<'_>) -> Result<Key, Failure> {
    let question = "Enter the location of your API Signing private key file";
    let (file, pem, opened) = dialogue.ask(question, None, |answer| {
        let path = expand_home(answer, env);
        let path = path::absolute(&path).map_err(|error| error.to_string())?;
        if !is_file(&path) {
            return Err(format!("No file found at: {}", path.display()));
        }
        let pem = read_bytes(&path).map_err(|failure| failure.to_string())?;
        match PrivateKey::from_pem(&pem, None) {
            Ok(key) => Ok((path, pem, Some(key))),
            Err(KeyError::PassphraseNeeded) => Ok((path, pem, None)),
            Err(error) => Err(format!(
                "Could not load file as private key. File: {}: {error}",
                path.display()
            )),
        }
    })?;
    if !pem.trim_ascii_end().ends_with(KEY_LABEL.as_bytes()) {
        dialogue.say(&format!(
            "Warning: {} does not end with a line {KEY_LABEL}, by which leaked keys are found",
            file.display()
        ))?;
    }
    let (passphrase, key) = match opened {
        Some(key) => (None, key),
        None => ask_passphrase(&pem, dialogue).map(|(text, key)| (Some(text), key))?,
    };
    Ok(Key { file, public: None, fingerprint: key.fingerprint(), passphrase })
}

fn ask_passphrase(
    pem: &[u8],
    dialogue: &mut Dialogue<'_>,
) -> Result<(Zeroizing<String>, PrivateKey), Failure> {
    dialogue.ask_hidden("Enter the passphrase for your private key", |text| {
        check_passphrase(text)?;
        match PrivateKey::from_pem(pem, Some(text)) {
            Ok(key) => Ok((Zeroizing::new(text.to_owned()), key)),
            Err(KeyError::PassphraseWrong) => {
                Err("Incorrect passphrase, could not decrypt private key".to_owned())
            }
            Err(error) => Err(error.to_string()),
        }
    })
}

impl Place {
    /// Adds the profile to what the file held, after making sure that it reads back as meant.
    fn write(&self, key: &Key, [user, tenancy, region]: [&str; 3]) -> Result<(), Failure> {
        let file = key.file.to_str().unwrap_or_default();
        let mut values = vec![
            ("user", user),
            ("fingerprint", key.fingerprint.as_str()),
            ("key_file", file),
            ("tenancy", tenancy),
            ("region", region),
        ];
        values.extend(key.passphrase.as_ref().map(|text| ("pass_phrase", text.as_str())));
        let lines = values.iter().map(|(name, value)| format!("{name}={value}\n"));
        let text = Zeroizing::new(format!("[{}]\n{}", self.profile, lines.collect::<String>()));
        let ini = Ini::parse(&text).ok();
        let reads_as = |name: &str| ini.as_ref().and_then(|ini| ini.get(&self.profile, name));
        if let Some((name, _)) = values.iter().find(|(name, value)| reads_as(name) != Some(value)) {
            return Err(Failure::Client(format!(
                "ERROR: The config was not written: this `{name}` would be read as another, since \
                 a config file holds no spaces at the ends of a value and no line breaks"
            )));
        }
        if let Some(folder) = self.path.parent() {
            create_folder(folder)?;
        }
        let mut bytes = self.before.clone();
        if !bytes.is_empty() {
            bytes.extend_from_slice(b"\n\n");
        }
        bytes.extend_from_slice(text.as_bytes());
        write_private(&self.path, &bytes, self.replace)
    }
}
