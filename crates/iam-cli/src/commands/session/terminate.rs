//! `oci session terminate`: takes a session's profile, key and token off this computer.

use super::profiles::Profiles;
use super::{FOLDER, config_file, of_session};
use crate::commands::group::{Call, Command};
use crate::commands::setup::config::check_profile;
use crate::config::expand_home;
use crate::failure::Failure;
use crate::terminal::note;

/// The command.
pub(super) static COMMAND: Command = Command {
    name: "terminate",
    doc: "Removes the profile of a session, with its key and token in ~/.oci/sessions. Without the \
          key its tokens sign nothing; the Console lists the session until it is over.",
    options: &[],
    examples: &["oci session terminate --profile session"],
    run,
};

fn run(call: &mut Call<'_>) -> Result<(), Failure> {
    let settings = of_session(call, "terminate")?;
    let (name, path) = (settings.profile.as_str(), config_file(&settings));
    let told = |text: &str| Failure::Client(format!("ERROR: {text}"));
    if settings.read()?.security_token_file.is_none() {
        let text =
            "Cannot terminate a profile that does not have a value for 'security_token_file'";
        return Err(told(text));
    }
    if name == "DEFAULT" {
        return Err(told("Cannot terminate DEFAULT profile"));
    }
    check_profile(name).map_err(|why| told(&why))?;
    let mut profiles = Profiles::read(&path)?;
    if !profiles.has(name) {
        return Err(told("Profile does not exist"));
    }
    profiles.remove(name)?;
    profiles.write()?;
    let folder = expand_home(FOLDER, settings.env).join(name);
    if folder.symlink_metadata().is_ok_and(|data| data.is_dir()) {
        std::fs::remove_dir_all(&folder).map_err(|error| {
            told(&format!("Cannot remove the directory {}: {error}", folder.display()))
        })?;
    }
    note(&format!("Successfully removed profile: {name} from config: {}", path.display()));
    Ok(())
}
