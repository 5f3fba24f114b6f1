//! Text into tokens, one at a time.
//!
//! The lexer is asked for the next token and never runs ahead: what follows a part of the language
//! that is refused (a condition, say) is not looked at, so its author hears what is refused, not
//! which character in it is strange.

use std::ops::Range;

use crate::error::PolicyError;

/// A piece of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Letters, digits, `.`, `_` and `-`: a keyword, a name or an OCID.
    Word,
    /// What stood between single quotes: always a name or an OCID, never a keyword.
    Quoted,
    /// One of `{ } ( ) , : / =`; and `!=`, as its first character.
    Mark(char),
    /// There is no more.
    End,
}

/// A token: its kind, its text without quotes, and its place.
#[derive(Clone, Debug)]
pub(crate) struct Token<'a> {
    pub(crate) kind: Kind,
    pub(crate) text: &'a str,
    pub(crate) span: Range<usize>,
}

/// What is left of a statement.
pub(crate) struct Lexer<'a> {
    rest: &'a str,
    length: usize,
}

impl<'a> Lexer<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { rest: text, length: text.len() }
    }

    pub(crate) fn next(&mut self) -> Result<Token<'a>, PolicyError> {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
        let Some(first) = self.rest.chars().next() else {
            return Ok(Token { kind: Kind::End, text: "", span: self.length..self.length });
        };
        match first {
            '{' | '}' | '(' | ')' | ',' | ':' | '/' | '=' => Ok(self.take(Kind::Mark(first), 1)),
            '!' if self.rest.starts_with("!=") => Ok(self.take(Kind::Mark('!'), 2)),
            '\'' => self.quoted(),
            letter if in_word(letter) => {
                let end = self.rest.find(|c| !in_word(c)).unwrap_or(self.rest.len());
                Ok(self.take(Kind::Word, end))
            }
            other => Err(self.unexpected(other)),
        }
    }

    /// Takes a token of that many bytes, which end between two characters.
    fn take(&mut self, kind: Kind, bytes: usize) -> Token<'a> {
        let start = self.length - self.rest.len();
        let (text, rest) = self.rest.split_at(bytes);
        self.rest = rest;
        Token { kind, text, span: start..start + bytes }
    }

    fn quoted(&mut self) -> Result<Token<'a>, PolicyError> {
        let start = self.length - self.rest.len();
        let inside = self.rest.strip_prefix('\'').unwrap_or(self.rest);
        let Some((text, _)) = inside.split_once('\'') else {
            return Err(PolicyError::new(start..self.length, "this quote is never closed")
                .with_hint("end it with `'`"));
        };
        let mut token = self.take(Kind::Quoted, text.len() + 2);
        token.text = text;
        if text.is_empty() {
            return Err(PolicyError::new(token.span, "quotes cannot be empty"));
        }
        if let Some(bad) = text.chars().find(|c| c.is_control() || *c == '\\') {
            return Err(PolicyError::new(token.span, format!("quotes cannot hold {}", shown(bad))));
        }
        Ok(token)
    }

    /// Takes all before the next `/`, and that too; nothing of it is looked at.
    pub(crate) fn until_slash(&mut self) -> Result<Token<'a>, PolicyError> {
        let start = self.length - self.rest.len();
        let Some(end) = self.rest.find('/') else {
            return Err(PolicyError::new(start..self.length, "this pattern is never closed")
                .with_hint("end it with `/`"));
        };
        let token = self.take(Kind::Quoted, end);
        self.take(Kind::Mark('/'), 1);
        Ok(token)
    }

    fn unexpected(&self, character: char) -> PolicyError {
        let start = self.length - self.rest.len();
        let error = PolicyError::new(
            start..start + character.len_utf8(),
            format!("unexpected character {}", shown(character)),
        );
        match character {
            '"' | '`' | '\u{2018}'..='\u{201f}' => error.with_hint("quote with `'`"),
            space if space.is_whitespace() => error.with_hint("use a plain space"),
            symbol if symbol.is_ascii() => error,
            _ => error.with_hint("write a name that holds such a character in `'`"),
        }
    }
}

/// Whether a word may hold this character.
pub(crate) fn in_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '.' | '_' | '-')
}

/// A character as an error shows it: by its number where it cannot be seen.
fn shown(character: char) -> String {
    if character.is_control() || character.is_whitespace() {
        format!("U+{:04X}", u32::from(character))
    } else {
        format!("`{character}`")
    }
}
