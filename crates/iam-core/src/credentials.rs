//! What the kinds of credentials share that users show to other services: making, listing, changing
//! and deleting them. A kind adds what it tells and how its secret is drawn, in a file of its own.
//!
//! A secret is drawn here and shown once. Of what is only compared, a keyed hash is kept: secrets
//! have 126 bits, so nobody can try them all. What must be known to check a signature is sealed.

pub mod verification;

use crate::call::{Call, store_problem};
use crate::context::Limits;
use crate::fields::check_description;
use crate::kept::limit_exceeded;
use crate::page;
use crate::retry_tokens::RetryToken;
use crate::server_key::{ServerKey, Use};
use iam_api::users::{User, UserCapabilities};
use iam_api::{LifecycleState, Ocid, Problem, Secret};
use iam_store::{CredentialKind, Resource, StoredCredential, TenancyNo, Tx};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What a kind of credentials is like.
pub(crate) struct Rules {
    /// The kind.
    pub(crate) kind: CredentialKind,
    /// What messages call several of them.
    pub(crate) several: &'static str,
    /// The name of their limit, and the limit.
    pub(crate) limit: (&'static str, fn(&Limits) -> usize),
    /// What lets a user have them, and what messages call that.
    pub(crate) capability: (&'static str, fn(&UserCapabilities) -> Option<bool>),
    /// The segment of the path that names one.
    pub(crate) param: &'static str,
}

/// A credential that is being made: its names, and whose it will be.
pub(crate) struct New {
    /// Its name.
    pub(crate) id: String,
    /// The user.
    pub(crate) user: Ocid,
}

impl Rules {
    /// Refuses where the target may have no credentials of the kind, or has as many as it may.
    pub(crate) fn admit(&self, call: &mut Call<'_, '_>, id: String) -> Result<New, Problem> {
        let resource: Resource = call.target()?;
        let user: User = resource.model().map_err(store_problem)?;
        if !self.may_use(&user) {
            return Err(Problem::invalid(format!(
                "user `{}` may not use {}; set {} first",
                user.name, self.several, self.capability.0
            )));
        }
        let (at, limit) = (call.at(), (self.limit.1)(&call.context.limits));
        let owned = call.tx.credentials(at, &user.id, self.kind).map_err(store_problem)?;
        if owned.len() >= limit {
            return Err(limit_exceeded(self.limit.0));
        }
        Ok(New { id, user: user.id })
    }

    /// Whether the user's capabilities let them use credentials of the kind.
    pub(crate) fn may_use(&self, user: &User) -> bool {
        user.capabilities.as_ref().and_then(self.capability.1) != Some(false)
    }

    /// Keeps a new credential; answers its etag.
    pub(crate) fn keep<M: Serialize>(
        &self,
        call: &mut Call<'_, '_>,
        new: &New,
        told: &M,
        secret: Vec<u8>,
    ) -> Result<String, Problem> {
        let mut stored = StoredCredential {
            user: new.user.clone(),
            kind: self.kind,
            id: new.id.clone(),
            created: call.now,
            etag: call.context.etag(),
            state: LifecycleState::Active.as_str().to_owned(),
            body: String::new(),
            secret,
            retry: call.retry.map(<[u8]>::to_vec),
        };
        stored.set_model(told).map_err(store_problem)?;
        let at = call.at();
        call.tx.add_credential(at, &stored).map_err(store_problem)?;
        Ok(stored.etag)
    }

    /// The hash that a secret of the user's is compared by.
    pub(crate) fn hash(&self, key: &ServerKey, user: &Ocid, id: &str, secret: &Secret) -> Vec<u8> {
        let kind = self.kind.as_str().as_bytes();
        let parts = [kind, user.as_str().as_bytes(), id.as_bytes(), secret.expose().as_bytes()];
        key.mac(Use::Credential, &parts).as_ref().to_vec()
    }

    /// What is told of the target's credentials of the kind, the oldest first.
    pub(crate) fn list<M: DeserializeOwned>(
        &self,
        call: &mut Call<'_, '_>,
    ) -> Result<Vec<M>, Problem> {
        let (at, user) = (call.at(), call.target()?);
        let rows = call.tx.credentials(at, &user.id, self.kind).map_err(store_problem)?;
        rows.iter().map(|row| row.model().map_err(store_problem)).collect()
    }

    /// The page that the request asks for of the target's credentials of the kind, which have no
    /// names: they are ordered by time, the newest first unless the request says otherwise.
    pub(crate) fn page(
        &self,
        call: &mut Call<'_, '_>,
    ) -> Result<(Vec<StoredCredential>, Option<String>), Problem> {
        let (at, user) = (call.at(), call.target()?);
        let is = |name: &str, word: &str| {
            call.params.get(name).is_some_and(|text| text.eq_ignore_ascii_case(word))
        };
        let ascending = is("sortOrder", "ASC") || is("sortBy", "NAME") && !is("sortOrder", "DESC");
        let state = page::state(call)?;
        let place = |row: &StoredCredential| {
            let time = row.created.as_micros();
            let time = if ascending { time } else { i64::MAX - time };
            format!("{time:020} {}", row.id)
        };
        let read = |call: &mut Call<'_, '_>, after: &str, limit: i64| {
            // As many as a user may have are read for each page: they are few.
            let mut rows = call.tx.credentials(at, &user.id, self.kind).map_err(store_problem)?;
            rows.retain(|row| {
                state.is_none_or(|state| state.as_str() == row.state) && place(row).as_str() > after
            });
            rows.sort_by_cached_key(place);
            rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
            Ok(rows)
        };
        page::keyed(call, self.several, read, place)
    }

    /// Changes what is told of the credential that the path names; answers that and the etag.
    pub(crate) fn update<M: Serialize + DeserializeOwned>(
        &self,
        call: &mut Call<'_, '_>,
        edit: impl FnOnce(&mut M),
    ) -> Result<(M, String), Problem> {
        let stored = self.named(call)?;
        let mut told: M = stored.model().map_err(store_problem)?;
        edit(&mut told);
        let etag = self.save(call, stored, &told)?;
        Ok((told, etag))
    }

    /// Keeps a changed credential; answers its new etag.
    pub(crate) fn save<M: Serialize>(
        &self,
        call: &mut Call<'_, '_>,
        mut stored: StoredCredential,
        told: &M,
    ) -> Result<String, Problem> {
        stored.set_model(told).map_err(store_problem)?;
        stored.etag = call.context.etag();
        let at = call.at();
        call.tx.update_credential(at, &stored).map_err(store_problem)?;
        Ok(stored.etag)
    }

    /// Deletes the credential that the path names.
    pub(crate) fn delete(&self, call: &mut Call<'_, '_>) -> Result<(), Problem> {
        let (stored, at) = (self.named(call)?, call.at());
        call.tx.remove_credential(at, &stored.id).map_err(store_problem)
    }

    /// The target's credential of the kind that the path names, if the caller knows its etag.
    pub(crate) fn named(&self, call: &mut Call<'_, '_>) -> Result<StoredCredential, Problem> {
        let (at, user) = (call.at(), call.target()?);
        let id = call.path(self.param)?;
        let found = call.tx.credential(at, id).map_err(store_problem)?;
        let found = found.filter(|found| found.user == user.id && found.kind == self.kind);
        let stored = found.ok_or_else(Problem::not_found)?;
        call.if_match(id, &stored.etag)?;
        Ok(stored)
    }
}

/// Takes a new description over, if there is one.
pub(crate) fn describe(kept: &mut String, new: Option<String>) {
    if let Some(new) = new {
        *kept = new;
    }
}

/// Refuses a new description that is too long.
pub(crate) fn check_new(description: Option<&String>) -> Result<(), Problem> {
    description.map_or(Ok(()), |text| check_description(text))
}

/// Whether there is a credential of that name, with the secret that is in the answer that the retry
/// token stands for.
pub(crate) fn is_answered(
    tx: &mut Tx<'_>,
    at: TenancyNo,
    id: &str,
    token: &RetryToken,
) -> Result<bool, Problem> {
    let kept = tx.credential(at, id).map_err(store_problem)?;
    Ok(kept.and_then(|kept| kept.retry).is_some_and(|retry| retry == token.hash))
}
