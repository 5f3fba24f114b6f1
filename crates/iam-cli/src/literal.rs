//! Python literals, which the official command line takes where it asks for JSON:
//! `{'key': 'value', 'on': True}`.
//!
//! Only what JSON can say: dictionaries with text keys, lists, texts, numbers, `True`, `False`,
//! `None`. The one idea: this is tried only where the text is not JSON, and only an object or a
//! list counts, so that a forgotten quote stays an error.

use crate::json::Json;
use std::iter::Peekable;
use std::str::Chars;

/// How deep lists and dictionaries may be nested.
const DEPTH_MAX: usize = 100;

/// Reads a dictionary or a list; `None` where the text is something else.
pub(crate) fn parse(text: &str) -> Option<Json> {
    let mut letters = text.chars().peekable();
    let value = value(&mut letters, 0)?;
    skip_space(&mut letters);
    let whole = letters.next().is_none();
    (whole && matches!(value, Json::List(_) | Json::Object(_))).then_some(value)
}

type Letters<'a> = Peekable<Chars<'a>>;

fn skip_space(letters: &mut Letters<'_>) {
    while letters.next_if(|letter| letter.is_ascii_whitespace()).is_some() {}
}

fn value(letters: &mut Letters<'_>, depth: usize) -> Option<Json> {
    skip_space(letters);
    match *letters.peek()? {
        '[' | '{' if depth >= DEPTH_MAX => None,
        '[' => items(letters, ']', |letters| value(letters, depth + 1)).map(Json::List),
        '{' => {
            let pair = |letters: &mut Letters<'_>| {
                skip_space(letters);
                let key = text(letters)?;
                skip_space(letters);
                letters.next_if_eq(&':')?;
                Some((key, value(letters, depth + 1)?))
            };
            items(letters, '}', pair).map(Json::Object)
        }
        '\'' | '"' => text(letters).map(Json::Text),
        _ => word(letters),
    }
}

/// What stands between brackets, with commas between and perhaps one after the last.
fn items<T>(
    letters: &mut Letters<'_>,
    close: char,
    mut one: impl FnMut(&mut Letters<'_>) -> Option<T>,
) -> Option<Vec<T>> {
    letters.next();
    let mut found = Vec::new();
    loop {
        skip_space(letters);
        if letters.next_if_eq(&close).is_some() {
            return Some(found);
        }
        found.push(one(letters)?);
        skip_space(letters);
        if letters.next_if_eq(&',').is_none() && letters.peek() != Some(&close) {
            return None;
        }
    }
}

fn text(letters: &mut Letters<'_>) -> Option<String> {
    let quote = letters.next_if(|letter| matches!(letter, '\'' | '"'))?;
    let mut out = String::new();
    loop {
        match letters.next()? {
            letter if letter == quote => return Some(out),
            '\n' => return None,
            '\\' => match letters.next()? {
                'n' => out.push('\n'),
                't' => out.push('\t'),
                'r' => out.push('\r'),
                letter @ ('\\' | '\'' | '"') => out.push(letter),
                'x' => out.push(code(letters, 2)?),
                'u' => out.push(code(letters, 4)?),
                'U' => out.push(code(letters, 8)?),
                // Python keeps the backslash before any other letter.
                letter => out.extend(['\\', letter]),
            },
            letter => out.push(letter),
        }
    }
}

fn code(letters: &mut Letters<'_>, length: usize) -> Option<char> {
    let digits: String = letters.take(length).collect();
    let all = digits.len() == length;
    char::from_u32(u32::from_str_radix(&digits, 16).ok().filter(|_| all)?)
}

fn word(letters: &mut Letters<'_>) -> Option<Json> {
    let mut word = String::new();
    while let Some(letter) =
        letters.next_if(|letter| letter.is_ascii_alphanumeric() || "+-._".contains(*letter))
    {
        word.push(letter);
    }
    match word.as_str() {
        "True" => Some(Json::Bool(true)),
        "False" => Some(Json::Bool(false)),
        "None" => Some(Json::Null),
        // The numbers of JSON are numbers in Python too.
        number => match Json::parse(number.as_bytes()).ok()? {
            number @ (Json::Int(_) | Json::Float(_)) => Some(number),
            _ => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Layout;

    #[test]
    fn python_literals_are_read_and_other_texts_are_not() {
        for (text, json) in [
            ("{'a': 'b'}", r#"{"a":"b"}"#),
            ("['it\\'s', \"x\\n\", '\\x41\\u00e9\\d',]", r#"["it's","x\n","Aé\\d"]"#),
            (" { 'n' : [1, -2.5, True, False, None] } ", r#"{"n":[1,-2.5,true,false,null]}"#),
            ("[]", "[]"),
        ] {
            assert_eq!(parse(text).unwrap().text(Layout::WIRE), json, "{text}");
        }
        for text in ["'a'", "1", "{a: b}", "['a' 'b']", "{'a'}", "[1,,2]", "[true]", "[", "{'a': 1"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse(&"[".repeat(10_000)), None);
    }
}
