//! Creating a user.

use super::fault::Fault;
use super::forms::Form;
use super::frame::{Frame, page};
use super::query::Fields;
use super::text::{new_retry_token, sentence};
use super::visit::{Member, Visit};
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use iam_api::operation::RETRY_TOKEN;
use iam_api::users::{CREATE_USER, CreateUserDetails};
use iam_api::{Code, Problem};
use iam_core::call::Params;
use iam_core::identity_settings;

#[derive(Template)]
#[template(path = "new_user.html")]
struct NewUserPage<'a> {
    frame: Frame,
    retry: String,
    name: &'a str,
    description: &'a str,
    email: &'a str,
    /// Whether a link to a first password is mailed.
    mails: bool,
    needs_email: bool,
    mistake: Option<(&'static str, String)>,
}

impl NewUserPage<'_> {
    fn mistake(&self, field: &str) -> Option<&str> {
        let mistake = self.mistake.as_ref().filter(|(named, _)| *named == field);
        mistake.map(|(_, text)| text.as_str())
    }
}

/// Shows the form, to those who may use it.
pub(crate) async fn show(Member(visit): Member) -> Result<Response, Fault> {
    let [may] = visit.may([&CREATE_USER.spec]).await?;
    if !may {
        return Err(Problem::not_found().into());
    }
    form(&visit, &Fields::read("")?, None).await
}

/// Creates the user.
pub(crate) async fn submit(Form(Member(visit), fields): Form<Member>) -> Result<Response, Fault> {
    let email = fields.text("email").trim();
    let details = CreateUserDetails {
        compartment_id: visit.principal.tenancy_id.clone(),
        name: fields.text("name").trim().to_owned(),
        description: fields.text("description").trim().to_owned(),
        email: Some(email).filter(|email| !email.is_empty()).map(str::to_owned),
        freeform_tags: None,
        defined_tags: None,
    };
    let params = Params::default().with(RETRY_TOKEN.name, fields.text("retry-token"));
    match visit.perform(&CREATE_USER, params, &details).await {
        Ok(reply) => {
            let is_mailed = visit.principal.has_domain && reply.body.email.is_some();
            let word = if is_mailed { "welcomed" } else { "created" };
            let to = format!("/console/users/{}?done={word}", reply.body.id);
            Ok(Redirect::to(&to).into_response())
        }
        Err(problem)
            if problem.code.status() < 500 && problem.code != Code::NotAuthorizedOrNotFound =>
        {
            let again = form(&visit, &fields, Some(&problem)).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, again).into_response())
        }
        Err(problem) => Err(problem.into()),
    }
}

/// The form; a retry token of its own makes that one click too many does not create two.
async fn form(
    visit: &Visit,
    fields: &Fields,
    problem: Option<&Problem>,
) -> Result<Response, Fault> {
    let (mails, at) = (visit.principal.has_domain, visit.principal.tenancy);
    let settings = visit.app.read(move |_, tx| identity_settings::load(tx, at)).await?;
    page(&NewUserPage {
        frame: Frame::of(visit, "users").await?,
        retry: new_retry_token(&visit.app.context),
        name: fields.text("name"),
        description: fields.text("description"),
        email: fields.text("email"),
        mails,
        needs_email: mails && settings.requires_email(),
        mistake: problem.map(|problem| (field(problem), sentence(&problem.message))),
    })
}

/// Which field a refusal is about.
fn field(problem: &Problem) -> &'static str {
    let about = |word| problem.message.contains(word);
    match problem.code {
        _ if about("e-mail") || problem.message.starts_with("email") => "email",
        _ if problem.message.starts_with("description") => "description",
        _ => "name",
    }
}
