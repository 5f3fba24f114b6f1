//! Times as conditions name them, always in UTC and to the second.

use std::fmt;

use jiff::civil::DateTime;
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};

use super::words::{DAYS, MONTHS, WEEKDAYS};

/// The forms of a moment, as errors name them.
pub(crate) const MOMENTS: &str =
    "write `'2026-11-27T08:00:00Z'`, `'2026-11-27T08:00Z'` or `'2026-11-27Z'`, in UTC";
/// The form of a time of day.
pub(crate) const TIMES_OF_DAY: &str = "write `'08:00:00Z'`, in UTC";

/// A time that a condition names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Time {
    /// A moment, in seconds since 1970.
    Moment(i64),
    /// A time of day, in seconds since midnight.
    OfDay(i64),
}

impl Time {
    /// The moment that is written so; a day begins at midnight.
    pub(crate) fn moment(text: &str) -> Option<Self> {
        let shapes = ["0000-00-00T00:00:00Z", "0000-00-00T00:00Z", "0000-00-00Z"];
        if !shapes.into_iter().any(|shape| has_shape(text, shape)) {
            return None;
        }
        // What the shape leaves out is midnight, or the whole minute.
        let part = |at: usize| text.get(at..at + 2).map_or(Some(0), |digits| digits.parse().ok());
        let (year, hour) = (text.get(..4)?.parse().ok()?, part(11)?);
        let civil = DateTime::new(year, part(5)?, part(8)?, hour, part(14)?, part(17)?, 0).ok()?;
        Some(Self::Moment(Offset::UTC.to_timestamp(civil).ok()?.as_second()))
    }

    /// The time of day that is written so.
    pub(crate) fn of_day(text: &str) -> Option<Self> {
        let text = text.strip_suffix('Z').unwrap_or(text);
        if !has_shape(text, "00:00:00") {
            return None;
        }
        let part = |at: usize, most: i64| {
            text.get(at..at + 2)?.parse::<i64>().ok().filter(|number| *number <= most)
        };
        Some(Self::OfDay((part(0, 23)? * 60 + part(3, 59)?) * 60 + part(6, 59)?))
    }
}

/// Whether a text is like that one, with any digits in the place of zeros.
fn has_shape(text: &str, shape: &str) -> bool {
    let fits = |(byte, like): (u8, u8)| match like {
        b'0' => byte.is_ascii_digit(),
        like => byte == like,
    };
    text.len() == shape.len() && text.bytes().zip(shape.bytes()).all(fits)
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Moment(seconds) => match jiff::Timestamp::from_second(seconds) {
                Ok(moment) => write!(f, "'{moment:.0}'"),
                Err(_) => write!(f, "'{seconds}'"),
            },
            Self::OfDay(seconds) => {
                let (hour, minute) = (seconds / 3600, seconds / 60 % 60);
                write!(f, "'{hour:02}:{minute:02}:{:02}Z'", seconds % 60)
            }
        }
    }
}

/// What a moment is in the calendar, in the words that conditions have for it.
pub(crate) struct Calendar {
    pub(crate) month: &'static str,
    pub(crate) day: &'static str,
    pub(crate) weekday: &'static str,
}

impl Calendar {
    /// That of a moment in seconds since 1970.
    pub(crate) fn of(seconds: i64) -> Option<Self> {
        let moment = jiff::Timestamp::from_second(seconds).ok()?;
        let date = Offset::UTC.to_datetime(moment).date();
        let word = |words: &'static [&'static str], number: i8| {
            words.get(usize::try_from(number).ok()?.checked_sub(1)?).copied()
        };
        Some(Self {
            month: word(MONTHS.all, date.month())?,
            day: word(DAYS.all, date.day())?,
            weekday: word(WEEKDAYS.all, date.weekday().to_monday_one_offset())?,
        })
    }
}

/// The second of the day.
pub(crate) fn second_of_day(seconds: i64) -> i64 {
    seconds.rem_euclid(24 * 60 * 60)
}

#[cfg(test)]
mod tests {
    use super::{Calendar, Time, second_of_day};

    #[test]
    fn moments_are_read_in_three_forms_and_written_in_one() {
        for (text, shown) in [
            ("2026-11-27T08:09:10Z", "'2026-11-27T08:09:10Z'"),
            ("2026-11-27T08:09Z", "'2026-11-27T08:09:00Z'"),
            ("2024-02-29Z", "'2024-02-29T00:00:00Z'"),
            ("1969-12-31T23:59:59Z", "'1969-12-31T23:59:59Z'"),
        ] {
            assert_eq!(Time::moment(text).unwrap().to_string(), shown);
        }
        assert_eq!(Time::moment("1970-01-02Z"), Some(Time::Moment(86_400)));
        for wrong in [
            "",
            "2026-11-27",
            "2026-11-27T08:09:10",
            "2026-11-27t08:09:10z",
            "2026-11-27 08:09:10Z",
            "2026-11-27T08:09:10+01:00",
            "2026-11-27T08:09:10.000Z",
            "2026-13-01Z",
            "2026-00-01Z",
            "2026-02-29Z",
            "2026-02-30T00:00:00Z",
            "2026-11-27T24:00:00Z",
            "2026-11-27T08:60Z",
            "2026-11-27T08:09:60Z",
            "226-11-27Z",
            "٢٠٢٦-11-27Z",
            "+026-11-27Z",
            "08:00:00Z",
        ] {
            assert_eq!(Time::moment(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn times_of_day_are_whole() {
        assert_eq!(Time::of_day("05:00:00Z"), Some(Time::OfDay(18_000)));
        assert_eq!(Time::of_day("23:59:59").unwrap().to_string(), "'23:59:59Z'");
        for wrong in
            ["", "Z", "5:00:00Z", "05:00Z", "24:00:00Z", "05:60:00Z", "05:00:60Z", "+5:00:00"]
        {
            assert_eq!(Time::of_day(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_calendar_is_that_of_the_moment() {
        for (seconds, month, day, weekday, second) in [
            (0, "1", "1", "Thursday", 0),
            (-1, "12", "31", "Wednesday", 86_399),
            (1_709_164_800, "2", "29", "Thursday", 0),
            (1_795_435_200, "11", "23", "Monday", 43_200),
            (1_796_601_599, "12", "6", "Sunday", 86_399),
        ] {
            let calendar = Calendar::of(seconds).unwrap();
            let Calendar { month: m, day: d, weekday: w } = calendar;
            assert_eq!((m, d, w, second_of_day(seconds)), (month, day, weekday, second));
        }
        assert!(Calendar::of(i64::MAX).is_none());
    }
}
