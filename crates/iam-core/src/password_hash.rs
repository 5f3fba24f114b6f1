//! Hashes of passwords that people chose: Argon2id, salted, and peppered with a key that is not in
//! the database.
//!
//! A hash takes 19 MiB and some 10 ms on purpose, so it is never made inside a transaction.

use crate::context::Context;
use crate::server_key::{ServerKey, Use};
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use iam_api::{Problem, Secret};

/// OWASP's parameters: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Compared with where there is no password, so that every answer costs the same: the hash of
/// nothing that anyone can type, under the same parameters.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5LW5vYm9keQ\
                      $AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Hashes a normalized password; answers a PHC string with salt and parameters.
pub(crate) fn hash(context: &Context, password: &Secret) -> Result<String, Problem> {
    let pepper = context.key.mac(Use::Pepper, &[]);
    let salt: [u8; 16] = context.random();
    let hash = hasher(pepper.as_ref())?
        .hash_password_with_salt(password.expose().as_bytes(), &salt)
        .map_err(|cause| Problem::internal(cause.to_string()))?;
    Ok(hash.to_string())
}

/// Whether the normalized password has that hash; none stands for a user without one, and costs as
/// much.
#[must_use]
pub(crate) fn verify(key: &ServerKey, password: &Secret, hash: Option<&str>) -> bool {
    let pepper = key.mac(Use::Pepper, &[]);
    let (Ok(hasher), Ok(kept)) =
        (hasher(pepper.as_ref()), PasswordHash::new(hash.unwrap_or(NOBODY)))
    else {
        return false;
    };
    let matches = hasher.verify_password(password.expose().as_bytes(), &kept).is_ok();
    matches && hash.is_some()
}

/// Whether that is a hash of this kind, and not of a one-time password.
#[must_use]
pub(crate) fn is_one(hash: &str) -> bool {
    hash.starts_with('$')
}

/// Whether the hash was made with other parameters than today's.
#[must_use]
pub(crate) fn is_outdated(hash: &str) -> bool {
    let today = format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}$");
    !hash.starts_with(&today)
}

fn hasher(pepper: &[u8]) -> Result<Argon2<'_>, Problem> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None)
        .map_err(|cause| Problem::internal(cause.to_string()))?;
    Argon2::new_with_secret(pepper, Algorithm::Argon2id, Version::V0x13, params)
        .map_err(|cause| Problem::internal(cause.to_string()))
}
