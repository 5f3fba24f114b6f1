//! `oci session export` and `oci session import`: a session in a file, for another computer.

use super::kept::try_out;
use super::profiles::Profiles;
use super::zip::{self, File};
use super::{FOLDER, config_file, settings};
use crate::commands::group::{Call, Command, Opt};
use crate::commands::setup::config::check_profile;
use crate::commands::setup::files::{create_folder, write_private};
use crate::config::{Ini, expand_home, read_bytes};
use crate::dialogue::Dialogue;
use crate::failure::Failure;
use crate::terminal::{note, print};
use std::path::Path;
use zeroize::Zeroizing;

/// The name of the file that says what the others are.
const CONFIG: &str = "config";

/// The commands.
pub(super) static EXPORT: Command = Command {
    name: "export",
    doc: "Writes the session of a profile, with its key and token, into a ZIP archive that `oci \
          session import` reads on another computer. Whoever gets it is you, while the session \
          goes on.",
    options: &[
        Opt {
            name: "--output-file",
            value: Some("PATH"),
            doc: "The archive to write, without `.zip` at its end. [required]",
        },
        Opt { name: "--force", value: None, doc: "Replaces an archive without asking." },
    ],
    examples: &["oci session export --profile session --output-file ~/session"],
    run: export,
};

/// See [`EXPORT`].
pub(super) static IMPORT: Command = Command {
    name: "import",
    doc: "Reads a session from an archive that `oci session export` has written, and adds its \
          profile.",
    options: &[
        Opt {
            name: "--session-archive",
            value: Some("PATH"),
            doc: "The archive to read. [required]",
        },
        Opt { name: "--force", value: None, doc: "Replaces a profile of that name." },
    ],
    examples: &["oci session import --session-archive ~/session.zip"],
    run: import,
};

/// Whether an option names a file that goes along.
fn names_file(option: &str) -> bool {
    option.ends_with("_file") || option.ends_with("_token")
}

fn told(text: impl std::fmt::Display) -> Failure {
    Failure::Client(format!("ERROR: {text}"))
}

fn export(call: &mut Call<'_>) -> Result<(), Failure> {
    let output = call.required("--output-file")?.to_owned();
    let settings = settings(call.globals, call.env, "export")?;
    let (name, path) = (settings.profile.as_str(), config_file(&settings));
    let options = Profiles::read(&path)?.options(name);
    if options.iter().all(|(option, _)| option != "security_token_file") {
        return Err(told(
            "Specified profile is not a valid token profile. Please specify valid token profile \
             with --profile",
        ));
    }
    let archive = expand_home(&format!("{output}.zip"), call.env);
    if archive.exists() && !call.has("--force") {
        let question =
            format!("File {} already exists, do you want to overwrite it?", archive.display());
        if !Dialogue::of_process().confirm(&question, false)? {
            note("Export canceled.");
            return Ok(());
        }
    }
    note(&format!("Exporting profile: {name} from config file: {}", path.display()));
    let mut config = Zeroizing::new(format!("[{name}]\n"));
    let mut files: Vec<File> = Vec::new();
    for (option, value) in &options {
        let mut written = value.clone();
        if names_file(option) {
            let path = expand_home(value, call.env);
            let file = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if file == CONFIG || files.iter().any(|(known, _)| known == file) {
                return Err(told(format!("two files of the profile are called `{file}`")));
            }
            files.push((file.to_owned(), Zeroizing::new(read_bytes(&path)?.to_vec())));
            written = file.to_owned();
        }
        config.push_str(&format!("{option} = {written}\n"));
    }
    files.insert(0, (CONFIG.to_owned(), Zeroizing::new(config.as_bytes().to_vec())));
    let bytes =
        zip::write(&files).ok_or_else(|| told("the session is too large to be exported"))?;
    write_private(&archive, &bytes, true)?;
    let archive = std::path::absolute(&archive).unwrap_or(archive);
    note(&format!("Export file written to: {}", archive.display()));
    Ok(())
}

