//! What stands around every page of someone who is signed in: who they are, where they can go, and
//! what was just done.

use super::fault::Fault;
use super::text::shown;
use super::visit::Visit;
use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use iam_api::Problem;
use iam_api::refusals::LIST_REFUSALS;
use iam_api::scim::notification_templates::LIST_NOTIFICATION_TEMPLATES;
use iam_api::users::{GET_USER, LIST_USERS, USER_ID, User};
use iam_core::call::Params;

/// What stands around a page.
pub(crate) struct Frame {
    /// The user's name.
    pub(crate) user: String,
    /// Which entry of the navigation this page belongs to.
    pub(crate) here: &'static str,
    /// Whether the user may list users.
    pub(crate) may_list_users: bool,
    /// Whether the user may look after the mail of a domain.
    pub(crate) may_see_mail: bool,
    /// Whether the user may see what was refused.
    pub(crate) may_see_refusals: bool,
    /// The token for the page's forms.
    pub(crate) token: String,
    /// What was just done.
    pub(crate) notice: Option<&'static str>,
}

impl Frame {
    /// What stands around a page of this visit, with the user whose visit it is.
    pub(crate) async fn with_user(
        visit: &Visit,
        here: &'static str,
    ) -> Result<(Self, User), Problem> {
        let params = Params::default().with(USER_ID.name, visit.principal.user.as_str());
        let user = visit.perform(&GET_USER, params, &()).await?.body;
        let [may_list_users, may_see_mail, may_see_refusals] = visit
            .may([&LIST_USERS.spec, &LIST_NOTIFICATION_TEMPLATES.spec, &LIST_REFUSALS.spec])
            .await?;
        let frame = Self {
            user: shown(&user.name),
            here,
            may_list_users,
            may_see_mail: may_see_mail && visit.principal.has_domain,
            may_see_refusals,
            token: visit.form_token(),
            notice: notice(visit.query.text("done")),
        };
        Ok((frame, user))
    }

    /// What stands around a page of this visit.
    pub(crate) async fn of(visit: &Visit, here: &'static str) -> Result<Self, Problem> {
        Ok(Self::with_user(visit, here).await?.0)
    }
}

/// What was just done, by the word that the page before put into the address.
fn notice(word: &str) -> Option<&'static str> {
    Some(match word {
        "changed" => "Your password was changed. All your other sessions have ended.",
        "ended-one" => "That session has ended.",
        "ended" => "All your other sessions have ended.",
        "created" => "The user was created. To sign in they still need a one-time password.",
        "welcomed" => "The user was created. A link to choose a password is on its way to them.",
        super::sign_in::VERIFIED => "Your e-mail address is confirmed.",
        "asked" => "A mail with a link is on its way to your address.",
        "unblocked" => "The user was unblocked and can sign in again.",
        "capabilities" => "What the user may use was changed.",
        "words" => "What the mail says was changed.",
        "deleted" => "The user was deleted with all their credentials.",
        _ => return None,
    })
}

/// A page as an answer.
pub(crate) fn page(template: &impl Template) -> Result<Response, Fault> {
    Ok(Html(template.render()?).into_response())
}
