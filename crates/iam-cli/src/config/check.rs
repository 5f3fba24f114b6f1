//! What a profile must hold, and the table that says what it does not.
//!
//! The checks and their words are those of the official command line. The one idea: all defects are
//! shown at once, so that one look at the file mends them.

use super::profile::Profile;
use crate::failure::Failure;

/// Where a fingerprint comes from.
const FINGERPRINT_HINT: &str =
    "openssl rsa -pubout -outform DER -in <path to your private key> | openssl md5 -c";

/// One defect: the option, what is wrong, and what to do.
type Defect = [&'static str; 3];

/// Fails unless the profile holds all that signing needs; `region` says whether a region is needed.
pub(crate) fn check(profile: &Profile, region: bool, config_file: &str) -> Result<(), Failure> {
    let defects = defects(profile, region);
    if defects.is_empty() {
        return Ok(());
    }
    Err(Failure::Client(format!(
        "ERROR: The config file at {config_file} is invalid:\n\n{}",
        table(&defects)
    )))
}

fn defects(profile: &Profile, region: bool) -> Vec<Defect> {
    let has_key = profile.key_file.is_some() || profile.key_content.is_some();
    let missing = [
        (
            profile.user.is_none(),
            [
                "user",
                "missing",
                "log into the console and go to the user's settings page to find their OCID",
            ],
        ),
        (
            profile.tenancy.is_none(),
            [
                "tenancy",
                "missing",
                "log into the console and find this OCID at the bottom of any page",
            ],
        ),
        (profile.fingerprint.is_none(), ["fingerprint", "missing", FINGERPRINT_HINT]),
        (
            !has_key,
            ["key_file", "missing", "the full path and filename of the private PEM key file"],
        ),
        (region && profile.region.is_none(), ["region", "missing", "for example, us-phoenix-1"]),
    ];
    let bad = |value: &Option<String>, is_good: fn(&str) -> bool| {
        value.as_deref().is_some_and(|value| !is_good(value))
    };
    let malformed = [
        (bad(&profile.tenancy, is_ocid), ["tenancy", "malformed", "this must be an OCID"]),
        (bad(&profile.user, is_ocid), ["user", "malformed", "this must be an OCID"]),
        (bad(&profile.fingerprint, is_fingerprint), ["fingerprint", "malformed", FINGERPRINT_HINT]),
    ];
    let all = missing.into_iter().chain(malformed);
    all.filter(|(is_wrong, _)| *is_wrong).map(|(_, defect)| defect).collect()
}

/// Whether a text has the shape of an OCID: five parts or more, between dots or colons, of which
/// the first and the last are not empty.
pub(crate) fn is_ocid(text: &str) -> bool {
    let parts: Vec<&str> = text.split(['.', ':']).collect();
    let sound = |part: &&str| {
        part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    parts.len() >= 5
        && parts.iter().all(sound)
        && parts.first().is_some_and(|part| !part.is_empty())
        && parts.last().is_some_and(|part| !part.is_empty())
}

/// Whether a text is sixteen pairs of lower-case hexadecimal digits.
fn is_fingerprint(text: &str) -> bool {
    let is_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    text.split(':').count() == 16
        && text.split(':').all(|pair| pair.len() == 2 && pair.bytes().all(is_hex))
}

/// The defects as a table with a frame, whose title lies on the upper edge.
fn table(defects: &[Defect]) -> String {
    const TITLE: &str = "Config Errors";
    let rows: Vec<Defect> =
        [["Key", "Error", "Hint"]].into_iter().chain(defects.iter().copied()).collect();
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.len()).max().unwrap_or(0)
    };
    let [first, second, third] = [width(0), width(1), width(2)];
    let edge: String = [first, second, third]
        .iter()
        .map(|width| format!("+{}", "-".repeat(width + 2)))
        .chain(["+".to_owned()])
        .collect();
    let mut lines: Vec<String> = rows
        .iter()
        .map(|[key, error, hint]| format!("| {key:first$} | {error:second$} | {hint:third$} |"))
        .collect();
    lines.insert(1, edge.clone());
    lines.insert(0, format!("+{TITLE}{}", edge.get(TITLE.len() + 1..).unwrap_or_default()));
    lines.push(edge);
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_defects_are_shown_at_once() {
        let profile = Profile {
            tenancy: Some("x".to_owned()),
            fingerprint: Some(["0f"; 16].join(":")),
            key_content: Some(String::new().into()),
            ..Profile::default()
        };
        let failure = check(&profile, true, "~/.oci/config").unwrap_err();
        assert_eq!(
            failure.to_string(),
            "ERROR: The config file at ~/.oci/config is invalid:\n\n\
+Config Errors--------+----------------------------------------------------------------------------+
| Key     | Error     | Hint                                                                       |
+---------+-----------+----------------------------------------------------------------------------+
| user    | missing   | log into the console and go to the user's settings page to find their OCID |
| region  | missing   | for example, us-phoenix-1                                                  |
| tenancy | malformed | this must be an OCID                                                       |
+---------+-----------+----------------------------------------------------------------------------+\
            "
        );
        assert!(check(&profile, false, "x").unwrap_err().to_string().lines().count() < 9);
    }

    #[test]
    fn ocids_and_fingerprints_have_a_shape() {
        for ocid in ["ocid1.user.oc1..aaaa", "ocid1:user:oc1:phx:a_-B", "a....b"] {
            assert!(is_ocid(ocid), "{ocid}");
        }
        for text in
            ["", "x", "ocid1.user.oc1.aaaa", ".a.b.c.d", "a.b.c.d.", "a.b.c.d.é", "a.b.c.d.e\n"]
        {
            assert!(!is_ocid(text), "{text}");
        }
        let pairs = ["0f"; 16].join(":");
        assert!(is_fingerprint(&pairs));
        for text in [&pairs.to_uppercase(), &pairs.replace(':', ""), &["0f"; 15].join(":"), ""] {
            assert!(!is_fingerprint(text), "{text}");
        }
    }
}
