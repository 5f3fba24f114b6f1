//! The configuration: command line over environment over `oci_cli_rc` over the profile.
//!
//! [`load`] is cheap and works where there is no file at all, since help and JSON skeletons need
//! none; the profile and its key are read when somebody first asks. Addresses are made from regions
//! in `endpoint.rs`. The one idea: each source is read once, and each only fills what the sources
//! before it left open.

mod account;
mod check;
mod env;
mod file;
mod ini;
mod permissions;
mod profile;
mod rc;
pub(crate) mod token;

pub(crate) use account::Account;
pub(crate) use check::is_ocid;
pub(crate) use env::{Environment, Process, expand_home, expand_variables, is_file};
pub(crate) use file::{read_bytes, read_text};
pub(crate) use ini::Ini;
pub(crate) use permissions::KEY_LABEL;
pub(crate) use profile::{DEFAULT_LOCATION, Profile};

use crate::{
    failure::Failure,
    globals::{Globals, Takes, global},
};
use rc::Rc;
use std::{cell::OnceCell, path::PathBuf};

/// What the sources of configuration say together.
pub(crate) struct Settings<'e> {
    /// The global options as they hold: those of the command line, filled up.
    pub(crate) globals: Globals,
    /// The name of the profile.
    pub(crate) profile: String,
    /// Where variables come from.
    pub(crate) env: &'e dyn Environment,
    rc: Rc,
    read: OnceCell<Profile>,
    account: OnceCell<Account>,
}

/// Reads `oci_cli_rc`, chooses the profile and fills the global options from the environment.
pub(crate) fn load<'e>(
    globals: &Globals,
    env: &'e dyn Environment,
) -> Result<Settings<'e>, Failure> {
    let rc = Rc::read(globals.cli_rc_file.as_deref(), env)?;
    let profile = (globals.profile.clone())
        .or_else(|| env.var("OCI_CLI_PROFILE"))
        .or_else(|| rc.setting("default_profile").map(str::to_owned))
        .unwrap_or_else(|| ini::DEFAULT.to_owned());
    let mut globals = globals.clone();
    fill(&mut globals.region, || env.var("OCI_CLI_REGION"));
    fill(&mut globals.endpoint, || env.var("OCI_CLI_ENDPOINT"));
    fill(&mut globals.cert_bundle, || env.var("OCI_CLI_CERT_BUNDLE"));
    fill(&mut globals.proxy, || rc.setting("proxy").map(str::to_owned));
    if globals.auth.is_none() {
        globals.auth = auth(env)?;
    }
    // To write out the default is to name no file, as with the official command line.
    globals.config_file = globals.config_file.filter(|path| path != DEFAULT_LOCATION);
    fill(&mut globals.config_file, || env.var("OCI_CLI_CONFIG_FILE"));
    let (read, account) = (OnceCell::new(), OnceCell::new());
    Ok(Settings { globals, profile, env, rc, read, account })
}

