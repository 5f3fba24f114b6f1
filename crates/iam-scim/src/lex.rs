//! Text into tokens, one at a time. The lexer is asked for the next token and never runs ahead, so
//! that an error is always about the first thing that is wrong.

use crate::fault::{Fault, FaultKind, quote};
use serde_json::Value;
use std::ops::Range;

/// A piece of a filter.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    /// An attribute, an operator, `and`, `or`, `not`, `true`, `false` or `null`.
    Word,
    /// A string or a number.
    Literal(Value),
    /// One of `( ) [ ] .`.
    Mark(char),
    /// There is no more.
    End,
}

/// A token: its kind, its text, and its place.
#[derive(Clone, Debug)]
pub(crate) struct Token<'a> {
    pub(crate) kind: Kind,
    pub(crate) text: &'a str,
    pub(crate) span: Range<usize>,
}

impl Token<'_> {
    pub(crate) fn is(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text.eq_ignore_ascii_case(word)
    }
}

/// What is left of a text.
pub(crate) struct Lexer<'a> {
    rest: &'a str,
    length: usize,
    error: FaultKind,
}

impl<'a> Lexer<'a> {
    /// `error` is what its errors are called: a filter's or a path's.
    pub(crate) fn new(text: &'a str, error: FaultKind) -> Self {
        Self { rest: text, length: text.len(), error }
    }

    pub(crate) fn fault(&self, span: Range<usize>, message: impl Into<String>) -> Fault {
        Fault::new(self.error, message).at(span)
    }

    pub(crate) fn next(&mut self) -> Result<Token<'a>, Fault> {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
        let Some(first) = self.rest.chars().next() else {
            return Ok(Token { kind: Kind::End, text: "", span: self.length..self.length });
        };
        match first {
            '(' | ')' | '[' | ']' | '.' => Ok(self.take(Kind::Mark(first), 1)),
            '"' => self.string(),
            '-' | '0'..='9' => self.number(),
            letter if letter.is_ascii_alphabetic() || letter == '$' => {
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

    /// A string is one of JSON's, with its escapes.
    fn string(&mut self) -> Result<Token<'a>, Fault> {
        let start = self.length - self.rest.len();
        let mut escaped = false;
        let end = self.rest.bytes().skip(1).position(|byte| {
            let ends = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            ends
        });
        let Some(end) = end else {
            let fault = self.fault(start..self.length, "this string is never closed");
            return Err(fault.with_hint("end it with `\"`"));
        };
        let token = self.take(Kind::End, end + 2);
        self.literal(token, "a string as JSON writes it, with `\\\"` and `\\\\` for `\"` and `\\`")
    }

    fn number(&mut self) -> Result<Token<'a>, Fault> {
        let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
        let end = self.rest.find(|c| !inside(c)).unwrap_or(self.rest.len());
        let token = self.take(Kind::End, end);
        self.literal(token, "a number such as 10, or text in `\"`")
    }

    fn literal(&self, token: Token<'a>, wanted: &str) -> Result<Token<'a>, Fault> {
        match serde_json::from_str(token.text) {
            Ok(value) => Ok(Token { kind: Kind::Literal(value), ..token }),
            Err(_) => {
                let message = format!("{} is not valid", quote(token.text));
                Err(self.fault(token.span, message).with_hint(format!("give {wanted}")))
            }
        }
    }

    fn unexpected(&self, character: char) -> Fault {
        let start = self.length - self.rest.len();
        let span = start..start + character.len_utf8();
        let shown = match character {
            c if c.is_control() || c.is_whitespace() => format!("U+{:04X}", u32::from(c)),
            c => format!("`{c}`"),
        };
        let fault = self.fault(span, format!("unexpected character {shown}"));
        match character {
            '\'' | '`' | '\u{2018}'..='\u{201f}' => fault.with_hint("quote values with `\"`"),
            '=' | '<' | '>' | '!' | '&' | '|' => {
                fault.with_hint("operators are words: eq, ne, lt, gt, and, or, not")
            }
            _ => fault,
        }
    }
}

/// Whether a word may hold this character; URNs have colons and dots.
fn in_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | ':' | '.' | '$')
}
