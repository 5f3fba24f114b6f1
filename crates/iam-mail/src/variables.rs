//! What a letter may speak of: a few named texts, and nothing else can be reached from a template.
//!
//! Names that people chose are made harmless here, once for every letter and every part of it.

use crate::clean;
use iam_api::Timestamp;
use minijinja::value::Value;

/// What the letters call the service.
const PRODUCT: &str = "Durward";
/// The most characters of a name that are shown.
const NAME_MAX: usize = 100;
/// The most characters of an address, which is refused long before that.
const ADDRESS_MAX: usize = 320;

/// What is known when a letter is written, as it is.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The tenancy's name.
    pub tenancy: &'a str,
    /// The name that the user signs in with.
    pub user_name: &'a str,
    /// How the user is addressed.
    pub display_name: &'a str,
    /// The address that the letter goes to.
    pub email: &'a str,
    /// Where the link leads; empty where the letter has none.
    pub link: &'a str,
    /// When the link stops working.
    pub valid_until: Option<Timestamp>,
    /// Where the user signs in.
    pub sign_in: &'a str,
    /// When it happened.
    pub time: Timestamp,
}

/// What a template may name. Each is always there, so that a name that is not is a slip of the pen.
#[derive(Clone, Debug)]
pub struct Variables([(&'static str, String); 10]);

impl Variables {
    /// Each name with what it stands for, for people who write templates.
    pub const NAMES: [(&'static str, &'static str); 10] = [
        ("product", "what this service is called"),
        ("tenancy", "the tenancy's name"),
        ("user_name", "the name that the user signs in with"),
        ("display_name", "how the user is addressed"),
        ("email", "the address that the letter goes to"),
        ("link", "where the link leads; empty where the letter has none"),
        ("valid_until", "when the link stops working; empty where the letter has none"),
        ("valid_for", "how long it works, such as `60 minutes`; empty where the letter has none"),
        ("sign_in", "where the user signs in"),
        ("time", "when it happened"),
    ];

    /// Makes the variables of a letter.
    #[must_use]
    pub fn new(facts: &Facts<'_>) -> Self {
        let user_name = clean::line(facts.user_name, NAME_MAX);
        let mut display_name = clean::line(facts.display_name, NAME_MAX);
        if display_name.is_empty() || clean::looks_like_a_link(&display_name) {
            display_name.clone_from(&user_name);
        }
        let valid_until = facts.valid_until.map(moment).unwrap_or_default();
        let valid_for = facts.valid_until.map(|end| span(facts.time, end)).unwrap_or_default();
        Self([
            ("product", PRODUCT.to_owned()),
            ("tenancy", clean::line(facts.tenancy, NAME_MAX)),
            ("user_name", user_name),
            ("display_name", display_name),
            ("email", clean::line(facts.email, ADDRESS_MAX)),
            ("link", facts.link.to_owned()),
            ("valid_until", valid_until),
            ("valid_for", valid_for),
            ("sign_in", facts.sign_in.to_owned()),
            ("time", moment(facts.time)),
        ])
    }

    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
    }

    pub(crate) fn values(&self) -> Value {
        Value::from_pairs(self.0.iter().map(|(name, value)| (*name, value.as_str())))
    }

    /// Variables of a letter that nobody gets, to try a template with.
    #[must_use]
    pub fn sample(has_link: bool) -> Self {
        let time = Timestamp::from_micros(1_795_435_200_000_000);
        Self::new(&Facts {
            tenancy: "acme",
            user_name: "ann.smith",
            display_name: "Ann Smith",
            email: "ann.smith@example.com",
            link: if has_link { "https://iam.example.com/console/sample#abc" } else { "" },
            valid_until: has_link.then(|| time.plus_seconds(3_600)),
            sign_in: "https://iam.example.com/console/sign-in?tenant=acme",
            time,
        })
    }
}

/// As in `23 November 2026, 17:44 UTC`.
fn moment(moment: Timestamp) -> String {
    jiff::Timestamp::from_microsecond(moment.as_micros())
        .map(|moment| moment.strftime("%-d %B %Y, %H:%M UTC").to_string())
        .unwrap_or_else(|_| moment.to_string())
}

/// As in `60 minutes`, in the largest unit of which there are two or that it is whole in.
fn span(from: Timestamp, to: Timestamp) -> String {
    let micros = to.as_micros().saturating_sub(from.as_micros()).max(0);
    // To the nearest: the link was made a moment before the letter.
    let minutes = micros.saturating_add(30_000_000) / 60_000_000;
    let (count, unit) = match minutes {
        2_880.. => (minutes / 1_440, "day"),
        120.. => (minutes / 60, "hour"),
        _ => (minutes, "minute"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_variable_is_described() {
        let named = Variables::sample(true).0.map(|(name, _)| name);
        assert_eq!(named, Variables::NAMES.map(|(name, _)| name));
    }

    #[test]
    fn a_name_that_would_become_a_link_gives_way_to_the_name_one_signs_in_with() {
        let facts = Facts {
            tenancy: "acme\r\nBcc: eve@example.com",
            user_name: "ann",
            display_name: "visit https://evil.example",
            email: "ann@example.com",
            link: "",
            valid_until: None,
            sign_in: "",
            time: Timestamp::default(),
        };
        let made = Variables::new(&facts);
        assert_eq!(made.get("display_name"), "ann");
        assert_eq!(made.get("tenancy"), "acme Bcc: eve@example.com");
        let made = Variables::new(&Facts { display_name: "\u{202e}\n", ..facts });
        assert_eq!(made.get("display_name"), "ann");
    }

    #[test]
    fn a_span_is_said_as_people_say_it() {
        let from = Timestamp::default();
        for (minutes, said) in [
            (0, "0 minutes"),
            (1, "1 minute"),
            (60, "60 minutes"),
            (119, "119 minutes"),
            (120, "2 hours"),
            (1_440, "24 hours"),
            (10_080, "7 days"),
        ] {
            assert_eq!(span(from, from.plus_seconds(minutes * 60)), said);
        }
        assert_eq!(span(from.plus_seconds(60), from), "0 minutes");
        assert_eq!(span(from.plus_seconds(1), from.plus_seconds(7 * 86_400)), "7 days");
    }
}
