//! Choosing a new password: because a one-time password has to be changed, or because the user
//! wants to, and then only with the current one.

use super::fault::Fault;
use super::forms::Form;
use super::frame::{Frame, page};
use super::sign_in::{self, set_cookie};
use super::text::shown;
use super::visit::{Changer, Visit};
use super::{Console, Seat, cookies, home};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use iam_api::Secret;
use iam_core::change_password::{self, Declined, Situation};
use iam_core::password_rules::{self, Rule};
use iam_core::sessions::NewSession;
use iam_store::Purpose;

/// The page's address.
pub(crate) const PATH: &str = "/console/change-password";

/// The names of the fields, which are their ids too.
const CURRENT: &str = "current-password";
const NEW: &str = "new-password";
const REPEATED: &str = "repeat-password";

struct ShownRule {
    id: &'static str,
    text: String,
    minimum: usize,
    broken: bool,
}

/// What is wrong, and with which field.
struct Mistake {
    field: &'static str,
    text: &'static str,
}

/// The form, which both pages have.
struct ChangeForm {
    token: String,
    user: String,
    asks_current: bool,
    rules: Vec<ShownRule>,
    mistakes: Vec<Mistake>,
}

impl ChangeForm {
    fn mistake(&self, field: &str) -> Option<&Mistake> {
        self.mistakes.iter().find(|mistake| mistake.field == field)
    }
}

/// While nothing else of the Console may be reached.
#[derive(Template)]
#[template(path = "choose_password.html")]
struct ChoosePage {
    form: ChangeForm,
}

#[derive(Template)]
#[template(path = "change_password.html")]
struct ChangePage {
    frame: Frame,
    form: ChangeForm,
}

/// Shows the form.
pub(crate) async fn show(Changer(visit): Changer) -> Result<Response, Fault> {
    match situation(&visit).await {
        Ok(situation) => form(&visit, situation, &[], Vec::new()).await,
        Err(declined) => refuse(&visit, declined).await,
    }
}

/// Takes the new password.
pub(crate) async fn submit(
    State(seat): State<Seat>,
    Form(Changer(visit), fields): Form<Changer>,
) -> Result<Response, Fault> {
    let (new, repeated) = (fields.secret(NEW), fields.secret(REPEATED));
    match change(&seat, &visit, fields.secret(CURRENT), new, repeated).await {
        Err(declined) => refuse(&visit, declined).await,
        Ok(None) => {
            let text = "The current password is not right. After ten failures in a row an \
                        administrator has to unblock you.";
            let situation = situation(&visit).await;
            let mistakes = vec![Mistake { field: CURRENT, text }];
            again(&visit, situation, &[], mistakes).await
        }
        Ok(Some(begun)) => {
            let mut response =
                Redirect::to(&format!("{}?done=changed", home::PATH)).into_response();
            set_cookie(&mut response, cookies::set(cookies::SESSION, &begun.token));
            Ok(response)
        }
    }
}

async fn situation(visit: &Visit) -> Result<Situation, Declined> {
    let session = visit.session.clone();
    visit.app.read(move |_, tx| change_password::situation(tx, &session)).await
}

/// Changes the password; none where the current one is not right, which counts as a failed sign-in.
/// It is asked for first: the rules would tell whether a new password is the current one.
async fn change(
    console: &Console,
    visit: &Visit,
    current: Secret,
    new: Secret,
    repeated: Secret,
) -> Result<Option<NewSession>, Declined> {
    let _place = console.place()?;
    let app = &visit.app;
    if visit.session.purpose == Purpose::Console {
        let session = visit.session.clone();
        let attempt = app
            .write(move |app, tx| change_password::reserve_current(tx, &app.context, &session))
            .await?;
        let verdict = console.weigh(&attempt, current).await?;
        let source = visit.source.clone();
        let knows = app.write(move |app, tx| {
            change_password::confirm_current(tx, &app.context, &source, &attempt, &verdict)
        });
        if !knows.await? {
            return Ok(None);
        }
    }
    let situation = situation(visit).await?;
    let prepared = app
        .hash(move |app| change_password::prepare(&app.context, &situation, &new, &repeated))
        .await??;
    let (session, source) = (visit.session.clone(), visit.source.clone());
    app.write(move |app, tx| {
        change_password::commit(tx, &app.context, &source, &session, &prepared).map(Some)
    })
    .await
}

async fn refuse(visit: &Visit, declined: Declined) -> Result<Response, Fault> {
    let mistake = |field, text| vec![Mistake { field, text }];
    let (broken, mistakes) = match declined {
        Declined::Failed(problem) => return Err(problem.into()),
        Declined::Over => {
            let mut response =
                Redirect::to(&format!("{}?done=over", sign_in::PATH)).into_response();
            set_cookie(&mut response, cookies::clear(cookies::SESSION));
            return Ok(response);
        }
        Declined::Differs => (vec![], mistake(REPEATED, "The two new passwords are not the same.")),
        Declined::Same => {
            let text = "The new password is the one you have now. Choose another one.";
            (vec![], mistake(NEW, text))
        }
        Declined::Rules(broken) => {
            let text = "The new password does not keep to all the rules. Those it breaks are \
                        marked below.";
            (broken, mistake(NEW, text))
        }
    };
    let situation = situation(visit).await;
    again(visit, situation, &broken, mistakes).await
}

async fn again(
    visit: &Visit,
    situation: Result<Situation, Declined>,
    broken: &[Rule],
    mistakes: Vec<Mistake>,
) -> Result<Response, Fault> {
    match situation {
        Ok(situation) => {
            let page = form(visit, situation, broken, mistakes).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(Declined::Failed(problem)) => Err(problem.into()),
        Err(_) => Err(Fault::SignIn(None)),
    }
}

async fn form(
    visit: &Visit,
    situation: Situation,
    broken: &[Rule],
    mistakes: Vec<Mistake>,
) -> Result<Response, Fault> {
    let rules = password_rules::rules(&situation.policy).into_iter().map(|rule| ShownRule {
        broken: broken.iter().any(|broken| broken.id == rule.id),
        id: rule.id,
        text: rule.text,
        minimum: rule.minimum,
    });
    let form = ChangeForm {
        token: visit.form_token(),
        user: shown(&situation.user),
        asks_current: visit.session.purpose == Purpose::Console,
        rules: rules.collect(),
        mistakes,
    };
    if form.asks_current {
        page(&ChangePage { frame: Frame::of(visit, "me").await?, form })
    } else {
        page(&ChoosePage { form })
    }
}
