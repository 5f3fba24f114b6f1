//! The order of an object's keys, which the official command line keeps and `jmespath` does not.
//!
//! The crate holds objects in sorted maps. The order is kept beside them: a list of keys for each
//! object, found by where the object lies in memory, since the crate hands objects on without
//! copying them. Where it would sort, in `.*` and in `{a: b}`, the expression is rewritten to call
//! a function of this file, whose name no query can spell. The one exception is an object that
//! stands in the query as a literal: its keys are sorted when it is read.

use crate::json::{Json, Layout};
use jmespath::ast::Ast;
use jmespath::{Context, Rcvar, SearchResult, Variable};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

/// The function that `.*` becomes.
pub(super) const VALUES: &str = ".*";
/// The function that `{a: b}` becomes.
pub(super) const HASH: &str = "{}";

/// An object, which must live as long as its address counts, and its keys.
type Ordered = (Rcvar, Vec<String>);

thread_local! {
    // The crate wants functions that any thread may call, but its values belong to one.
    static ORDERS: RefCell<HashMap<*const Variable, Ordered>> = RefCell::default();
}

/// Forgets all objects, before another search.
pub(super) fn forget() {
    ORDERS.with_borrow_mut(HashMap::clear);
}

/// An object of these pairs, in this order; of a key given twice, the last value in the first
/// place counts.
pub(super) fn object(pairs: impl IntoIterator<Item = (String, Rcvar)>) -> Rcvar {
    let (mut keys, mut map) = (Vec::new(), BTreeMap::new());
    for (key, value) in pairs {
        if map.insert(key.clone(), value).is_none() {
            keys.push(key);
        }
    }
    let object = Rcvar::new(Variable::Object(map));
    let address = Rcvar::as_ptr(&object);
    ORDERS.with_borrow_mut(|orders| orders.insert(address, (Rcvar::clone(&object), keys)));
    object
}

/// The pairs of an object, in its order; nothing for what is none.
pub(super) fn pairs(object: &Rcvar) -> Vec<(String, Rcvar)> {
    let Variable::Object(map) = object.as_ref() else { return Vec::new() };
    let keys = ORDERS
        .with_borrow(|orders| orders.get(&Rcvar::as_ptr(object)).map(|(_, keys)| keys.clone()));
    let keys = keys.unwrap_or_else(|| map.keys().cloned().collect());
    keys.into_iter()
        .filter_map(|key| {
            let value = map.get(&key)?.clone();
            Some((key, value))
        })
        .collect()
}

fn list(items: impl Iterator<Item = Rcvar>) -> SearchResult {
    Ok(Rcvar::new(Variable::Array(items.collect())))
}

/// `keys(object)`
pub(super) fn keys(args: &[Rcvar], _: &mut Context<'_>) -> SearchResult {
    let pairs = args.iter().flat_map(pairs);
    list(pairs.map(|(key, _)| Rcvar::new(Variable::String(key))))
}

/// `values(object)`
pub(super) fn values(args: &[Rcvar], _: &mut Context<'_>) -> SearchResult {
    list(args.iter().flat_map(pairs).map(|(_, value)| value))
}

/// `merge(object, …)`
pub(super) fn merge(args: &[Rcvar], _: &mut Context<'_>) -> SearchResult {
    Ok(object(args.iter().flat_map(pairs)))
}

/// `to_string(any)`: a text as it is, else JSON as Python writes it without spaces.
pub(super) fn to_string(args: &[Rcvar], _: &mut Context<'_>) -> SearchResult {
    let Some(value) = args.first() else { return Ok(Rcvar::new(Variable::Null)) };
    Ok(match value.as_ref() {
        Variable::String(_) => Rcvar::clone(value),
        _ => Rcvar::new(Variable::String(super::from_variable(value).text(Layout::QUERY))),
    })
}

/// `object.*`: null for what is no object.
pub(super) fn object_values(args: &[Rcvar], context: &mut Context<'_>) -> SearchResult {
    match args.first().map(AsRef::as_ref) {
        Some(Variable::Object(_)) => values(args, context),
        _ => Ok(Rcvar::new(Variable::Null)),
    }
}

/// `{a: b}`, given as what it is asked of, then keys and values in turn; null for null.
pub(super) fn hash(args: &[Rcvar], _: &mut Context<'_>) -> SearchResult {
    let Some((asked, rest)) = args.split_first() else { return Ok(Rcvar::new(Variable::Null)) };
    if asked.is_null() {
        return Ok(Rcvar::clone(asked));
    }
    let pairs = rest.chunks_exact(2).filter_map(|pair| match pair {
        [key, value] => Some((key.as_string()?.clone(), Rcvar::clone(value))),
        _ => None,
    });
    Ok(object(pairs))
}

/// The same expression, with calls where the crate would sort.
pub(super) fn rewrite(ast: &mut Ast) {
    for child in children(ast) {
        rewrite(child);
    }
    let taken = std::mem::replace(ast, Ast::Identity { offset: 0 });
    *ast = match taken {
        Ast::ObjectValues { offset, node } => {
            Ast::Function { offset, name: VALUES.to_owned(), args: vec![*node] }
        }
        Ast::MultiHash { offset, elements } => {
            let pairs = elements.into_iter().flat_map(|pair| {
                let value = Rcvar::new(Variable::String(pair.key));
                [Ast::Literal { offset, value }, pair.value]
            });
            let args = std::iter::once(Ast::Identity { offset }).chain(pairs).collect();
            Ast::Function { offset, name: HASH.to_owned(), args }
        }
        other => other,
    };
}

/// What an expression is made of.
fn children(ast: &mut Ast) -> Vec<&mut Ast> {
    match ast {
        Ast::Comparison { lhs, rhs, .. }
        | Ast::Projection { lhs, rhs, .. }
        | Ast::And { lhs, rhs, .. }
        | Ast::Or { lhs, rhs, .. }
        | Ast::Subexpr { lhs, rhs, .. } => vec![lhs, rhs],
        Ast::Condition { predicate, then, .. } => vec![predicate, then],
        Ast::Expref { ast: node, .. }
        | Ast::Flatten { node, .. }
        | Ast::Not { node, .. }
        | Ast::ObjectValues { node, .. } => vec![node],
        Ast::Function { args: nodes, .. } | Ast::MultiList { elements: nodes, .. } => {
            nodes.iter_mut().collect()
        }
        Ast::MultiHash { elements, .. } => {
            elements.iter_mut().map(|pair| &mut pair.value).collect()
        }
        Ast::Identity { .. }
        | Ast::Field { .. }
        | Ast::Index { .. }
        | Ast::Literal { .. }
        | Ast::Slice { .. } => Vec::new(),
    }
}

/// An object of JSON's, in its order.
pub(super) fn of_json(pairs: &[(String, Json)]) -> Rcvar {
    object(pairs.iter().map(|(key, value)| (key.clone(), super::to_variable(value))))
}
