//! Profiles in an OCI configuration file: looked up, and written as the official tools read them.
//!
//! Only as much of the format as `durward init` and `durward env` need; the CLI reads it in full.

use std::collections::BTreeMap;

/// The profile whose values the others inherit.
pub(crate) const DEFAULT: &str = "DEFAULT";

/// Whether the text has a profile of that name.
pub(crate) fn exists(text: &str, profile: &str) -> bool {
    text.lines().any(|line| header(line) == Some(profile))
}

/// The values of a profile, with what it inherits; none where it does not exist.
pub(crate) fn read(text: &str, profile: &str) -> Option<BTreeMap<String, String>> {
    exists(text, profile).then(|| {
        let mut values = section(text, DEFAULT);
        values.extend(section(text, profile));
        values
    })
}

/// The lines of a profile.
pub(crate) fn write(profile: &str, values: &[(&str, &str)]) -> String {
    let lines: String = values.iter().map(|(key, value)| format!("{key}={value}\n")).collect();
    format!("[{profile}]\n{lines}")
}

fn header(line: &str) -> Option<&str> {
    line.trim().strip_prefix('[')?.strip_suffix(']').map(str::trim)
}

fn section(text: &str, profile: &str) -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    let mut inside = false;
    for line in text.lines() {
        if let Some(name) = header(line) {
            inside = name == profile;
        } else if inside
            && !line.trim_start().starts_with(['#', ';'])
            && let Some((key, value)) = line.split_once('=')
        {
            values.insert(key.trim().to_ascii_lowercase(), value.trim().to_owned());
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_found_by_its_name_alone_and_inherits() {
        let text = "# [x]\n[DEFAULT]\nregion = a\nuser=u\n\n [ local ]\nuser=v\n;user=w\n";
        assert!(exists(text, "local") && exists(text, DEFAULT));
        assert!(!exists(text, "x") && !exists(text, "Local"));
        let local = read(text, "local").unwrap();
        assert_eq!((local["user"].as_str(), local["region"].as_str()), ("v", "a"));
        assert_eq!(read(text, "other"), None);
    }

    #[test]
    fn what_is_written_is_read_back() {
        let text = write("local", &[("user", "u"), ("key_file", "/a b/c=d.pem")]);
        assert_eq!(read(&text, "local").unwrap()["key_file"], "/a b/c=d.pem");
    }
}
