//! Seed files and seeds: installations for tests that begin with something, and always the same.

use crate::process::{durward, end_of, refusal};
use crate::testing::Steered;
use crate::world::key;
use serde_json::Value;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

pub(crate) const SEED: &str = r#"
[[policies]]
compartment = "dev"
name = "web"
description = "Who looks after the web servers"
statements = ["Allow group Operators to manage policies in compartment web"]

[[compartments]]
name = "dev"
description = "Development"
freeformTags = { team = "core" }

[[compartments]]
parent = "dev"
name = "web"
description = "Web servers"

[[groups]]
name = "Operators"
description = "Who operate"

[[users]]
name = "ann"
description = "Ann"
email = "ann@example.com"
groups = ["Operators", "administrators"]
apiKeys = ["keys/ann.pem"]
definedTags = { Operations = { CostCenter = "42" } }

[[users]]
name = "bob"
description = "Bob"

[[tag-namespaces]]
name = "Operations"
description = "Tags of operations"
tags = [{ name = "CostCenter", description = "Who pays", isCostTracking = true }]

[[dynamic-groups]]
name = "Machines"
description = "All machines"
matchingRule = "ALL {instance.compartment.id = 'ocid1.compartment.oc1..x'}"

[[network-sources]]
name = "office"
description = "The office"
publicSourceList = ["192.0.2.0/24"]
"#;

pub(crate) fn write_seed(root: &Path, text: &str) -> String {
    fs::create_dir_all(root.join("keys")).unwrap();
    fs::write(root.join("keys/ann.pem"), key(1).public_key_pem()).unwrap();
    let file = root.join("seed.toml");
    fs::write(&file, text).unwrap();
    file.to_str().unwrap().to_owned()
}

#[test]
fn an_installation_begins_with_what_its_seed_file_lists() {
    let root = TempDir::new().unwrap();
    let file = write_seed(root.path(), SEED);
    let steered = Steered::start(&root, &["--seed-file", &file]);
    assert_eq!(steered.names("users"), ["admin", "ann", "bob"]);
    assert_eq!(steered.names("groups"), ["Administrators", "Operators"]);
    assert_eq!(steered.names("compartments"), ["dev"]);
    assert_eq!(steered.names("dynamicGroups"), ["Machines"]);
    assert_eq!(steered.names("networkSources"), ["office"]);
    assert_eq!(steered.names("tagNamespaces"), ["Operations"]);
    let ann = steered.user_named("ann");
    assert_eq!(ann["definedTags"]["Operations"]["CostCenter"], "42");
    assert_eq!(ann["email"], "ann@example.com");
    let listed = steered.list_as(ann["id"].as_str().unwrap(), &key(1), "users");
    assert_eq!(listed.status(), 200, "her key signs, and she is an administrator");
    let dir = steered.stop();
    let verified = end_of(&mut durward(&["verify", "--data-dir", dir.to_str().unwrap()]));
    assert!(verified.contains("nothing wrong"), "{verified}");
    let trail = end_of(&mut durward(&["audit", "export", "--data-dir", dir.to_str().unwrap()]));
    assert_eq!(trail.matches("\"CreateUser\"").count(), 2, "{trail}");
}

#[test]
fn what_cannot_be_made_is_named_with_its_line_and_nothing_is_left() {
    let cases = [
        ("[[users]]\nname = \"ann\"\n", "line 1, users `ann`: description is missing"),
        ("\n\n[[users]]\nname = \"x\"\ndescription = \"x\"\nnick = \"y\"\n", "line 3, users `x`"),
        ("[[user]]\nname = \"ann\"\n", "user"),
        ("[[users]]\nname = \"ann\n", "line 2"),
        (
            "[[groups]]\nname = \"a\"\ndescription = \"a\"\n[[groups]]\nname = \"A\"\n\
             description = \"a\"\n",
            "line 4, groups `A`",
        ),
        (
            "[[compartments]]\nname = \"a\"\ndescription = \"a\"\nparent = \"b\"\n",
            "there is no compartment `b`",
        ),
        (
            "[[users]]\nname = \"a\"\ndescription = \"a\"\ngroups = [\"none\"]\n",
            "there is no group `none`",
        ),
        ("[[users]]\nname = \"a\"\ndescription = \"a\"\napiKeys = [\"none.pem\"]\n", "none.pem"),
        (
            "[[policies]]\nname = \"a\"\ndescription = \"a\"\nstatements = [\"Allow x\"]\n",
            "policies `a`",
        ),
        ("[[groups]]\nname = \"a\"\ndescription = \"a\"\ntags = []\n", "tags"),
    ];
    for (text, part) in cases {
        let root = TempDir::new().unwrap();
        let (file, dir) = (write_seed(root.path(), text), root.path().join("data"));
        let init = ["init", "--testing", "--data-dir", dir.to_str().unwrap()];
        let said = refusal(&mut durward(&[&init[..], &["--seed-file", &file]].concat()));
        assert!(said.contains(part), "{text}\n{said}");
        assert!(!dir.exists(), "{text}");
    }
}

#[test]
fn a_seed_makes_the_same_ocids_again_and_another_seed_others() {
    let ids = |seed: &str| -> Vec<String> {
        let root = TempDir::new().unwrap();
        let file = write_seed(root.path(), SEED);
        let steered = Steered::start(&root, &["--seed-file", &file, "--seed", seed]);
        let mut ids = vec![steered.tenancy().to_owned()];
        let ocid = |user: &Value| user["id"].as_str().unwrap().to_owned();
        ids.extend(["admin", "ann", "bob"].map(|name| ocid(&steered.user_named(name))));
        ids.push(steered.new_user("after"));
        let dir = steered.stop();
        let again = Steered::serve(&dir);
        ids.push(again.new_user("after-a-restart"));
        again.stop();
        ids
    };
    let first = ids("42");
    assert_eq!(first, ids("42"));
    let other = ids("43");
    assert!(first.iter().all(|id| !other.contains(id)), "{first:?} {other:?}");
    let different: std::collections::BTreeSet<&String> = first.iter().collect();
    assert_eq!(different.len(), first.len());
}
