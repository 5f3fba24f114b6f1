//! Cookies: the session's, and the one that a form is bound to before there is a session.
//!
//! Both have the `__Host-` prefix: browsers take them only with `Secure`, only for this host, and
//! send them nowhere else. Browsers count loopback as secure also without TLS. A cookie that is not
//! exactly what was written here is no cookie.

use axum::http::{HeaderMap, HeaderValue, header};
use iam_api::Secret;

/// The cookie that holds the session's token.
pub(crate) const SESSION: &str = "__Host-durward-session";
/// The cookie that the sign-in form is bound to.
pub(crate) const FORM: &str = "__Host-durward-form";

/// The cookie that holds the token of a link that was followed. It is the only one that comes along
/// from another site's page, such as that of a web mailer.
pub(crate) const LINK: &str = "__Host-durward-link";

/// 32 bytes in base64, as every token is.
const TOKEN_LENGTH: usize = 43;

/// Whether that is a token of ours by its look.
pub(crate) fn is_token(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    text.len() == TOKEN_LENGTH && text.bytes().all(plain)
}

/// The value of the cookie, if it came once and looks like a token of ours.
pub(crate) fn read(headers: &HeaderMap, name: &str) -> Option<Secret> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.split_once('='));
    let mut values = pairs.filter(|(key, _)| key.trim() == name).map(|(_, value)| value.trim());
    let value = values.next().filter(|value| is_token(value))?;
    values.next().is_none().then(|| Secret::new(value.to_owned()))
}

/// The header that sets the cookie until the browser is closed; none where the value cannot be one.
pub(crate) fn set(name: &str, value: &Secret) -> Option<HeaderValue> {
    let same_site = if name == LINK { "Lax" } else { "Strict" };
    let text = format!("{name}={}; Path=/; Secure; HttpOnly; SameSite={same_site}", value.expose());
    let mut header = HeaderValue::try_from(text).ok()?;
    header.set_sensitive(true);
    Some(header)
}

/// The header that takes the cookie away.
pub(crate) fn clear(name: &str) -> Option<HeaderValue> {
    let text = format!("{name}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0");
    HeaderValue::try_from(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNO-_";

    fn read_from(lines: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::COOKIE, HeaderValue::from_str(line).unwrap());
        }
        read(&headers, SESSION).map(|value| value.expose().to_owned())
    }

    #[test]
    fn the_session_is_found_among_other_cookies() {
        let line = format!("a=b; {SESSION}={TOKEN}; c=d=e");
        assert_eq!(read_from(&[&line]).as_deref(), Some(TOKEN));
        assert_eq!(read_from(&["a=b", &format!("{SESSION}={TOKEN}")]).as_deref(), Some(TOKEN));
    }

    #[test]
    fn what_is_not_exactly_a_token_is_no_cookie() {
        let cut = TOKEN.trim_start_matches('a');
        let longer = format!("{TOKEN}x");
        let foreign = TOKEN.replace('-', "+");
        for value in ["", "x", cut, &longer, &foreign, &format!("\"{TOKEN}\"")] {
            assert_eq!(read_from(&[&format!("{SESSION}={value}")]), None, "{value}");
        }
        assert_eq!(read_from(&[SESSION]), None);
        assert_eq!(read_from(&[&format!("{}={TOKEN}", SESSION.to_lowercase())]), None);
    }

    #[test]
    fn of_two_sessions_none_counts() {
        let twice = format!("{SESSION}={TOKEN}; {SESSION}={TOKEN}");
        assert_eq!(read_from(&[&twice]), None);
    }

    #[test]
    fn a_cookie_is_kept_from_scripts_other_sites_and_plain_connections() {
        let header = set(SESSION, &Secret::new(TOKEN.to_owned())).unwrap();
        let text = header.to_str().unwrap();
        assert_eq!(text, format!("{SESSION}={TOKEN}; Path=/; Secure; HttpOnly; SameSite=Strict"));
        assert!(clear(SESSION).unwrap().to_str().unwrap().ends_with("Max-Age=0"));
    }
}
