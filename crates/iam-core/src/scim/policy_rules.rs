//! What a password policy may ask for: the bounds of each rule, rules that contradict each other,
//! and the two strengths whose rules are fixed.

use super::{Document, text};
use crate::password_policies::HISTORY_MAX;
use iam_api::Problem;
use serde_json::{Map, Value, json};

/// The longest password that a policy can speak of (facts 2.4).
const LENGTH_LIMIT: i64 = 500;
/// The longest time that a policy can speak of, in days: a hundred years.
const DAYS_MAX: i64 = 36_500;
/// The most characters, or texts, that a rule may list.
const LISTED_MAX: usize = 100;

/// The bounds of each number.
const BOUNDS: [(&str, i64, i64); 18] = [
    ("minLength", 0, LENGTH_LIMIT),
    ("maxLength", 0, LENGTH_LIMIT),
    ("minAlphas", 0, LENGTH_LIMIT),
    ("minNumerals", 0, LENGTH_LIMIT),
    ("minAlphaNumerals", 0, LENGTH_LIMIT),
    ("minSpecialChars", 0, LENGTH_LIMIT),
    ("maxSpecialChars", 0, LENGTH_LIMIT),
    ("minLowerCase", 0, LENGTH_LIMIT),
    ("minUpperCase", 0, LENGTH_LIMIT),
    ("minUniqueChars", 0, LENGTH_LIMIT),
    ("maxRepeatedChars", 0, LENGTH_LIMIT),
    ("minPasswordAge", 0, DAYS_MAX),
    ("passwordExpiresAfter", 0, DAYS_MAX),
    ("passwordExpireWarning", 0, DAYS_MAX),
    ("maxIncorrectAttempts", 0, 100),
    ("lockoutDuration", 5, 1_440),
    ("numPasswordsInHistory", 0, HISTORY_MAX),
    ("distinctCharacters", 0, 0),
];
/// What of a policy is not one of its rules.
const NO_RULES: [&str; 8] = [
    "name",
    "description",
    "externalId",
    "passwordStrength",
    "forcePasswordReset",
    "priority",
    "groups",
    "tags",
];

/// Refuses rules that are out of bounds, contradict each other, or would not be enforced.
pub(crate) fn check(document: &Document) -> Result<(), Problem> {
    let number = |name: &str| document.get(name).and_then(Value::as_i64).unwrap_or(0);
    for (name, least, most) in BOUNDS {
        let given = document.get(name).and_then(Value::as_i64);
        if given.is_some_and(|given| !(least..=most).contains(&given)) {
            let wanted = match most {
                0 => "leave it out: it has no effect here yet".to_owned(),
                most => format!("give {least} to {most}"),
            };
            return Err(Problem::invalid(format!(
                "{name} `{}` is not valid: {wanted}",
                given.unwrap_or_default()
            )));
        }
    }
    check_unenforced(document)?;
    let most = match number("maxLength") {
        0 => LENGTH_LIMIT,
        most => most,
    };
    let least = ["minLength", "minAlphaNumerals", "minUniqueChars"].map(number);
    let classes = number("minUpperCase") + number("minLowerCase");
    let letters = number("minAlphas").max(classes);
    let parts = letters + number("minNumerals") + number("minSpecialChars");
    if least.into_iter().any(|least| least > most) || parts > most {
        return Err(Problem::invalid(format!(
            "no password is long enough for these rules and at most {most} characters; raise \
             maxLength or lower the others"
        )));
    }
    let specials = number("maxSpecialChars");
    if specials > 0 && number("minSpecialChars") > specials {
        return Err(Problem::invalid("minSpecialChars is greater than maxSpecialChars"));
    }
    check_characters(document)
}

