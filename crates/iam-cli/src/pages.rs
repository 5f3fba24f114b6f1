//! Lists: one page, as many as make up `--limit`, or all.

use crate::call::Run;
use crate::command::Action;
use crate::failure::Failure;
use crate::json::Json;
use crate::output::Reply;
use crate::parse::Values;
use crate::request::Input;
use crate::retry::{Called, Caller};
use crate::shape::shown;
use iam_api::Kind;
use iam_api::compartments::GET_COMPARTMENT;

/// The field of an answer that holds the items of the page, where they are not all of it: a
/// domain's, and a collection's.
fn holder(reply: &Kind) -> &'static str {
    match reply {
        Kind::Model(model) if model.field("items").is_some() => "items",
        _ => "Resources",
    }
}

/// The most pages that are fetched: a server that never comes to an end is left.
const PAGES_MAX: usize = 100_000;

/// Lists, and shows the list.
pub(crate) fn list(run: &Run<'_>) -> Result<(), Failure> {
    let input = Input::of(&run.values, run.settings.env)?;
    let caller = Caller::new(run.settings, run.values.command.spec)?;
    let (mut items, last) = fetch(&caller, &run.values, input)?;
    if matches!(run.values.command.action, Action::IncludeRoot) && run.values.flag("include-root") {
        let given = run.values.text("compartment-id");
        let root = run.settings.tenancy().or(given).unwrap_or_default();
        let root = caller.call(&GET_COMPARTMENT.spec, &Input::param("compartmentId", root))?;
        if run.values.get("limit").is_some() {
            // The root takes the place of the last one.
            items.pop();
        }
        items.splice(..0, root.reply);
    }
    let data = match last.reply {
        Some(Json::Object(mut page)) => {
            let reply = &run.values.command.spec.reply;
            page.push((holder(reply).to_owned(), Json::List(items)));
            shown(&Json::Object(page), reply)
        }
        _ if run.values.flag("skip-deserialization") => Json::List(items),
        _ => Json::List(items.iter().map(|item| shown(item, item_kind(run))).collect()),
    };
    run.view.show(&Reply { data: Some(data), headers: last.headers }, true)
}

fn item_kind<'r>(run: &'r Run<'_>) -> &'r Kind {
    match &run.values.command.spec.reply {
        Kind::List(item) => item,
        kind => kind,
    }
}

/// Fetches as many pages as were asked for: the items, and the last answer without them.
pub(crate) fn fetch(
    caller: &Caller<'_>,
    values: &Values,
    mut input: Input,
) -> Result<(Vec<Json>, Called), Failure> {
    let limit = values.number("limit");
    let page_size = values.number("page-size").filter(|size| *size > 0);
    // A list without pages has no second one, whatever a server says.
    let has_pages = values.command.spec.param("page").is_some();
    let more = has_pages && (values.flag("all") || limit.is_some());
    let mut items = Vec::new();
    for _ in 0..PAGES_MAX {
        let left = limit.map(|limit| limit.saturating_sub(items.len() as u64));
        let size = match (page_size, left) {
            (Some(size), Some(left)) => Some(size.min(left)),
            (Some(size), None) => Some(size).filter(|_| more),
            (None, left) => left,
        };
        if size.is_some() {
            input.set("limit", size.map(|size| size.to_string()));
        }
        let mut called = caller.call(values.command.spec, &input)?;
        items.extend(take_items(&mut called, holder(&values.command.spec.reply)));
        let full = limit.is_some_and(|limit| items.len() as u64 >= limit);
        match called.next_page() {
            Some(page) if more && !full => input.set("page", Some(page.to_owned())),
            _ => {
                if let Some(limit) = limit {
                    items.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
                }
                return Ok((items, called));
            }
        }
    }
    Err(Failure::Client(format!("the list goes on after {PAGES_MAX} pages; given up")))
}

/// Takes the items out of an answer: all of it, or a field of it.
fn take_items(called: &mut Called, holder: &str) -> Vec<Json> {
    match called.reply.take() {
        Some(Json::List(items)) => items,
        Some(Json::Object(mut page)) => {
            let at = page.iter().position(|(name, _)| name == holder);
            let items = at.map(|at| page.remove(at).1);
            called.reply = Some(Json::Object(page));
            match items {
                Some(Json::List(items)) => items,
                _ => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
}
