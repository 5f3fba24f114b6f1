//! The file of profiles, changed: one profile taken out or added, all else left as it was written.
//!
//! The one idea: what was changed is read back before it is written, so that no line of another
//! profile is lost to a file that is written in some other way than expected.

use crate::commands::setup::files::{create_folder, write_private};
use crate::config::{Ini, read_text};
use crate::failure::Failure;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// What a profile of these commands holds; of `[DEFAULT]`, nothing else is taken out.
const OPTIONS: [&str; 7] =
    ["user", "fingerprint", "key_file", "tenancy", "region", "pass_phrase", "security_token_file"];

/// A file of profiles.
pub(super) struct Profiles {
    path: PathBuf,
    text: Zeroizing<String>,
}

impl Profiles {
    /// Reads the file, if it is there.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let text = if path.exists() { read_text(path)? } else { Zeroizing::default() };
        let read = Self { path: path.to_owned(), text };
        read.parsed()?;
        Ok(read)
    }

    fn parsed(&self) -> Result<Ini, Failure> {
        Ini::parse(&self.text).map_err(|error| {
            let path = self.path.display();
            Failure::Client(format!("ERROR: Config file {path} is invalid: {error}"))
        })
    }

    /// Whether there is such a profile, which `DEFAULT` is once it holds something.
    pub(super) fn has(&self, name: &str) -> bool {
        self.parsed().is_ok_and(|ini| match name {
            "DEFAULT" => !ini.own(name).is_empty(),
            _ => ini.has(name),
        })
    }

    /// The names of the profiles.
    pub(super) fn names(&self) -> Vec<String> {
        let Ok(ini) = self.parsed() else { return Vec::new() };
        let mut names: Vec<String> = ini.sections().map(str::to_owned).collect();
        if !ini.own("DEFAULT").is_empty() {
            names.push("DEFAULT".to_owned());
        }
        names
    }

    /// The options of a profile, those that it inherits among them.
    pub(super) fn options(&self, name: &str) -> Vec<(String, String)> {
        let Ok(ini) = self.parsed() else { return Vec::new() };
        let mut options: Vec<(String, String)> = Vec::new();
        for entry in ini.own("DEFAULT").iter().chain(ini.own(name)) {
            options.retain(|(known, _)| *known != entry.name);
            options.push((entry.name.clone(), entry.value.clone()));
        }
        options
    }

    /// Takes a profile out, if it is there.
    pub(super) fn remove(&mut self, name: &str) -> Result<(), Failure> {
        let before = self.parsed()?;
        let mut kept = Zeroizing::new(String::with_capacity(self.text.len()));
        let mut inside = false;
        for line in self.text.split_inclusive('\n') {
            if let Some(section) = section(line) {
                inside = section == name;
            }
            let goes = match name {
                "DEFAULT" => OPTIONS.contains(&option(line).as_str()),
                _ => true,
            };
            if !(inside && goes) {
                kept.push_str(line);
            }
        }
        let changed = Self { path: self.path.clone(), text: kept };
        let after = changed.parsed()?;
        let is_gone = |option: &str| name != "DEFAULT" || OPTIONS.contains(&option);
        let mut others = before.sections().filter(|other| *other != name).chain(["DEFAULT"]);
        let is_whole = others.all(|other| {
            let all = |ini: &Ini| -> Vec<(String, String)> {
                let own = ini.own(other).iter();
                let own = own.filter(|entry| other != name || !is_gone(&entry.name));
                own.map(|entry| (entry.name.clone(), entry.value.clone())).collect()
            };
            all(&before) == all(&after)
        });
        if !is_whole || (name != "DEFAULT" && after.has(name)) {
            return Err(Failure::Client(format!(
                "ERROR: The profile {name} in {} is not written as expected: take it out with an \
                 editor",
                self.path.display()
            )));
        }
        self.text = changed.text;
        Ok(())
    }

    /// Adds a profile at the end.
    pub(super) fn add(&mut self, name: &str, options: &[(&str, &str)]) -> Result<(), Failure> {
        let mut text = Zeroizing::new(format!("[{name}]\n"));
        for (option, value) in options {
            text.push_str(&format!("{option}={value}\n"));
        }
        let ini = Ini::parse(&text).ok();
        let reads_as = |option: &str| ini.as_ref().and_then(|ini| ini.get(name, option));
        if let Some((option, _)) =
            options.iter().find(|(name, value)| reads_as(name) != Some(value))
        {
            return Err(Failure::Client(format!(
                "ERROR: The config was not written: this `{option}` would be read as another, since \
                 a config file holds no spaces at the ends of a value and no line breaks"
            )));
        }
        if !self.text.trim().is_empty() {
            let end = self.text.trim_end().len();
            self.text.truncate(end);
            self.text.push_str("\n\n\n");
        }
        self.text.push_str(&text);
        Ok(())
    }

    /// Writes the file, for its owner alone.
    pub(super) fn write(&self) -> Result<(), Failure> {
        if let Some(folder) = self.path.parent() {
            create_folder(folder)?;
        }
        write_private(&self.path, self.text.as_bytes(), true)
    }
}

/// The section that a line begins.
fn section(line: &str) -> Option<&str> {
    let (name, _) = line.trim().strip_prefix('[')?.rsplit_once(']')?;
    Some(name).filter(|name| !name.is_empty())
}

/// The option that a line sets.
fn option(line: &str) -> String {
    let name = line.split(['=', ':']).next().unwrap_or_default();
    name.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Profiles {
        Profiles { path: PathBuf::from("config"), text: Zeroizing::new(text.to_owned()) }
    }

    #[test]
    fn a_profile_is_taken_out_and_the_rest_stays_as_it_was_written() {
        let text =
            "# mine\n[DEFAULT]\nuser = u\nother=x\n\n[a]\nregion=1\n  more\n; c\n\n[b]\nk:v\n";
        let without = |name: &str| {
            let mut profiles = of(text);
            profiles.remove(name).unwrap();
            profiles.text.to_string()
        };
        assert_eq!(without("a"), "# mine\n[DEFAULT]\nuser = u\nother=x\n\n[b]\nk:v\n");
        assert_eq!(without("b"), text.split("[b]").next().unwrap());
        assert_eq!(without("DEFAULT"), text.replace("user = u\n", ""));
        assert_eq!(without("none"), text);
    }

    #[test]
    fn what_would_lose_a_line_of_another_is_not_done() {
        let mut profiles = of("[DEFAULT]\nuser=a\n  b\nregion=x\n");
        assert!(profiles.remove("DEFAULT").is_err());
        assert!(profiles.text.contains("  b"));
    }

    #[test]
    fn a_profile_is_added_at_the_end_and_read_back_first() {
        let mut profiles = of("");
        profiles.add("a", &[("region", "x")]).unwrap();
        assert_eq!(profiles.text.as_str(), "[a]\nregion=x\n");
        profiles.add("b", &[("region", "y"), ("key_file", "/k")]).unwrap();
        assert_eq!(profiles.text.as_str(), "[a]\nregion=x\n\n\n[b]\nregion=y\nkey_file=/k\n");
        assert!(profiles.add("c", &[("region", "y\n[d]")]).is_err());
        assert!(profiles.add("c", &[("region", " y")]).is_err());
        assert_eq!(profiles.names(), ["a", "b"]);
        assert!(profiles.has("b") && !profiles.has("c") && !profiles.has("DEFAULT"));
    }
}
