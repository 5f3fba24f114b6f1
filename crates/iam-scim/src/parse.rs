//! Tokens into a filter or a path, by recursive descent with one token of lookahead (the grammar of
//! RFC 7644, 3.4.2.2 and 3.5.2). Length and depth are bounded, so that no filter is too much.

use crate::ast::{AttributePath, Filter, Operator, PatchPath};
use crate::fault::{Fault, FaultKind, quote};
use crate::lex::{Kind, Lexer, Token};
use serde_json::Value;

/// The longest filter or path, in bytes.
pub const FILTER_BYTES_MAX: usize = 4 * 1024;
/// How deep parentheses and brackets may be nested.
pub const FILTER_DEPTH_MAX: usize = 32;

/// Words that name no attribute.
const RESERVED: [&str; 3] = ["and", "or", "not"];

impl Filter {
    /// Reads a filter.
    ///
    /// # Errors
    ///
    /// Where the text is no filter, or one too long or too deep.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let read = Parser::new(text, "filter", FaultKind::InvalidFilter).and_then(|mut parser| {
            let filter = parser.alternatives()?;
            parser.end("`and`, `or` or the end of the filter")?;
            Ok(filter)
        });
        read.map_err(|fault| fault.located(text))
    }
}

impl PatchPath {
    /// Reads the path of a patch operation: `attribute`, `attribute.sub`, `attribute[filter]` or
    /// `attribute[filter].sub`.
    ///
    /// # Errors
    ///
    /// Where the text is no path, or one too long or too deep.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let read = Parser::new(text, "path", FaultKind::InvalidPath).and_then(|mut parser| {
            let path = parser.patch_path()?;
            parser.end("the end of the path")?;
            Ok(path)
        });
        read.map_err(|fault| fault.located(text))
    }
}

impl AttributePath {
    /// Reads the name of an attribute, with or without URN and sub-attribute.
    ///
    /// # Errors
    ///
    /// Where the text is no such name.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let path = PatchPath::parse(text)?;
        if path.values.is_some() || path.sub.is_some() {
            let fault = Fault::new(FaultKind::InvalidPath, format!("{} has a filter", quote(text)));
            return Err(fault.with_hint("give the name of an attribute alone"));
        }
        Ok(path.attribute)
    }
}

