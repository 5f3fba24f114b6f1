//! Dates of HTTP headers.

use iam_sign::{format_http_date, parse_http_date};
use proptest::prelude::*;

const DAY_SECONDS: i64 = 86_400;
const NEARLY_A_DATE: &str =
    "\\PC{0,40}|[A-Z][a-z]{2}, [0-3][0-9] [A-Z][a-z]{2} [0-9+-]{4} [0-9:+]{8} GMT";

#[test]
fn known_instants_have_the_known_text() {
    for (seconds, text) in [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
        (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
        (951_868_800, "Wed, 01 Mar 2000 00:00:00 GMT"),
        (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"),
        (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
    ] {
        assert_eq!(format_http_date(seconds), text);
        assert_eq!(parse_http_date(text), Some(seconds));
    }
}

#[test]
fn each_day_of_two_hundred_years_follows_the_day_before() {
    let lengths = |year: i64| {
        let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        [31, if is_leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    };
    let months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec";
    let mut seconds = 0;
    for year in 1970..2170 {
        for (month, length) in months.split(' ').zip(lengths(year)) {
            for day in 1..=length {
                let text = format_http_date(seconds);
                assert_eq!(text[5..16], format!("{day:02} {month} {year}"));
                seconds += DAY_SECONDS;
            }
        }
    }
}

#[test]
fn any_other_spelling_is_no_date() {
    for text in [
        "",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 08:49:37 +0000",
        "Sun,  6 Nov 1994 08:49:37 GMT",
        "Sun, 6 Nov 1994 08:49:37 GMT",
        "sun, 06 nov 1994 08:49:37 gmt",
        "Mon, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:49:37 GMT",
        "Sun, 06 Nov 1994 08:60:37 GMT",
        "Sun, 06 Nov 1994 08:49:60 GMT",
        "Sun, 06 Nov 1994 08:49:+7 GMT",
        "Sun, 06 Nov +994 08:49:37 GMT",
        "Thu, 31 Nov 1994 08:49:37 GMT",
        "Wed, 29 Feb 2100 00:00:00 GMT",
        "Thu, 00 Nov 1994 08:49:37 GMT",
        " Sun, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT ",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
        "1994-11-06T08:49:37Z",
        "Sün, 06 Növ 1994 08:49:37 GMT",
    ] {
        assert_eq!(parse_http_date(text), None, "{text}");
    }
}

proptest! {
    #[test]
    fn what_was_formatted_is_read_back(seconds in -62_135_596_800_i64..253_402_300_800) {
        prop_assert_eq!(parse_http_date(&format_http_date(seconds)), Some(seconds));
    }

    #[test]
    fn no_text_is_read_but_in_its_one_spelling(text in NEARLY_A_DATE) {
        if let Some(seconds) = parse_http_date(&text) {
            prop_assert_eq!(format_http_date(seconds), text);
        }
    }

    #[test]
    fn any_instant_can_be_formatted(seconds: i64) {
        prop_assert!(format_http_date(seconds).ends_with(" GMT"));
    }
}
