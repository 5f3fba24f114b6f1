//! What a caller says that a request is part of: W3C's `traceparent`, version 00.
//!
//! What is not valid is passed over, as the recommendation asks: the request then begins a trace of
//! its own.

use axum::http::HeaderMap;

/// The span of the caller's that a request belongs to.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parent {
    pub(super) trace: u128,
    pub(super) span: u64,
}

impl Parent {
    /// The one that is named, once and validly.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let mut values = headers.get_all("traceparent").iter();
        let value = values.next().filter(|_| values.next().is_none())?;
        Self::read(value.to_str().ok()?)
    }

    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let version = bytes::<1>(parts.next()?)?;
        let trace = u128::from_be_bytes(bytes(parts.next()?)?);
        let span = u64::from_be_bytes(bytes(parts.next()?)?);
        let _flags = bytes::<1>(parts.next()?)?;
        // A later version may have more to say; 00 has not, and ff is none.
        let is_whole = match version {
            [0] => parts.next().is_none(),
            [0xff] => false,
            _ => true,
        };
        (is_whole && trace != 0 && span != 0).then_some(Self { trace, span })
    }
}

/// That many bytes in lower-case hexadecimal digits, and nothing else.
fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    let value = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let mut digits = text.bytes();
    let mut read = [0; N];
    for byte in &mut read {
        *byte = value(digits.next()?)? << 4 | value(digits.next()?)?;
    }
    digits.next().is_none().then_some(read)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    const VALID: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    #[test]
    fn a_valid_parent_is_read_and_no_other() {
        let read = Parent::read(VALID).unwrap();
        assert_eq!(read.trace, 0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c);
        assert_eq!(read.span, 0xb7ad_6b71_6920_3331);
        let later = VALID.replacen("00", "cc", 1);
        assert!(Parent::read(&format!("{later}-more")).is_some());
        for wrong in [
            "",
            "00",
            &VALID.to_uppercase(),
            &VALID.replace("00-0", "ff-0"),
            &VALID.replace("0af7651916cd43dd8448eb211c80319c", &"0".repeat(32)),
            &VALID.replace("b7ad6b7169203331", &"0".repeat(16)),
            &VALID.replace("-01", ""),
            &VALID.replace("-01", "-1"),
            &format!("{VALID}-more"),
            &format!("{VALID}0"),
            &format!(" {VALID}"),
            &VALID.replace('a', "g"),
        ] {
            assert_eq!(Parent::read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn two_parents_are_none() {
        let mut headers = HeaderMap::new();
        headers.append("traceparent", HeaderValue::from_static(VALID));
        assert!(Parent::of(&headers).is_some());
        headers.append("traceparent", HeaderValue::from_static(VALID));
        assert_eq!(Parent::of(&headers), None);
    }
}
