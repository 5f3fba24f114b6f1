//! Conditions as they are written.

use super::times::{MOMENTS, TIMES_OF_DAY, Time};
use super::variables::{Kind, Variable};
use super::words::{FLAGS, Words};
use super::{Condition, Relation, Test};
use crate::error::{PolicyError, quote};
use crate::lex::Kind as Token;
use crate::logic::Braces;
use crate::parse::Parser;
use crate::value::Value;

impl Variable {
    /// Whether it can be compared so.
    pub(super) fn takes(&self, relation: Relation) -> bool {
        match (relation, self.kind()) {
            (Relation::Is, Kind::Text | Kind::Flag | Kind::Words(_)) => true,
            (Relation::IsThere, Kind::Text | Kind::Flag | Kind::Words(_)) => {
                !self.name().is_of_clock()
            }
            (Relation::Before | Relation::After, Kind::Moment) => true,
            (Relation::Between, Kind::Moment | Kind::TimeOfDay) => true,
            _ => false,
        }
    }

    /// How it can be compared, for errors.
    fn relations(&self) -> &'static str {
        match self.kind() {
            Kind::Text | Kind::Flag | Kind::Words(_) => "`=`, `!=`, `in` or `not in`",
            Kind::Moment => "`before`, `after` or `between`",
            Kind::TimeOfDay => "`between`",
        }
    }
}

impl Kind {
    /// The words that are all it takes.
    fn words(self) -> Option<&'static Words> {
        match self {
            Self::Flag => Some(&FLAGS),
            Self::Words(words) => Some(words),
            Self::Text | Self::Moment | Self::TimeOfDay => None,
        }
    }

    /// Whether it takes that value.
    pub(super) fn takes(self, value: &Value) -> bool {
        match (self, value) {
            (Self::Text, Value::Text(_) | Value::Pattern(_))
            | (Self::Moment, Value::Time(Time::Moment(_)))
            | (Self::TimeOfDay, Value::Time(Time::OfDay(_))) => true,
            (_, Value::Text(text)) => {
                let is_it = |word: &&str| word.eq_ignore_ascii_case(text);
                self.words().is_some_and(|words| words.all.iter().any(is_it))
            }
            _ => false,
        }
    }
}

impl Parser<'_> {
    /// What follows `where`.
    pub(crate) fn condition(&mut self) -> Result<Condition, PolicyError> {
        self.logic(Braces::Strict, &Self::test)
    }

    fn test(&mut self) -> Result<Test, PolicyError> {
        let not = self.skip("not")?;
        let token = self.word(if not { "a variable" } else { "a variable, `all` or `any`" })?;
        let variable = Variable::read(&token)?;
        self.advance()?;
        if not || self.is_after_test() {
            if !variable.takes(Relation::IsThere) {
                return Err(self.expected(variable.relations()));
            }
            let (relation, values) = (Relation::IsThere, Vec::new());
            return Ok(Test { variable, relation, negated: not, values });
        }
        let is_list = self.at("in") || self.at("not");
        let (relation, negated) = self.relation(&variable)?;
        let values = match relation {
            Relation::Is if is_list => {
                self.mark('(', "`(`")?;
                let values = self.list("values", |parser| parser.value_for(&variable))?;
                self.mark(')', "`,` or `)`")?;
                values
            }
            Relation::Between => {
                let start = self.value_for(&variable)?;
                if !self.skip("and")? {
                    return Err(self.expected("`and`"));
                }
                vec![start, self.value_for(&variable)?]
            }
            _ => vec![self.value_for(&variable)?],
        };
        Ok(Test { variable, relation, negated, values })
    }

    /// Whether what comes next stands behind a test, so that the variable is all of it.
    fn is_after_test(&self) -> bool {
        [Token::End, Token::Mark(','), Token::Mark('}')].into_iter().any(|kind| self.is_next(kind))
    }

    /// How the variable is compared, and whether the opposite is asked for. What comes after `in`
    /// is a list.
    fn relation(&mut self, variable: &Variable) -> Result<(Relation, bool), PolicyError> {
        let signs = [('=', false), ('!', true)];
        let sign = signs.into_iter().find(|(sign, _)| self.is_next(Token::Mark(*sign)));
        let words = [
            ("before", Relation::Before),
            ("after", Relation::After),
            ("between", Relation::Between),
            ("in", Relation::Is),
            ("not", Relation::Is),
        ];
        let word = words.into_iter().find(|(word, _)| self.at(word));
        let relation = match (sign, word) {
            (Some(_), _) => Relation::Is,
            (None, Some((_, relation))) => relation,
            (None, None) => return Err(self.expected(variable.relations())),
        };
        if !variable.takes(relation) {
            return Err(self.expected(variable.relations()));
        }
        let negated = sign.map_or_else(|| self.at("not"), |(_, negated)| negated);
        self.advance()?;
        if sign.is_none() && negated && !self.skip("in")? {
            return Err(self.expected("`in`"));
        }
        Ok((relation, negated))
    }

    /// A value that the variable can have.
    fn value_for(&mut self, variable: &Variable) -> Result<Value, PolicyError> {
        let (kind, span) = (variable.kind(), self.span());
        let is_bare = !self.is_next(Token::Quoted);
        let value = self.value()?;
        let Value::Text(text) = &value else {
            if matches!(kind, Kind::Text) {
                return Ok(value);
            }
            let message = format!("`{variable}` is not compared with patterns");
            let error = PolicyError::new(span, message);
            return Err(error.with_hint(hint(kind)));
        };
        if is_bare && Variable::named(text).is_some() {
            let message = format!("{} is a variable, and only values stand here", quote(text));
            let hint = format!("write `'{text}'` if that is the value");
            return Err(PolicyError::new(span, message).with_hint(hint));
        }
        let read = match kind {
            Kind::Moment => Time::moment(text).map(Value::Time),
            Kind::TimeOfDay => Time::of_day(text).map(Value::Time),
            Kind::Text | Kind::Flag | Kind::Words(_) => kind.takes(&value).then(|| value.clone()),
        };
        read.ok_or_else(|| {
            let what = match kind {
                Kind::Moment => "a moment",
                Kind::TimeOfDay => "a time of day",
                kind => kind.words().map_or("a value", |words| words.what),
            };
            let message = format!("{} is not {what}", quote(text));
            PolicyError::new(span, message).with_hint(hint(kind))
        })
    }
}

/// What to write for a value of that kind.
fn hint(kind: Kind) -> &'static str {
    match kind {
        Kind::Moment => MOMENTS,
        Kind::TimeOfDay => TIMES_OF_DAY,
        kind => kind.words().map_or("write a text", |words| words.hint),
    }
}