/// What a policy can ask for in OCI, but nothing here would see to.
fn check_unenforced(document: &Document) -> Result<(), Problem> {
    let set = |name: &&&str| match document.get(**name) {
        None | Some(Value::Bool(false)) => false,
        Some(Value::String(text)) => !text.is_empty(),
        Some(Value::Array(items)) => !items.is_empty(),
        Some(_) => true,
    };
    let names = [
        "dictionaryLocation",
        "dictionaryDelimiter",
        "disallowedUserAttributeValues",
        "forcePasswordReset",
    ];
    match names.iter().find(set) {
        None => Ok(()),
        Some(name) => Err(Problem::invalid(format!("{name} has no effect here yet; leave it out"))),
    }
}

/// Characters that must be in a password may not be among those that may not.
fn check_characters(document: &Document) -> Result<(), Problem> {
    let characters = |name: &str| text(document, name).unwrap_or_default();
    for name in ["requiredChars", "disallowedChars", "allowedChars"] {
        if characters(name).chars().count() > LISTED_MAX {
            let message = format!("{name} lists more than {LISTED_MAX} characters");
            return Err(Problem::invalid(message));
        }
    }
    let texts = document.get("disallowedSubstrings").and_then(Value::as_array);
    if texts.is_some_and(|texts| texts.len() > LISTED_MAX) {
        let message = format!("disallowedSubstrings lists more than {LISTED_MAX} texts");
        return Err(Problem::invalid(message));
    }
    let allowed = characters("allowedChars");
    let required = characters("requiredChars");
    let barred = |c: &char| {
        characters("disallowedChars").contains(*c) || (!allowed.is_empty() && !allowed.contains(*c))
    };
    match required.chars().find(barred) {
        None => Ok(()),
        Some(character) => Err(Problem::invalid(format!(
            "requiredChars asks for `{}`, which the policy does not allow",
            character.escape_debug()
        ))),
    }
}

/// The rules of a strength that fixes them; none where they are free.
fn fixed(strength: &str) -> Option<Document> {
    let rules = match strength {
        "Simple" => json!({
            "minLength": 8, "minLowerCase": 1, "minUpperCase": 1, "minNumerals": 1,
            "maxIncorrectAttempts": 5, "lockoutDuration": 30, "numPasswordsInHistory": 1,
            "passwordExpiresAfter": 120, "userNameDisallowed": true,
        }),
        "Standard" => json!({
            "minLength": 12, "minLowerCase": 1, "minUpperCase": 1, "minNumerals": 1,
            "minSpecialChars": 1, "maxIncorrectAttempts": 5, "lockoutDuration": 30,
            "numPasswordsInHistory": 4, "passwordExpiresAfter": 120, "firstNameDisallowed": true,
            "lastNameDisallowed": true, "userNameDisallowed": true,
        }),
        _ => return None,
    };
    rules.as_object().cloned()
}

/// Puts the rules of a fixed strength in the place of none; refuses others. Where the strength is
/// changed to a fixed one, the rules that the policy had before go.
pub(crate) fn fix_strength(before: &Document, document: &mut Document) -> Result<(), Problem> {
    let entry = document.entry("passwordStrength").or_insert_with(|| json!("Custom"));
    let strength = entry.as_str().unwrap_or_default().to_owned();
    let Some(rules) = fixed(&strength) else { return Ok(()) };
    let is_rule = |name: &str| !NO_RULES.contains(&name);
    let strange = document.iter().find(|(name, value)| {
        let from_before = before.get(*name) == Some(*value);
        is_rule(name) && rules.get(*name) != Some(*value) && !from_before
    });
    if let Some((name, _)) = strange {
        return Err(Problem::invalid(format!(
            "{name} cannot be set: the rules of passwordStrength `{strength}` are fixed; choose \
             `Custom`"
        )));
    }
    let kept: Map<String, Value> = document
        .iter()
        .filter(|(name, _)| !is_rule(name))
        .map(|(n, v)| (n.clone(), v.clone()))
        .collect();
    *document = kept;
    document.extend(rules);
    Ok(())
}
