//! A tenancy's own words for its letters: kept one setting an event, checked when they are written,
//! and shown as they would be sent.

use crate::call::store_problem;
use iam_api::Problem;
use iam_mail::{Event, Letter, Template, Variables};
use iam_store::{Setting, TenancyNo, Tx};

fn name(event: Event) -> String {
    format!("mail-template/{event}")
}

/// The tenancy's template of that event, which says nothing where it has none, and its etag.
pub fn read(
    tx: &mut Tx<'_>,
    at: TenancyNo,
    event: Event,
) -> Result<(Template, Option<String>), Problem> {
    match tx.setting(at, &name(event)).map_err(store_problem)? {
        None => Ok((Template::default(), None)),
        Some(Setting { etag, body }) => {
            Ok((serde_json::from_str(&body).map_err(Problem::internal)?, Some(etag)))
        }
    }
}

/// Keeps a template that can be used; one that says nothing brings our own words back.
pub fn write(
    tx: &mut Tx<'_>,
    at: TenancyNo,
    event: Event,
    template: &Template,
    etag: String,
) -> Result<(), Problem> {
    template.check(event).map_err(|cause| Problem::invalid(cause.to_string()))?;
    let body = serde_json::to_string(template).map_err(Problem::internal)?;
    tx.set_setting(at, &name(event), &Setting { etag, body }).map_err(store_problem)
}

/// The letter that a template makes, to somebody who does not exist.
pub fn preview(event: Event, template: &Template) -> Result<Letter, Problem> {
    template.check(event).map_err(|cause| Problem::invalid(cause.to_string()))?;
    let sample = Variables::sample(event.has_link());
    let written = iam_mail::write(event, &sample, Some(template)).map_err(Problem::internal)?;
    Ok(written.letter)
}
