//! Models that are kept whole, each as a resource: how one is added where there is room and its
//! name is free, shown, listed, changed under a new etag, deleted.

use crate::call::{Call, Reply, store_problem};
use crate::page;
use iam_api::dynamic_groups::DynamicGroup;
use iam_api::groups::Group;
use iam_api::identity_providers::IdentityProvider;
use iam_api::network_sources::NetworkSources;
use iam_api::policies::Policy;
use iam_api::users::User;
use iam_api::{Code, LifecycleState, Ocid, Problem, Spec, Timestamp};
use iam_policy::fold;
use iam_store::{Resource, ResourceKind, TenancyNo, Tx};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::borrow::Cow;

/// A model that is kept whole.
pub(crate) trait Model: Serialize + DeserializeOwned {
    /// What it is kept as.
    const KIND: ResourceKind;
    /// Whether requests are decided by it, so that what nodes remember has to be read anew when one
    /// is added, changed or deleted.
    const DECIDES: bool;

    /// What it is found by.
    fn place(&self) -> Place<'_>;
}

/// What a resource is found by.
pub(crate) struct Place<'m> {
    pub(crate) id: &'m Ocid,
    /// What it is in, and alone there in having its name.
    pub(crate) parent: &'m Ocid,
    pub(crate) name: Cow<'m, str>,
    pub(crate) state: LifecycleState,
    pub(crate) created: Timestamp,
}

/// Models that are found by their own names in their own compartments.
macro_rules! in_compartments {
    ($($model:ident is $kind:ident, decides: $decides:literal;)*) => {$(
        impl Model for $model {
            const KIND: ResourceKind = ResourceKind::$kind;
            const DECIDES: bool = $decides;

            fn place(&self) -> Place<'_> {
                Place {
                    id: &self.id,
                    parent: &self.compartment_id,
                    name: self.name.as_str().into(),
                    state: self.lifecycle_state,
                    created: self.time_created,
                }
            }
        }
    )*};
}

in_compartments! {
    DynamicGroup is DynamicGroup, decides: true;
    Group is Group, decides: false; // its members do, and they are kept apart
    IdentityProvider is IdentityProvider, decides: false;
    NetworkSources is NetworkSource, decides: true;
    Policy is Policy, decides: true;
    User is User, decides: true; // who is of another domain is in that one
}

/// A model as it is kept.
pub(crate) fn resource<M: Model>(model: &M, etag: String) -> Result<Resource, Problem> {
    let Place { id, parent, name, state, created } = model.place();
    let mut resource = Resource {
        id: id.clone(),
        kind: M::KIND,
        parent: parent.clone(),
        folded: fold(&name),
        name: name.into_owned(),
        state,
        created,
        etag,
        body: String::new(),
        compiled: None,
    };
    resource.set_model(model).map_err(store_problem)?;
    Ok(resource)
}

/// Refuses one more resource of a kind than the tenancy may have.
pub(crate) fn must_have_room(
    tx: &mut Tx<'_>,
    at: TenancyNo,
    kind: ResourceKind,
    (limit, name): (i64, &str),
) -> Result<(), Problem> {
    match tx.count_up_to(at, kind, limit).map_err(store_problem)? {
        count if count < limit => Ok(()),
        _ => Err(limit_exceeded(name)),
    }
}

/// Refuses one more resource of a kind than there may be in another.
pub(crate) fn must_have_room_in(
    tx: &mut Tx<'_>,
    at: TenancyNo,
    kind: ResourceKind,
    parent: &Ocid,
    (limit, name): (i64, &str),
) -> Result<(), Problem> {
    match tx.count_in(at, kind, parent, limit).map_err(store_problem)? {
        count if count < limit => Ok(()),
        _ => Err(limit_exceeded(name)),
    }
}

/// What is answered where a limit is reached.
pub(crate) fn limit_exceeded(name: &str) -> Problem {
    Problem::new(
        Code::LimitExceeded,
        format!("The following service limits were exceeded: {name}. Delete what is not needed."),
    )
}

impl Call<'_, '_> {
    /// Adds a model, kept as that; refuses with what `taken` says where its name is taken.
    pub(crate) fn add<M: Model>(
        &mut self,
        spec: &Spec,
        resource: Resource,
        model: M,
        taken: impl FnOnce(&M) -> Problem,
    ) -> Result<Reply<M>, Problem> {
        let at = self.at();
        if !self.tx.insert(at, &resource).map_err(store_problem)? {
            return Err(taken(&model));
        }
        self.decides::<M>()?;
        let location = format!("{}/{}", spec.path, resource.id);
        Ok(Reply::of(model).etag(resource.etag).made(resource.id.as_str()).location(location))
    }

    /// Answers with what the operation acts on, as it is.
    pub(crate) fn show<M: DeserializeOwned>(&mut self) -> Result<Reply<M>, Problem> {
        let resource = self.target()?;
        Ok(Reply::of(resource.model().map_err(store_problem)?).etag(resource.etag))
    }

    /// Answers with a page of what there is in that.
    pub(crate) fn list_in<M: Model>(&mut self, parent: &Ocid) -> Result<Reply<Vec<M>>, Problem> {
        let (rows, next) = page::resources(self, M::KIND, parent)?;
        let models: Result<Vec<M>, _> = rows.iter().map(Resource::model).collect();
        Ok(Reply::of(models.map_err(store_problem)?).next_page(next))
    }

    /// What the operation acts on, where it still is as the caller saw it.
    pub(crate) fn target_as_seen(&mut self) -> Result<Resource, Problem> {
        let resource = self.target()?;
        self.if_match(resource.id.as_str(), &resource.etag)?;
        Ok(resource)
    }

    /// The same, with its model.
    pub(crate) fn target_with_model<M: Model>(&mut self) -> Result<(Resource, M), Problem> {
        let resource = self.target_as_seen()?;
        let model = resource.model().map_err(store_problem)?;
        Ok((resource, model))
    }

    /// Keeps a changed model under a new etag, and answers with it. Its name is still the same, or
    /// was changed in the store before.
    pub(crate) fn keep<M: Model>(
        &mut self,
        mut resource: Resource,
        model: M,
    ) -> Result<Reply<M>, Problem> {
        resource.set_model(&model).map_err(store_problem)?;
        resource.state = model.place().state;
        self.renew(&mut resource)?;
        self.decides::<M>()?;
        Ok(Reply::of(model).etag(resource.etag))
    }

    /// Writes a changed resource back, under a new etag.
    pub(crate) fn renew(&mut self, resource: &mut Resource) -> Result<(), Problem> {
        resource.etag = self.context.etag();
        let at = self.at();
        self.tx.update(at, resource).map_err(store_problem)
    }

    /// Deletes what is kept as that.
    pub(crate) fn erase<M: Model>(&mut self, resource: &Resource) -> Result<Reply<()>, Problem> {
        let at = self.at();
        self.tx.delete(at, &resource.id).map_err(store_problem)?;
        self.decides::<M>()?;
        Ok(Reply::of(()))
    }

    fn decides<M: Model>(&mut self) -> Result<(), Problem> {
        if M::DECIDES {
            self.tx.revise().map_err(store_problem)?;
        }
        Ok(())
    }
}
