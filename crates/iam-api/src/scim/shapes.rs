//! The seven shapes of operations: what is the same in every operation of a shape, written once.
//!
//! `resource!` hands each of them: how the operation differs from its shape, its constant, type and
//! model, the words for one resource and for all, the parameter that names one, what is acted on,
//! and who may.

/// `list`: a page of the resources that a filter fits.
macro_rules! list {
    (
        $how:tt $name:ident $type:ident $model:ident $one:tt ($path:literal $(, $commands:literal)?)
        $id:tt $each:tt $all:tt $access:tt
    ) => {
        impl $crate::scim::Listed for $type {
            const LIST: &'static $crate::wire::Model = &$crate::wire::Model {
                variants: &[],
                name: $path,
                doc: concat!("A page of ", $path, "."),
                fields: &$crate::scim::messages::list_fields($crate::wire::Kind::List(
                    const { &$crate::wire::Kind::Model(&$model) },
                )),
            };
        }

        $crate::scim::shapes::spec! {
            $name: (), $crate::scim::ListResponse<$type>; $access
            id: concat!("List", $path),
            path: concat!("/admin/v1/", $path),
            command: concat!($("identity-domains ", $commands, " list")?),
            target: $crate::scim::shapes::target!($all),
            params: $crate::scim::shapes::list_params!($how),
        }
    };
}
pub(crate) use list;

/// `search`: a list whose question is a body.
macro_rules! search {
    (
        $how:tt $name:ident $type:ident $model:ident ($one:literal $(, $command:literal)?)
        ($path:literal $(, $commands:literal)?) $id:tt $each:tt $all:tt $access:tt
    ) => {
        impl $crate::scim::Searched for $type {
            const SEARCH: &'static $crate::wire::Model =
                &$crate::scim::shapes::search_model!($how $one $path);
        }

        $crate::scim::shapes::spec! {
            $name: $crate::scim::SearchRequest<$type>, $crate::scim::ListResponse<$type>; $access
            id: concat!("Search", $path),
            method: $crate::operation::Method::Post,
            path: concat!("/admin/v1/", $path, "/.search"),
            command: concat!($("identity-domains ", $commands, " search")?),
            target: $crate::scim::shapes::target!($all),
            params: {
                use $crate::operation::{LIMIT, PAGE};
                use $crate::scim::params::{AUTHORIZATION, SCHEMA_VERSION};
                &[PAGE, LIMIT, AUTHORIZATION, SCHEMA_VERSION]
            },
        }
    };
}
pub(crate) use search;

/// `create`: makes a resource, or does what posting one means.
macro_rules! create {
    (
        $how:tt $name:ident $type:ident $model:ident ($one:literal $(, $command:literal)?)
        ($path:literal $(, $commands:literal)?) $id:tt $each:tt $all:tt $access:tt
    ) => {
        $crate::scim::shapes::spec! {
            $name: $type, $type; $access
            id: concat!("Create", $one),
            method: $crate::operation::Method::Post,
            path: concat!("/admin/v1/", $path),
            command: concat!($("identity-domains ", $command, " create")?),
            target: $crate::scim::shapes::target!($all),
            creates: true,
            params: $crate::scim::shapes::params!($how [] [RETRY_TOKEN]),
        }
    };
}
pub(crate) use create;

/// `get`: shows a resource.
macro_rules! get {
    (
        $how:tt $name:ident $type:ident $model:ident $one:tt $path:tt
        $id:tt $each:tt $all:tt $access:tt
    ) => {
        $crate::scim::shapes::one! {
            "Get", Get, "get"; $name: (), $type; $one $path $id $each $access
            $crate::scim::shapes::params!($how [$id] [])
        }
    };
}
pub(crate) use get;

/// `put`: replaces a resource, or does what putting one means.
macro_rules! put {
    (
        $how:tt $name:ident $type:ident $model:ident $one:tt $path:tt
        $id:tt $each:tt $all:tt $access:tt
    ) => {
        $crate::scim::shapes::one! {
            "Put", Put, "put"; $name: $type, $type; $one $path $id $each $access
            $crate::scim::shapes::params!($how [$id] [IF_MATCH, RETRY_TOKEN])
        }
    };
}
pub(crate) use put;

/// `patch`: changes parts of a resource.
macro_rules! patch {
    (
        $how:tt $name:ident $type:ident $model:ident $one:tt $path:tt
        $id:tt $each:tt $all:tt $access:tt
    ) => {
        $crate::scim::shapes::one! {
            "Patch", Patch, "patch"; $name: $crate::scim::PatchOp, $type;
            $one $path $id $each $access
            $crate::scim::shapes::params!($how [$id] [IF_MATCH, RETRY_TOKEN])
        }
    };
}
pub(crate) use patch;

