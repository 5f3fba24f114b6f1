//! What values in bodies must be like: names, descriptions, e-mail addresses (facts 3.2, 3.3).

use iam_api::Problem;

const DESCRIPTION_MAX: usize = 400;
const NAME_MAX: usize = 100;
const EMAIL_MAX: usize = 254; // RFC 5321, 4.5.3.1.3 with RFC 3696's erratum

/// Refuses a description of more than 400 characters.
pub(crate) fn check_description(text: &str) -> Result<(), Problem> {
    if text.chars().count() <= DESCRIPTION_MAX {
        return Ok(());
    }
    Err(Problem::invalid(format!("description size must be between 0 and {DESCRIPTION_MAX}")))
}

/// Refuses a name that is empty, too long, or has other characters than ASCII letters, digits and
/// those in `also`.
pub(crate) fn check_name(what: &str, text: &str, also: &str) -> Result<(), Problem> {
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || also.contains(letter);
    if (1..=NAME_MAX).contains(&text.len()) && text.chars().all(allowed) {
        return Ok(());
    }
    let shown: String = text.chars().take(NAME_MAX).collect();
    let signs: Vec<String> =
        also.chars().map(|sign| if sign == ' ' { "space".into() } else { sign.into() }).collect();
    Err(Problem::invalid(format!(
        "{what} `{}` is not valid: use 1 to {NAME_MAX} ASCII letters, digits and {}",
        shown.escape_debug(),
        signs.join(" "),
    )))
}

/// Refuses what cannot be an e-mail address, or could be read as more than one.
pub(crate) fn check_email(text: &str) -> Result<(), Problem> {
    let plain = |part: &str| {
        !part.is_empty()
            && part.chars().all(|letter| {
                !letter.is_whitespace()
                    && !letter.is_control()
                    && !"@,;:<>()[]\\\"".contains(letter)
            })
    };
    let valid = text.len() <= EMAIL_MAX
        && text.split_once('@').is_some_and(|(local, domain)| plain(local) && plain(domain));
    if valid {
        return Ok(());
    }
    let shown: String = text.chars().take(EMAIL_MAX).collect();
    Err(Problem::invalid(format!(
        "email `{}` is not an e-mail address; give one of the form name@domain",
        shown.escape_debug()
    )))
}

/// Refuses a name of a tag or a tag namespace that is empty, too long, or has other characters than
/// printable ASCII ones. A full stop stands between the two names; a slash would end a segment of a
/// path.
pub(crate) fn check_tag_name(what: &str, text: &str) -> Result<(), Problem> {
    let allowed = |letter: char| letter.is_ascii_graphic() && !matches!(letter, '.' | '/' | '\\');
    if (1..=NAME_MAX).contains(&text.len()) && text.chars().all(allowed) {
        return Ok(());
    }
    let shown: String = text.chars().take(NAME_MAX).collect();
    Err(Problem::invalid(format!(
        "{what} `{}` is not valid: use 1 to {NAME_MAX} printable ASCII characters without spaces \
         and . / \\",
        shown.escape_debug(),
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_could_be_two_or_hide_a_header_is_refused() {
        for good in ["ann@example.com", "o'neil+x@a.b", "ännchen@exämple.de"] {
            assert!(check_email(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "ann",
            "@a",
            "a@",
            "a@b@c",
            "a@b,c@d",
            "a b@c",
            "a@b\r\nBcc: x",
            "\"a\"@b",
            "<a@b>",
        ] {
            assert!(check_email(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_name_has_one_to_a_hundred_of_the_characters_allowed() {
        let long = "a".repeat(101);
        assert!(check_name("user name", "Ann.Smith+x@example.com", "-._+@").is_ok());
        for bad in ["", "a b", "ä", "a\0", "ｂｏｂ", &long] {
            assert!(check_name("user name", bad, "-._+@").is_err(), "{bad}");
        }
    }
}
