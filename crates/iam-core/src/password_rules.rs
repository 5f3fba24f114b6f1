//! What a password that a person chooses must be like: the rules of the tenancy or its domain, and
//! those that hold always.
//!
//! [`Requirements`] is what both kinds of password policy come to (facts 1.6 and 2.4); [`rules`]
//! are the same in words and tests, so that a page shows just what is checked. Always: not easy to
//! guess (zxcvbn's lists of common passwords and words, with the user's and the tenancy's own
//! names). Length is counted in characters after normalization to NFC, and nothing is cut off.

use iam_api::Secret;
use iam_api::authentication_policies::PasswordPolicy;
use serde::Deserialize;
use std::collections::HashSet;
use unicode_normalization::UnicodeNormalization;
use zxcvbn::Score;

const LENGTH_MIN: usize = 12;
/// The most characters, unless a policy allows more.
const LENGTH_MAX: usize = 128;
/// The most characters that a policy can allow (facts 2.4).
const LENGTH_LIMIT: usize = 500;
/// The most bytes of a character.
const CHARACTER_BYTES: usize = 4;
/// What is longer than this is hard to guess, and slow to weigh.
const WEIGHED_MAX: usize = 512;
/// What counts as a special character (facts 1.6; the double quote is not among them).
const SPECIALS: &str = "!#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
/// Words that everyone would try here.
const CONTEXT: [&str; 4] = ["durward", "oracle", "console", "cloud"];
/// Names as short as this may be in a password: they are in too many (facts 2.4).
const NAME_PASSED_OVER: usize = 3;

/// What a policy asks of a password. The names are those of a domain's password policy; what is
/// left out is not asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Requirements {
    min_length: Option<usize>,
    max_length: Option<usize>,
    min_alphas: Option<usize>,
    min_numerals: Option<usize>,
    min_alpha_numerals: Option<usize>,
    min_special_chars: Option<usize>,
    max_special_chars: Option<usize>,
    min_lower_case: Option<usize>,
    min_upper_case: Option<usize>,
    min_unique_chars: Option<usize>,
    max_repeated_chars: Option<usize>,
    starts_with_alphabet: Option<bool>,
    first_name_disallowed: Option<bool>,
    last_name_disallowed: Option<bool>,
    user_name_disallowed: Option<bool>,
    required_chars: Option<String>,
    disallowed_chars: Option<String>,
    allowed_chars: Option<String>,
    disallowed_substrings: Option<Vec<String>>,
}

impl From<&PasswordPolicy> for Requirements {
    fn from(policy: &PasswordPolicy) -> Self {
        let one = |required: Option<bool>| (required == Some(true)).then_some(1);
        let length = policy.minimum_password_length.map(usize::try_from);
        Self {
            min_length: length.and_then(Result::ok),
            min_upper_case: one(policy.is_uppercase_characters_required),
            min_lower_case: one(policy.is_lowercase_characters_required),
            min_numerals: one(policy.is_numeric_characters_required),
            min_special_chars: one(policy.is_special_characters_required),
            user_name_disallowed: Some(policy.is_username_containment_allowed != Some(true)),
            ..Self::default()
        }
    }
}

impl From<&Requirements> for PasswordPolicy {
    /// As much of them as the Identity API has words for.
    fn from(asked: &Requirements) -> Self {
        let one = |least: Option<usize>| Some(least.is_some_and(|least| least > 0));
        let length = asked.min_length.unwrap_or(LENGTH_MIN);
        Self {
            minimum_password_length: i64::try_from(length).ok(),
            is_uppercase_characters_required: one(asked.min_upper_case),
            is_lowercase_characters_required: one(asked.min_lower_case),
            is_numeric_characters_required: one(asked.min_numerals),
            is_special_characters_required: one(asked.min_special_chars),
            is_username_containment_allowed: Some(asked.user_name_disallowed != Some(true)),
        }
    }
}