impl Settings<'_> {
    /// Fills the global options from the defaults of `oci_cli_rc`, once the command is known.
    pub(crate) fn apply_defaults(&mut self, command: &[&str]) {
        let mut globals = std::mem::take(&mut self.globals);
        for (value, name) in [
            (&mut globals.region, "region"),
            (&mut globals.endpoint, "endpoint"),
            (&mut globals.cert_bundle, "cert-bundle"),
            (&mut globals.output, "output"),
            (&mut globals.query, "query"),
            (&mut globals.auth, "auth"),
            (&mut globals.param_skeleton, "generate-param-json-input"),
        ] {
            if value.is_none() {
                *value = self.default_for(command, &[name]);
            }
        }
        let flag = |names| self.default_flag(command, names);
        // Two of these are spelled with `_` in files written for the official command line.
        globals.debug |= flag(&["debug"]);
        globals.raw_output |= flag(&["raw-output", "raw_output"]);
        globals.no_retry |= flag(&["no-retry", "no_retry"]);
        globals.full_skeleton |= flag(&["generate-full-command-json-input"]);
        globals.realm_specific_endpoint |= flag(&["realm-specific-endpoint"]);
        globals.enable_dual_stack |= flag(&["enable-dual-stack"]);
        self.globals = globals;
    }

    /// The default of an option of a command; `options` are its names without dashes.
    pub(crate) fn default_for(&self, command: &[&str], options: &[&str]) -> Option<String> {
        self.rc.default_for(&self.profile, command, options, self.env)
    }

    /// Whether the default of a flag switches it on.
    pub(crate) fn default_flag(&self, command: &[&str], options: &[&str]) -> bool {
        self.default_for(command, options).is_some_and(|value| rc::is_true(&value))
    }

    /// The query that `query://name` stands for.
    pub(crate) fn canned_query(&self, name: &str) -> Option<&str> {
        self.rc.query(name)
    }

    /// What a word stands for after the words before it.
    pub(crate) fn command_alias(&self, before: &[&str], word: &str) -> Option<&str> {
        self.rc.command_alias(before, word)
    }

    /// The option that an alias such as `--ad` stands for.
    pub(crate) fn option_alias(&self, alias: &str) -> Option<&str> {
        self.rc.option_alias(alias)
    }

    /// The file of certificate authorities to trust, where one is named.
    pub(crate) fn cert_bundle(&self) -> Result<Option<PathBuf>, Failure> {
        let named = (self.globals.cert_bundle.clone())
            .or_else(|| self.env.var("REQUESTS_CA_BUNDLE"))
            .or_else(|| self.env.var("CURL_CA_BUNDLE"));
        let Some(path) = named.map(|path| expand_home(&path, self.env)) else { return Ok(None) };
        if is_file(&path) {
            return Ok(Some(path));
        }
        Err(Failure::Client(format!(
            "BadParameter: Cannot find cert_bundle file: {}",
            path.display()
        )))
    }

    /// Who signs, checked; the profile is read at the first call.
    pub(crate) fn account(&self) -> Result<&Account, Failure> {
        if let Some(account) = self.account.get() {
            return Ok(account);
        }
        let account = match self.globals.auth.as_deref() {
            None | Some("api_key") => Account::new(self.read()?, &self.globals, self.env)?,
            Some("security_token") => Account::of_session(self.read()?, self.env)?,
            Some(kind) => return Err(not_served(kind)),
        };
        Ok(self.account.get_or_init(|| account))
    }

    /// The same for an account that is in no profile yet.
    pub(crate) fn signed_by(self, account: Account) -> Self {
        Self { account: OnceCell::from(account), ..self }
    }

    /// The tenancy that the profile names; nothing where that cannot be told.
    pub(crate) fn tenancy(&self) -> Option<&str> {
        self.read().ok()?.tenancy.as_deref()
    }

    /// Fails where there is no profile to be read.
    pub(crate) fn check_profile(&self) -> Result<(), Failure> {
        self.read().map(|_| ())
    }

    /// The profile, nothing of it checked.
    pub(crate) fn read(&self) -> Result<&Profile, Failure> {
        if let Some(profile) = self.read.get() {
            return Ok(profile);
        }
        let profile = Profile::read(&self.profile, &self.globals, self.env)?;
        Ok(self.read.get_or_init(|| profile))
    }
}

/// The kind of authentication that the environment names, which must be one that exists.
fn auth(env: &dyn Environment) -> Result<Option<String>, Failure> {
    let Some(kind) = env.var("OCI_CLI_AUTH") else { return Ok(None) };
    let kinds = match global("--auth").map(|row| row.takes) {
        Some(Takes::Choice(kinds)) => kinds,
        _ => &[],
    };
    if kinds.contains(&kind.as_str()) {
        return Ok(Some(kind));
    }
    Err(Failure::Usage {
        command: "oci [OPTIONS] [COMMAND] [ARGS]...".to_owned(),
        message: format!(
            "Invalid value for OCI_CLI_AUTH: invalid choice: {kind}. (choose from {})",
            kinds.join(", ")
        ),
        hint: None,
    })
}

/// Why requests are not signed in that way.
fn not_served(kind: &str) -> Failure {
    let why = match kind {
        "pkcs11" => "it signs with smart cards and security modules, which are not reached here",
        "oke_workload_identity" => "its key is handed out to pods in Oracle's cloud alone",
        "resource_principal" => "its key is handed out to resources in Oracle's cloud alone",
        _ => "its key is handed out to machines in Oracle's cloud alone",
    };
    Failure::Client(format!(
        "ERROR: --auth {kind} is not served: {why}. Sign with an API key, which `oci setup config` \
         makes, or with the token of a session (--auth security_token)"
    ))
}

