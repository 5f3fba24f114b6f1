//! The date of HTTP headers, as in `Sun, 06 Nov 1994 08:49:37 GMT` (IMF-fixdate, RFC 9110 section
//! 5.6.7).
//!
//! Turns seconds since 1970 into that text and back. It does not read a clock, and does not know
//! the two obsolete forms of HTTP dates.
//!
//! The one idea: parsing picks the numbers out of their fixed places and then asks whether
//! formatting the result gives the same text again, so weekday, month, ranges and punctuation are
//! all checked by one line.

const DAY_SECONDS: i64 = 86_400;
/// Days from 1 March of the year 0 to 1 January 1970.
const EPOCH_DAYS: i64 = 719_468;
/// Days in 400 years, after which the calendar repeats.
const ERA_DAYS: i64 = 146_097;

/// Indexed by the days since 1 January 1970, a Thursday, modulo seven.
const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Formats seconds since 1970 as the value of a `date` header.
#[must_use]
pub fn format_http_date(unix_seconds: i64) -> String {
    let days = unix_seconds.div_euclid(DAY_SECONDS);
    let second = unix_seconds.rem_euclid(DAY_SECONDS);
    let (year, month, day) = civil_from_days(days);
    let weekday = pick(&WEEKDAYS, days.rem_euclid(7));
    let month = pick(&MONTHS, month - 1);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{weekday}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT")
}

/// Reads the value of a `date` header as seconds since 1970; `None` for any other spelling or an
/// impossible date.
#[must_use]
pub fn parse_http_date(text: &str) -> Option<i64> {
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<i64>().ok();
    let month_name = text.get(8..11)?;
    let month = MONTHS.iter().position(|name| *name == month_name)?;
    let days = days_from_civil(number(12..16)?, i64::try_from(month).ok()? + 1, number(5..7)?);
    let second = number(17..19)? * 3600 + number(20..22)? * 60 + number(23..25)?;
    let unix_seconds = days * DAY_SECONDS + second;
    (format_http_date(unix_seconds) == text).then_some(unix_seconds)
}

fn pick(names: &[&'static str], index: i64) -> &'static str {
    usize::try_from(index).ok().and_then(|index| names.get(index)).copied().unwrap_or_default()
}

/// Days since 1970 of a date. Years start in March here, so that the leap day is a year's last day.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month > 2 { year } else { year - 1 };
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    365 * year + leap_days + day_of_year - EPOCH_DAYS
}

/// The date that lies so many days after 1 January 1970: year, month from 1, day from 1.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + EPOCH_DAYS;
    let era = days.div_euclid(ERA_DAYS);
    let day_of_era = days.rem_euclid(ERA_DAYS);
    let leap_days = day_of_era / 1_460 - day_of_era / 36_524 + day_of_era / 146_096;
    let year_of_era = (day_of_era - leap_days) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, day)
}