/// Who chooses: what must not be in the password, or makes it easy to guess.
#[derive(Clone, Copy, Debug, Default)]
pub struct Chooser<'a> {
    /// The user's name.
    pub user: &'a str,
    /// The user's given name.
    pub given_name: Option<&'a str>,
    /// The user's family name.
    pub family_name: Option<&'a str>,
    /// The user's e-mail address.
    pub email: Option<&'a str>,
    /// The tenancy's name.
    pub tenancy: &'a str,
}

/// A rule, in words for the person who chooses, and as what a page's script can check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// A word for scripts and styles, such as `length` or `upper`.
    pub id: &'static str,
    /// The rule.
    pub text: String,
    /// The fewest, where the rule counts something.
    pub minimum: usize,
    /// The most, where the rule counts something and has a most.
    pub maximum: Option<usize>,
    /// The characters or words that the rule speaks of, where it does.
    pub about: Vec<String>,
}

/// The password in the one form that is hashed and compared.
#[must_use]
pub fn normalize(password: &Secret) -> Secret {
    Secret::new(password.expose().nfc().collect())
}

impl Rule {
    fn plain(id: &'static str, text: &str) -> Self {
        Self::about(id, text.to_owned(), Vec::new())
    }

    fn about(id: &'static str, text: String, about: Vec<String>) -> Self {
        Self { id, text, minimum: 0, maximum: None, about }
    }

    fn counted(id: &'static str, text: String, minimum: usize, maximum: Option<usize>) -> Self {
        Self { id, text, minimum, maximum, about: Vec::new() }
    }
}

/// The rules of these requirements, in the order in which they are shown.
#[must_use]
pub fn rules(asked: &Requirements) -> Vec<Rule> {
    let least = asked.min_length.unwrap_or(LENGTH_MIN);
    let most = asked.max_length.unwrap_or(LENGTH_MAX.max(least)).min(LENGTH_LIMIT);
    let text = format!("{least} to {most} characters");
    let mut rules = vec![Rule::counted("length", text, least, Some(most))];
    class_rules(asked, &mut rules);
    character_rules(asked, &mut rules);
    let names = [
        (asked.user_name_disallowed, "name", "your user name is not in it"),
        (asked.first_name_disallowed, "given-name", "your first name is not in it"),
        (asked.last_name_disallowed, "family-name", "your last name is not in it"),
    ];
    let asked_for = names.iter().filter(|(asked, ..)| *asked == Some(true));
    rules.extend(asked_for.map(|(_, id, text)| Rule::plain(id, text)));
    rules.push(Rule::plain("guess", "not a common password, and not easy to guess"));
    rules
}

/// Rules that count characters of a class.
fn class_rules(asked: &Requirements, rules: &mut Vec<Rule>) {
    let classes = [
        ("upper", asked.min_upper_case, "upper-case letter", ", A to Z"),
        ("lower", asked.min_lower_case, "lower-case letter", ", a to z"),
        ("letter", asked.min_alphas, "letter", ""),
        ("digit", asked.min_numerals, "digit", ", 0 to 9"),
        ("letter-or-digit", asked.min_alpha_numerals, "letter or digit", ""),
        ("special", asked.min_special_chars, "special character", ", such as ! # $ % & + - . _"),
    ];
    for (id, least, what, such_as) in classes {
        let text = match least.unwrap_or(0) {
            0 => continue,
            1 => format!("at least one {what}{such_as}"),
            least => match what.split_once(' ') {
                Some(("letter", "or digit")) => format!("at least {least} letters or digits"),
                _ => format!("at least {least} {what}s{such_as}"),
            },
        };
        rules.push(Rule::counted(id, text, least.unwrap_or(0), None));
    }
    if let Some(most) = asked.max_special_chars.filter(|most| *most > 0) {
        let text = format!("at most {most} special characters");
        rules.push(Rule::counted("special-most", text, 0, Some(most)));
    }
}

