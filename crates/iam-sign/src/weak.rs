//! Finds RSA moduli that can be factored with little effort.
//!
//! Three kinds: a small factor, two primes that lie close together (Fermat), and the primes that a
//! faulty library for smart cards made (ROCA, CVE-2017-15361). That a modulus passes proves nothing
//! more than that. The list of keys that Debian's OpenSSL made in 2006 to 2008 is left out: it has
//! some hundred thousand entries for 2048 bits, and such keys are older than the service.
//!
//! The one idea: everything is bounded by the size of the modulus, which the caller has limited, so
//! a hostile key costs milliseconds and cannot make a loop run on.

use std::fmt;

use num_bigint::BigUint;

/// NIST SP 800-89 has a public modulus searched for factors below this.
const FACTOR_MAX: u32 = 752;

/// Sound primes of 1024 bits differ by so much that their number of rounds has hundreds of digits.
const FERMAT_ROUNDS: u32 = 100;

/// The primes that divide the constant of the faulty library for every size of key; 2 says nothing
/// about odd numbers.
const ROCA_PRIMES: [u32; 38] = [
    3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97,
    101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
];
const ROCA_GENERATOR: u32 = 65_537;

/// Why a modulus can be factored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weakness {
    /// It has this factor, which trial division finds.
    SmallFactor(u32),
    /// Its two primes lie so close together that Fermat's method finds them.
    ClosePrimes,
    /// Its primes have the form that the library with the ROCA fault made.
    Roca,
}

/// The first weakness found.
pub(crate) fn weakness(modulus: &BigUint) -> Option<Weakness> {
    small_factor(modulus)
        .or_else(|| is_roca(modulus).then_some(Weakness::Roca))
        .or_else(|| has_close_primes(modulus).then_some(Weakness::ClosePrimes))
}

fn small_factor(modulus: &BigUint) -> Option<Weakness> {
    // An odd number that is not prime divides only where its own factor did before.
    let candidates = std::iter::once(2).chain((3..FACTOR_MAX).step_by(2));
    let mut factors = candidates.filter(|candidate| remainder(modulus, *candidate) == 0);
    factors.next().map(Weakness::SmallFactor)
}

/// Each prime of the faulty library is a power of 65537 modulo every one of those primes, and so is
/// the product of two; of other moduli, one in 240 million.
fn is_roca(modulus: &BigUint) -> bool {
    ROCA_PRIMES.iter().all(|&prime| {
        let wanted = remainder(modulus, prime);
        let powers = std::iter::successors(Some(1), |power| Some(power * ROCA_GENERATOR % prime));
        powers.take(usize::try_from(prime).unwrap_or_default()).any(|power| power == wanted)
    })
}

/// Fermat: where the primes are `a - b` and `a + b`, `a` is close above the root and `a² - n` is a
/// square.
fn has_close_primes(modulus: &BigUint) -> bool {
    let root = modulus.sqrt();
    let first = if &root * &root == *modulus { root } else { root + 1u32 };
    (0..FERMAT_ROUNDS).map(|round| &first + round).any(|a| is_square(&(&a * &a - modulus)))
}

fn is_square(number: &BigUint) -> bool {
    // Squares end in one of twelve of the 64 possible ways, which saves most of the roots.
    let low = number.iter_u64_digits().next().unwrap_or_default() % 64;
    (0..64).any(|root| root * root % 64 == low) && {
        let root = number.sqrt();
        &root * &root == *number
    }
}

fn remainder(number: &BigUint, divisor: u32) -> u32 {
    u32::try_from(number % divisor).unwrap_or_default()
}

impl fmt::Display for Weakness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SmallFactor(factor) => write!(f, "since its modulus is divisible by `{factor}`"),
            Self::ClosePrimes => f.write_str("since its two primes lie close together"),
            Self::Roca => {
                f.write_str("since it was made by a faulty library (ROCA, CVE-2017-15361)")
            }
        }
    }
}
