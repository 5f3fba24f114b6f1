//! The parts of a statement, from `Allow` to the condition.
//!
//! All rules have one shape, so there is one way through them; where a part is for some rules only,
//! the others refuse it and say for which ones it is.

use crate::ast::{
    Action, Definable, Define, Effect, GroupName, GroupRef, Location, Place, Reach, Resource, Rule,
    Spanned, Statement, Subject, TenancyRef, With,
};
use crate::error::{PolicyError, quote};
use crate::fold::fold;
use crate::lex::Kind;
use crate::parse::{PATH_MAX, Parser, WITH};
use crate::permissions::{PermissionSet, Verb, permissions};

/// What the domain is called that needs no name.
const DEFAULT_DOMAIN: &str = "default";
/// The verb of rules across tenancies that says which resources may refer to each other.
const ASSOCIATE: &str = "associate";
/// The words before groups, and what they make of them.
type OfGroups = fn(Vec<Spanned<GroupRef>>) -> Subject;
const SUBJECTS: [(&str, OfGroups); 2] =
    [("group", Subject::Groups), ("dynamic-group", Subject::DynamicGroups)];

impl Parser<'_> {
    pub(crate) fn statement(mut self) -> Result<Statement, PolicyError> {
        let statement = match self.skip("Define")? {
            true => Statement::Define(self.define()?),
            false => Statement::Rule(Box::new(self.rule()?)),
        };
        self.must_end()?;
        Ok(statement)
    }

    fn rule(&mut self) -> Result<Rule, PolicyError> {
        let (effect, mut reach) = self.opening()?;
        let subject = self.subject(&reach.value)?;
        if let Reach::Admit(of) = &mut reach.value
            && self.skip("of")?
        {
            *of = Some(self.tenancy_ref()?);
        }
        let across = reach.value != Reach::Within;
        let action = self.action(across)?;
        self.keyword("in")?;
        let place = self.place(across)?;
        let with = match action {
            Action::Associate(_) if self.skip(WITH)? => Some(self.with()?),
            _ => None,
        };
        must_be_elsewhere(&reach.value, &place, with.as_ref())?;
        let condition = if self.skip("where")? { Some(self.condition()?) } else { None };
        Ok(Rule { effect, reach, subject, action, place, with, condition })
    }

    /// The words before the subject.
    fn opening(&mut self) -> Result<(Spanned<Effect>, Spanned<Reach>), PolicyError> {
        let span = self.span();
        let denies = self.skip("Deny")?;
        let effect = if denies { Effect::Deny } else { Effect::Allow };
        let effect = Spanned { value: effect, span: span.clone() };
        let here = self.span();
        let reach = if self.skip("Endorse")? {
            Spanned { value: Reach::Endorse, span: here }
        } else if self.skip("Admit")? {
            Spanned { value: Reach::Admit(None), span: here }
        } else if denies || self.skip("Allow")? {
            Spanned { value: Reach::Within, span }
        } else {
            let words = ["Allow", "Deny", "Define", "Endorse", "Admit"];
            let error = self.expected("`Allow`, `Deny`, `Define`, `Endorse` or `Admit`");
            return Err(error.suggest(self.text(), words));
        };
        Ok((effect, reach))
    }

    fn subject(&mut self, reach: &Reach) -> Result<Subject, PolicyError> {
        if self.skip("any-user")? {
            return Ok(Subject::AnyUser);
        }
        if self.skip("any-group")? {
            return Ok(Subject::AnyGroup);
        }
        for (word, subject) in SUBJECTS {
            if self.skip(word)? {
                let groups = self.list("groups", Self::group)?;
                self.after_names(word, reach)?;
                return Ok(subject(groups));
            }
        }
        if self.skip("service")? {
            let services = self.list("services", |parser| parser.name("a service's name"))?;
            self.after_names("service", reach)?;
            return Ok(Subject::Services(services));
        }
        if self.at("resource") {
            return Err(self.unsupported("the subject `resource` is".to_owned()));
        }
        let error = self.expected("`group`, `dynamic-group`, `service`, `any-group` or `any-user`");
        Err(if self.word("").is_ok() {
            let words = ["group", "dynamic-group", "service", "any-group", "any-user"];
            error.with_hint("a group is written `group <name>`").suggest(self.text(), words)
        } else {
            error
        })
    }

    fn group(&mut self) -> Result<Spanned<GroupRef>, PolicyError> {
        let start = self.span().start;
        if self.skip("id")? {
            let id = self.ocid("the OCID of a group")?;
            return Ok(Spanned { span: start..id.span.end, value: GroupRef::Id(id.value) });
        }
        let name = self.group_name("a group's name")?;
        Ok(Spanned { span: name.span, value: GroupRef::Name(name.value) })
    }

    /// A name, and before it, perhaps, its domain's.
    fn group_name(&mut self, what: &str) -> Result<Spanned<GroupName>, PolicyError> {
        let first = self.name(what)?;
        if !self.is_next(Kind::Mark('/')) {
            let name = GroupName { domain: None, name: first.value };
            return Ok(Spanned { span: first.span, value: name });
        }
        self.advance()?;
        let second = self.name(what)?;
        let domain = Some(first.value).filter(|domain| fold(domain) != DEFAULT_DOMAIN);
        let name = GroupName { domain, name: second.value };
        Ok(Spanned { span: first.span.start..second.span.end, value: name })
    }

    /// Sees that names end well: a space in a name, or a second `group`, breaks them off.
    fn after_names(&self, word: &str, reach: &Reach) -> Result<(), PolicyError> {
        let admits = matches!(reach, Reach::Admit(_));
        let names_go_on = match self.word("") {
            Ok(next) => Verb::named(next.text).is_none() && !(admits && self.at("of")),
            Err(_) => self.is_next(Kind::Quoted),
        };
        if !names_go_on {
            return Ok(());
        }
        if self.at("of") {
            let message = "`of` is for `Admit` statements, whose people are of another tenancy";
            return Err(PolicyError::new(self.span(), message));
        }
        let (wanted, words) = match admits {
            true => ("`,`, `of` or `to`", &["of", "to"][..]),
            false => ("`,` or `to`", &["to"][..]),
        };
        Err(self
            .expected(wanted)
            .with_hint(format!("write `{word}` once, and a name that holds a space in `'`"))
            .suggest(self.text(), words.iter().copied()))
    }

    /// `to <verb> <resource-type>` or `[to] {<permission>, …}`.
    fn action(&mut self, across: bool) -> Result<Action, PolicyError> {
        if !self.is_next(Kind::Mark('{')) {
            self.keyword("to")?;
        }
        if self.is_next(Kind::Mark('{')) {
            self.advance()?;
            let sets = self.list("permissions", Self::permission)?;
            self.mark('}', "`,` or `}`")?;
            let all = sets.into_iter().fold(PermissionSet::default(), PermissionSet::union);
            return Ok(Action::Permissions(all));
        }
        if self.at(ASSOCIATE) {
            if !across {
                let message = "`associate` is for `Endorse` and `Admit` statements";
                return Err(PolicyError::new(self.span(), message));
            }
            self.advance()?;
            return Ok(Action::Associate(self.resource()?));
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
        let token = self.word("a resource type")?;
        let known = Resource::named(token.text).ok_or_else(|| {
            PolicyError::new(token.span, format!("unknown resource type {}", quote(token.text)))
                .with_hint("docs/reference/resource-types.md lists those that are known")
                .suggest(token.text, Resource::names())
        })?;
        self.advance()?;
        Ok(known)
    }

    /// `with <resource-type> in <place>`, without its first word.
    fn with(&mut self) -> Result<With, PolicyError> {
        let resource = self.resource()?;
        self.keyword("in")?;
        Ok(With { resource, place: self.place(true)? })
    }

    /// Where: across tenancies, that may be in another one.
    fn place(&mut self, across: bool) -> Result<Spanned<Place>, PolicyError> {
        let first = self.span();
        if across && self.skip("any-tenancy")? {
            let value = Place { location: Location::Tenancy, tenancy: Some(TenancyRef::Any) };
            return Ok(Spanned { value, span: first });
        }
        if self.skip("tenancy")? {
            let is_named = self.is_next(Kind::Quoted) || self.word("").is_ok() && !self.at(WITH);
            let alias = if across && is_named { Some(self.alias()?) } else { None };
            let end = alias.as_ref().map_or(first.end, |alias| alias.span.end);
            let tenancy = alias.map(|alias| TenancyRef::Alias(alias.value));
            let value = Place { location: Location::Tenancy, tenancy };
            return Ok(Spanned { value, span: first.start..end });
        }
        if !self.skip("compartment")? {
            let wanted = match across {
                true => "`tenancy`, `any-tenancy` or `compartment`",
                false => "`tenancy` or `compartment`",
            };
            let error = self.expected(wanted);
            return Err(error.suggest(self.text(), ["tenancy", "compartment"]));
        }
        let location = self.compartment()?;
        let mut end = location.span.end;
        let mut tenancy = None;
        if across && self.skip("of")? {
            self.keyword("tenancy")?;
            let alias = self.alias()?;
            end = alias.span.end;
            tenancy = Some(TenancyRef::Alias(alias.value));
        }
        let value = Place { location: location.value, tenancy };
        Ok(Spanned { value, span: first.start..end })
    }

    fn compartment(&mut self) -> Result<Spanned<Location>, PolicyError> {
        let start = self.span().start;
        if self.skip("id")? {
            let id = self.ocid("the OCID of a compartment")?;
            return Ok(Spanned { span: start..id.span.end, value: Location::Id(id.value) });
        }
        let mut path = Vec::new();
        loop {
            let name = self.name("a compartment's name")?;
            path.push(name.value);
            if !self.is_next(Kind::Mark(':')) {
                return Ok(Spanned { value: Location::Path(path), span: start..name.span.end });
            }
            if path.len() == PATH_MAX {
                return Err(self.too_many("names in a path", PATH_MAX));
            }
            self.advance()?;
        }
    }

    /// `any-tenancy` or `tenancy <name>`.
    fn tenancy_ref(&mut self) -> Result<TenancyRef, PolicyError> {
        if self.skip("any-tenancy")? {
            return Ok(TenancyRef::Any);
        }
        if !self.skip("tenancy")? {
            let error = self.expected("`tenancy` or `any-tenancy`");
            return Err(error.suggest(self.text(), ["tenancy", "any-tenancy"]));
        }
        Ok(TenancyRef::Alias(self.alias()?.value))
    }

    fn alias(&mut self) -> Result<Spanned<String>, PolicyError> {
        self.name("the name that a `Define` statement gives a tenancy")
    }

    /// `<kind> <name> as [id] <ocid>`.
    fn define(&mut self) -> Result<Define, PolicyError> {
        let Some(kind) = Definable::ALL.into_iter().find(|kind| self.at(kind.word())) else {
            let error = self.expected("`tenancy`, `group`, `dynamic-group` or `compartment`");
            return Err(error.suggest(self.text(), Definable::ALL.map(Definable::word)));
        };
        self.advance()?;
        let name = match kind {
            Definable::Group | Definable::DynamicGroup => self.group_name("a name for it")?,
            Definable::Tenancy | Definable::Compartment => {
                let name = self.name("a name for it")?;
                let value = GroupName { domain: None, name: name.value };
                Spanned { value, span: name.span }
            }
        };
        self.keyword("as")?;
        self.skip("id")?;
        let what = match kind {
            Definable::Tenancy => "the OCID of a tenancy",
            Definable::Group => "the OCID of a group",
            Definable::DynamicGroup => "the OCID of a dynamic group",
            Definable::Compartment => "the OCID of a compartment",
        };
        Ok(Define { kind, name, id: self.ocid(what)? })
    }
}