/// Rules that speak of certain characters.
fn character_rules(asked: &Requirements, rules: &mut Vec<Rule>) {
    if let Some(least) = asked.min_unique_chars.filter(|least| *least > 0) {
        let text = format!("at least {least} different characters");
        rules.push(Rule::counted("unique", text, least, None));
    }
    if let Some(most) = asked.max_repeated_chars.filter(|most| *most > 0) {
        let text = format!("no character more than {most} times");
        rules.push(Rule::counted("repeated", text, 0, Some(most)));
    }
    if asked.starts_with_alphabet == Some(true) {
        rules.push(Rule::plain("start", "begins with a letter"));
    }
    let sets = [
        ("required", &asked.required_chars, "each of these is in it:"),
        ("forbidden", &asked.disallowed_chars, "none of these is in it:"),
        ("only", &asked.allowed_chars, "only these characters:"),
    ];
    for (id, set, text) in sets {
        let Some(set) = set.as_ref().filter(|set| !set.is_empty()) else { continue };
        let each: Vec<String> = set.chars().map(String::from).collect();
        rules.push(Rule::about(id, format!("{text} {}", each.join(" ")), each));
    }
    let words = asked.disallowed_substrings.iter().flatten().filter(|word| !word.is_empty());
    let words: Vec<String> = words.cloned().collect();
    if !words.is_empty() {
        let text = format!("none of these words is in it: {}", words.join(", "));
        rules.push(Rule::about("words", text, words));
    }
}

/// The rules that the password breaks; none where it may be chosen. Expects it normalized.
#[must_use]
pub fn broken(password: &Secret, asked: &Requirements, chooser: &Chooser<'_>) -> Vec<Rule> {
    rules(asked).into_iter().filter(|rule| !holds(rule, password.expose(), chooser)).collect()
}

fn holds(rule: &Rule, text: &str, chooser: &Chooser<'_>) -> bool {
    let counted =
        |count: usize| count >= rule.minimum && rule.maximum.is_none_or(|most| count <= most);
    let of = |class: fn(char) -> bool| counted(text.chars().filter(|one| class(*one)).count());
    let without = |name: Option<&str>| !contains(text, name.unwrap_or_default());
    match rule.id {
        "length" => {
            let bytes_max = rule.maximum.unwrap_or(LENGTH_MAX) * CHARACTER_BYTES;
            text.len() <= bytes_max && counted(text.chars().count())
        }
        "upper" => of(|one| one.is_ascii_uppercase()),
        "lower" => of(|one| one.is_ascii_lowercase()),
        "letter" => of(char::is_alphabetic),
        "digit" => of(|one| one.is_ascii_digit()),
        "letter-or-digit" => of(char::is_alphanumeric),
        "special" | "special-most" => of(|one| SPECIALS.contains(one)),
        "unique" => counted(text.chars().collect::<HashSet<_>>().len()),
        "repeated" => counted(most_repeated(text)),
        "start" => text.starts_with(char::is_alphabetic),
        "required" => rule.about.iter().all(|one| text.contains(one)),
        "forbidden" => !rule.about.iter().any(|one| text.contains(one)),
        "only" => text.chars().all(|one| rule.about.iter().any(|set| set.contains(one))),
        "words" => !rule.about.iter().any(|word| contains(text, word)),
        "name" => !text.to_lowercase().contains(&chooser.user.to_lowercase()),
        "given-name" => without(chooser.given_name),
        "family-name" => without(chooser.family_name),
        _ => is_hard_to_guess(text, chooser),
    }
}

/// Whether a word is in the text, in whatever case; one that is too short is passed over.
fn contains(text: &str, word: &str) -> bool {
    word.chars().count() > NAME_PASSED_OVER && text.to_lowercase().contains(&word.to_lowercase())
}

/// How often the most frequent character is in the text.
fn most_repeated(text: &str) -> usize {
    let mut letters: Vec<char> = text.chars().collect();
    letters.sort_unstable();
    letters.chunk_by(|one, other| one == other).map(<[char]>::len).max().unwrap_or(0)
}

