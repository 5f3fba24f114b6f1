//! Hashes of passwords that people chose: Argon2id, salted, and peppered with a key that is not in
//! the database.
//!
//! A hash takes 19 MiB and some 10 ms on purpose, so it is never made inside a transaction. The
//! memory is used again: given back and taken anew, the allocator would keep it for every thread
//! that ever hashed.

use crate::context::Context;
use crate::server_key::{ServerKey, Use};
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use iam_api::{Problem, Secret};
use std::sync::{Mutex, PoisonError};

/// What a hash begins with that is made today, with OWASP's parameters: 19 MiB, two passes, one
/// lane.
const TODAY: &str = "$argon2id$v=19$m=19456,t=2,p=1$";
const OUTPUT_BYTES: usize = 32;

/// Compared with where there is no password, so that every answer costs the same: the hash of
/// nothing that anyone can type, under the same parameters.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5LW5vYm9keQ\
                      $AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Memory that nobody hashes in just now. There is never more than was used at once.
static IDLE: Mutex<Vec<Vec<Block>>> = Mutex::new(Vec::new());
/// The most pieces of it that are kept.
const IDLE_MAX: usize = 16;

/// Hashes a normalized password; answers a PHC string with salt and parameters.
pub(crate) fn hash(context: &Context, password: &Secret) -> Result<String, Problem> {
    let salt: [u8; 16] = context.random();
    let params = read(NOBODY).and_then(|like| Params::try_from(&like).ok());
    let output = params.and_then(|params| compute(&context.key, params, &salt, password));
    let output = output.ok_or_else(|| Problem::internal("a password could not be hashed"))?;
    Ok(format!("{TODAY}{}${}", STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(output)))
}

/// Whether the normalized password has that hash; none stands for a user without one, and costs as
/// much.
#[must_use]
pub(crate) fn verify(key: &ServerKey, password: &Secret, hash: Option<&str>) -> bool {
    let Some(kept) = read(hash.unwrap_or(NOBODY)) else { return false };
    let (Some(salt), Some(output), Ok(params)) = (&kept.salt, &kept.hash, Params::try_from(&kept))
    else {
        return false;
    };
    let Some(computed) = compute(key, params, salt, password) else { return false };
    verify_slices_are_equal(&computed, output.as_bytes()).is_ok() && hash.is_some()
}

/// Whether that is a hash of this kind, and not of a one-time password.
#[must_use]
pub(crate) fn is_one(hash: &str) -> bool {
    hash.starts_with('$')
}

/// Whether the hash was made with other parameters than today's.
#[must_use]
pub(crate) fn is_outdated(hash: &str) -> bool {
    !hash.starts_with(TODAY)
}

/// A PHC string of the one algorithm that was ever used here.
fn read(hash: &str) -> Option<PasswordHash> {
    let is_ours = hash.starts_with("$argon2id$v=19$");
    PasswordHash::new(hash).ok().filter(|_| is_ours)
}

fn compute(
    key: &ServerKey,
    params: Params,
    salt: &[u8],
    password: &Secret,
) -> Option<[u8; OUTPUT_BYTES]> {
    let pepper = key.mac(Use::Pepper, &[]);
    let mut memory = idle(Vec::pop).unwrap_or_default();
    memory.resize(params.block_count(), Block::new()); // what was in it is overwritten unread
    let (algorithm, version) = (Algorithm::Argon2id, Version::V0x13);
    let hasher = Argon2::new_with_secret(pepper.as_ref(), algorithm, version, params).ok()?;
    let (mut output, password) = ([0; OUTPUT_BYTES], password.expose().as_bytes());
    let done = hasher.hash_password_into_with_memory(password, salt, &mut output, &mut memory);
    idle(|idle| {
        if idle.len() < IDLE_MAX {
            idle.push(memory);
        }
    });
    done.ok().map(|()| output)
}

fn idle<R>(with: impl FnOnce(&mut Vec<Vec<Block>>) -> R) -> R {
    with(&mut IDLE.lock().unwrap_or_else(PoisonError::into_inner))
}

#[cfg(test)]
mod tests {
    use super::*;
    use argon2::PasswordVerifier;

    fn key() -> ServerKey {
        ServerKey::new([7; 32])
    }

    fn hash_of(params: Params, password: &str) -> String {
        let (salt, shown) = ([3; 16], format!("m={},t={},p=1", params.m_cost(), params.t_cost()));
        let output = compute(&key(), params, &salt, &Secret::new(password.to_owned())).unwrap();
        let (salt, output) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(output));
        format!("$argon2id$v=19${shown}${salt}${output}")
    }

    #[test]
    fn a_hash_is_what_the_library_would_have_made_whatever_was_in_the_memory_before() {
        let pepper = key().mac(Use::Pepper, &[]);
        for (memory_kib, passes) in [(64, 1), (19_456, 2), (64, 3), (128, 2), (19_456, 2)] {
            let params = Params::new(memory_kib, passes, 1, None).unwrap();
            let hash = hash_of(params.clone(), "Tulips-7-behind-glass");
            let (algorithm, version) = (Algorithm::Argon2id, Version::V0x13);
            let other = Argon2::new_with_secret(pepper.as_ref(), algorithm, version, params);
            let kept = PasswordHash::new(&hash).unwrap();
            assert!(other.unwrap().verify_password(b"Tulips-7-behind-glass", &kept).is_ok());
            let right = Secret::new("Tulips-7-behind-glass".to_owned());
            assert!(verify(&key(), &right, Some(&hash)));
            assert!(!verify(&key(), &Secret::new("tulips-7-behind-glass".to_owned()), Some(&hash)));
            assert!(!verify(&ServerKey::new([8; 32]), &right, Some(&hash)), "another pepper");
            assert_eq!(is_outdated(&hash), memory_kib != 19_456);
        }
    }

    #[test]
    fn what_is_no_hash_of_ours_matches_nothing() {
        let hash = hash_of(Params::new(64, 1, 1, None).unwrap(), "x");
        let secret = Secret::new("x".to_owned());
        assert!(verify(&key(), &secret, Some(&hash)));
        for other in ["", "x", &hash.replace("argon2id", "argon2i"), &hash.replace("v=19", "v=16")]
        {
            assert!(!verify(&key(), &secret, Some(other)), "{other}");
        }
        let (cut, _) = hash.rsplit_once('$').unwrap();
        for other in [cut, &format!("{cut}$"), &hash[..hash.len() - 4]] {
            assert!(!verify(&key(), &secret, Some(other)), "{other}");
        }
        assert!(!verify(&key(), &secret, None));
        assert!(NOBODY.starts_with(TODAY));
    }
}
