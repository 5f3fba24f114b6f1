//! `iam policy update`: new statements replace all old ones, so the old ones are shown first.

use crate::call::Run;
use crate::confirm::confirm;
use crate::failure::Failure;
use crate::json::{Json, Layout};
use crate::request::Input;
use crate::retry::Caller;
use iam_api::policies::GET_POLICY;

/// Updates a policy.
pub(crate) fn update(run: &Run<'_>) -> Result<(), Failure> {
    let mut input = Input::of(&run.values, run.settings.env)?;
    let given = |name: &str| run.values.get(name).is_some_and(|value| !value.is_empty());
    let force = run.values.flag("force");
    if given("statements") || given("version-date") {
        if run.values.get("statements").is_none() || run.values.get("version-date").is_none() {
            return Err(Failure::Client(
                "If updating either statements or version date, both parameters must be specified."
                    .to_owned(),
            ));
        }
        if !force {
            show_old_statements(run, &mut input)?;
        }
    }
    if !given("version-date") {
        // Given as nothing, it leaves the version as it is.
        input.drop_field("versionDate");
    }
    if !force {
        run.ask_to_replace(&["defined-tags", "freeform-tags"])?;
    }
    run.send(&input)
}

/// Shows the statements that would be replaced, and makes sure that it is these that are.
fn show_old_statements(run: &Run<'_>, input: &mut Input) -> Result<(), Failure> {
    let caller = Caller::new(run.settings, run.values.command.spec)?;
    let id = run.values.text("policy-id").unwrap_or_default();
    let called = caller.call(&GET_POLICY.spec, &Input::param("policyId", id))?;
    if let Some(etag) = called.header("etag") {
        if let Some(wanted) = run.values.text("if-match").filter(|wanted| *wanted != etag) {
            return Err(Failure::Client(format!(
                "If-match '{wanted}' does not match the current etag, '{etag}'."
            )));
        }
        input.set("if-match", Some(etag.to_owned()));
    }
    let statements = called.reply.as_ref().and_then(|reply| reply.get("statements"));
    let statements = statements.unwrap_or(&Json::Null).text(Layout::ANSWER);
    confirm(&format!(
        "WARNING: The value passed to statements will overwrite all existing statements for this \
         policy. The existing statements are:\n{statements}\nAre you sure you want to continue?"
    ))
}
