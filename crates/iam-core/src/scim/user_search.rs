//! Which users a list or a search finds, however many there are.
//!
//! Names, the beginnings of names, ids and primary addresses have an index, and other addresses are
//! looked for by the store. Everything else is looked for in pages of
//! users in the order of their names, of whom only so much is read as the filter asks about; whole
//! documents are made for the page that is answered alone. So a search takes time that grows with
//! the users, but not memory, and there is a bound on both.

use super::list::{MATCHES_MAX, Page, SCAN_MAX, Wanted, too_many, too_many_in_order};
use super::user_document::Documents;
use super::{Document, find, text};
use crate::call::{Call, Reply, store_problem};
use crate::domains;
use crate::users::second_name;
use iam_api::scim::ListResponse;
use iam_api::scim::users::{USERS, User as ScimUser};
use iam_api::{Ocid, Problem};
use iam_policy::fold;
use iam_scim::Operator;
use iam_store::{Alias, Resource, ResourceKind, Walk};
use serde_json::Value;

/// How many users are read at once.
const PAGE: i64 = 500;
/// The most users whose documents may have an address in them to be read one by one.
const ADDRESSED_MAX: i64 = 1_000;
const KIND: ResourceKind = ResourceKind::User;

/// Answers a list or a search.
pub(super) fn answer(
    call: &mut Call<'_, '_>,
    wanted: &Wanted,
) -> Result<Reply<ListResponse<ScimUser>>, Problem> {
    let view = wanted.view(call)?;
    let documents = Documents::new(call, &view, |attribute| wanted.query.needs(attribute))?;
    let page = if let Some(rows) = indexed(call, wanted)? {
        let all: Result<Vec<Document>, Problem> =
            rows.iter().map(|row| documents.of(call, row)).collect();
        wanted.choose(all?)
    } else {
        let (rows, total) = match in_order(call, wanted)? {
            Some(found) => found,
            None => look_through(call, wanted, &documents)?,
        };
        let resources: Result<Vec<Document>, Problem> =
            rows.iter().map(|row| documents.of(call, row)).collect();
        Page { resources: resources?, total }
    };
    wanted.answer(call, &view, &page, ScimUser)
}

/// Where the filter asks for a name, an id or an address: the few users among whom are all who have
/// it.
fn indexed(call: &mut Call<'_, '_>, wanted: &Wanted) -> Result<Option<Vec<Resource>>, Problem> {
    let (at, home) = (call.at(), domains::home(call)?);
    let Some(condition) = &wanted.query.condition else { return Ok(None) };
    let one = if let Some(name) = condition.required_text("userName") {
        call.tx.resource_by_name(at, KIND, &home, &fold(name)).map_err(store_problem)?
    } else if let Some(id) = condition.required_text("id") {
        find(call.tx, at, KIND, id)?
    } else if let Some(id) = condition.required_text("ocid") {
        let found = call.tx.resource(at, &Ocid::from(id)).map_err(store_problem)?;
        found.filter(|row| row.kind == KIND)
    } else if let Some(address) = condition.required_text("emails.value") {
        return addressed(call, &home, address);
    } else {
        return Ok(None);
    };
    Ok(Some(one.into_iter().filter(|row| row.parent == home).collect()))
}

/// The users among whom are all that have this address, be it the primary one or another; none
/// where it is not one that could be found so.
fn addressed(
    call: &mut Call<'_, '_>,
    home: &Ocid,
    address: &str,
) -> Result<Option<Vec<Resource>>, Problem> {
    // What is written otherwise inside of a document is no address that is taken.
    if !address.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"\\".contains(&byte)) {
        return Ok(None);
    }
    let at = call.at();
    let mut ids = call.tx.profiles_with(at, address, ADDRESSED_MAX).map_err(store_problem)?;
    if i64::try_from(ids.len()).is_ok_and(|count| count >= ADDRESSED_MAX) {
        return Ok(None);
    }
    let name = second_name(home, Alias::UserEmail, address);
    let owner = call.tx.alias_owner(at, Alias::UserEmail, &name).map_err(store_problem)?;
    ids.extend(owner);
    ids.sort_unstable();
    ids.dedup();
    let mut rows = Vec::new();
    for id in ids {
        let row = call.tx.resource(at, &id).map_err(store_problem)?;
        rows.extend(row.filter(|row| row.kind == KIND && row.parent == *home));
    }
    rows.sort_unstable_by(|one, other| one.folded.cmp(&other.folded));
    Ok(Some(rows))
}

