//! The one canonical form of names that are compared without regard to case.
//!
//! The unique index of the store and the resolution of names in policies both use [`fold`], so two
//! names are one name for the one exactly when they are for the other.

/// Folds a name for comparison: ASCII letters become lower case, everything else stays as it is.
///
/// IAM's names are ASCII by rule, so nothing more is needed, and nothing more is wanted: a fold of
/// Unicode letters depends on the version of its tables (a stored fold would change its meaning
/// with an upgrade) and lets a character from outside ASCII pass for one inside (the Kelvin sign
/// for `k`, the long s for `s`).
#[must_use]
pub fn fold(name: &str) -> String {
    name.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn letters_of_either_case_are_one_name() {
        assert_eq!(fold("HelpDesk-7.EU_x"), "helpdesk-7.eu_x");
        assert_eq!(fold(&fold("MIXED case")), fold("mixed CASE"));
    }

    #[test]
    fn no_other_character_passes_for_an_ascii_one() {
        for (strange, plain) in [
            ("\u{130}", "i"),
            ("\u{131}", "i"),
            ("\u{17f}", "s"),
            ("\u{212a}", "k"),
            ("ß", "ss"),
            ("\u{fb01}", "fi"),
        ] {
            assert_ne!(fold(strange), fold(plain));
        }
    }
}
