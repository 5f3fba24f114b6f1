//! The file `oci_cli_rc`: defaults for options, aliases of commands and options, named queries.
//!
//! Finds the file and answers questions about it; what the answers are for is decided elsewhere.
//! The one idea: defaults are options of the profile's section whose names may begin with the
//! command they are for (`iam.user.limit`), and the longest such name wins.

use super::{
    env::{Environment, expand_home, expand_variables},
    file::read_text,
    ini::{Entry, Ini},
};
use crate::{failure::Failure, terminal::note};
use std::path::PathBuf;

/// Where the file is looked for last.
const LOCATIONS: [&str; 2] = ["~/.oci/oci_cli_rc", "~/.oci/cli-defaults"];

const SETTINGS: &str = "OCI_CLI_SETTINGS";
const QUERIES: &str = "OCI_CLI_CANNED_QUERIES";
const COMMAND_ALIASES: &str = "OCI_CLI_COMMAND_ALIASES";
const OPTION_ALIASES: &str = "OCI_CLI_PARAM_ALIASES";

/// Words that switch a flag on.
const TRUE: [&str; 6] = ["1", "y", "t", "yes", "true", "on"];

/// What stands in the file; nothing, where there is none.
#[derive(Default)]
pub(crate) struct Rc {
    ini: Ini,
}

impl Rc {
    /// Reads the file that was named, else the one of `OCI_CLI_RC_FILE`, else the usual ones.
    pub(crate) fn read(named: Option<&str>, env: &dyn Environment) -> Result<Self, Failure> {
        let Some(path) = find(named, env)? else { return Ok(Self::default()) };
        let text = read_text(&path)?;
        let ini = Ini::parse(&text).map_err(|error| {
            Failure::Client(format!("ERROR: The file {} is invalid: {error}", path.display()))
        })?;
        for entry in ini.own(OPTION_ALIASES).iter().filter(|entry| !is_alias(&entry.name)) {
            note(&format!(
                "note: `{}` in {} is no alias of an option: it must look like --word, or like -w \
                 with one letter",
                entry.name,
                path.display()
            ));
        }
        Ok(Self { ini })
    }

    /// A general setting, such as `default_profile` or `proxy`.
    pub(crate) fn setting(&self, name: &str) -> Option<&str> {
        own(&self.ini, SETTINGS, name)
    }

    /// The query of that name, without `query://`.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        own(&self.ini, QUERIES, &name.to_lowercase())
    }

    /// What a word stands for after the words before it: `rm` after `os object` for `delete`.
    pub(crate) fn command_alias(&self, before: &[&str], word: &str) -> Option<&str> {
        let target = own(&self.ini, COMMAND_ALIASES, word)?;
        match target.rsplit_once('.') {
            None => Some(target),
            Some((group, command)) => {
                group.split('.').eq(before.iter().copied()).then_some(command)
            }
        }
    }

    /// The option that an alias such as `--ad` stands for.
    pub(crate) fn option_alias(&self, alias: &str) -> Option<&str> {
        self.option_aliases().find(|entry| entry.name == alias).map(|entry| entry.value.as_str())
    }

    /// The default of an option that has these names, written without dashes.
    pub(crate) fn default_for(
        &self,
        profile: &str,
        command: &[&str],
        options: &[&str],
        env: &dyn Environment,
    ) -> Option<String> {
        if !self.ini.has(profile) {
            return None;
        }
        let aliases = self.option_aliases().filter_map(|entry| {
            let option = entry.value.strip_prefix("--")?;
            options.contains(&option).then(|| entry.name.trim_start_matches('-'))
        });
        let names: Vec<&str> = options.iter().copied().chain(aliases).collect();
        let values = (0..=command.len()).rev().filter_map(|depth| command.get(..depth));
        let mut values = values.flat_map(|command| {
            names.iter().map(move |name| [command, &[*name]].concat().join("."))
        });
        let value = values.find_map(|key| self.ini.get(profile, &key))?;
        Some(expand_variables(value, env))
    }

    /// Aliases that look like options: `--word`, or a dash and one letter.
    fn option_aliases(&self) -> impl Iterator<Item = &Entry> {
        self.ini.own(OPTION_ALIASES).iter().filter(|entry| is_alias(&entry.name))
    }
}

/// Whether a name looks like an option.
fn is_alias(name: &str) -> bool {
    name.starts_with("--") || (name.starts_with('-') && name.chars().count() == 2)
}

/// Whether a default switches a flag on.
pub(crate) fn is_true(value: &str) -> bool {
    TRUE.contains(&value.to_lowercase().as_str())
}

/// An option of a section, without what `[DEFAULT]` would add.
fn own<'a>(ini: &'a Ini, section: &str, name: &str) -> Option<&'a str> {
    let entry = ini.own(section).iter().find(|entry| entry.name == name);
    entry.map(|entry| entry.value.as_str())
}

