//! What there is one of in every domain: its document, kept as a setting of the tenancy, and the
//! shapes that all of them share. What a document leaves out has the value that a new domain has.

use super::list::Wanted;
use super::{Document, Identity, View};
use crate::call::{Call, Reply, store_problem};
use iam_api::Problem;
use iam_api::scim::{ListResponse, Resource, SearchRequest};
use iam_store::Setting;
use serde_json::Value;

/// The etag of a document that nobody has changed.
const ETAG_AT_FIRST: &str = "0000000000000000000000000000000000000000";

/// One kind of settings.
pub(super) struct Settings {
    /// The resource type.
    pub(super) resource: &'static Resource,
    /// The id of the only one there is.
    pub(super) id: &'static str,
    /// Its name in the store.
    pub(super) name: &'static str,
    /// What a new domain has.
    pub(super) at_first: fn() -> Document,
}

impl Settings {
    /// Shows them.
    pub(super) fn get<R>(
        &self,
        call: &mut Call<'_, '_>,
        typed: fn(Document) -> R,
    ) -> Result<Reply<R>, Problem> {
        self.must_be_named(call)?;
        let (document, etag) = self.load(call)?;
        self.show(call, &document, &etag, typed)
    }

    /// Lists them: there is one.
    pub(super) fn list<R>(
        &self,
        call: &mut Call<'_, '_>,
        typed: fn(Document) -> R,
    ) -> Result<Reply<ListResponse<R>>, Problem> {
        let wanted = Wanted::of_params(call, self.resource)?;
        self.answer(call, &wanted, typed)
    }

    /// Searches among them.
    pub(super) fn search<R>(
        &self,
        call: &mut Call<'_, '_>,
        search: &SearchRequest<R>,
        typed: fn(Document) -> R,
    ) -> Result<Reply<ListResponse<R>>, Problem> {
        let wanted = Wanted::of_search(call, self.resource, search)?;
        self.answer(call, &wanted, typed)
    }

    /// Changes them: from what they are to what `edit` makes of them.
    pub(super) fn change<R>(
        &self,
        call: &mut Call<'_, '_>,
        edit: impl FnOnce(Document) -> Result<Document, Problem>,
        typed: fn(Document) -> R,
    ) -> Result<Reply<R>, Problem> {
        self.must_be_named(call)?;
        let (before, etag) = self.load(call)?;
        call.if_match(self.id, &etag)?;
        let document = edit(before)?;
        let setting = Setting {
            etag: call.context.etag(),
            body: serde_json::to_string(&document).map_err(Problem::internal)?,
        };
        let at = call.at();
        call.tx.set_setting(at, self.name, &setting).map_err(store_problem)?;
        self.show(call, &document, &setting.etag, typed)
    }

    fn must_be_named(&self, call: &Call<'_, '_>) -> Result<(), Problem> {
        let name = self.resource.id.unwrap_or_default();
        match call.path(name)?.eq_ignore_ascii_case(self.id) {
            true => Ok(()),
            false => Err(Problem::not_found()),
        }
    }

    fn load(&self, call: &mut Call<'_, '_>) -> Result<(Document, String), Problem> {
        let at = call.at();
        let mut document = (self.at_first)();
        let Some(setting) = call.tx.setting(at, self.name).map_err(store_problem)? else {
            return Ok((document, ETAG_AT_FIRST.to_owned()));
        };
        let kept: Document = serde_json::from_str(&setting.body).map_err(Problem::internal)?;
        document.extend(kept);
        document.remove("schemas");
        Ok((document, setting.etag))
    }

    fn dressed(
        &self,
        call: &Call<'_, '_>,
        view: &View,
        document: &Document,
        etag: &str,
    ) -> Document {
        let identity = Identity {
            id: self.id.to_owned(),
            ocid: None,
            created: None,
            modified: None,
            version: etag,
        };
        view.dress(call, &identity, document.clone())
    }

    fn show<R>(
        &self,
        call: &mut Call<'_, '_>,
        document: &Document,
        etag: &str,
        typed: fn(Document) -> R,
    ) -> Result<Reply<R>, Problem> {
        let view = View::of(call, self.resource)?;
        let document = self.dressed(call, &view, document, etag);
        Ok(Reply::of(typed(view.show(&document))).etag(etag))
    }

    fn answer<R>(
        &self,
        call: &mut Call<'_, '_>,
        wanted: &Wanted,
        typed: fn(Document) -> R,
    ) -> Result<Reply<ListResponse<R>>, Problem> {
        let view = wanted.view(call)?;
        let (document, etag) = self.load(call)?;
        let page = wanted.choose(vec![self.dressed(call, &view, &document, &etag)]);
        wanted.answer(call, &view, &page, typed)
    }
}

/// Refuses another value of an attribute than the one that a new domain has, where it would have no
/// effect.
pub(super) fn must_stay(
    document: &Document,
    at_first: &Document,
    names: &[&str],
) -> Result<(), Problem> {
    let differs = |name: &&&str| {
        document.get(**name).is_some_and(|value| Some(value) != at_first.get(**name))
    };
    match names.iter().find(differs) {
        None => Ok(()),
        Some(name) => {
            let value = at_first.get(*name).map_or_else(|| "nothing".to_owned(), Value::to_string);
            Err(Problem::invalid(format!(
                "{name} cannot be changed: it has no effect here yet; leave it out, or give {value}"
            )))
        }
    }
}