/// A session that an archive holds.
struct Archived {
    name: String,
    options: Vec<(String, String)>,
    files: Vec<File>,
}

fn import(call: &mut Call<'_>) -> Result<(), Failure> {
    let archive = call.required("--session-archive")?;
    let settings = settings(call.globals, call.env, "import")?;
    let path = expand_home(archive, call.env);
    if !path.exists() {
        return Err(Failure::Client(format!("File {archive} does not exist.")));
    }
    let archived = open(&path, archive)?;
    let config = config_file(&settings);
    let mut profiles = Profiles::read(&config)?;
    let mut name = archived.name.clone();
    check_profile(&name).map_err(|why| call.usage(why))?;
    if call.has("--force") {
        profiles.remove(&name)?;
    }
    let mut dialogue = Dialogue::of_process();
    while profiles.has(&name) {
        let question = format!(
            "Config already contains a profile with the same name as the archived profile: {name}. \
             Provide an alternative name for the imported profile"
        );
        name =
            dialogue.ask(&question, None, |name| check_profile(name).map(|()| name.to_owned()))?;
    }
    drop(dialogue);
    let folder = expand_home(FOLDER, call.env).join(&name);
    let folder = std::path::absolute(&folder).unwrap_or(folder);
    let options = unpack(&archived, &folder)?;
    let options: Vec<(&str, &str)> =
        options.iter().map(|(option, value)| (option.as_str(), value.as_str())).collect();
    profiles.add(&name, &options)?;
    profiles.write()?;
    note(&format!("Imported profile {name} written to: {}", config.display()));
    print(&try_out("imported", &name, &config))
}

fn open(path: &Path, shown: &str) -> Result<Archived, Failure> {
    let invalid =
        |why: String| Failure::Client(format!("Session archive {shown} is invalid. {why}"));
    let files = zip::read(&read_bytes(path)?).map_err(|why| invalid(format!("{why}.")))?;
    let text = files
        .iter()
        .find(|(name, _)| name == CONFIG)
        .and_then(|(_, bytes)| std::str::from_utf8(bytes).ok());
    let text = text.ok_or_else(|| invalid("Did not contain file 'config'.".to_owned()))?;
    let ini = Ini::parse(text).map_err(|error| invalid(format!("Its 'config': {error}.")))?;
    let name = ini.sections().last().unwrap_or("DEFAULT").to_owned();
    let mut options: Vec<(String, String)> = Vec::new();
    for entry in ini.own("DEFAULT").iter().chain(ini.own(&name)) {
        options.retain(|(known, _)| *known != entry.name);
        options.push((entry.name.clone(), entry.value.clone()));
    }
    if options.iter().all(|(option, _)| option != "security_token_file") {
        return Err(told(
            "Cannot import non token based profile (profile must contain value for \
             security_token_file).",
        ));
    }
    Ok(Archived { name, options, files })
}

/// Writes the files of a session; answers the options of its profile, in the usual order.
fn unpack(archived: &Archived, folder: &Path) -> Result<Vec<(String, String)>, Failure> {
    const ORDER: [&str; 6] =
        ["fingerprint", "key_file", "tenancy", "region", "pass_phrase", "security_token_file"];
    create_folder(folder)?;
    let mut options = Vec::new();
    for option in ORDER {
        let found = archived.options.iter().find(|(name, _)| name == option);
        let Some((_, value)) = found else { continue };
        let mut value = value.clone();
        if names_file(option) {
            // A name of an archive never becomes a path: it is compared, and is a plain one.
            let is_plain = !value.is_empty() && !value.contains(['/', '\\']) && value != "..";
            let file = archived.files.iter().find(|(name, _)| *name == value);
            let Some((name, bytes)) = file.filter(|_| is_plain && value != ".") else {
                return Err(told(format!("the archive does not hold the file `{value}`")));
            };
            let path = folder.join(name);
            write_private(&path, bytes, true)?;
            value = path.to_string_lossy().into_owned();
        }
        options.push((option.to_owned(), value));
    }
    Ok(options)
}
