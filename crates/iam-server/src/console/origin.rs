//! Whether a form was sent from a page of ours: what the browser itself says of that.
//!
//! It is the first of two locks; the other is the token in the form. Pages are served with
//! `Referrer-Policy: no-referrer`, under which browsers write `Origin: null` also on forms of the
//! page's own site. Such a form is taken only where `Sec-Fetch-Site`, which no script can write,
//! says `same-origin`.

use crate::app::Reach;
use axum::http::{HeaderMap, header};

/// Whether the headers say that the request comes from a page of ours.
pub(crate) fn is_own(reach: &Reach, headers: &HeaderMap) -> bool {
    let one = |name: &str| {
        let mut values = headers.get_all(name).iter();
        let value = values.next().and_then(|value| value.to_str().ok());
        if values.next().is_some() { Some("") } else { value }
    };
    let (site, origin) = (one("sec-fetch-site"), one("origin"));
    match (site, origin) {
        (Some("same-origin"), Some("null")) => true,
        (None | Some("same-origin" | "none"), Some(origin)) => {
            own(reach, headers).is_some_and(|own| own.eq_ignore_ascii_case(origin))
        }
        _ => false,
    }
}

/// Scheme and host under which the browser knows us.
pub(crate) fn own(reach: &Reach, headers: &HeaderMap) -> Option<String> {
    let host = headers.get(header::HOST)?.to_str().ok()?;
    let (scheme, usual_port) = if reach.is_tls { ("https", ":443") } else { ("http", ":80") };
    Some(format!("{scheme}://{}", host.strip_suffix(usual_port).unwrap_or(host)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    fn is_own_with(pairs: &[(&'static str, &'static str)]) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static("id.example:7070"));
        for (name, value) in pairs {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        is_own(&Reach::default(), &headers)
    }

    #[test]
    fn a_form_of_a_page_of_ours_is_taken() {
        assert!(is_own_with(&[("origin", "null"), ("sec-fetch-site", "same-origin")]));
        assert!(is_own_with(&[("origin", "http://id.example:7070")]));
        assert!(is_own_with(&[
            ("origin", "http://id.example:7070"),
            ("sec-fetch-site", "same-origin")
        ]));
    }

    #[test]
    fn everything_else_is_refused() {
        for pairs in [
            &[][..],
            &[("sec-fetch-site", "same-origin")],
            &[("origin", "null")],
            &[("origin", "null"), ("sec-fetch-site", "none")],
            &[("origin", "null"), ("sec-fetch-site", "cross-site")],
            &[("origin", "http://evil.example")],
            &[("origin", "http://id.example")],
            &[("origin", "https://id.example:7070")],
            &[("origin", "http://id.example:7070.evil.example")],
            &[("origin", "http://id.example:7070"), ("sec-fetch-site", "same-site")],
            &[("origin", "http://id.example:7070"), ("origin", "http://evil.example")],
            &[
                ("origin", "null"),
                ("sec-fetch-site", "same-origin"),
                ("sec-fetch-site", "cross-site"),
            ],
        ] {
            assert!(!is_own_with(pairs), "{pairs:?}");
        }
    }

    #[test]
    fn the_usual_port_is_not_written() {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static("id.example:443"));
        let reach = Reach { is_tls: true, ..Reach::default() };
        assert_eq!(own(&reach, &headers).as_deref(), Some("https://id.example"));
    }
}
