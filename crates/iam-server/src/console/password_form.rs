//! The form in which people choose a password, whatever led them to it: its rules, and what is
//! wrong with what was typed.

use super::text::shown;
use askama::Template;
use iam_core::change_password::{Declined, Situation};
use iam_core::password_rules::{self, Rule};

/// The names of the fields, which are their ids too.
pub(crate) const CURRENT: &str = "current-password";
pub(crate) const NEW: &str = "new-password";
pub(crate) const REPEATED: &str = "repeat-password";

struct ShownRule {
    rule: Rule,
    broken: bool,
}

/// What is wrong, and with which field.
pub(crate) struct Mistake {
    /// The field's name.
    pub(crate) field: &'static str,
    /// What is wrong.
    pub(crate) text: &'static str,
}

/// What is wrong with what was typed.
#[derive(Default)]
pub(crate) struct Wrong {
    broken: Vec<Rule>,
    mistakes: Vec<Mistake>,
}

impl Wrong {
    /// One mistake.
    pub(crate) fn with(field: &'static str, text: &'static str) -> Self {
        Self { broken: Vec::new(), mistakes: vec![Mistake { field, text }] }
    }

    /// What was declined, as far as typing something else helps.
    pub(crate) fn of(declined: Declined) -> Result<Self, Declined> {
        Ok(match declined {
            Declined::Failed(_) | Declined::Over => return Err(declined),
            Declined::Differs => Self::with(REPEATED, "The two new passwords are not the same."),
            Declined::Same => {
                Self::with(NEW, "The new password is the one you have now. Choose another one.")
            }
            Declined::Again => {
                Self::with(NEW, "You had this password before. Choose one that is new.")
            }
            Declined::TooSoon(_) => {
                let text = "You changed your password not long ago, and the rules of your domain \
                            let you do so again only later.";
                Self::with(NEW, text)
            }
            Declined::Rules(broken) => {
                let text = "The new password does not keep to all the rules. Those it breaks are \
                            marked below.";
                Self { broken, ..Self::with(NEW, text) }
            }
        })
    }
}

/// The form; a page has it as `{{ form|safe }}`.
#[derive(Template)]
#[template(path = "password_form.html")]
pub(crate) struct PasswordForm {
    action: &'static str,
    token: String,
    user: String,
    asks_current: bool,
    next: String,
    button: &'static str,
    rules: Vec<ShownRule>,
    mistakes: Vec<Mistake>,
}

impl PasswordForm {
    /// The form of a page at that address, bound by that token.
    pub(crate) fn new(
        action: &'static str,
        token: String,
        button: &'static str,
        situation: &Situation,
        wrong: Wrong,
    ) -> Self {
        let rules = password_rules::rules(&situation.policy.requirements);
        let broken = |rule: &Rule| wrong.broken.iter().any(|broken| broken.id == rule.id);
        let rules = rules.into_iter().map(|rule| ShownRule { broken: broken(&rule), rule });
        Self {
            action,
            token,
            user: shown(&situation.user.name),
            asks_current: false,
            next: String::new(),
            button,
            rules: rules.collect(),
            mistakes: wrong.mistakes,
        }
    }

    /// The same form, which asks for the current password first.
    pub(crate) fn asking_current(self) -> Self {
        Self { asks_current: true, ..self }
    }

    /// The same form, which leads to another page of ours then.
    pub(crate) fn going_on_to(self, next: &str) -> Self {
        Self { next: next.to_owned(), ..self }
    }

    /// The token that the form is bound by.
    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// Whether something is wrong.
    pub(crate) fn is_wrong(&self) -> bool {
        !self.mistakes.is_empty()
    }

    fn mistake(&self, field: &str) -> Option<&Mistake> {
        self.mistakes.iter().find(|mistake| mistake.field == field)
    }
}
