//! The switches that make an installation for tests, and serve one. They are flags alone: neither
//! a variable nor a file that was left lying somewhere turns them on.

use super::Settings;
use crate::failure::Failure;
use std::path::PathBuf;

/// What `durward init` is told of an installation for tests.
#[derive(clap::Args, Debug, Default)]
pub(crate) struct TestingArgs {
    /// Make it for tests of other programs: it is served with --testing alone, for ever
    #[arg(long)]
    pub(crate) testing: bool,

    /// Draw OCIDs, and whatever else is drawn, from this number; then none of it is a secret
    #[arg(long, value_name = "NUMBER", requires = "testing")]
    pub(crate) seed: Option<u32>,

    /// Make the compartments, groups, users, policies and tags that this file lists, in TOML
    #[arg(long, value_name = "FILE", requires = "testing")]
    pub(crate) seed_file: Option<PathBuf>,
}

impl TestingArgs {
    /// Refuses a database for tests: to go back in it is not for one of its nodes to do.
    pub(crate) fn check(&self, has_database: bool) -> Result<(), Failure> {
        if self.testing && has_database {
            return Err(Failure::new(
                "an installation for tests is kept in its data directory: give either --testing \
                 or --database-url",
            ));
        }
        Ok(())
    }
}

impl Settings {
    /// The same for a server that is for tests; refuses where others than this machine could reach
    /// it.
    pub(crate) fn for_tests(self) -> Result<Self, Failure> {
        let why = if self.database.is_some() || self.data_dir.is_none() {
            "--testing serves a data directory, and no database"
        } else if !self.listen.ip().is_loopback() {
            "--testing listens on loopback alone: give another --listen"
        } else if self.metrics_listen.is_some_and(|listen| !listen.ip().is_loopback()) {
            "--testing listens on loopback alone: give another --metrics-listen"
        } else if self.behind_proxy || !self.trusted_proxy.is_empty() {
            "--testing is not for a server behind a proxy, which others may reach"
        } else {
            return Ok(Self { testing: true, ..self });
        };
        Err(Failure::new(why))
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{Options, Settings};

    fn refusal(text: &str) -> Option<String> {
        let options: Options = toml::from_str(text).unwrap();
        Settings::new(options).unwrap().for_tests().err().map(|failure| failure.to_string())
    }

    #[test]
    fn a_server_for_tests_is_for_this_machine_alone() {
        assert_eq!(refusal("data-dir = \"/d\""), None);
        assert_eq!(refusal("data-dir = \"/d\"\nlisten = \"[::1]:7070\""), None);
        let tls = "data-dir = \"/d\"\nhost = [\"h\"]\ntls-cert = \"c\"\ntls-key = \"k\"\n";
        for (more, named) in [
            ("listen = \"192.0.2.1:443\"", "--listen"),
            ("listen = \"0.0.0.0:443\"", "--listen"),
            ("metrics-listen = \"192.0.2.1:9\"", "--metrics-listen"),
            ("behind-proxy = true", "proxy"),
            ("trusted-proxy = [\"127.0.0.1\"]", "proxy"),
        ] {
            let said = refusal(&format!("{tls}{more}")).unwrap();
            assert!(said.contains(named), "{more}: {said}");
        }
        let key = "key-file = \"/k\"\ndatabase-url = \"postgres://u@localhost/d\"";
        assert!(refusal(key).unwrap().contains("no database"));
    }

    #[test]
    fn neither_a_file_nor_the_effective_configuration_knows_the_switch() {
        assert!(toml::from_str::<Options>("testing = true").is_err());
        let settings = Settings::new(toml::from_str("data-dir = \"/d\"").unwrap());
        let settings = settings.unwrap().for_tests().unwrap();
        assert!(!toml::to_string(&settings).unwrap().contains("testing"));
    }
}
