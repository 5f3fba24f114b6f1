//! As much of DER as RSA keys need: sequences, positive integers, strings.
//!
//! Strict: each length in its shortest form, no integer with a superfluous zero, and nothing left
//! over where a caller says [`Reader::end`]. So a key has exactly one encoding here, and what was
//! read needs no re-encoding.

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
#[cfg(feature = "sign")]
const OCTET_STRING: u8 = 0x04;
const SEQUENCE: u8 = 0x30;

/// The content of the `AlgorithmIdentifier` of RSA: the object identifier 1.2.840.113549.1.1.1 and
/// NULL.
pub(crate) const RSA_ENCRYPTION: &[u8] =
    &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];

/// Reads one element after the other; every method answers `None` where the next element is another
/// one.
pub(crate) struct Reader<'der>(&'der [u8]);

impl<'der> Reader<'der> {
    pub(crate) fn new(der: &'der [u8]) -> Self {
        Self(der)
    }

    pub(crate) fn sequence(&mut self) -> Option<Self> {
        self.element(SEQUENCE).map(Self)
    }

    #[cfg(feature = "sign")]
    pub(crate) fn octet_string(&mut self) -> Option<&'der [u8]> {
        self.element(OCTET_STRING)
    }

    /// The bytes of a bit string of whole bytes.
    #[cfg(feature = "verify")]
    pub(crate) fn bit_string(&mut self) -> Option<&'der [u8]> {
        match self.element(BIT_STRING)?.split_first()? {
            (0, bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The magnitude of an integer that is zero or more, most significant byte first, without a
    /// leading zero (but for zero itself).
    pub(crate) fn natural(&mut self) -> Option<&'der [u8]> {
        match self.element(INTEGER)? {
            [0] => Some(&[0]),
            [0, magnitude @ ..] if matches!(magnitude, [0x80..=0xff, ..]) => Some(magnitude),
            magnitude if matches!(magnitude, [1..=0x7f, ..]) => Some(magnitude),
            _ => None,
        }
    }

    /// What is left, unread.
    pub(crate) fn rest(self) -> &'der [u8] {
        self.0
    }

    pub(crate) fn end(self) -> Option<()> {
        self.0.is_empty().then_some(())
    }

    fn element(&mut self, tag: u8) -> Option<&'der [u8]> {
        let (length, rest) = match *self.0 {
            [first, length @ 0..=0x7f, ref rest @ ..] if first == tag => {
                (usize::from(length), rest)
            }
            [first, 0x81, length @ 0x80..=0xff, ref rest @ ..] if first == tag => {
                (usize::from(length), rest)
            }
            [first, 0x82, high @ 1..=0xff, low, ref rest @ ..] if first == tag => {
                (usize::from(u16::from_be_bytes([high, low])), rest)
            }
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some(content)
    }
}

/// How many bits the magnitude of an integer has, given without leading zeros.
pub(crate) fn bits(magnitude: &[u8]) -> usize {
    let leading_zeros = magnitude.first().map_or(0, |byte| byte.leading_zeros());
    (magnitude.len() * 8).saturating_sub(usize::try_from(leading_zeros).unwrap_or_default())
}

/// Wraps an `RSAPublicKey` into the `SubjectPublicKeyInfo` of an RSA key.
pub(crate) fn subject_public_key_info(rsa_public_key: &[u8]) -> Option<Vec<u8>> {
    let bit_string = write(BIT_STRING, &[&[0], rsa_public_key].concat())?;
    write(SEQUENCE, &[write(SEQUENCE, RSA_ENCRYPTION)?, bit_string].concat())
}

/// The `RSAPublicKey` of a modulus and an exponent, which are given without leading zeros.
#[cfg(feature = "verify")]
pub(crate) fn rsa_public_key(modulus: &[u8], exponent: &[u8]) -> Option<Vec<u8>> {
    let number = |magnitude: &[u8]| match magnitude.first()? {
        0x80..=0xff => write(INTEGER, &[&[0], magnitude].concat()),
        _ => write(INTEGER, magnitude),
    };
    write(SEQUENCE, &[number(modulus)?, number(exponent)?].concat())
}

fn write(tag: u8, content: &[u8]) -> Option<Vec<u8>> {
    let [high, low] = u16::try_from(content.len()).ok()?.to_be_bytes();
    let header: &[u8] = match (high, low) {
        (0, 0..=0x7f) => &[tag, low],
        (0, _) => &[tag, 0x81, low],
        _ => &[tag, 0x82, high, low],
    };
    Some([header, content].concat())
}

#[cfg(all(test, feature = "verify"))]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_one_encoding() {
        let natural = |der: &'static [u8]| Reader::new(der).natural();
        assert_eq!(natural(&[2, 1, 0]), Some(&[0][..]));
        assert_eq!(natural(&[2, 1, 0x7f]), Some(&[0x7f][..]));
        assert_eq!(natural(&[2, 2, 0, 0x80]), Some(&[0x80][..]));
        // Without a byte, negative, with a zero too many, of another kind.
        for der in [&[2, 0][..], &[2, 1, 0x80], &[2, 2, 0, 0x7f], &[2, 2, 0, 0], &[4, 1, 1]] {
            assert_eq!(natural(der), None, "{der:?}");
        }
    }

    #[test]
    fn a_length_has_one_encoding() {
        let read = |header: &[u8], length: usize| {
            let der = [header, &vec![7; length]].concat();
            let mut reader = Reader::new(&der);
            let content = reader.element(SEQUENCE).map(<[u8]>::len);
            content.filter(|_| reader.end().is_some())
        };
        assert_eq!(read(&[SEQUENCE, 0x7f], 127), Some(127));
        assert_eq!(read(&[SEQUENCE, 0x81, 0x80], 128), Some(128));
        assert_eq!(read(&[SEQUENCE, 0x82, 1, 0], 256), Some(256));
        assert_eq!(read(&[SEQUENCE, 0x81, 0x7f], 127), None);
        assert_eq!(read(&[SEQUENCE, 0x82, 0, 0x80], 128), None);
        assert_eq!(read(&[SEQUENCE, 0x83, 0, 1, 0], 256), None);
        assert_eq!(read(&[SEQUENCE, 0x80], 2), None);
        assert_eq!(read(&[SEQUENCE, 3], 2), None);
        assert_eq!(read(&[SEQUENCE, 1], 2), None);
        assert_eq!(read(&[SEQUENCE], 0), None);
    }

    #[test]
    fn a_bit_string_holds_whole_bytes() {
        assert_eq!(Reader::new(&[3, 2, 0, 9]).bit_string(), Some(&[9][..]));
        assert_eq!(Reader::new(&[3, 2, 1, 8]).bit_string(), None);
        assert_eq!(Reader::new(&[3, 0]).bit_string(), None);
    }

    #[test]
    fn bits_are_counted_from_the_first_one() {
        assert_eq!(bits(&[]), 0);
        assert_eq!(bits(&[0]), 0);
        assert_eq!(bits(&[1]), 1);
        assert_eq!(bits(&[0x80, 0]), 16);
    }
}
