//! What is wrong with a statement, where, and what to do about it.
//!
//! One type for everything that can be wrong with a statement as it is written, and the search for
//! the word that was probably meant. `Display` is what a caller of the API gets, with the place
//! marked by [`PolicyError::mark`] on the same line; [`PolicyError::render`] draws it on lines of
//! their own, for people at a terminal.

use std::fmt;
use std::ops::Range;

/// The widest piece of a statement that an error draws; longer lines are cut around the mark.
const WINDOW_COLUMNS: usize = 96;
/// How much of a window comes before the mark when the line is cut.
const LEAD_COLUMNS: usize = 32;
/// How much of a statement stands before and after the mark where all is on one line.
const MARGIN_COLUMNS: usize = 40;
/// The longest word quoted in a message, in characters.
const QUOTED_CHARS: usize = 60;

/// Why a statement is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyError {
    message: String,
    span: Range<usize>,
    hint: Option<String>,
}

impl PolicyError {
    pub(crate) fn new(span: Range<usize>, message: impl Into<String>) -> Self {
        Self { message: message.into(), span, hint: None }
    }

    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds "did you mean", where one of the words is near enough to what was written.
    pub(crate) fn suggest<'a>(
        mut self,
        written: &str,
        words: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        if let Some(word) = nearest(written, words) {
            self.hint = Some(format!("did you mean `{word}`?"));
        }
        self
    }

    /// What is wrong, without the hint.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where it is wrong: bytes of the statement. Empty at the end where something is missing.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// What to do about it, where that is known.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// The statement with the place between `>>` and `<<`, on one line in plain characters, which
    /// reads well also inside of JSON; cut where it is long.
    #[must_use]
    pub fn mark(&self, statement: &str) -> String {
        let (before, rest) = statement.split_at_checked(self.span.start).unwrap_or((statement, ""));
        let (marked, after) = rest.split_at_checked(self.span.len()).unwrap_or((rest, ""));
        let skipped = before.chars().count().saturating_sub(MARGIN_COLUMNS);
        let mut line = String::from(if skipped > 0 { "..." } else { "" });
        line.extend(before.chars().skip(skipped));
        line.push_str(">>");
        push_cut(&mut line, marked, QUOTED_CHARS);
        line.push_str("<<");
        push_cut(&mut line, after, MARGIN_COLUMNS);
        line.chars().map(visible).collect()
    }

    /// Draws the line of the statement with the place marked below it; several lines, the last
    /// without line end.
    #[must_use]
    pub fn render(&self, statement: &str) -> String {
        let before = statement.get(..self.span.start).unwrap_or(statement);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = statement.get(line_start..).and_then(|rest| rest.lines().next()).unwrap_or("");
        let column = before.get(line_start..).map_or(0, |lead| lead.chars().count());
        let wide = statement.get(self.span.clone()).map_or(0, |marked| marked.chars().count());

        let length = line.chars().count();
        let skipped = if length > WINDOW_COLUMNS { column.saturating_sub(LEAD_COLUMNS) } else { 0 };
        let shown: String = line.chars().skip(skipped).take(WINDOW_COLUMNS).map(visible).collect();
        let (cut_before, cut_after) = (skipped > 0, length > skipped + WINDOW_COLUMNS);
        let pad = column - skipped + usize::from(cut_before);
        // The mark ends where the drawn line ends, but there is always one.
        let marks = wide.min(shown.chars().count().saturating_sub(column - skipped)).max(1);

        let mut drawn = format!("error: {}\n  | ", self.message);
        drawn.extend(cut_before.then_some('…'));
        drawn.push_str(&shown);
        drawn.extend(cut_after.then_some('…'));
        drawn.push_str(&format!("\n  | {}{}", " ".repeat(pad), "^".repeat(marks)));
        if let Some(hint) = &self.hint {
            drawn.push_str(&format!("\n  = {hint}"));
        }
        drawn
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        self.hint.as_ref().map_or(Ok(()), |hint| write!(f, "; {hint}"))
    }
}

impl std::error::Error for PolicyError {}

/// A word as an error quotes it: in backticks, cut where it is long.
pub(crate) fn quote(word: &str) -> String {
    match word.char_indices().nth(QUOTED_CHARS) {
        None => format!("`{word}`"),
        Some(_) => format!("`{}…`", word.chars().take(QUOTED_CHARS).collect::<String>()),
    }
}

