//! Names in their three spellings: `canUseDBCredentials` on the wire, `can-use-db-credentials` in
//! options and answers, `can_use_db_credentials` in operation names.
//!
//! The rules are those of the official tools, odd cases included: `OAuth2Client` becomes
//! `o-auth2-client`.

/// `canUseDBCredentials` → `can-use-db-credentials`.
pub(crate) fn kebab(name: &str) -> String {
    words(name, '-')
}

/// `CreateOrResetUIPassword` → `create_or_reset_ui_password`.
pub(crate) fn snake(name: &str) -> String {
    words(name, '_')
}

fn words(name: &str, between: char) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut out = String::with_capacity(name.len() + 8);
    for (index, &letter) in letters.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|index| letters.get(index));
        let after = letters.get(index + 1);
        let starts_word = letter.is_ascii_uppercase()
            && before.is_some_and(|before| {
                before.is_ascii_lowercase()
                    || before.is_ascii_digit()
                    || (before.is_ascii_uppercase() && after.is_some_and(char::is_ascii_lowercase))
            });
        if starts_word {
            out.push(between);
        }
        out.push(if matches!(letter, '-' | '_') { between } else { letter.to_ascii_lowercase() });
    }
    out
}

/// `can-use-db-credentials` → `canUseDbCredentials`; what is camel-case already stays.
pub(crate) fn camel(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut upper = false;
    for letter in name.chars() {
        if matches!(letter, '-' | '_') {
            upper = true;
        } else if out.is_empty() {
            out.push(letter.to_ascii_lowercase());
            upper = false;
        } else if upper {
            out.push(letter.to_ascii_uppercase());
            upper = false;
        } else {
            out.push(letter);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_respelled_as_the_official_tools_do() {
        assert_eq!(kebab("canUseOAuth2ClientCredentials"), "can-use-o-auth2-client-credentials");
        assert_eq!(kebab("canUseDBCredentials"), "can-use-db-credentials");
        assert_eq!(kebab("if-match"), "if-match");
        assert_eq!(kebab("userId"), "user-id");
        assert_eq!(snake("CreateOrResetUIPassword"), "create_or_reset_ui_password");
        assert_eq!(camel("can-use-o-auth2-client-credentials"), "canUseOAuth2ClientCredentials");
        assert_eq!(camel("freeform_tags"), "freeformTags");
        assert_eq!(camel("userId"), "userId");
    }
}
