//! Tests of request signatures and key files, from outside.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test ends at what it did not expect, and says what it compared"
)]

mod defects;
mod hostile;
mod http_dates;
mod key_files;
mod new_keys;
mod oracles_signer;
mod public_keys;
mod scene;
mod signatures;
mod weak_keys;
mod wycheproof_vectors;
