//! Letters (to be replaced by the mail branch).

#![allow(missing_docs, reason = "a stand-in")]
use crate::context::Context;
use crate::links::NewLink;
use iam_api::Problem;
use iam_api::users::User;
use iam_store::{TenancyNo, Tx};

#[derive(Clone, Copy, Debug)]
pub enum Event {
    Welcome,
    WelcomeAgain,
    PasswordRecovery,
    ResetRequested,
    PasswordChanged,
    PasswordReset,
    PasswordSet,
    AccountLocked,
    AccountUnlocked,
    VerifyEmail,
    EmailChanged,
    Activated,
    Deactivated,
}

pub struct Letter<'a> {
    pub event: Event,
    pub user: &'a User,
    pub link: Option<&'a NewLink>,
}

impl<'a> Letter<'a> {
    pub const fn about(event: Event, user: &'a User) -> Self {
        Self { event, user, link: None }
    }
    pub const fn link(self, link: &'a NewLink) -> Self {
        Self { link: Some(link), ..self }
    }
}

pub fn queue(
    _tx: &mut Tx<'_>,
    _context: &Context,
    _at: TenancyNo,
    _letter: &Letter<'_>,
) -> Result<(), Problem> {
    Ok(())
}
