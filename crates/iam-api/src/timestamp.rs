//! Moments: microseconds since 1970 inside, RFC 3339 in UTC with milliseconds outside.

use crate::wire::{Kind, Wire};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// A moment, in microseconds since 1970-01-01T00:00:00Z. Written as `2018-09-04T17:53:59.749Z`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From microseconds since 1970.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// The moment that a person wrote: RFC 3339, also without seconds or without a zone, which is
    /// then UTC; a day, which begins at midnight; or whole seconds since 1970.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let day = || text.parse::<jiff::civil::DateTime>().ok();
        let moment = match (text.parse::<jiff::Timestamp>(), text.parse::<i64>()) {
            (Ok(moment), _) => moment,
            (_, Ok(seconds)) => jiff::Timestamp::from_second(seconds).ok()?,
            _ => day()?.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp(),
        };
        Some(Self(moment.as_microsecond()))
    }

    /// Microseconds since 1970.
    #[must_use]
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970.
    #[must_use]
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// The moment that many seconds later (earlier, where negative); at the end of time it stays.
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_microsecond(self.0) {
            Ok(moment) => write!(out, "{moment:.3}"),
            Err(_) => write!(out, "{} µs", self.0),
        }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = String::deserialize(input)?;
        let moment: jiff::Timestamp = text.parse().map_err(de::Error::custom)?;
        Ok(Self(moment.as_microsecond()))
    }
}

impl Wire for Timestamp {
    const KIND: Kind = Kind::Timestamp;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_in_milliseconds_and_read_back() {
        let moment = Timestamp::from_micros(1_536_083_639_749_000);
        assert_eq!(moment.to_string(), "2018-09-04T17:53:59.749Z");
        let json = serde_json::to_string(&moment).unwrap();
        assert_eq!(serde_json::from_str::<Timestamp>(&json).unwrap(), moment);
        assert_eq!(Timestamp::default().to_string(), "1970-01-01T00:00:00.000Z");
    }

    #[test]
    fn people_write_moments_in_several_ways() {
        for (text, read) in [
            ("2018-09-04T17:53:59.749Z", "2018-09-04T17:53:59.749Z"),
            ("2018-09-04T17:53:59+02:00", "2018-09-04T15:53:59.000Z"),
            ("2018-09-04T17:53Z", "2018-09-04T17:53:00.000Z"),
            ("2018-09-04T17:53", "2018-09-04T17:53:00.000Z"),
            ("2018-09-04 17:53:59", "2018-09-04T17:53:59.000Z"),
            ("2018-09-04", "2018-09-04T00:00:00.000Z"),
            ("1536083639", "2018-09-04T17:53:59.000Z"),
        ] {
            let moment = Timestamp::from_text(text).map(|moment| moment.to_string());
            assert_eq!(moment.as_deref(), Some(read), "{text}");
        }
        for wrong in ["", "yesterday", "2018-13-04", "2018-09-04T25:00Z", "99999999999999999"] {
            assert_eq!(Timestamp::from_text(wrong), None, "{wrong}");
        }
    }
}
