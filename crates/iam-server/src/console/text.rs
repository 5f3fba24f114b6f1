//! Words and numbers as people read them.

use iam_api::Timestamp;
use iam_core::context::Context;
use iam_core::sessions;

/// A text that someone wrote, made harmless to look at: what would turn or hide the text around it
/// is written out.
pub(crate) fn shown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if is_unseen(letter) {
            out.push_str(&format!("[U+{:04X}]", u32::from(letter)));
        } else {
            out.push(letter);
        }
    }
    out
}

/// A message of the API as a sentence of a page: those start in lower case, end without a full
/// stop, and put values into backticks.
pub(crate) fn sentence(message: &str) -> String {
    let (mut text, mut opens) = (String::with_capacity(message.len()), true);
    for letter in shown(message).chars() {
        match letter {
            '`' if opens => text.push('“'),
            '`' => text.push('”'),
            letter if text.is_empty() => text.extend(letter.to_uppercase()),
            letter => text.push(letter),
        }
        opens ^= letter == '`';
    }
    if text.ends_with(['.', '!', '?']) { text } else { text + "." }
}

/// Control characters, line and paragraph separators, and what changes the direction of writing.
fn is_unseen(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

/// A moment, for machines and for people.
pub(crate) struct Moment {
    /// RFC 3339.
    pub(crate) exact: String,
    /// As in `23 November 2026, 17:44 UTC`.
    pub(crate) text: String,
}

impl From<Timestamp> for Moment {
    fn from(moment: Timestamp) -> Self {
        let exact = moment.to_string();
        let text = jiff::Timestamp::from_microsecond(moment.as_micros()).map_or_else(
            |_| exact.clone(),
            |moment| moment.strftime("%-d %B %Y, %H:%M UTC").to_string(),
        );
        Self { exact, text }
    }
}

/// An OCID cut down to what tells it from others at a glance.
pub(crate) fn short(ocid: &str) -> String {
    let last: Vec<char> = ocid.chars().rev().take(6).collect();
    format!("…{}", last.into_iter().rev().collect::<String>())
}

/// A retry token for a form: sent twice, it does nothing twice.
pub(crate) fn new_retry_token(context: &Context) -> String {
    sessions::new_token(context).expose().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_turn_or_hide_text_is_written_out_and_the_rest_stays() {
        assert_eq!(shown("Zoë 李 <b>&"), "Zoë 李 <b>&");
        assert_eq!(shown("a\u{202e}b\r\n\0\u{2066}"), "a[U+202E]b[U+000D][U+000A][U+0000][U+2066]");
        assert_eq!(shown("\u{e0041}\u{feff}"), "[U+E0041][U+FEFF]");
    }

    #[test]
    fn a_message_becomes_a_sentence() {
        assert_eq!(sentence("name `a b` is not valid"), "Name “a b” is not valid.");
        assert_eq!(sentence("Done. Go on."), "Done. Go on.");
        assert_eq!(sentence(""), ".");
    }

    #[test]
    fn a_moment_is_written_for_people_and_for_machines() {
        let moment = Moment::from(Timestamp::from_micros(1_536_083_639_749_000));
        assert_eq!(moment.text, "4 September 2018, 17:53 UTC");
        assert_eq!(moment.exact, "2018-09-04T17:53:59.749Z");
        assert!(!Moment::from(Timestamp::from_micros(i64::MAX)).text.is_empty());
    }
}
