//! The environment: variables and the home directory, and the two ways in which a path names them.
//!
//! [`Environment`] is a parameter everywhere, so that a test needs no process of its own;
//! [`Process`] is the one place that asks the operating system. The one idea: a variable that is
//! set to nothing counts as not set, since that is how scripts switch one off.

use std::path::{Path, PathBuf};

/// Where variables and the home directory come from.
pub(crate) trait Environment {
    /// The value of a variable; none when it is not set, or set to nothing.
    fn var(&self, name: &str) -> Option<String>;

    /// The caller's home directory.
    fn home(&self) -> Option<PathBuf>;
}

/// The environment of this process.
#[derive(Debug)]
pub(crate) struct Process;

impl Environment for Process {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    fn var(&self, name: &str) -> Option<String> {
        std::env::var(name).ok().filter(|value| !value.is_empty())
    }

    fn home(&self) -> Option<PathBuf> {
        std::env::home_dir().filter(|home| !home.as_os_str().is_empty())
    }
}

/// A path as a person writes it: `~` and `~/…` stand for the home directory.
pub(crate) fn expand_home(path: &str, env: &dyn Environment) -> PathBuf {
    let Some(rest) = path.strip_prefix('~') else { return PathBuf::from(path) };
    match env.home() {
        Some(home) if rest.is_empty() => home,
        Some(home) => match rest.strip_prefix('/') {
            Some(rest) => home.join(rest.trim_start_matches('/')),
            None => PathBuf::from(path),
        },
        None => PathBuf::from(path),
    }
}

/// A text with `$NAME` and `${NAME}` replaced; what names no variable stays as it is.
pub(crate) fn expand_variables(text: &str, env: &dyn Environment) -> String {
    let mut expanded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        expanded.push_str(before);
        let (name, remaining) = variable_name(after);
        match name.and_then(|name| env.var(name)) {
            Some(value) => {
                expanded.push_str(&value);
                rest = remaining;
            }
            None => {
                expanded.push('$');
                rest = after;
            }
        }
    }
    expanded.push_str(rest);
    expanded
}

/// The name that follows a `$`, and the text after it.
fn variable_name(text: &str) -> (Option<&str>, &str) {
    if let Some(braced) = text.strip_prefix('{') {
        return braced.split_once('}').map_or((None, text), |(name, rest)| (Some(name), rest));
    }
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    match text.split_at_checked(end) {
        Some((name, rest)) if !name.is_empty() => (Some(name), rest),
        _ => (None, text),
    }
}

/// Whether a path leads to a file; a directory, a device or a pipe is none.
pub(crate) fn is_file(path: &Path) -> bool {
    path.metadata().is_ok_and(|data| data.is_file())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// An environment that a test writes down.
    #[derive(Default)]
    pub(crate) struct Written {
        /// The variables.
        pub(crate) variables: BTreeMap<String, String>,
        /// The home directory.
        pub(crate) home: Option<PathBuf>,
    }

    impl Written {
        /// An environment whose home is that directory.
        pub(crate) fn at(home: &Path) -> Self {
            Self { home: Some(home.to_owned()), ..Self::default() }
        }

        /// The same environment with one more variable.
        pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
            self.variables.insert(name.to_owned(), value.to_owned());
            self
        }
    }

    impl Environment for Written {
        fn var(&self, name: &str) -> Option<String> {
            self.variables.get(name).filter(|value| !value.is_empty()).cloned()
        }

        fn home(&self) -> Option<PathBuf> {
            self.home.clone()
        }
    }

    #[test]
    fn only_a_leading_tilde_stands_for_home() {
        let env = Written::at(Path::new("/home/ada"));
        for (written, meant) in [
            ("~", "/home/ada"),
            ("~/.oci/config", "/home/ada/.oci/config"),
            ("~//x", "/home/ada/x"),
            ("~bob/x", "~bob/x"),
            ("/a/~/b", "/a/~/b"),
            ("", ""),
        ] {
            assert_eq!(expand_home(written, &env), Path::new(meant), "{written}");
        }
        assert_eq!(expand_home("~/x", &Written::default()), Path::new("~/x"));
    }

    #[test]
    fn variables_are_replaced_and_the_unknown_stay() {
        let env = Written::default().with("A", "1").with("B_2", "$A");
        for (written, meant) in [
            ("$A/x", "1/x"),
            ("${A}x$", "1x$"),
            ("$B_2$A", "$A1"),
            ("$UNKNOWN ${UNKNOWN} ${A", "$UNKNOWN ${UNKNOWN} ${A"),
            ("é$Aé$é", "é1é$é"),
        ] {
            assert_eq!(expand_variables(written, &env), meant, "{written}");
        }
    }
}
