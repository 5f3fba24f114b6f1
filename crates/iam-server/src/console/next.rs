//! Where to go on after signing in: only to a page of the Console itself.

/// The path, if it is one of the Console's. Everything that a browser could read as another host, a
/// scheme or a script is not.
pub(crate) fn own_path(text: &str) -> Option<&str> {
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"\\\"<>`{}|^".contains(&byte);
    let own = text.starts_with("/console/")
        && text.len() <= 2_048
        && text.bytes().all(plain)
        && !text.contains("//")
        && !text.split(['/', '?', '#']).any(|part| part == "." || part == "..");
    own.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_the_console_are_gone_on_to() {
        for path in ["/console/", "/console/users", "/console/users?name=ann.smith&page=x_-"] {
            assert_eq!(own_path(path), Some(path));
        }
    }

    #[test]
    fn nothing_else_is() {
        let long = format!("/console/{}", "x".repeat(2_048));
        for path in [
            "",
            "/",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "javascript:alert(1)",
            "https://evil.example/console/",
            "/console",
            "/console/../20160918/users",
            "/console//evil.example",
            "/console/\\evil",
            "/console/\r\nset-cookie: x=y",
            "/console/\u{202e}x",
            "/consolex/",
            " /console/",
            &long,
        ] {
            assert_eq!(own_path(path), None, "{path:?}");
        }
    }
}
