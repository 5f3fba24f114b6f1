//! Names and values as browsers write them, in a query or in the body of a form. A name that comes
//! twice is refused: two readers could differ over which one counts.

use super::fault::Fault;
use iam_api::Secret;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// The most names.
const FIELDS_MAX: usize = 64;
/// What stays as it is in a value.
const PLAIN: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// Names and values. A value may be a password, so all are wiped when dropped.
pub(crate) struct Fields(Vec<(String, Secret)>);

impl Fields {
    /// Reads them.
    pub(crate) fn read(text: &str) -> Result<Self, Fault> {
        let mut fields: Vec<(String, Secret)> = Vec::new();
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = (decode(name)?, decode(value)?);
            if fields.len() >= FIELDS_MAX || fields.iter().any(|(known, _)| *known == name) {
                return Err(Fault::bad("A field came twice, or there are too many fields."));
            }
            fields.push((name, Secret::new(value)));
        }
        Ok(Self(fields))
    }

    /// The value of that name; empty where it did not come.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.find(name).map_or("", Secret::expose)
    }

    /// The same as a secret of its own.
    pub(crate) fn secret(&self, name: &str) -> Secret {
        self.find(name).cloned().unwrap_or_else(|| Secret::new(String::new()))
    }

    fn find(&self, name: &str) -> Option<&Secret> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }
}

fn decode(text: &str) -> Result<String, Fault> {
    let spaced = text.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8();
    decoded.map(String::from).map_err(|_| Fault::bad("What was sent is not UTF-8."))
}

/// The value as it is written in a query.
pub(crate) fn encode(value: &str) -> String {
    utf8_percent_encode(value, PLAIN).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_browsers_write_is_read_back() {
        let fields = Fields::read("a=1+2%2B3&b=%C3%A4%26&c&d=x=y&").ok().unwrap();
        assert_eq!(fields.text("a"), "1 2+3");
        assert_eq!(fields.text("b"), "ä&");
        assert_eq!((fields.text("c"), fields.text("d"), fields.text("e")), ("", "x=y", ""));
    }

    #[test]
    fn a_name_that_comes_twice_is_refused_however_it_is_spelt() {
        assert!(Fields::read("a=1&a=2").is_err());
        assert!(Fields::read("a=1&%61=1").is_err());
        assert!(Fields::read("a=%FF").is_err());
        let many: String = (0..65).map(|index| format!("f{index}=1&")).collect();
        assert!(Fields::read(&many).is_err());
    }

    #[test]
    fn a_value_that_is_written_is_read_back() {
        let value = "/console/users?name=a b&c=ü#";
        let written = format!("next={}", encode(value));
        assert_eq!(Fields::read(&written).ok().unwrap().text("next"), value);
    }
}
