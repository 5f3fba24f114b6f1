//! Lists and searches: what is asked for, from the query or from a body, and the page that answers.

use super::{Document, View};
use crate::call::{Call, Reply};
use crate::page;
use iam_api::Problem;
use iam_api::scim::{LIST_URN, ListResponse, Resource, SEARCH_URN, SearchRequest};
use iam_scim::{Asked, COUNT_MAX, Fault, FaultKind, Query, Schema};
use serde_json::Value;

/// The most resources that are looked at for one list: what has no index is looked for in all.
pub(crate) const SCAN_MAX: i64 = 100_000;
/// The most resources that are put in an order for which there is no index.
pub(crate) const MATCHES_MAX: usize = 10_000;

/// A list that is asked for.
pub(crate) struct Wanted {
    /// What is asked for.
    pub(crate) query: Query,
    /// Stands for the list in page tokens.
    name: String,
    resource: &'static Resource,
}

impl Wanted {
    /// What the query string asks for.
    pub(crate) fn of_params(
        call: &Call<'_, '_>,
        resource: &'static Resource,
    ) -> Result<Self, Problem> {
        let number = |name: &str| call.params.get(name).and_then(|text| text.parse().ok());
        let asked = Asked {
            filter: call.params.get("filter"),
            sort_by: call.params.get("sortBy"),
            sort_order: call.params.get("sortOrder"),
            start_index: number("startIndex"),
            count: number("count"),
            attributes: call.params.get("attributes"),
            attribute_sets: call.params.get("attributeSets"),
        };
        Self::read(call, resource, asked)
    }

    /// What the body of a search asks for.
    pub(crate) fn of_search<R>(
        call: &Call<'_, '_>,
        resource: &'static Resource,
        search: &SearchRequest<R>,
    ) -> Result<Self, Problem> {
        if !search.schemas.iter().any(|urn| urn.eq_ignore_ascii_case(SEARCH_URN)) {
            let message = format!(
                "schemas does not say that this is a search; give `\"schemas\": [\"{SEARCH_URN}\"]`"
            );
            return Err(Problem::invalid(message));
        }
        let joined = |words: &Option<Vec<String>>| words.as_ref().map(|words| words.join(","));
        let (attributes, sets) = (joined(&search.attributes), joined(&search.attribute_sets));
        let asked = Asked {
            filter: search.filter.as_deref(),
            sort_by: search.sort_by.as_deref(),
            sort_order: search.sort_order.as_deref(),
            start_index: search.start_index,
            count: search.count,
            attributes: attributes.as_deref(),
            attribute_sets: sets.as_deref(),
        };
        Self::read(call, resource, asked)
    }

    fn read(
        call: &Call<'_, '_>,
        resource: &'static Resource,
        mut asked: Asked<'_>,
    ) -> Result<Self, Problem> {
        let part = |text: Option<&str>| text.unwrap_or_default().to_owned();
        let Asked { filter, sort_by, sort_order, .. } = asked;
        let (path, filter, by, order) =
            (resource.path, part(filter), part(sort_by), part(sort_order));
        let name = format!("{path}\n{filter}\n{by}\n{order}");
        if let Some(limit) = call.params.get("limit") {
            let limit = limit.parse().ok().filter(|limit: &i64| *limit >= 1);
            asked.count = Some(limit.ok_or_else(|| {
                Problem::invalid(format!("limit is not valid: give 1 to {COUNT_MAX}"))
            })?);
        }
        if let Some(place) = page::place(call, &name)? {
            asked.start_index = place.parse().ok();
        }
        Ok(Self { query: Query::read(&Schema::of(resource), &asked)?, name, resource })
    }

    /// How the resources are shown.
    pub(crate) fn view(&self, call: &mut Call<'_, '_>) -> Result<View, Problem> {
        View::with(call, self.resource, self.query.projection.clone())
    }

    /// The resources of the page, out of all that there are.
    pub(crate) fn choose(&self, all: Vec<Document>) -> Page {
        let all = all.into_iter().map(Value::Object);
        let matching: Vec<Value> = all.filter(|one| self.query.matches(one)).collect();
        let total = matching.len();
        let object = |value: Value| match value {
            Value::Object(document) => Some(document),
            _ => None,
        };
        let resources = self.query.page(matching).into_iter().filter_map(object).collect();
        Page { resources, total }
    }

    /// The answer.
    pub(crate) fn answer<R>(
        &self,
        call: &Call<'_, '_>,
        view: &View,
        page: &Page,
        typed: impl Fn(Document) -> R,
    ) -> Result<Reply<ListResponse<R>>, Problem> {
        let (start, here) = (self.query.start_index, page.resources.len());
        let end = start.saturating_add(here);
        let next = (here > 0 && end <= page.total).then(|| end.to_string());
        let next = next.map(|place| page::place_token(call, &self.name, place)).transpose()?;
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        let response = ListResponse {
            schemas: vec![LIST_URN.to_owned()],
            total_results: count(page.total),
            resources: page.resources.iter().map(|one| typed(view.show(one))).collect(),
            start_index: count(start),
            items_per_page: count(here),
        };
        Ok(Reply::of(response).next_page(next))
    }
}

/// A page of resources, as full documents.
pub(crate) struct Page {
    /// The resources of this page.
    pub(crate) resources: Vec<Document>,
    /// How many there are on all pages.
    pub(crate) total: usize,
}

/// Refuses a list for which too many resources would have to be looked at.
pub(crate) fn too_many() -> Problem {
    let message = format!(
        "more than {SCAN_MAX} resources would have to be looked at; filter by `userName eq`, \
         `userName sw` or `id eq`, or leave out filter and order"
    );
    Fault::new(FaultKind::TooMany, message).into()
}

/// Refuses a list for which too many resources would have to be put in order.
pub(crate) fn too_many_in_order() -> Problem {
    let message = format!(
        "more than {MATCHES_MAX} resources would have to be put in order; leave out `sortBy`, sort \
         by `userName` upwards, or filter for fewer"
    );
    Fault::new(FaultKind::TooMany, message).into()
}