/// `delete`: deletes a resource.
macro_rules! delete {
    (
        $how:tt $name:ident $type:ident $model:ident $one:tt $path:tt
        $id:tt $each:tt $all:tt $access:tt
    ) => {
        $crate::scim::shapes::one! {
            "Delete", Delete, "delete"; $name: (), (); $one $path $id $each $access
            $crate::scim::shapes::params!((forced) [$id] [IF_MATCH, RETRY_TOKEN])
        }
    };
}
pub(crate) use delete;

/// The shapes that act on one resource, which the path names where there are several.
macro_rules! one {
    (
        $word:literal, $method:ident, $verb:literal; $name:ident: $body:ty, $reply:ty;
        ($one:literal $(, $command:literal)?) ($path:literal $(, $commands:literal)?)
        ($($id:literal, $id_doc:literal)?) $each:tt $access:tt $params:expr
    ) => {
        $crate::scim::shapes::spec! {
            $name: $body, $reply; $access
            id: concat!($word, $one),
            method: $crate::operation::Method::$method,
            path: concat!("/admin/v1/", $path $(, "/{", $id, "}")?),
            command: concat!($("identity-domains ", $command, " ", $verb)?),
            target: $crate::scim::shapes::target!($each),
            params: $params,
        }
    };
}
pub(crate) use one;

/// The constant itself.
macro_rules! spec {
    (
        $name:ident: $body:ty, $reply:ty; ($needs:tt, $own:tt, $doc:literal)
        $($field:ident: $value:expr,)+
    ) => {
        #[doc = $doc]
        pub static $name: $crate::operation::Operation<$body, $reply> =
            $crate::operation::Operation::new($crate::operation::Spec {
                $($field: $value,)+
                needs: &$needs,
                own: $crate::scim::shapes::own!($own),
                dialect: $crate::operation::Dialect::Scim,
                doc: $doc,
                ..$crate::operation::Spec::BLANK
            });
    };
}
pub(crate) use spec;

/// What an operation acts on: the domain, where the row does not say.
macro_rules! target {
    (()) => {
        $crate::operation::Target::Domain
    };
    (($target:expr)) => {
        $target
    };
}
pub(crate) use target;

/// What users may do to what is their own: nothing, where the row does not say.
macro_rules! own {
    (()) => {
        $crate::operation::Own::Nothing
    };
    ((everything)) => {
        $crate::operation::Own::Everything
    };
}
pub(crate) use own;

/// The parameters of `list`.
macro_rules! list_params {
    (()) => {{
        use $crate::operation::{LIMIT, PAGE};
        use $crate::scim::params::*;
        &[
            FILTER,
            SORT_BY,
            SORT_ORDER,
            START_INDEX,
            COUNT,
            ATTRIBUTES,
            ATTRIBUTE_SETS,
            PAGE,
            LIMIT,
            AUTHORIZATION,
            SCHEMA_VERSION,
        ]
    }};
    ((whole)) => {{
        use $crate::operation::{LIMIT, PAGE};
        use $crate::scim::params::*;
        &[ATTRIBUTES, ATTRIBUTE_SETS, PAGE, LIMIT, AUTHORIZATION, SCHEMA_VERSION]
    }};
}
pub(crate) use list_params;

/// The model of a search; where there are few resources, OCI names it after all of them.
macro_rules! search_model {
    (() $one:literal $path:literal) => {
        $crate::wire::Model {
            variants: &[],
            name: concat!($one, "SearchRequest"),
            doc: concat!("A search among ", $path, "."),
            fields: &$crate::scim::messages::SEARCH_FILTERED,
        }
    };
    ((whole) $one:literal $path:literal) => {
        $crate::wire::Model {
            variants: &[],
            name: concat!($path, "SearchRequest"),
            doc: concat!("A search among ", $path, "."),
            fields: &$crate::scim::messages::SEARCH_WHOLE,
        }
    };
}
pub(crate) use search_model;

/// The parameters of an operation: what names the resource, what to show of it, headers.
macro_rules! params {
    (() [$($id:tt)?] [$($header:ident),*]) => {
        $crate::scim::shapes::params!(
            @ $($id)? [ATTRIBUTES, ATTRIBUTE_SETS, AUTHORIZATION, SCHEMA_VERSION $(, $header)*]
        )
    };
    ((bare) [$($id:tt)?] [$($header:ident),*]) => {
        $crate::scim::shapes::params!(@ $($id)? [AUTHORIZATION, SCHEMA_VERSION $(, $header)*])
    };
    ((forced) [$($id:tt)?] [$($header:ident),*]) => {
        $crate::scim::shapes::params!(
            @ $($id)? [FORCE_DELETE, AUTHORIZATION, SCHEMA_VERSION $(, $header)*]
        )
    };
    (@ $(($($id:literal, $id_doc:literal)?))? [$($param:ident),*]) => {{
        #[allow(unused_imports, reason = "not every operation takes all of them")]
        use $crate::operation::{IF_MATCH, RETRY_TOKEN};
        use $crate::scim::params::*;
        &[
            $($($crate::operation::Param::path($id, $crate::wire::Kind::String, $id_doc),)?)?
            $($param),*
        ]
    }};
}
pub(crate) use params;
