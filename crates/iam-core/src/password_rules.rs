//! What a password that a person chooses must be like: the tenancy's rules, and those that hold
//! always.
//!
//! The tenancy's are its authentication policy (facts 1.6). Always: at most 128 characters, not
//! easy to guess (zxcvbn's lists of common passwords and words, with the user's and the tenancy's
//! own names), and not the one-time password. Length is counted in characters after normalization
//! to NFC, and nothing is cut off.

use iam_api::Secret;
use iam_api::authentication_policies::PasswordPolicy;
use unicode_normalization::UnicodeNormalization;
use zxcvbn::Score;

const LENGTH_MAX: usize = 128;
const BYTES_MAX: usize = 512;
/// What counts as a special character (facts 1.6; the double quote is not among them).
const SPECIALS: &str = "!#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
/// Words that everyone would try here.
const CONTEXT: [&str; 4] = ["durward", "oracle", "console", "cloud"];

/// Who chooses: what must not be in the password, or makes it easy to guess.
#[derive(Clone, Copy, Debug)]
pub struct Chooser<'a> {
    /// The user's name.
    pub user: &'a str,
    /// The user's e-mail address.
    pub email: Option<&'a str>,
    /// The tenancy's name.
    pub tenancy: &'a str,
}

/// A rule, in words for the person who chooses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// A word for scripts and styles: `length`, `upper`, `lower`, `digit`, `special`, `name`,
    /// `guess`.
    pub id: &'static str,
    /// The rule.
    pub text: String,
    /// For `length`, the fewest characters.
    pub minimum: usize,
}

/// The password in the one form that is hashed and compared.
#[must_use]
pub fn normalize(password: &Secret) -> Secret {
    Secret::new(password.expose().nfc().collect())
}

/// The rules that hold in a tenancy with that policy, in the order in which they are shown.
#[must_use]
pub fn rules(policy: &PasswordPolicy) -> Vec<Rule> {
    let minimum = minimum(policy);
    let rule = |id, text: &str| Rule { id, text: text.to_owned(), minimum: 0 };
    let mut rules =
        vec![Rule { id: "length", text: format!("{minimum} to {LENGTH_MAX} characters"), minimum }];
    if policy.is_uppercase_characters_required == Some(true) {
        rules.push(rule("upper", "at least one upper-case letter, A to Z"));
    }
    if policy.is_lowercase_characters_required == Some(true) {
        rules.push(rule("lower", "at least one lower-case letter, a to z"));
    }
    if policy.is_numeric_characters_required == Some(true) {
        rules.push(rule("digit", "at least one digit, 0 to 9"));
    }
    if policy.is_special_characters_required == Some(true) {
        rules.push(rule("special", "at least one special character, such as ! # $ % & + - . _"));
    }
    if policy.is_username_containment_allowed != Some(true) {
        rules.push(rule("name", "your user name is not in it"));
    }
    rules.push(rule("guess", "not a common password, and not easy to guess"));
    rules
}

/// The rules that the password breaks; none where it may be chosen. Expects it normalized.
#[must_use]
pub fn broken(password: &Secret, policy: &PasswordPolicy, chooser: &Chooser<'_>) -> Vec<Rule> {
    rules(policy).into_iter().filter(|rule| !holds(rule, password.expose(), chooser)).collect()
}

fn holds(rule: &Rule, text: &str, chooser: &Chooser<'_>) -> bool {
    match rule.id {
        "length" => {
            (rule.minimum..=LENGTH_MAX).contains(&text.chars().count()) && text.len() <= BYTES_MAX
        }
        "upper" => text.bytes().any(|byte| byte.is_ascii_uppercase()),
        "lower" => text.bytes().any(|byte| byte.is_ascii_lowercase()),
        "digit" => text.bytes().any(|byte| byte.is_ascii_digit()),
        "special" => text.chars().any(|letter| SPECIALS.contains(letter)),
        "name" => !text.to_lowercase().contains(&chooser.user.to_lowercase()),
        _ => is_hard_to_guess(text, chooser),
    }
}