struct Parser<'a> {
    lexer: Lexer<'a>,
    next: Token<'a>,
    depth: usize,
    in_values: bool,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str, what: &str, error: FaultKind) -> Result<Self, Fault> {
        let mut lexer = Lexer::new(text, error);
        if text.len() > FILTER_BYTES_MAX {
            let message = format!("a {what} of {} bytes is too long", text.len());
            let fault = lexer.fault(0..text.len(), message);
            return Err(fault.with_hint(format!("give at most {FILTER_BYTES_MAX} bytes")));
        }
        let next = lexer.next()?;
        Ok(Self { lexer, next, depth: 0, in_values: false })
    }

    /// `… or …`.
    fn alternatives(&mut self) -> Result<Filter, Fault> {
        let mut parts = vec![self.conditions()?];
        while self.next.is("or") {
            self.advance()?;
            parts.push(self.conditions()?);
        }
        Ok(one_or(parts, Filter::Or))
    }

    /// `… and …`, which binds closer.
    fn conditions(&mut self) -> Result<Filter, Fault> {
        let mut parts = vec![self.condition()?];
        while self.next.is("and") {
            self.advance()?;
            parts.push(self.condition()?);
        }
        Ok(one_or(parts, Filter::And))
    }

    fn condition(&mut self) -> Result<Filter, Fault> {
        match self.next.kind {
            Kind::Mark('(') => self.nested(')'),
            Kind::Word if self.next.is("not") => {
                self.advance()?;
                if self.next.kind != Kind::Mark('(') {
                    return Err(self.expected("`(` after `not`"));
                }
                self.nested(')').map(|filter| Filter::Not(Box::new(filter)))
            }
            _ => self.comparison(),
        }
    }

    /// What stands between parentheses or brackets.
    fn nested(&mut self, close: char) -> Result<Filter, Fault> {
        if self.depth == FILTER_DEPTH_MAX {
            let message = format!("the filter is nested more than {FILTER_DEPTH_MAX} deep");
            return Err(self.lexer.fault(self.next.span.clone(), message));
        }
        self.depth += 1;
        self.advance()?;
        let filter = self.alternatives()?;
        if self.next.kind != Kind::Mark(close) {
            return Err(self.expected(&format!("`and`, `or` or `{close}`")));
        }
        self.advance()?;
        self.depth -= 1;
        Ok(filter)
    }

    fn comparison(&mut self) -> Result<Filter, Fault> {
        let path = self.attribute()?;
        if self.next.kind == Kind::Mark('[') {
            return self.any_value(path);
        }
        if self.next.is("pr") {
            self.advance()?;
            return Ok(Filter::Present(path));
        }
        let operator = Operator::ALL.into_iter().find(|operator| self.next.is(operator.as_str()));
        let Some(operator) = operator else {
            return Err(self.expected("eq, ne, co, sw, ew, gt, ge, lt, le or pr"));
        };
        self.advance()?;
        let value = match &self.next.kind {
            Kind::Literal(value) => value.clone(),
            Kind::Word if self.next.is("true") => Value::Bool(true),
            Kind::Word if self.next.is("false") => Value::Bool(false),
            Kind::Word if self.next.is("null") => Value::Null,
            Kind::Word => {
                return Err(self.expected("a value").with_hint("write text in `\"`"));
            }
            _ => return Err(self.expected("a value")),
        };
        self.advance()?;
        Ok(Filter::Compare(path, operator, value))
    }

    fn any_value(&mut self, path: AttributePath) -> Result<Filter, Fault> {
        let span = self.next.span.clone();
        if self.in_values {
            return Err(self.lexer.fault(span, "a filter in brackets cannot have brackets"));
        }
        if path.sub.is_some() {
            return Err(self.lexer.fault(span, "brackets follow an attribute, not its part"));
        }
        self.in_values = true;
        let filter = self.nested(']')?;
        self.in_values = false;
        if self.next.kind == Kind::Mark('.') {
            let fault = self.lexer.fault(self.next.span.clone(), "nothing may follow the bracket");
            return Err(fault.with_hint("put the condition in it: `[type eq \"work\" and …]`"));
        }
        Ok(Filter::AnyValue(path, Box::new(filter)))
    }

    fn patch_path(&mut self) -> Result<PatchPath, Fault> {
        let attribute = self.attribute()?;
        if self.next.kind != Kind::Mark('[') {
            return Ok(PatchPath { attribute, values: None, sub: None });
        }
        if attribute.sub.is_some() {
            let message = "brackets follow an attribute, not its part";
            return Err(self.lexer.fault(self.next.span.clone(), message));
        }
        self.in_values = true;
        let values = Some(self.nested(']')?);
        if self.next.kind != Kind::Mark('.') {
            return Ok(PatchPath { attribute, values, sub: None });
        }
        self.advance()?;
        let sub = self.attribute()?;
        if sub.urn.is_some() || sub.sub.is_some() {
            return Err(self.lexer.fault(sub.span, "expected the name of a sub-attribute"));
        }
        Ok(PatchPath { attribute, values, sub: Some(sub.name) })
    }

    /// The colons of a URN and the dot of a sub-attribute are all in one word: what comes after the
    /// last colon is the attribute.
    fn attribute(&mut self) -> Result<AttributePath, Fault> {
        if self.next.kind != Kind::Word || RESERVED.iter().any(|word| self.next.is(word)) {
            return Err(self.expected("an attribute"));
        }
        let token = self.advance()?;
        let (urn, rest) = match token.text.rsplit_once(':') {
            Some((urn, rest)) => (Some(urn), rest),
            None => (None, token.text),
        };
        let (name, sub) = match rest.split_once('.') {
            Some((name, sub)) => (name, Some(sub)),
            None => (rest, None),
        };
        let is_urn = |urn: &str| urn.to_ascii_lowercase().starts_with("urn:");
        let valid = urn.is_none_or(is_urn) && is_name(name) && sub.is_none_or(is_name);
        if !valid {
            let message = format!("{} is not an attribute", quote(token.text));
            let fault = self.lexer.fault(token.span, message);
            return Err(fault.with_hint("write `name`, `name.part` or `urn:…:name.part`"));
        }
        let owned = |text: &str| text.to_owned();
        Ok(AttributePath {
            urn: urn.map(owned),
            name: name.to_owned(),
            sub: sub.map(owned),
            span: token.span,
        })
    }

    fn end(&mut self, wanted: &str) -> Result<(), Fault> {
        if self.next.kind == Kind::End { Ok(()) } else { Err(self.expected(wanted)) }
    }

    fn advance(&mut self) -> Result<Token<'a>, Fault> {
        let next = self.lexer.next()?;
        Ok(std::mem::replace(&mut self.next, next))
    }

    fn expected(&self, wanted: &str) -> Fault {
        let found = match self.next.kind {
            Kind::End => "the end".to_owned(),
            _ => quote(self.next.text),
        };
        self.lexer.fault(self.next.span.clone(), format!("expected {wanted}, found {found}"))
    }
}

/// RFC 7643, 2.1: a letter, then letters, digits, `-` and `_`; and `$ref`.
fn is_name(name: &str) -> bool {
    let mut letters = name.strip_prefix('$').unwrap_or(name).chars();
    letters.next().is_some_and(|first| first.is_ascii_alphabetic())
        && letters.all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_'))
}

fn one_or(mut parts: Vec<Filter>, many: fn(Vec<Filter>) -> Filter) -> Filter {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            many(parts)
        }
        None => many(parts),
    }
}
