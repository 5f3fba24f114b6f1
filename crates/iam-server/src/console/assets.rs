//! Style sheet, scripts and pictures, part of the binary. The name of each holds a hash of what is
//! in it, so browsers may keep it for good.

use super::fault::Fault;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::LazyLock;

struct Asset {
    name: &'static str,
    kind: &'static str,
    body: &'static str,
    hash: u64,
}

impl Asset {
    const fn new(name: &'static str, kind: &'static str, body: &'static str) -> Self {
        Self { name, kind, body, hash: hash(body.as_bytes()) }
    }
}

const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";

static ASSETS: [Asset; 5] = [
    Asset::new("console.css", CSS, include_str!("static/console.css")),
    Asset::new("copy.js", JS, include_str!("static/copy.js")),
    Asset::new("passwords.js", JS, include_str!("static/passwords.js")),
    Asset::new("menu.js", JS, include_str!("static/menu.js")),
    Asset::new("mark.svg", "image/svg+xml", include_str!("static/mark.svg")),
];

/// FNV-1a: tells versions of our own files apart, and nothing more is asked of it.
const fn hash(bytes: &[u8]) -> u64 {
    let (mut hash, mut rest) = (0xcbf2_9ce4_8422_2325_u64, bytes);
    while let [first, others @ ..] = rest {
        hash = (hash ^ *first as u64).wrapping_mul(0x0100_0000_01b3);
        rest = others;
    }
    hash
}

/// Every file with its name under `/console/static/`, which holds its hash.
static NAMED: LazyLock<Vec<(String, &Asset)>> = LazyLock::new(|| {
    let named = |asset: &'static Asset| {
        let (stem, ending) = asset.name.split_once('.').unwrap_or((asset.name, ""));
        (format!("{stem}.{:016x}.{ending}", asset.hash), asset)
    };
    ASSETS.iter().map(named).collect()
});

/// The address of the file of that name.
pub(crate) fn url(name: &str) -> String {
    let found = NAMED.iter().find(|(_, asset)| asset.name == name);
    format!("/console/static/{}", found.map_or("", |(named, _)| named))
}

/// Answers a file.
pub(crate) async fn serve(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let Some((_, asset)) = NAMED.iter().find(|(named, _)| *named == name) else {
        return Fault::nothing_here().into_response();
    };
    let etag = format!("\"{:016x}\"", asset.hash);
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|seen| *seen == etag);
    let (status, body) =
        if known { (StatusCode::NOT_MODIFIED, "") } else { (StatusCode::OK, asset.body) };
    let headers = [
        (header::CONTENT_TYPE, asset.kind),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::ETAG, &etag),
    ];
    (status, headers, body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_has_an_address_of_its_own() {
        for asset in &ASSETS {
            let url = url(asset.name);
            assert!(NAMED.iter().any(|(named, _)| url == format!("/console/static/{named}")));
        }
    }

    #[test]
    fn the_hash_is_the_published_one() {
        assert_eq!(hash(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(hash(b"foobar"), 0x8594_4171_f739_67e8);
    }
}
