//! Tokens into a statement, by recursive descent with one token of lookahead.
//!
//! Parts of the language that are not enforced are recognised and refused by name, and a token is
//! looked at before it is taken, so an error always points at the first thing that is wrong.

use crate::ast::{Action, GroupRef, Location, Resource, Spanned, Statement, Subject};
use crate::error::{PolicyError, quote};
use crate::fold::fold;
use crate::lex::{Kind, Lexer, Token, in_word};
use crate::permissions::{PermissionSet, ResourceType, Verb, permissions};

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

/// The words before groups, and what they make of them.
type OfGroups = fn(Vec<Spanned<GroupRef>>) -> Subject;
const SUBJECTS: [(&str, OfGroups); 2] =
    [("group", Subject::Groups), ("dynamic-group", Subject::DynamicGroups)];

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

    fn statement(mut self) -> Result<Statement, PolicyError> {
        self.effect()?;
        let subject = self.subject()?;
        let action = self.action()?;
        self.keyword("in")?;
        let location = self.location()?;
        let condition = if self.skip("where")? { Some(self.condition()?) } else { None };
        self.must_end()?;
        Ok(Statement { subject, action, location, condition })
    }

    fn effect(&mut self) -> Result<(), PolicyError> {
        let others = ["Deny", "Define", "Endorse", "Admit"];
        if let Some(other) = others.into_iter().find(|other| self.at(other)) {
            return Err(self.unsupported(format!("`{other}` statements are")));
        }
        self.keyword("Allow")
    }

    fn subject(&mut self) -> Result<Subject, PolicyError> {
        if self.skip("any-user")? {
            return Ok(Subject::AnyUser);
        }
        if self.skip("any-group")? {
            return Ok(Subject::AnyGroup);
        }
        for (word, subject) in SUBJECTS {
            if self.skip(word)? {
                let groups = self.list("groups", Self::group)?;
                self.after_groups(word)?;
                return Ok(subject(groups));
            }
        }
        let others = ["service", "resource"];
        if let Some(other) = others.into_iter().find(|other| self.at(other)) {
            return Err(self.unsupported(format!("the subject `{other}` is")));
        }
        let error = self.expected("`group`, `dynamic-group`, `any-group` or `any-user`");
        Err(if self.next.kind == Kind::Word && !is_reserved(self.next.text) {
            error
                .with_hint("a group is written `group <name>`")
                .suggest(self.next.text, ["group", "dynamic-group", "any-group", "any-user"])
        } else {
            error
        })
    }

    fn group(&mut self) -> Result<Spanned<GroupRef>, PolicyError> {
        let start = self.next.span.start;
        if self.skip("id")? {
            let id = self.ocid("the OCID of a group")?;
            return Ok(Spanned { span: start..id.span.end, value: GroupRef::Id(id.value) });
        }
        let name = self.name("a group's name")?;
        if self.next.kind != Kind::Mark('/') {
            return Ok(Spanned { span: name.span, value: GroupRef::Name(name.value) });
        }
        if fold(&name.value) != "default" {
            let message = format!("identity domain {} is not supported yet", quote(&name.value));
            let error = PolicyError::new(name.span, message);
            return Err(error.with_hint("only groups of the `Default` domain can be named"));
        }
        self.advance()?;
        let name = self.name("a group's name")?;
        Ok(Spanned { span: start..name.span.end, value: GroupRef::Name(name.value) })
    }

    /// Sees that the groups end well: a space in a name, or a second `group`, breaks them off.
    fn after_groups(&self, word: &str) -> Result<(), PolicyError> {
        let names_go_on = match self.next.kind {
            Kind::Word => !self.at("to") && Verb::named(self.next.text).is_none(),
            kind => kind == Kind::Quoted,
        };
        if !names_go_on {
            return Ok(());
        }
        Err(self
            .expected("`,` or `to`")
            .with_hint(format!("write `{word}` once, and a name that holds a space in `'`"))
            .suggest(self.next.text, ["to"]))
    }

    /// `to <verb> <resource-type>` or `[to] {<permission>, …}`.
    fn action(&mut self) -> Result<Action, PolicyError> {
        if self.next.kind != Kind::Mark('{') {
            self.keyword("to")?;
        }
        if self.next.kind == Kind::Mark('{') {
            self.advance()?;
            let sets = self.list("permissions", Self::permission)?;
            if self.next.kind != Kind::Mark('}') {
                return Err(self.expected("`,` or `}`"));
            }
            self.advance()?;
            let all = sets.into_iter().fold(PermissionSet::default(), PermissionSet::union);
            return Ok(Action::Permissions(all));
        }
        let verb = self.verb()?;
        Ok(Action::Verb(verb, self.resource()?))
    }

    fn permission(&mut self) -> Result<PermissionSet, PolicyError> {
        let token = self.word("a permission")?;
        let name = token.text.to_ascii_uppercase();
        let known = PermissionSet::of([name.as_str()]);
        let found = known.ok_or_else(|| {
            PolicyError::new(token.span, format!("unknown permission {}", quote(token.text)))
                .suggest(token.text, permissions().iter().copied())
        })?;
        self.advance()?;
        Ok(found)
    }

    fn verb(&mut self) -> Result<Verb, PolicyError> {
        let token = self.word("a verb")?;
        let verb = Verb::named(token.text).ok_or_else(|| {
            PolicyError::new(token.span, format!("unknown verb {}", quote(token.text)))
                .with_hint("verbs are `inspect`, `read`, `use` and `manage`")
                .suggest(token.text, Verb::ALL.map(Verb::name))
        })?;
        self.advance()?;
        Ok(verb)
    }

    fn resource(&mut self) -> Result<Resource, PolicyError> {
        if self.skip(Resource::All.name())? {
            return Ok(Resource::All);
        }
        let token = self.word("a resource type")?;
        let known = ResourceType::named(token.text).ok_or_else(|| {
            let names = ResourceType::all().map(ResourceType::name);
            PolicyError::new(token.span, format!("unknown resource type {}", quote(token.text)))
                .with_hint("only IAM's resource types and `all-resources` are supported yet")
                .suggest(token.text, names.chain([Resource::All.name()]))
        })?;
        self.advance()?;
        Ok(Resource::Type(known))
    }

    fn location(&mut self) -> Result<Spanned<Location>, PolicyError> {
        let start = self.next.span.start;
        let tenancy_end = self.next.span.end;
        if self.skip("tenancy")? {
            return Ok(Spanned { value: Location::Tenancy, span: start..tenancy_end });
        }
        if !self.skip("compartment")? {
            let error = self.expected("`tenancy` or `compartment`");
            return Err(error.suggest(self.next.text, ["tenancy", "compartment"]));
        }
        if self.skip("id")? {
            let id = self.ocid("the OCID of a compartment")?;
            return Ok(Spanned { span: start..id.span.end, value: Location::Id(id.value) });
        }
        let mut path = Vec::new();
        loop {
            let name = self.name("a compartment's name")?;
            path.push(name.value);
            if self.next.kind != Kind::Mark(':') {
                return Ok(Spanned { value: Location::Path(path), span: start..name.span.end });
            }
            if path.len() == PATH_MAX {
                return Err(self.too_many("names in a path", PATH_MAX));
            }
            self.advance()?;
        }
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

    fn ocid(&mut self, what: &str) -> Result<Spanned<String>, PolicyError> {
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

    fn keyword(&mut self, keyword: &str) -> Result<(), PolicyError> {
        if self.skip(keyword)? {
            return Ok(());
        }
        let error = self.expected(&format!("`{keyword}`"));
        Err(error.suggest(self.next.text, [keyword]))
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
