//! Moduli that can be factored, made here on purpose. Whether their factors are prime does not
//! matter.

use iam_sign::{PublicKey, PublicKeyError, Weakness};
use num_bigint::BigUint;

use crate::{
    public_keys::{pem, spki},
    scene::{KEY, file},
};

const SMALL: std::ops::Range<u32> = 3..752;

fn has_small_factor(number: &BigUint) -> bool {
    SMALL.step_by(2).any(|factor| number % factor == BigUint::ZERO)
}

/// The next odd number without a small factor.
fn next(number: BigUint) -> BigUint {
    let mut number = number | BigUint::from(1u32);
    while has_small_factor(&number) {
        number += 2u32;
    }
    number
}

/// An arbitrary number of 1024 bits, the highest two of them set.
fn arbitrary() -> BigUint {
    let bytes: Vec<u8> = KEY.sign(b"an arbitrary number").unwrap();
    BigUint::from_bytes_be(&bytes[..128]) | BigUint::from(3u32) << 1022
}

fn upload(modulus: &BigUint) -> Result<PublicKey, PublicKeyError> {
    assert_eq!(modulus.bits(), 2048);
    PublicKey::from_spki_pem(&pem(&spki(&modulus.to_bytes_be(), &[1, 0, 1])))
}

fn weakness(modulus: &BigUint) -> Weakness {
    match upload(modulus).unwrap_err() {
        PublicKeyError::Weak(weakness) => weakness,
        other => panic!("{other}"),
    }
}

#[test]
fn a_small_factor_is_found() {
    for factor in [3u32, 5, 7, 127, 743, 751] {
        let cofactor = next((BigUint::from(1u32) << 2048) / factor - 100_000u32);
        assert_eq!(weakness(&(cofactor * factor)), Weakness::SmallFactor(factor));
    }
}

#[test]
fn primes_that_lie_close_together_are_found() {
    let first = next(arbitrary());
    let neighbour = next(&first + 2u32);
    let distant = next(&first + (BigUint::from(1u32) << 515));
    for second in [first.clone(), neighbour, distant] {
        assert_eq!(weakness(&(&first * second)), Weakness::ClosePrimes);
    }
}

#[test]
fn primes_that_differ_in_their_upper_half_are_not_called_close() {
    let first = next(arbitrary());
    let second = next(&first - (BigUint::from(1u32) << 900));
    assert!(upload(&(first * second)).is_ok());
}

#[test]
fn primes_of_the_faulty_library_are_found() {
    let is_prime = |number: &u32| (2..*number).all(|factor| !number.is_multiple_of(factor));
    // For keys of 2048 bits the library used the product of the first 126 primes.
    let product: BigUint = (2..=701).filter(is_prime).map(BigUint::from).product();
    let prime = |exponent: u32, distance: u32| {
        let residue = BigUint::from(65_537u32).modpow(&BigUint::from(exponent), &product);
        let mut number = arbitrary() / &product * &product + &product * distance + residue;
        while has_small_factor(&number) {
            number += &product;
        }
        number
    };
    assert_eq!(weakness(&(prime(123_457, 1) * prime(987_654, 1 << 31))), Weakness::Roca);
    assert_eq!(weakness(&(prime(77, 9) * prime(2, 1 << 30))), Weakness::Roca);
}

#[test]
fn what_is_known_to_be_sound_is_accepted() {
    for name in ["public.pem", "rsa4096-public.pem"] {
        assert!(PublicKey::from_spki_pem(&file(name)).is_ok());
    }
    // An odd modulus of the largest size, with no structure, costs the most to look at.
    let modulus: Vec<u8> = (0..4u8).flat_map(|index| KEY.sign(&[index]).unwrap()).collect();
    let modulus =
        next(BigUint::from_bytes_be(&modulus.repeat(2)[..1024]) | BigUint::from(1u32) << 8191);
    assert!(PublicKey::from_spki_pem(&pem(&spki(&modulus.to_bytes_be(), &[1, 0, 1]))).is_ok());
}
