//! Requests that are signed before anything is measured.
//!
//! A signature does not cover the retry token, so each request is signed once and sent with a new
//! token each time: to the server that is a new request every time, as from an SDK.

use crate::Result;
use crate::installation::Installation;
use iam_api::Ocid;
use iam_sign::sign_request;
use std::net::SocketAddr;
use std::time::{SystemTime, UNIX_EPOCH};

/// The heads of requests, without the retry token and the empty line at their end.
pub(crate) type Heads = Vec<Vec<u8>>;

/// A whole request that asks for the tenancy, good for some minutes and as often as it is sent.
pub(crate) fn tenancy(by: &Installation, at: SocketAddr) -> Result<Vec<u8>> {
    get(by, at, &format!("/20160918/tenancies/{}", by.tenancy))
}

/// A whole request that reads.
pub(crate) fn get(by: &Installation, at: SocketAddr, target: &str) -> Result<Vec<u8>> {
    let headers =
        sign_request(&by.key, &by.key_id, "GET", &at.to_string(), target, &date()?, None)?;
    let lines: String =
        headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    Ok(format!("GET {target} HTTP/1.1\r\n{lines}\r\n").into_bytes())
}

/// The present moment, as a signature has it.
fn date() -> Result<String> {
    #[expect(clippy::disallowed_methods, reason = "real servers look at the real clock")]
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    Ok(iam_sign::format_http_date(i64::try_from(now)?))
}

/// Signs a reset of each user's password, on every core.
pub(crate) fn resets(by: &Installation, at: SocketAddr, users: &[Ocid]) -> Result<Heads> {
    let date = date()?;
    let cores = std::thread::available_parallelism()?.get();
    let share = users.len().div_ceil(cores).max(1);
    let sign = |users: &[Ocid]| -> Result<Heads> {
        users.iter().map(|user| reset(by, at, user, &date)).collect()
    };
    std::thread::scope(|scope| {
        let signers: Vec<_> =
            users.chunks(share).map(|users| scope.spawn(move || sign(users))).collect();
        let mut heads = Vec::with_capacity(users.len());
        for signer in signers {
            heads.extend(signer.join().map_err(|_| "signing panicked")??);
        }
        Ok(heads)
    })
}

fn reset(by: &Installation, at: SocketAddr, user: &Ocid, date: &str) -> Result<Vec<u8>> {
    let target = format!("/20160918/users/{user}/uiPassword");
    let host = at.to_string();
    let headers = sign_request(&by.key, &by.key_id, "POST", &host, &target, date, Some(b""))?;
    let mut head = format!("POST {target} HTTP/1.1\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("accept: application/json\r\nuser-agent: durward-bench\r\n");
    Ok(head.into_bytes())
}