fn find(named: Option<&str>, env: &dyn Environment) -> Result<Option<PathBuf>, Failure> {
    let expand = |path: &str| expand_home(&expand_variables(path, env), env);
    if let Some(named) = named.filter(|named| !LOCATIONS.contains(named)) {
        let path = expand(named);
        if !path.exists() {
            return Err(Failure::Client(format!(
                "ERROR: Could not find the file of `--cli-rc-file` at {}",
                path.display()
            )));
        }
        return Ok(Some(path));
    }
    let of_environment = env.var("OCI_CLI_RC_FILE").map(|path| expand(&path));
    let usual = LOCATIONS.iter().map(|path| expand(path));
    Ok(of_environment.into_iter().chain(usual).find(|path| path.exists()))
}

#[cfg(test)]
mod tests {
    use super::{super::env::tests::Written, *};

    fn rc(text: &str) -> Rc {
        Rc { ini: Ini::parse(text).unwrap() }
    }

    #[test]
    fn the_default_of_the_longest_command_wins() {
        let rc = rc("[DEFAULT]\nlimit=1\niam.limit=2\niam.user.limit=3\niam.user.list.limit=4\n\
             compartment-id=$ROOT\n[other]\niam.group.list.limit=9\n");
        let env = Written::default().with("ROOT", "ocid1.tenancy.oc1..a");
        let value = |profile, command: &[&str], options: &[&str]| {
            rc.default_for(profile, command, options, &env)
        };
        assert_eq!(value("DEFAULT", &["iam", "user", "list"], &["limit"]).as_deref(), Some("4"));
        assert_eq!(value("DEFAULT", &["iam", "user", "get"], &["limit"]).as_deref(), Some("3"));
        assert_eq!(value("DEFAULT", &["iam", "group", "list"], &["limit"]).as_deref(), Some("2"));
        assert_eq!(value("other", &["iam", "group", "list"], &["limit"]).as_deref(), Some("9"));
        assert_eq!(value("DEFAULT", &["os", "ns", "get"], &["limit"]).as_deref(), Some("1"));
        assert_eq!(value("absent", &["iam", "user", "list"], &["limit"]), None);
        let root = value("DEFAULT", &["iam", "user", "list"], &["compartment-id", "c"]);
        assert_eq!(root.as_deref(), Some("ocid1.tenancy.oc1..a"));
    }

    #[test]
    fn aliases_stand_for_commands_and_options() {
        let rc = rc("[DEFAULT]\niam.ad=one\n[OCI_CLI_COMMAND_ALIASES]\nls = list\n\
             rm = iam.user.delete\n[OCI_CLI_PARAM_ALIASES]\n--ad = --availability-domain\n\
             -long = --nothing\nword = --nothing\n-s = --size\n");
        assert_eq!(rc.command_alias(&["iam", "group"], "ls"), Some("list"));
        assert_eq!(rc.command_alias(&["iam", "user"], "rm"), Some("delete"));
        assert_eq!(rc.command_alias(&["iam", "group"], "rm"), None);
        assert_eq!(rc.command_alias(&["iam", "group"], "list"), None);
        assert_eq!(rc.option_alias("--ad"), Some("--availability-domain"));
        assert_eq!(rc.option_alias("-s"), Some("--size"));
        assert_eq!(rc.option_alias("-long"), None);
        assert_eq!(rc.option_alias("word"), None);
        let env = Written::default();
        let value = rc.default_for("DEFAULT", &["iam", "x"], &["availability-domain"], &env);
        assert_eq!(value.as_deref(), Some("one"));
    }

    #[test]
    fn sections_of_their_own_inherit_nothing() {
        let rc = rc("[DEFAULT]\nproxy=no\nq=no\n[OCI_CLI_SETTINGS]\ndefault_profile=ada\n\
             [OCI_CLI_CANNED_QUERIES]\nids=data[*].id\n");
        assert_eq!(rc.setting("default_profile"), Some("ada"));
        assert_eq!(rc.setting("proxy"), None);
        assert_eq!(rc.query("ids"), Some("data[*].id"));
        assert_eq!(rc.query("q"), None);
    }

    #[test]
    fn the_file_is_the_named_one_then_that_of_the_environment_then_the_usual() {
        let home = tempfile::tempdir().unwrap();
        let write = |name: &str| {
            let path = home.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, format!("[OCI_CLI_SETTINGS]\nproxy={name}\n")).unwrap();
            path.to_str().unwrap().to_owned()
        };
        let env = Written::at(home.path());
        let proxy = |named: Option<&str>, env: &Written| {
            Rc::read(named, env).unwrap().setting("proxy").map(str::to_owned)
        };
        assert_eq!(proxy(None, &env), None);
        write(".oci/cli-defaults");
        assert_eq!(proxy(None, &env).as_deref(), Some(".oci/cli-defaults"));
        write(".oci/oci_cli_rc");
        assert_eq!(proxy(None, &env).as_deref(), Some(".oci/oci_cli_rc"));
        let env = env.with("OCI_CLI_RC_FILE", &write("environment")).with("D", "named");
        assert_eq!(proxy(None, &env).as_deref(), Some("environment"));
        write("named");
        assert_eq!(proxy(Some("~/$D"), &env).as_deref(), Some("named"));
        assert!(Rc::read(Some("~/absent"), &env).is_err());
    }
}