fn minimum(policy: &PasswordPolicy) -> usize {
    policy.minimum_password_length.and_then(|length| usize::try_from(length).ok()).unwrap_or(12)
}

/// Whether guessing it takes at least 10^8 tries for someone who knows what everyone chooses and
/// what the user is called. What is too long is refused by its length, not weighed here.
fn is_hard_to_guess(text: &str, chooser: &Chooser<'_>) -> bool {
    if text.len() > BYTES_MAX {
        return true;
    }
    let mut words = vec![chooser.user, chooser.tenancy];
    words.extend(CONTEXT);
    words.extend(chooser.email.into_iter().flat_map(|email| email.split('@')));
    zxcvbn::zxcvbn(text, &words).score() >= Score::Three
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authentication_policies::PasswordProfile;

    const ANN: Chooser<'_> =
        Chooser { user: "ann.smith", email: Some("annie@example.com"), tenancy: "acme" };

    fn broken_ids(text: &str, profile: PasswordProfile) -> Vec<&'static str> {
        let password = normalize(&Secret::new(text.to_owned()));
        broken(&password, &profile.policy(), &ANN).into_iter().map(|rule| rule.id).collect()
    }

    #[test]
    fn each_rule_of_the_oci_profile_is_told_by_the_password_that_breaks_it() {
        let none: [&str; 0] = [];
        assert_eq!(broken_ids("7Tulips-behind-glass", PasswordProfile::Oci), none);
        assert_eq!(broken_ids("7Tulips-glx", PasswordProfile::Oci), ["length"]);
        assert_eq!(broken_ids("7tulips-behind-glass", PasswordProfile::Oci), ["upper"]);
        assert_eq!(broken_ids("7TULIPS-BEHIND-GLASS", PasswordProfile::Oci), ["lower"]);
        assert_eq!(broken_ids("Tulips-behind-glass", PasswordProfile::Oci), ["digit"]);
        assert_eq!(broken_ids("7Tulips behind glass", PasswordProfile::Oci), ["special"]);
        assert_eq!(broken_ids("7Tulips-Ann.Smith-glass", PasswordProfile::Oci), ["name"]);
    }

    #[test]
    fn what_everyone_tries_is_refused_though_it_is_long_enough() {
        for easy in ["password1234567", "Password1234!", "aaaaaaaaaaaaaaa", "qwertyuiopasdfg"] {
            assert!(broken_ids(easy, PasswordProfile::Nist).contains(&"guess"), "{easy}");
        }
        assert!(broken_ids("ann.smith123456", PasswordProfile::Nist).contains(&"guess"));
    }

    #[test]
    fn under_the_nist_profile_fifteen_letters_that_nobody_guesses_are_enough() {
        let none: [&str; 0] = [];
        assert_eq!(broken_ids("vrwkqzbtnhfjxlp", PasswordProfile::Nist), none);
        assert_eq!(broken_ids("vrwkqzbtnhfjxl", PasswordProfile::Nist), ["length"]);
    }

    #[test]
    fn length_is_counted_in_characters_and_nothing_is_cut_off() {
        let base = "Zq7-kwv".repeat(20);
        let exactly: String = base.chars().take(LENGTH_MAX).collect();
        let over: String = base.chars().take(LENGTH_MAX + 1).collect();
        assert!(!broken_ids(&exactly, PasswordProfile::Oci).contains(&"length"));
        assert!(broken_ids(&over, PasswordProfile::Oci).contains(&"length"));
        let heavy = "𝕬".repeat(128);
        assert!(!broken_ids(&heavy, PasswordProfile::Nist).contains(&"length"));
    }

    #[test]
    fn both_ways_to_write_the_same_letter_are_one_password() {
        let (composed, decomposed) = ("p\u{e4}sswort", "pa\u{308}sswort");
        let normal = |text: &str| normalize(&Secret::new(text.to_owned())).expose().to_owned();
        assert_eq!(normal(composed), normal(decomposed));
    }
}