/// Sees that what crosses tenancies does so in the right direction: people of this one go to
/// another's resources, those of another one come to resources here, and of what is associated
/// either is here.
fn must_be_elsewhere(
    reach: &Reach,
    place: &Spanned<Place>,
    with: Option<&With>,
) -> Result<(), PolicyError> {
    let is_elsewhere = |place: &Spanned<Place>| place.value.tenancy.is_some();
    let wrong = |place: &Spanned<Place>, message: &str, hint: &str| {
        Err(PolicyError::new(place.span.clone(), message).with_hint(hint))
    };
    match (reach, with) {
        (Reach::Within, _) => Ok(()),
        (_, Some(with)) if is_elsewhere(&with.place) != is_elsewhere(place) => Ok(()),
        (_, Some(with)) => wrong(
            &with.place,
            "of what is associated, one must be in this tenancy and one in another",
            "write `in tenancy <name>` for the other one",
        ),
        (Reach::Endorse, None) if !is_elsewhere(place) => wrong(
            place,
            "`Endorse` speaks of what is in another tenancy",
            "write `in tenancy <name>` or `in any-tenancy`, or `Allow` for this one",
        ),
        (Reach::Admit(_), None) if is_elsewhere(place) => wrong(
            place,
            "`Admit` speaks of what is in this tenancy",
            "write `Endorse` for what this tenancy's people do in another one",
        ),
        (Reach::Endorse | Reach::Admit(_), None) => Ok(()),
    }
}