/// Where no filter is to be looked through, and the order is that of the index: the rows of the
/// page, and how many there are on all pages.
fn in_order(
    call: &mut Call<'_, '_>,
    wanted: &Wanted,
) -> Result<Option<(Vec<Resource>, usize)>, Problem> {
    let query = &wanted.query;
    let by = query.order.as_ref().map(iam_scim::Order::by);
    let backwards = match &by {
        None => false,
        Some((attribute, descends)) if attribute == "userName" => *descends,
        Some(_) => return Ok(None),
    };
    if query.condition.is_some() {
        return Ok(None);
    }
    let (at, home) = (call.at(), domains::home(call)?);
    let total = call.tx.count_in(at, KIND, &home, i64::MAX).map_err(store_problem)?;
    let number = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let place = (number(query.start_index.saturating_sub(1)), number(query.count));
    let rows = call.tx.resources_from(at, KIND, &home, backwards, place).map_err(store_problem)?;
    Ok(Some((rows, usize::try_from(total).unwrap_or_default())))
}

/// Looks at every user whose name may fit: the rows of the page, and how many fit on all pages.
fn look_through(
    call: &mut Call<'_, '_>,
    wanted: &Wanted,
    documents: &Documents<'_>,
) -> Result<(Vec<Resource>, usize), Problem> {
    let query = &wanted.query;
    let attributes = USERS.model.fields.iter().map(|field| field.name);
    let chosen: Vec<&str> = attributes.filter(|name| query.chooses_by(name)).collect();
    let documents = documents.only(&chosen);
    let condition = query.condition.as_ref();
    let named = |operator| {
        let part = condition.and_then(|one| one.required_part("userName", operator));
        part.unwrap_or_default().to_owned()
    };
    let (prefix, part) = (named(Operator::StartsWith), named(Operator::Contains));
    let (at, home) = (call.at(), domains::home(call)?);
    let (mut found, mut looked, mut after) = (Found::new(wanted), 0, String::new());
    loop {
        let walk = Walk { prefix: &prefix, part: &part, after: &after, limit: PAGE };
        let rows = call.tx.walk(at, KIND, &home, &walk).map_err(store_problem)?;
        looked += i64::try_from(rows.len()).unwrap_or(i64::MAX);
        let Some(last) = rows.last() else { break };
        if looked > SCAN_MAX {
            return Err(too_many());
        }
        after.clone_from(&last.folded);
        for row in rows {
            let document = Value::Object(documents.of(call, &row)?);
            if query.matches(&document) {
                found.add(row, document)?;
            }
        }
    }
    found.page(call)
}

/// What fits, as far as it has to be kept.
struct Found<'w> {
    wanted: &'w Wanted,
    total: usize,
    /// The rows of the page, where the order is that in which they are found.
    rows: Vec<Resource>,
    /// What all are put in order by, where it is another.
    unordered: Option<Vec<Value>>,
}

impl<'w> Found<'w> {
    fn new(wanted: &'w Wanted) -> Self {
        let by = wanted.query.order.as_ref().map(iam_scim::Order::by);
        let is_in_order =
            by.is_none_or(|(attribute, descends)| attribute == "userName" && !descends);
        let unordered = (!is_in_order).then(Vec::new);
        Self { wanted, total: 0, rows: Vec::new(), unordered }
    }

    fn add(&mut self, row: Resource, document: Value) -> Result<(), Problem> {
        self.total += 1;
        let query = &self.wanted.query;
        match &mut self.unordered {
            Some(all) if all.len() >= MATCHES_MAX => return Err(too_many_in_order()),
            Some(all) => all.push(document),
            None if self.total >= query.start_index && self.rows.len() < query.count => {
                self.rows.push(row);
            }
            None => {}
        }
        Ok(())
    }

    fn page(mut self, call: &mut Call<'_, '_>) -> Result<(Vec<Resource>, usize), Problem> {
        let page = self.unordered.map(|all| self.wanted.query.page(all)).unwrap_or_default();
        for document in &page {
            let id = document.as_object().and_then(|document| text(document, "ocid"));
            let row = call.tx.resource(call.principal.tenancy, &Ocid::from(id.unwrap_or_default()));
            self.rows.extend(row.map_err(store_problem)?);
        }
        Ok((self.rows, self.total))
    }
}
