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
                    || (!matches!(before, '-' | '_') && after.is_some_and(char::is_ascii_lowercase))
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

/// The name of an attribute as it is shown: in kebab case, also those that are URNs.
///
/// The odd case is a part of a URN that begins with a digit, which is joined to the one before it:
/// `…:enterprise:2.0:User` is shown as `…-enterprise2-0-user`.
pub(crate) fn shown(name: &str) -> String {
    if !name.contains(':') {
        return kebab(name.trim_start_matches('$'));
    }
    let mut out = String::with_capacity(name.len() + 8);
    for part in name.split(':') {
        if !out.is_empty() && !part.starts_with(|letter: char| letter.is_ascii_digit()) {
            out.push('-');
        }
        out.push_str(&kebab(&part.replace('.', "-")));
    }
    out
}

/// The option that an extension has whose URN this is: `ext-self-change-user`.
pub(crate) fn extension(urn: &str) -> Option<String> {
    let (_, rest) = urn.split_once("extension:")?;
    let parts = rest.split(':').map(|part| kebab(&part.replace('.', "")));
    Some(format!("ext-{}", parts.collect::<Vec<_>>().join("-")))
}

/// A URN without what stands between its parts: what skeletons call an extension, but for the case.
pub(crate) fn squeezed(urn: &str) -> String {
    kebab(&urn.replace(':', "").replace('.', "-"))
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

    #[test]
    fn extensions_have_a_name_for_each_use() {
        let start = "urn:ietf:params:scim:schemas";
        for (urn, option, skeleton, answer) in [
            (
                ":oracle:idcs:extension:selfChange:User",
                "ext-self-change-user",
                "urnietfparamsscimschemasoracleidcsextensionselfChangeUser",
                "-oracle-idcs-extension-self-change-user",
            ),
            (
                ":extension:enterprise:2.0:User",
                "ext-enterprise-20-user",
                "urnietfparamsscimschemasextensionenterprise20User",
                "-extension-enterprise2-0-user",
            ),
            (
                ":oracle:idcs:extension:OCITags",
                "ext-oci-tags",
                "urnietfparamsscimschemasoracleidcsextensionOciTags",
                "-oracle-idcs-extension-oci-tags",
            ),
        ] {
            let urn = format!("{start}{urn}");
            assert_eq!(extension(&urn).as_deref(), Some(option));
            assert_eq!(camel(&squeezed(&urn)), skeleton);
            assert_eq!(shown(&urn), format!("urn-ietf-params-scim-schemas{answer}"));
        }
        assert_eq!(extension("userName"), None);
        assert_eq!(shown("$ref"), "ref");
        assert_eq!(shown("x509Certificates"), "x509-certificates");
        assert_eq!(snake("urn:x:messages:Error"), "urn:x:messages:_error");
    }
}
