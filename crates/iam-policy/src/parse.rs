//! Reading, by recursive descent with one token of lookahead: what all that is read has in common.
//!
//! The parts of a statement stand in `grammar.rs`, those of conditions in `condition.rs` and
//! `logic.rs`. A token is looked at before it is taken, so an error always points at the first
//! thing that is wrong.

use std::ops::Range;

use crate::ast::{Spanned, Statement};
use crate::error::{PolicyError, quote};
use crate::lex::{Kind, Lexer, Token, in_word};

/// The longest statement, in bytes.
pub const STATEMENT_BYTES_MAX: usize = 10_000;
/// The most groups, or permissions, that one statement lists: as many as a tenancy may have groups.
pub const LIST_MAX: usize = 250;
/// The most names in the path to a compartment; OCI's trees are six deep.
pub const PATH_MAX: usize = 32;
/// The longest OCID, as OCI's interface gives it.
const OCID_BYTES_MAX: usize = 255;

/// Words that a name can be only in quotes, since they mark where a statement's next part begins.
const RESERVED: [&str; 4] = ["to", "in", "where", "id"];
/// The word that does so after a tenancy alone, whose name it can be only in quotes.
pub(crate) const WITH: &str = "with";

/// Whether this word needs quotes to be a name.
pub(crate) fn is_reserved(word: &str) -> bool {
    RESERVED.iter().any(|reserved| reserved.eq_ignore_ascii_case(word))
}

/// Parses one statement.
///
/// # Errors
///
/// Where the text is no statement, or one with a part that is not supported yet.
pub fn parse(text: &str) -> Result<Statement, PolicyError> {
    if text.len() > STATEMENT_BYTES_MAX {
        let length = text.len();
        let message = format!("a statement of {length} bytes is too long");
        return Err(PolicyError::new(0..length, message).with_hint(format!(
            "split it into statements of at most {STATEMENT_BYTES_MAX} bytes"
        )));
    }
    Parser::new(text, "statement")?.statement()
}

/// A text that is being read: of a statement, or of a matching rule (`matching_rule.rs`).
pub(crate) struct Parser<'a> {
    /// What the text is, for errors.
    whole: &'static str,
    lexer: Lexer<'a>,
    next: Token<'a>,
}

impl<'a> Parser<'a> {
    pub(crate) fn new(text: &'a str, whole: &'static str) -> Result<Self, PolicyError> {
        let mut lexer = Lexer::new(text);
        let next = lexer.next()?;
        Ok(Self { whole, lexer, next })
    }

    /// Sees that nothing follows.
    pub(crate) fn must_end(&self) -> Result<(), PolicyError> {
        if self.is_next(Kind::End) {
            return Ok(());
        }
        let message = format!("unexpected {} after the {}", quote(self.next.text), self.whole);
        Err(PolicyError::new(self.next.span.clone(), message))
    }

    /// One or more items with commas between them.
    pub(crate) fn list<T>(
        &mut self,
        what: &str,
        item: impl Fn(&mut Self) -> Result<T, PolicyError>,
    ) -> Result<Vec<T>, PolicyError> {
        let mut items = vec![item(self)?];
        while self.next.kind == Kind::Mark(',') {
            if items.len() == LIST_MAX {
                return Err(self.too_many(what, LIST_MAX));
            }
            self.advance()?;
            items.push(item(self)?);
        }
        Ok(items)
    }

    pub(crate) fn name(&mut self, what: &str) -> Result<Spanned<String>, PolicyError> {
        match self.next.kind {
            Kind::Quoted => {}
            Kind::Word if !is_reserved(self.next.text) => {}
            Kind::Word => {
                return Err(self
                    .expected(what)
                    .with_hint(format!("if that is the name, quote it: `'{}'`", self.next.text)));
            }
            _ => return Err(self.expected(what)),
        }
        let token = self.advance()?;
        Ok(Spanned { value: token.text.to_owned(), span: token.span })
    }

    /// What stands in quotes.
    pub(crate) fn literal(&mut self) -> Result<String, PolicyError> {
        if self.next.kind != Kind::Quoted {
            return Err(self.expected("a value in `'`"));
        }
        Ok(self.advance()?.text.to_owned())
    }

    /// What stands between two `/`, of which the first comes next.
    pub(crate) fn until_slash(&mut self) -> Result<Spanned<String>, PolicyError> {
        let token = self.lexer.until_slash()?;
        self.next = self.lexer.next()?;
        Ok(Spanned { value: token.text.to_owned(), span: token.span })
    }

    /// Takes the mark, which must come next.
    pub(crate) fn mark(&mut self, mark: char, what: &str) -> Result<(), PolicyError> {
        if !self.is_next(Kind::Mark(mark)) {
            return Err(self.expected(what));
        }
        self.advance().map(|_| ())
    }

    /// Whether such a token comes next.
    pub(crate) fn is_next(&self, kind: Kind) -> bool {
        self.next.kind == kind
    }

    pub(crate) fn ocid(&mut self, what: &str) -> Result<Spanned<String>, PolicyError> {
        let text = self.next.text;
        let plausible = matches!(self.next.kind, Kind::Word | Kind::Quoted)
            && text.starts_with("ocid1.")
            && text.len() <= OCID_BYTES_MAX
            && text.chars().all(in_word);
        if !plausible {
            return Err(self.expected(what));
        }
        let token = self.advance()?;
        Ok(Spanned { value: text.to_owned(), span: token.span })
    }

    /// The next token, which must be a word, without taking it.
    pub(crate) fn word(&self, what: &str) -> Result<Token<'a>, PolicyError> {
        if self.next.kind == Kind::Word && !is_reserved(self.next.text) {
            Ok(self.next.clone())
        } else {
            Err(self.expected(what))
        }
    }

    pub(crate) fn at(&self, keyword: &str) -> bool {
        self.next.kind == Kind::Word && self.next.text.eq_ignore_ascii_case(keyword)
    }

    /// Takes the keyword if it comes next.
    pub(crate) fn skip(&mut self, keyword: &str) -> Result<bool, PolicyError> {
        let found = self.at(keyword);
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    pub(crate) fn keyword(&mut self, keyword: &str) -> Result<(), PolicyError> {
        if self.skip(keyword)? {
            return Ok(());
        }
        let error = self.expected(&format!("`{keyword}`"));
        Err(error.suggest(self.next.text, [keyword]))
    }

    /// The text of the next token.
    pub(crate) fn text(&self) -> &'a str {
        self.next.text
    }

    /// The place of the next token.
    pub(crate) fn span(&self) -> Range<usize> {
        self.next.span.clone()
    }

    pub(crate) fn advance(&mut self) -> Result<Token<'a>, PolicyError> {
        let next = self.lexer.next()?;
        Ok(std::mem::replace(&mut self.next, next))
    }

    pub(crate) fn expected(&self, what: &str) -> PolicyError {
        let message = match self.next.kind {
            Kind::End => format!("the {} ends where {what} is expected", self.whole),
            _ => format!("expected {what}, found {}", quote(self.next.text)),
        };
        PolicyError::new(self.next.span.clone(), message)
    }

    pub(crate) fn unsupported(&self, what: String) -> PolicyError {
        PolicyError::new(self.next.span.clone(), format!("{what} not supported yet"))
    }

    pub(crate) fn too_many(&self, what: &str, max: usize) -> PolicyError {
        PolicyError::new(self.next.span.clone(), format!("more than {max} {what}"))
    }
}