/// Fills what is still open; a text of no characters counts as open, as officially.
fn fill(value: &mut Option<String>, source: impl FnOnce() -> Option<String>) {
    if value.as_ref().is_none_or(String::is_empty) {
        *value = source();
    }
}

#[cfg(test)]
mod tests {
    use super::{env::tests::Written, *};
    use std::path::Path;

    const FINGERPRINT: &str = "0f:0f:0f:0f:0f:0f:0f:0f:0f:0f:0f:0f:0f:0f:0f:0f";

    /// A home with a configuration file of two profiles, and a file of defaults for them.
    fn home() -> tempfile::TempDir {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join(".oci");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("key.pem"), "no key").unwrap();
        let config = format!(
            "[DEFAULT]\nuser=ocid1.user.oc1..file\ntenancy=ocid1.tenancy.oc1..file\n\
             fingerprint={FINGERPRINT}\nkey_file=~/.oci/key.pem\nregion=file-1\n\
             [other]\nuser=ocid1.user.oc1..other\nendpoint=http://ignored\n"
        );
        std::fs::write(folder.join("config"), config).unwrap();
        let rc = "[DEFAULT]\nregion=rc-1\niam.output=table\nendpoint=http://rc\nraw_output=on\n\
                  [other]\n\
                  [OCI_CLI_SETTINGS]\ndefault_profile=other\n";
        std::fs::write(folder.join("oci_cli_rc"), rc).unwrap();
        home
    }

    fn quiet(home: &Path) -> Written {
        Written::at(home)
            .with("SUPPRESS_LABEL_WARNING", "True")
            .with("OCI_CLI_SUPPRESS_FILE_PERMISSIONS_WARNING", "True")
    }

    fn settings<'e>(globals: &Globals, env: &'e Written) -> Settings<'e> {
        let mut settings = load(globals, env).unwrap();
        settings.apply_defaults(&["iam", "user", "list"]);
        settings
    }

    #[test]
    fn without_any_file_there_are_settings_and_no_account() {
        let home = tempfile::tempdir().unwrap();
        let env = quiet(home.path());
        let settings = settings(&Globals::default(), &env);
        assert_eq!((settings.profile.as_str(), settings.tenancy()), ("DEFAULT", None));
        let failure = settings.account().err().unwrap().to_string();
        assert!(failure.starts_with("ERROR: Could not find config file at "), "{failure}");
    }

    #[test]
    fn the_command_line_wins_over_the_environment_and_that_over_defaults() {
        let home = home();
        let env = quiet(home.path());
        let region = |globals: &Globals, env: &Written| settings(globals, env).globals.region;
        assert_eq!(region(&Globals::default(), &env).as_deref(), Some("rc-1"));
        let env = env.with("OCI_CLI_REGION", "env-1");
        assert_eq!(region(&Globals::default(), &env).as_deref(), Some("env-1"));
        let globals = Globals { region: Some("line-1".to_owned()), ..Globals::default() };
        assert_eq!(region(&globals, &env).as_deref(), Some("line-1"));
        let empty = Globals { region: Some(String::new()), ..Globals::default() };
        assert_eq!(region(&empty, &env).as_deref(), Some("env-1"));
    }

    #[test]
    fn defaults_fill_what_was_left_open() {
        let home = home();
        let env = quiet(home.path());
        let globals = settings(&Globals::default(), &env).globals;
        assert_eq!(globals.output.as_deref(), Some("table"));
        assert_eq!(globals.endpoint.as_deref(), Some("http://rc"));
        assert!(globals.raw_output && !globals.debug);
        let given = Globals { output: Some("json".to_owned()), ..Globals::default() };
        assert_eq!(settings(&given, &env).globals.output.as_deref(), Some("json"));
    }

    #[test]
    fn the_profile_is_named_by_line_then_environment_then_setting() {
        let home = home();
        let env = quiet(home.path());
        assert_eq!(settings(&Globals::default(), &env).profile, "other");
        let env = env.with("OCI_CLI_PROFILE", "of-environment");
        assert_eq!(settings(&Globals::default(), &env).profile, "of-environment");
        let globals = Globals { profile: Some("DEFAULT".to_owned()), ..Globals::default() };
        let settings = settings(&globals, &env);
        assert_eq!(settings.profile, "DEFAULT");
        assert_eq!(settings.tenancy(), Some("ocid1.tenancy.oc1..file"));
    }

    #[test]
    fn the_environment_lies_over_the_profile() {
        let home = home();
        let env = quiet(home.path());
        let account = |env: &Written| {
            let settings = settings(&Globals::default(), env);
            let account = settings.account().unwrap();
            (account.key_id.to_string(), account.region.clone().unwrap())
        };
        let id = |user| format!("ocid1.tenancy.oc1..file/ocid1.user.oc1..{user}/{FINGERPRINT}");
        assert_eq!(account(&env), (id("other"), "rc-1".to_owned()));
        let env = env.with("OCI_CLI_USER", "ocid1.user.oc1..env").with("OCI_CLI_REGION", "env-1");
        assert_eq!(account(&env), (id("env"), "env-1".to_owned()));
    }

    #[test]
    fn an_environment_that_says_it_all_needs_no_file() {
        let home = tempfile::tempdir().unwrap();
        let env = quiet(home.path())
            .with("OCI_CLI_USER", "ocid1.user.oc1..env")
            .with("OCI_CLI_TENANCY", "ocid1.tenancy.oc1..env")
            .with("OCI_CLI_FINGERPRINT", FINGERPRINT)
            .with("OCI_CLI_KEY_CONTENT", "no key")
            .with("OCI_CLI_REGION", "env-1");
        let globals = Globals::default();
        let settings = load(&globals, &env).unwrap();
        assert!(settings.account().unwrap().key_id.starts_with("ocid1.tenancy.oc1..env/"));
        let failure = settings.account().unwrap().key().unwrap_err().to_string();
        assert!(failure.contains("\nOCI_CLI_KEY_CONTENT: "), "{failure}");
    }

    #[test]
    fn the_file_is_looked_for_where_official_tools_put_it() {
        let home = home();
        let folder = home.path().join(".oci");
        let env = quiet(home.path()).with("OCI_CLI_PROFILE", "DEFAULT");
        let tenancy = |globals: &Globals, env: &Written| {
            load(globals, env).unwrap().tenancy().map(str::to_owned)
        };
        let write = |path: &Path, name: &str| {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, format!("[DEFAULT]\ntenancy={name}\n")).unwrap();
        };
        let named = home.path().join("named");
        write(&named, "named");
        write(&home.path().join(".oraclebmc/config"), "old");
        let usual = Globals::default();
        let line = Globals { config_file: Some("~/named".to_owned()), ..Globals::default() };
        assert_eq!(tenancy(&usual, &env).as_deref(), Some("ocid1.tenancy.oc1..file"));
        assert_eq!(tenancy(&line, &env).as_deref(), Some("named"));
        std::fs::remove_file(folder.join("config")).unwrap();
        assert_eq!(tenancy(&usual, &env).as_deref(), Some("old"));
        let env = env.with("OCI_CONFIG_FILE", "~/named");
        assert_eq!(tenancy(&usual, &env).as_deref(), Some("named"));
        let env = env.with("OCI_CLI_CONFIG_FILE", "~/absent");
        assert_eq!(tenancy(&usual, &env), None);
        assert_eq!(tenancy(&line, &env).as_deref(), Some("named"));
    }

    #[test]
    fn what_cannot_sign_says_so() {
        let home = tempfile::tempdir().unwrap();
        for kind in ["instance_principal", "resource_principal", "pkcs11"] {
            let env = quiet(home.path()).with("OCI_CLI_AUTH", kind);
            let failure = settings(&Globals::default(), &env).account().err().unwrap();
            assert_eq!(failure.exit_code(), 1);
            let start = format!("ERROR: --auth {kind} is not served: ");
            assert!(failure.to_string().starts_with(&start), "{failure}");
        }
        let env = quiet(home.path()).with("OCI_CLI_AUTH", "nonsense");
        assert_eq!(load(&Globals::default(), &env).err().unwrap().exit_code(), 2);
    }
}
