//! Where to go on after signing in: only to a page of the Console itself.

use super::authorize;

/// The path, if it is one of the Console's. Everything that a browser could read as another host, a
/// scheme or a script is not.
pub(crate) fn own_path(text: &str) -> Option<&str> {
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"\\\"<>`{}|^".contains(&byte);
    let is_asked = |rest: &str| rest.starts_with('?');
    let own = (text.starts_with("/console/")
        || text.strip_prefix(authorize::PATH).is_some_and(is_asked))
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
        for path in [
            "/console/",
            "/console/users",
            "/console/users?name=ann.smith&page=x_-",
            "/v1/oauth2/authorize?redirect_uri=http%3A%2F%2Flocalhost%3A8181",
        ] {
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
            "/v1/oauth2/authorize",
            "/v1/oauth2/authorize/",
            "/v1/oauth2/authorize.evil.example?",
            "/v1/oauth2/authorize?redirect_uri=http://localhost:8181",
            "/v1/authentication/refresh",
            " /console/",
            &long,
        ] {
            assert_eq!(own_path(path), None, "{path:?}");
        }
    }
}
