//! `--output table`: the table of the official command line, byte by byte.
//!
//! The one idea: a cell shows a value as Python's `str` does, since that is what people have parsed
//! so far: `None`, `True`, `{'key': 'value'}`.

use crate::json::{Json, python_float};
use crate::width::width;
use std::fmt::Write;

/// The table of a value, or the sentence that stands for one.
pub(crate) fn table(data: &Json) -> String {
    match data {
        Json::Text(_) => draw(&[vec!["Column1".to_owned()], vec![cell(data)]]),
        Json::List(items) => list(items),
        Json::Object(pairs) => {
            let mut pairs: Vec<_> = pairs.iter().collect();
            pairs.sort_by(|a, b| a.0.cmp(&b.0));
            let header = pairs.iter().map(|(key, _)| key.clone()).collect();
            draw(&[header, pairs.iter().map(|(_, value)| cell(value)).collect()])
        }
        other => format!("Table format not supported for operation return type: {}", cell(other)),
    }
}

fn list(items: &[Json]) -> String {
    let mut rows = Vec::with_capacity(items.len() + 1);
    match items.first() {
        None => return "Command returned empty list, no table to display.".to_owned(),
        Some(Json::Object(_)) => {
            let mut columns: Vec<&str> = Vec::new();
            for item in items {
                if let Json::Object(pairs) = item {
                    columns.extend(pairs.iter().map(|(key, _)| key.as_str()));
                }
            }
            columns.sort_unstable();
            columns.dedup();
            rows.push(columns.iter().map(|column| (*column).to_owned()).collect());
            for item in items {
                let cells = columns.iter().map(|key| item.get(key).map_or(String::new(), cell));
                rows.push(cells.collect());
            }
        }
        Some(Json::List(first)) => {
            rows.push((1..=first.len()).map(|number| format!("Column{number}")).collect());
            for item in items {
                rows.push(match item {
                    Json::List(cells) => cells.iter().map(cell).collect(),
                    other => vec![cell(other)],
                });
            }
        }
        Some(_) => {
            rows.push(vec!["Column1".to_owned()]);
            rows.extend(items.iter().map(|item| vec![cell(item)]));
        }
    }
    draw(&rows)
}

/// A value as Python's `str` shows it.
fn cell(value: &Json) -> String {
    match value {
        Json::Text(text) => text.clone(),
        other => repr(other),
    }
}

/// A value as Python's `repr` shows it.
fn repr(value: &Json) -> String {
    match value {
        Json::Null => "None".to_owned(),
        Json::Bool(true) => "True".to_owned(),
        Json::Bool(false) => "False".to_owned(),
        Json::Int(number) => number.to_string(),
        Json::Float(number) => python_float(*number),
        Json::Text(text) => repr_text(text),
        Json::List(items) => {
            let items: Vec<_> = items.iter().map(repr).collect();
            format!("[{}]", items.join(", "))
        }
        Json::Object(pairs) => {
            let pair =
                |(key, value): &(String, Json)| format!("{}: {}", repr_text(key), repr(value));
            let pairs: Vec<_> = pairs.iter().map(pair).collect();
            format!("{{{}}}", pairs.join(", "))
        }
    }
}

fn repr_text(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::from(quote);
    for letter in text.chars() {
        match letter {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            letter if letter == quote => out.extend(['\\', letter]),
            letter if is_printable(letter) => out.push(letter),
            letter => {
                let code = u32::from(letter);
                let _ = match code {
                    0..=0xff => write!(out, "\\x{code:02x}"),
                    0x100..=0xffff => write!(out, "\\u{code:04x}"),
                    _ => write!(out, "\\U{code:08x}"),
                };
            }
        }
    }
    out.push(quote);
    out
}

/// Whether Python shows the letter itself: all but controls, other spaces than the usual one,
/// formatting marks and private letters.
fn is_printable(letter: char) -> bool {
    let code = u32::from(letter);
    !(letter.is_control()
        || (letter.is_whitespace() && letter != ' ')
        || matches!(code, 0xad | 0x61c | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f)
        || matches!(code, 0xfeff | 0xe000..=0xf8ff | 0xfff0..=0xfffb | 0xe0000..=0x10_ffff))
}

/// Draws rows with their borders; the first is the heading.
fn draw(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let split: Vec<Vec<Vec<&str>>> =
        rows.iter().map(|row| row.iter().map(|cell| lines(cell)).collect()).collect();
    let mut widths = vec![0; columns];
    for row in &split {
        for (widest, cell) in widths.iter_mut().zip(row) {
            *widest = cell.iter().map(|line| width(line)).fold(*widest, usize::max);
        }
    }
    let dashes: Vec<_> = widths.iter().map(|width| "-".repeat(width + 2)).collect();
    let border = format!("+{}+", dashes.join("+"));
    let mut out = border.clone();
    for (index, row) in split.iter().enumerate() {
        let height = row.iter().map(Vec::len).max().unwrap_or_default().max(1);
        for line in 0..height {
            out.push_str("\n|");
            for (column, width_max) in widths.iter().enumerate() {
                let text = row.get(column).and_then(|cell| cell.get(line)).copied().unwrap_or("");
                let padding = " ".repeat(width_max.saturating_sub(width(text)));
                let _ = write!(out, " {text}{padding} |");
            }
        }
        if index == 0 {
            let _ = write!(out, "\n{border}");
        }
    }
    let _ = write!(out, "\n{border}");
    out
}

/// The lines of a cell, split where Python splits.
fn lines(cell: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = cell;
    while let Some(at) = rest.find(breaks_line) {
        let (line, after) = rest.split_at_checked(at).unwrap_or((rest, ""));
        lines.push(line);
        rest = after.strip_prefix("\r\n").unwrap_or_else(|| {
            let mut letters = after.chars();
            letters.next();
            letters.as_str()
        });
    }
    // A line break at the very end opens another line only where it is `\n`.
    if !rest.is_empty() || lines.is_empty() || cell.ends_with('\n') {
        lines.push(rest);
    }
    lines
}

fn breaks_line(letter: char) -> bool {
    matches!(letter, '\n'..='\r' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_shown_as_python_shows_them() {
        let value = Json::parse(
            br#"{"a":null,"b":[true,1.0,"x'y","x\"'y","\u0007\u00a0\ue000"],"c":{"k":{}}}"#,
        );
        let expected = "{'a': None, 'b': [True, 1.0, \"x'y\", 'x\"\\'y', '\\x07\\xa0\\ue000'], \
                        'c': {'k': {}}}";
        assert_eq!(repr(&value.unwrap()), expected);
    }

    #[test]
    fn cells_of_several_lines_and_wide_letters_keep_the_borders_straight() {
        let value = Json::parse("[{\"k\":\"a\\nbb\",\"n\":\"日\"},{\"n\":1}]".as_bytes()).unwrap();
        let expected = "+----+----+\n| k  | n  |\n+----+----+\n| a  | 日 |\n| bb |    |\n\
                        |    | 1  |\n+----+----+";
        assert_eq!(table(&value), expected);
    }
}
