//! Pages of lists: reading `page`, `limit`, `sortBy`, `sortOrder` and the filters, and writing the
//! token of the next page.
//!
//! A page token is sealed under a key of this installation and bound to caller, operation and
//! query: it cannot be read, forged, or used for another list. It expires after a day.

use crate::call::{Call, store_problem};
use crate::server_key::Use;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use iam_api::{LifecycleState, Ocid, Problem, Timestamp};
use iam_store::{After, Resource, ResourceKind, Selection, Sort};
use serde::{Deserialize, Serialize};

const LIMIT_DEFAULT: i64 = 100;
const LIMIT_MAX: i64 = 1_000;
const TOKEN_LIFE_SECONDS: i64 = 24 * 60 * 60;
/// How every token begins. After `--page`, command lines take what begins with a dash, which base64
/// may do, for an option: the official one answers `--page -v…` with its version.
const TOKEN_START: &str = "page.";

/// What a page token says: after which item the page begins.
#[derive(Serialize, Deserialize)]
struct Token {
    expires: i64,
    key: String,
    id: String,
}

/// The most items of the page that is asked for: 1 to 1,000, and 100 if not said.
fn limit(call: &Call<'_, '_>) -> Result<i64, Problem> {
    let Some(text) = call.params.get("limit") else { return Ok(LIMIT_DEFAULT) };
    match text.parse::<i64>() {
        Ok(limit) if limit >= 1 => Ok(limit.min(LIMIT_MAX)),
        _ => Err(Problem::invalid(format!(
            "limit `{}` is not valid: give a whole number from 1 to {LIMIT_MAX}",
            text.escape_debug()
        ))),
    }
}

/// What a token is bound to: the caller, the list, and everything in the query but the place.
fn binding(call: &Call<'_, '_>, list: &str) -> Vec<u8> {
    let mut bound = format!("{}\n{list}\n", call.principal.user);
    for (name, value) in call.params.iter() {
        if !matches!(name, "page" | "limit") {
            bound.push_str(&format!("{name}={}:{value}\n", value.len()));
        }
    }
    bound.into_bytes()
}

fn read_token(call: &Call<'_, '_>, list: &str) -> Result<Option<Token>, Problem> {
    let Some(text) = call.params.get("page").filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let key = &call.context.key;
    let token: Option<Token> = text
        .strip_prefix(TOKEN_START)
        .and_then(|sealed| URL_SAFE_NO_PAD.decode(sealed).ok())
        .and_then(|sealed| key.open(Use::Page, &[&binding(call, list)], &sealed))
        .and_then(|plain| serde_json::from_slice(&plain).ok());
    match token.filter(|token| token.expires > call.now.as_micros()) {
        Some(token) => Ok(Some(token)),
        None => Err(Problem::invalid(
            "page is not a token of this list, or it has expired; begin again without it",
        )),
    }
}

fn write_token(call: &Call<'_, '_>, list: &str, key: String, id: &str) -> Result<String, Problem> {
    let expires = call.now.plus_seconds(TOKEN_LIFE_SECONDS).as_micros();
    let plain = serde_json::to_vec(&Token { expires, key, id: id.to_owned() })
        .map_err(Problem::internal)?;
    let bound = binding(call, list);
    let sealed = call.context.key.seal(call.context, Use::Page, &[&bound], &plain)?;
    Ok(format!("{TOKEN_START}{}", URL_SAFE_NO_PAD.encode(sealed)))
}

/// The order that is asked for. That the words are of those known, the table has already checked.
fn sort(call: &Call<'_, '_>) -> Sort {
    let is = |name: &str, word: &str| {
        call.params.get(name).is_some_and(|text| text.eq_ignore_ascii_case(word))
    };
    match (is("sortBy", "NAME"), is("sortOrder", "ASC"), is("sortOrder", "DESC")) {
        (true, _, false) => Sort::Name,
        (true, _, true) => Sort::NameReversed,
        (false, false, _) => Sort::Newest,
        (false, true, _) => Sort::Oldest,
    }
}

/// The state that is asked for, if one is.
pub(crate) fn state(call: &Call<'_, '_>) -> Result<Option<LifecycleState>, Problem> {
    let word = call.params.get("lifecycleState").map(|text| text.to_uppercase().into());
    word.map(serde_json::from_value).transpose().map_err(Problem::internal)
}