/// Whether guessing it takes at least 10^8 tries for someone who knows what everyone chooses and
/// what the user is called. What is too long is refused by its length, not weighed here.
fn is_hard_to_guess(text: &str, chooser: &Chooser<'_>) -> bool {
    if text.len() > WEIGHED_MAX {
        return true;
    }
    let mut words = vec![chooser.user, chooser.tenancy];
    words.extend(CONTEXT);
    words.extend(chooser.given_name.into_iter().chain(chooser.family_name));
    words.extend(chooser.email.into_iter().flat_map(|email| email.split('@')));
    zxcvbn::zxcvbn(text, &words).score() >= Score::Three
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authentication_policies::PasswordProfile;

    const ANN: Chooser<'_> = Chooser {
        user: "ann.smith",
        given_name: Some("Annabelle"),
        family_name: Some("Li"),
        email: Some("annie@example.com"),
        tenancy: "acme",
    };

    fn broken_ids(text: &str, profile: PasswordProfile) -> Vec<&'static str> {
        let password = normalize(&Secret::new(text.to_owned()));
        broken(&password, &Requirements::from(&profile.policy()), &ANN)
            .into_iter()
            .map(|rule| rule.id)
            .collect()
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

    fn broken_by(document: &str, text: &str) -> Vec<&'static str> {
        let asked: Requirements = serde_json::from_str(document).unwrap();
        let password = normalize(&Secret::new(text.to_owned()));
        broken(&password, &asked, &ANN).into_iter().map(|rule| rule.id).collect()
    }

    #[test]
    fn each_rule_of_a_domains_policy_is_told_by_the_password_that_breaks_it() {
        let fine = "Tulips-77-behind-glass";
        for (document, bad, id) in [
            (r#"{"minLength":20}"#, "Tulips-77-behind-gl", "length"),
            (r#"{"maxLength":14}"#, fine, "length"),
            (r#"{"minAlphas":19}"#, fine, "letter"),
            (r#"{"minNumerals":3}"#, fine, "digit"),
            (r#"{"minAlphaNumerals":20}"#, fine, "letter-or-digit"),
            (r#"{"minSpecialChars":4}"#, fine, "special"),
            (r#"{"maxSpecialChars":2}"#, fine, "special-most"),
            (r#"{"minLowerCase":17}"#, fine, "lower"),
            (r#"{"minUpperCase":2}"#, fine, "upper"),
            (r#"{"minUniqueChars":17}"#, fine, "unique"),
            (r#"{"maxRepeatedChars":2}"#, fine, "repeated"),
            (r#"{"startsWithAlphabet":true}"#, "77-Tulips-behind-glass", "start"),
            (r#"{"requiredChars":"-x"}"#, fine, "required"),
            (r#"{"disallowedChars":"x-"}"#, fine, "forbidden"),
            (r#"{"allowedChars":"abcdefgTulips-7 "}"#, fine, "only"),
            (r#"{"disallowedSubstrings":["x","BEHIND"]}"#, fine, "words"),
            (r#"{"userNameDisallowed":true}"#, "Ann.Smith-77-behind-glass", "name"),
            (r#"{"firstNameDisallowed":true}"#, "Tulips-77-annabelle-vrwk", "given-name"),
        ] {
            assert_eq!(broken_by(document, bad), [id], "{document}");
        }
        let none: [&str; 0] = [];
        let mild = r#"{"minLength":8,"maxLength":40,"minAlphas":17,"minNumerals":2,
            "minAlphaNumerals":19,"minSpecialChars":3,"maxSpecialChars":3,"minLowerCase":16,
            "minUpperCase":1,"minUniqueChars":12,"maxRepeatedChars":3,"startsWithAlphabet":true,
            "requiredChars":"T7","disallowedChars":"xyz","disallowedSubstrings":["tul","winter"],
            "lastNameDisallowed":true,"firstNameDisallowed":null,"name":"ours","priority":1}"#;
        assert_eq!(broken_by(mild, fine), none);
        assert_eq!(broken_by(r#"{"lastNameDisallowed":true}"#, "Tulips-li-behind-glass"), none);
    }
}
