//! Words of the language in any order, each byte one of them: this comes further into the grammar
//! than single characters do.
#![no_main]

const WORDS: &[&str] = &[
    "Allow", "Deny", "Define", "Endorse", "Admit", "any-user", "any-group", "group", "dynamic-group",
    "service", "id", "to", "in", "of", "with", "as", "where", "any", "all", "tenancy", "any-tenancy",
    "compartment", "associate", "inspect", "read", "use", "manage", "all-resources", "users",
    "policies", "instances", "virtual-network-family", "local-peering-gateways", "A", "Ops", "'a b'",
    "'Default'/'x'", "A:B", ":", ",", "/", "{", "}", "(", ")", "USER_INSPECT", "BUCKET_READ",
    "ocid1.group.oc1..aaaa", "ocid1.compartment.oc1..bbbb", "ocid1.tenancy.oc1..cccc", "=", "!=",
    "in (", "not in", "before", "after", "between", "and", "request.operation", "target.user.name",
    "request.utc-timestamp", "target.resource.tag.N.k", "request.networkSource.name",
    "request.utc-timestamp.time-of-day", "'GetUser'", "/Get*/", "/*x/", "'2026-01-01T00:00Z'",
    "'08:00Z'", "'",
];

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut text = String::new();
    for byte in bytes.iter().take(200) {
        text.push_str(WORDS[usize::from(*byte) % WORDS.len()]);
        text.push(' ');
    }
    durward_fuzz::survive(&text);
});
