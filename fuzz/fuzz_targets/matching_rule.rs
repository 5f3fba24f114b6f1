//! Any text as the matching rule of a dynamic group, held against an instance.
#![no_main]

use iam_policy::{Candidate, MatchingRule};

libfuzzer_sys::fuzz_target!(|text: &str| {
    match MatchingRule::parse(text) {
        Ok(rule) => {
            let (id, compartment) = ("ocid1.instance.oc1..a", "ocid1.compartment.oc1..a");
            let tags = &[("n", "k", "v")];
            let _ = rule.matches(&Candidate { id, compartment, resource_type: None, tags });
        }
        Err(error) => assert!(text.get(error.span()).is_some(), "{:?}", error.span()),
    }
});
