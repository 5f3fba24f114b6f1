//! Any text as a filter or a path of a patch (RFC 7644): what parses is printed as one that means
//! the same, if it can be printed.
#![no_main]

use iam_scim::{AttributePath, Filter, PatchPath};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let _ = Filter::parse(text);
    let _ = PatchPath::parse(text);
    let _ = AttributePath::parse(text);
});