/// Adds the first characters of a text, and dots where it has more.
fn push_cut(line: &mut String, text: &str, chars: usize) {
    line.extend(text.chars().take(chars));
    if text.chars().nth(chars).is_some() {
        line.push_str("...");
    }
}

/// A character that moves nothing on a terminal.
fn visible(character: char) -> char {
    if character.is_control() { ' ' } else { character }
}

/// The word that was probably meant: the one with the fewest edits, if they are few for the length.
#[must_use]
pub fn nearest<'a>(written: &str, words: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let written: Vec<char> = written.to_ascii_lowercase().chars().take(QUOTED_CHARS + 1).collect();
    let allowed = match written.len() {
        0 => return None,
        1..=3 => 1,
        length if length > QUOTED_CHARS => return None,
        length => (length / 3).max(2),
    };
    // A word that is much longer or shorter takes that many edits at least.
    let near = |word: &&str| word.chars().count().abs_diff(written.len()) <= allowed;
    words
        .into_iter()
        .filter(near)
        .map(|word| (edits(&written, &word.to_ascii_lowercase()), word))
        .filter(|(edits, _)| *edits <= allowed)
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, word)| word)
}

/// Levenshtein's distance, one row of its table at a time.
fn edits(from: &[char], to: &str) -> usize {
    let mut row: Vec<usize> = (0..=from.len()).collect();
    for (above, wanted) in to.chars().enumerate() {
        let mut left = above + 1;
        let mut diagonal = above;
        let mut next = vec![left];
        for (here, up) in from.iter().zip(row.iter().skip(1)) {
            left = (diagonal + usize::from(*here != wanted)).min(left + 1).min(up + 1);
            diagonal = *up;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{PolicyError, edits, nearest};

    #[test]
    fn edits_are_counted() {
        for (from, to, count) in [
            ("", "", 0),
            ("user", "users", 1),
            ("kitten", "sitting", 3),
            ("ab", "ba", 2),
            ("", "abc", 3),
        ] {
            let from: Vec<char> = from.chars().collect();
            assert_eq!(edits(&from, to), count, "{from:?} {to}");
        }
    }

    #[test]
    fn only_a_near_word_is_suggested() {
        let verbs = ["inspect", "read", "use", "manage"];
        assert_eq!(nearest("Mange", verbs), Some("manage"));
        assert_eq!(nearest("reed", verbs), Some("read"));
        assert_eq!(nearest("delete", verbs), None);
        assert_eq!(nearest("", verbs), None);
        assert_eq!(nearest(&"manage".repeat(1000), verbs), None);
    }

    #[test]
    fn a_long_line_is_cut_around_the_mark() {
        let statement = format!("{} X {}", "a".repeat(200), "b".repeat(200));
        let drawn = PolicyError::new(201..202, "no").render(&statement);
        let lines: Vec<&str> = drawn.lines().collect();
        let mark = lines[2].chars().position(|c| c == '^').unwrap();
        assert_eq!(lines[1].chars().nth(mark), Some('X'), "{drawn}");
        assert!(lines.iter().all(|line| line.chars().count() <= 110), "{drawn}");
    }

    #[test]
    fn the_mark_on_one_line_is_around_the_place_and_what_is_far_from_it_is_cut() {
        let statement = "Allow any-user\n\tto mange users in tenancy";
        let mark = |span, statement| PolicyError::new(span, "no").mark(statement);
        assert_eq!(mark(19..24, statement), "Allow any-user  to >>mange<< users in tenancy");
        assert_eq!(mark(41..41, "Allow any-user to manage users in tenancy"), {
            "...llow any-user to manage users in tenancy>><<"
        });
        let long = format!("{} X {}", "a".repeat(200), "b".repeat(200));
        let (some, many) = ("a".repeat(39), "b".repeat(39));
        assert_eq!(mark(201..202, &long), format!("...{some} >>X<< {many}..."));
        assert_eq!(mark(0..200, &long).len(), 60 + 40 + 4 + 6);
    }

    #[test]
    fn drawing_on_another_statement_does_not_panic() {
        for span in [0..0, 3..9, 90..99, 1..2] {
            for statement in ["", "é", "ab\ncd", "\n\n"] {
                let error = PolicyError::new(span.clone(), "no");
                assert!(error.render(statement).contains('^'));
                assert!(error.mark(statement).contains(">>"));
            }
        }
    }
}