/// The page of resources that the request asks for, and the token of the next one.
pub(crate) fn resources(
    call: &mut Call<'_, '_>,
    kind: ResourceKind,
    parent: &Ocid,
) -> Result<(Vec<Resource>, Option<String>), Problem> {
    let list = kind.as_str();
    let (limit, sort, state) = (limit(call)?, sort(call), state(call)?);
    let by_name = matches!(sort, Sort::Name | Sort::NameReversed);
    let after = match read_token(call, list)? {
        None => None,
        Some(token) => {
            let created = if by_name { 0 } else { token.key.parse().unwrap_or(0) };
            Some(After {
                created: Timestamp::from_micros(created),
                name: token.key,
                id: Ocid::from(token.id),
            })
        }
    };
    let name = call.params.get("name");
    let selection = Selection { kind, parent, name, state, sort, after, limit: limit + 1 };
    let at = call.at();
    let mut rows = call.tx.resources(at, &selection).map_err(store_problem)?;
    let next = cut(&mut rows, limit).then(|| rows.last()).flatten().map(|last| {
        let created = last.created.as_micros().to_string();
        (if by_name { last.name.clone() } else { created }, last.id.clone())
    });
    let next = next.map(|(key, id)| write_token(call, list, key, id.as_str())).transpose()?;
    Ok((rows, next))
}

/// The page that the request asks for of resources that were all read, filtered and ordered as a
/// list of the store's would be.
pub(crate) fn chosen(
    call: &Call<'_, '_>,
    list: &str,
    mut rows: Vec<Resource>,
) -> Result<(Vec<Resource>, Option<String>), Problem> {
    let (limit, sort, state) = (limit(call)?, sort(call), state(call)?);
    let by_name = matches!(sort, Sort::Name | Sort::NameReversed);
    let reversed = matches!(sort, Sort::Newest | Sort::NameReversed);
    let key = |row: &Resource| {
        let created = row.created.as_micros();
        (if by_name { (row.name.clone(), 0) } else { (String::new(), created) }, row.id.clone())
    };
    rows.retain(|row| {
        state.is_none_or(|state| row.state == state)
            && call.params.get("name").is_none_or(|name| row.name == name)
    });
    rows.sort_by_cached_key(key);
    if reversed {
        rows.reverse();
    }
    if let Some(token) = read_token(call, list)? {
        let created = token.key.parse().unwrap_or(0);
        let place = if by_name { (token.key, 0) } else { (String::new(), created) };
        let after = (place, Ocid::from(token.id));
        rows.retain(|row| if reversed { key(row) < after } else { key(row) > after });
    }
    let next = cut(&mut rows, limit).then(|| rows.last()).flatten().map(|last| {
        let created = last.created.as_micros().to_string();
        (if by_name { last.name.clone() } else { created }, last.id.clone())
    });
    let next = next.map(|(key, id)| write_token(call, list, key, id.as_str())).transpose()?;
    Ok((rows, next))
}

/// A page of items that the store orders by one key, read by `read` from after that key on.
pub(crate) fn keyed<T>(
    call: &mut Call<'_, '_>,
    list: &str,
    read: impl Fn(&mut Call<'_, '_>, &str, i64) -> Result<Vec<T>, Problem>,
    key: impl Fn(&T) -> String,
) -> Result<(Vec<T>, Option<String>), Problem> {
    let limit = limit(call)?;
    let after = read_token(call, list)?.map(|token| token.key).unwrap_or_default();
    let mut rows = read(call, &after, limit + 1)?;
    let next = cut(&mut rows, limit).then(|| rows.last().map(&key)).flatten();
    let next = next.map(|key| write_token(call, list, key, "")).transpose()?;
    Ok((rows, next))
}

/// A page of items that all were read, each with its number, in the order of their numbers or in
/// the opposite one.
pub(crate) fn of_numbered<T>(
    call: &Call<'_, '_>,
    list: &str,
    mut rows: Vec<(usize, T)>,
    ascends: bool,
) -> Result<(Vec<T>, Option<String>), Problem> {
    let limit = limit(call)?;
    if let Some(token) = read_token(call, list)? {
        let after: usize = token.key.parse().unwrap_or(0);
        rows.retain(|(number, _)| if ascends { *number > after } else { *number < after });
    }
    let next = cut(&mut rows, limit).then(|| rows.last()).flatten();
    let next = next.map(|(number, _)| write_token(call, list, number.to_string(), ""));
    let next = next.transpose()?;
    Ok((rows.into_iter().map(|(_, row)| row).collect(), next))
}

/// Where the page that is asked for begins, if the request names one: what [`place_token`] was
/// given.
pub(crate) fn place(call: &Call<'_, '_>, list: &str) -> Result<Option<String>, Problem> {
    Ok(read_token(call, list)?.map(|token| token.key))
}

/// The token of a page that begins there.
pub(crate) fn place_token(
    call: &Call<'_, '_>,
    list: &str,
    place: String,
) -> Result<String, Problem> {
    write_token(call, list, place, "")
}

/// Cuts the one row too many that was read to learn whether more follows; answers whether it was
/// there.
fn cut<T>(rows: &mut Vec<T>, limit: i64) -> bool {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    more
}
