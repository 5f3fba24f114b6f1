//! Whatever a store may hold for the compiled form of a policy: it is refused, or read, kept the
//! same, indexed and decided by.
#![no_main]

use iam_policy::{Compiled, Facts, PolicySet, Question, decide};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let Ok(statements) = serde_json::from_str::<Vec<Compiled>>(text) else { return };
    let kept = serde_json::to_string(&statements).unwrap();
    assert_eq!(serde_json::from_str::<Vec<Compiled>>(&kept).unwrap(), statements);
    let groups = ["ocid1.group.oc1..a".to_owned()];
    let question = Question {
        caller: "ocid1.user.oc1..a",
        groups: &groups,
        needs: &["USER_INSPECT"],
        compartments: &["ocid1.compartment.oc1..a", "ocid1.tenancy.oc1..a"],
        owner: None,
        address: None,
        facts: Facts::none(),
    };
    let _ = decide(&PolicySet::new(statements), &question);
});
