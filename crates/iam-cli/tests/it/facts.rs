//! The commands beside the official ones: same commands, options, what is required, skeletons.

use crate::home::Home;
use crate::server::Server;
use crate::story::home;
use iam_api::Spec;
use serde_json::{Value, json};
use std::{collections::BTreeMap, fs, path::Path};

/// The operations that are served and have a command.
fn with_commands() -> impl Iterator<Item = &'static Spec> {
    let all = iam_api::OPERATIONS.iter().chain(iam_api::scim::OPERATIONS.iter()).copied();
    all.filter(|spec| !spec.command.is_empty())
}

/// Official facts about a service's commands.
fn facts_of(service: &str) -> Value {
    let file = format!("../../facts/{service}-cli.json");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// The commands that are served, with the official facts about each.
fn served() -> BTreeMap<String, Value> {
    let facts = ["identity", "identity_domains", "audit"].map(facts_of);
    let all = facts.iter().flat_map(|facts| facts["commands"].as_array().unwrap());
    let all = all.map(|command| (command["command"].as_str().unwrap().to_owned(), command.clone()));
    let composites = [
        "iam db-token get",
        "iam group list-users",
        "iam group remove-user",
        "iam user list-groups",
        "iam tag retire",
        "iam tag reactivate",
        "iam tag-namespace retire",
        "iam tag-namespace reactivate",
    ];
    let is_served = |command: &str| {
        composites.contains(&command) || with_commands().any(|spec| spec.command == command)
    };
    all.filter(|(command, _)| is_served(command)).collect()
}

#[test]
fn every_served_command_is_an_official_one() {
    let served = served();
    for spec in with_commands() {
        assert!(served.contains_key(spec.command), "{}", spec.command);
    }
    let own = with_commands().count();
    assert_eq!(served.len(), own + 8, "and those that are no operation's own");
}

#[test]
fn skeletons_are_the_official_ones() {
    let home = home();
    for (command, facts) in served() {
        let mut words: Vec<_> = command.split(' ').collect();
        words.push("--generate-full-command-json-input");
        let ended = home.oci(&words);
        assert_eq!(ended.code, Some(0), "{command}: {}", ended.err);
        let skeleton: Value = serde_json::from_str(&ended.out).unwrap();
        assert_eq!(skeleton, corrected(facts["json_skeleton"].clone()), "{command}");
    }
}

/// The official skeleton but for the tags of a domain's users: it takes them for those of other
/// resources, which are objects, and the service would refuse them.
fn corrected(mut skeleton: Value) -> Value {
    let tag = json!({"key": "string", "value": "string"});
    let defined = json!({"key": "string", "namespace": "string", "value": "string"});
    let extension = "/urnietfparamsscimschemasoracleidcsextensionOciTags";
    for (name, tag) in [("freeformTags", tag), ("definedTags", defined)] {
        if let Some(tags) = skeleton.pointer_mut(&format!("{extension}/{name}")) {
            *tags = json!([tag, tag]);
        }
    }
    skeleton
}

/// Names of options, each with whether help lists it as required.
fn options_in_help(text: &str) -> BTreeMap<String, bool> {
    let mut options = BTreeMap::new();
    let mut required = false;
    for line in text.lines() {
        match line {
            "Required:" => required = true,
            "Options:" => required = false,
            _ => {}
        }
        if let Some(rest) = line.strip_prefix("  --") {
            let name = rest.split([' ', ',']).next().unwrap();
            let tenancy = entry(text, name).contains("[default: the tenancy of the profile]");
            options.insert(format!("--{name}"), required || tenancy);
            if rest.contains(", -c ") {
                options.insert("-c".to_owned(), false);
            }
        }
    }
    options
}

/// The text of one option in help, to the next option.
fn entry(text: &str, name: &str) -> String {
    let starts = [format!("  --{name} "), format!("  --{name},")];
    let is_it = |line: &str| starts.iter().any(|start| line.starts_with(start));
    let mut lines = text.lines().skip_while(|line| !is_it(line));
    let first = lines.next().unwrap_or_default().to_owned();
    let more = lines.take_while(|line| line.starts_with("      "));
    let whole = more.fold(first, |whole, line| whole + " " + line.trim());
    whole.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn options_are_the_official_ones() {
    let home = home();
    for (command, facts) in served() {
        let mut words: Vec<_> = command.split(' ').collect();
        words.push("--help");
        let help = home.oci(&words).out;
        let mut expected = BTreeMap::new();
        for option in facts["options"].as_array().unwrap() {
            let required = option["required"].as_bool().unwrap();
            expected.insert(option["name"].as_str().unwrap().to_owned(), required);
            for alias in option["aliases"].as_array().into_iter().flatten() {
                expected.insert(alias.as_str().unwrap().to_owned(), false);
            }
        }
        assert_eq!(options_in_help(&help), expected, "{command}");
    }
}

#[test]
fn global_options_are_the_official_ones() {
    let facts = facts_of("identity");
    let help = home().oci(&["--help"]).out;
    let options = facts["global_options"].as_array().unwrap();
    assert_eq!(options.len(), 29);
    for option in options {
        let aliases = option["aliases"].as_array().into_iter().flatten();
        for name in std::iter::once(&option["name"]).chain(aliases) {
            let name = name.as_str().unwrap();
            let words: Vec<_> = help.split([' ', ',', '\n']).collect();
            assert!(words.contains(&name), "{name}");
        }
    }
    let version = home().oci(&["--version"]).out;
    let official = facts["cli_version"].as_str().unwrap();
    assert!(version.starts_with(&format!("{official}+durward.")), "{version}");
}

/// What a global option is given here, and with which code a run ends that has it.
fn global_option(name: &str) -> (&'static str, i32) {
    match name {
        "--latest-version" => ("", 2),
        "--cli-auto-prompt" | "-i" => ("", 1),
        "--config-file" => ("~/.oci/config", 0),
        "--profile" => ("DEFAULT", 0),
        "--cli-rc-file" | "--defaults-file" => ("/dev/null", 0),
        "--region" => ("iad", 0),
        "--endpoint" => ("$SERVER", 0),
        "--connection-timeout" | "--read-timeout" => ("5", 0),
        "--federation-endpoint" => ("https://auth.example.org", 0),
        "--cert-bundle" => ("~/.oci/config", 0),
        "--output" => ("table", 0),
        "--query" => ("data", 0),
        "--auth" => ("api_key", 0),
        "--generate-param-json-input" => ("nothing", 0),
        "--proxy" => ("$SERVER", 0),
        "--max-retries" => ("2", 0),
        "--enable-propagation" => ("False", 0),
        "--auth-purpose" | "--opc-request-id" | "--opc-client-request-id" | "--request-id" => {
            ("x", 0)
        }
        _ => ("", 0),
    }
}

#[test]
fn every_global_option_is_taken_at_every_place() {
    let facts = facts_of("identity");
    let server = Server::json(r#"[{"name":"us-ashburn-1","key":"IAD"}]"#);
    let home: Home = home().set("OCI_CLI_ENDPOINT", &server.url);
    for option in facts["global_options"].as_array().unwrap() {
        let aliases = option["aliases"].as_array().into_iter().flatten();
        for name in std::iter::once(&option["name"]).chain(aliases) {
            let name = name.as_str().unwrap();
            let (value, code) = global_option(name);
            let value = value.replace("$SERVER", &server.url);
            assert_eq!(option["flag"] == Value::Bool(true), value.is_empty(), "{name}");
            let mut given = vec![name];
            given.extend(Some(value.as_str()).filter(|value| !value.is_empty()));
            for place in 0..=3 {
                let mut words = vec!["iam", "region", "list"];
                words.splice(place..place, given.iter().copied());
                let ended = home.oci(&words);
                assert_eq!(ended.code, Some(code), "{words:?}: {}", ended.err);
                assert!(!ended.err.contains("No such option"), "{words:?}: {}", ended.err);
            }
        }
    }
}
