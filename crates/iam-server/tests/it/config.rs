//! How `durward serve` is configured: where a value comes from, and what is refused before anything
//! listens.

use crate::process::{durward, end_of, refusal};
use std::fs;
use tempfile::TempDir;

#[test]
fn an_unknown_key_or_a_bad_value_in_the_file_is_named() {
    let root = TempDir::new().unwrap();
    let file = root.path().join("durward.toml");
    for (text, named) in [
        ("listenn = \"127.0.0.1:0\"", "listenn"),
        ("listen = \"localhost\"", "listen"),
        ("listen = 7070", "listen"),
        ("log-level = \"loud\"", "loud"),
        ("behind-proxy = \"yes\"", "behind-proxy"),
        ("trusted-proxy = [\"proxy\"]", "trusted-proxy"),
        ("[limits]\nuserz = 5", "userz"),
        ("[limits]\nusers = -5", "users"),
        ("[limit]\nusers = 5", "limit"),
        ("listen = ", "durward.toml"),
    ] {
        fs::write(&file, text).unwrap();
        let args = ["serve", "--data-dir", "/nowhere", "--config", file.to_str().unwrap()];
        let said = refusal(&mut durward(&args));
        assert!(said.contains(named), "{text}: {said}");
    }
    let missing = ["serve", "--config", "/nowhere/durward.toml"];
    assert!(refusal(&mut durward(&missing)).contains("/nowhere/durward.toml"));
}

#[test]
fn a_bad_flag_or_variable_is_named() {
    for (flag, value) in [
        ("--listen", "7070"),
        ("--behind-proxy=maybe", ""),
        ("--trusted-proxy", "proxy"),
        ("--log-format", "xml"),
        ("--host", "http://x"),
        ("--no-such-flag", "x"),
    ] {
        let args = ["serve", "--data-dir", "/nowhere", flag, value];
        let args = if value.is_empty() { &args[..4] } else { &args[..] };
        let said = refusal(&mut durward(args));
        let name = flag.trim_start_matches("--").split('=').next().unwrap();
        assert!(said.contains(name), "{flag}: {said}");
    }
    for (variable, value, named) in [
        ("DURWARD_LISTEN", "7070", "--listen"),
        ("DURWARD_BEHIND_PROXY", "maybe", "--behind-proxy"),
        ("DURWARD_LISTN", "127.0.0.1:0", "DURWARD_LISTN"),
    ] {
        let mut command = durward(&["serve", "--data-dir", "/nowhere"]);
        let said = refusal(command.env(variable, value));
        assert!(said.contains(named), "{variable}: {said}");
    }
}

#[test]
fn what_does_not_go_together_is_refused() {
    for (more, named) in [
        (&["--listen", "192.0.2.1:80"][..], "plain HTTP"),
        (&["--listen", "0.0.0.0:80", "--behind-proxy"], "host"),
        (&["--tls-cert", "cert.pem"], "tls-key"),
        (&["--tls-key", "key.pem"], "tls-cert"),
    ] {
        let args = [&["serve", "--data-dir", "/nowhere"], more].concat();
        let said = refusal(&mut durward(&args));
        assert!(said.contains(named), "{more:?}: {said}");
    }
    assert!(refusal(&mut durward(&["serve"])).contains("--data-dir"));
}

#[test]
fn a_flag_wins_over_its_variable_and_that_over_the_file() {
    let root = TempDir::new().unwrap();
    let file = root.path().join("durward.toml");
    let text = "data-dir = \"/d\"\nlisten = \"127.0.0.1:1\"\nlog-level = \"warn\"\n\
                log-format = \"json\"\nbehind-proxy = true\n[limits]\nusers = 7\n";
    fs::write(&file, text).unwrap();
    let config = file.to_str().unwrap();
    let mut command =
        durward(&["serve", "--print-config", "--listen", "127.0.0.1:3", "--behind-proxy=false"]);
    command.env("DURWARD_CONFIG", config).env("DURWARD_LISTEN", "127.0.0.1:2");
    command.env("DURWARD_LOG_LEVEL", "debug").env("DURWARD_HOST", "a.example,b.example");
    let shown = end_of(&mut command);
    let shown: toml::Table = shown.parse().unwrap();
    assert_eq!(shown["listen"].as_str(), Some("127.0.0.1:3"), "by flag");
    assert_eq!(shown["behind-proxy"].as_bool(), Some(false), "by flag");
    assert_eq!(shown["log-level"].as_str(), Some("debug"), "by variable");
    assert_eq!(shown["host"].as_array().unwrap().len(), 2, "by variable");
    assert_eq!(shown["log-format"].as_str(), Some("json"), "by file");
    assert_eq!(shown["limits"]["users"].as_integer(), Some(7), "by file");
    assert_eq!(shown["limits"]["groups"].as_integer(), Some(250), "by default");
    assert_eq!(shown["key-file"].as_str(), Some("/d/durward.key"), "by default");
}

#[test]
fn the_printed_configuration_is_a_file_that_says_the_same() {
    let root = TempDir::new().unwrap();
    let file = root.path().join("durward.toml");
    let args = ["serve", "--data-dir", "/d", "--listen", "[::1]:5", "--trusted-proxy", "::1"];
    let first = end_of(&mut durward(&[&args[..], &["--print-config"]].concat()));
    fs::write(&file, &first).unwrap();
    let args = ["serve", "--config", file.to_str().unwrap(), "--print-config"];
    assert_eq!(end_of(&mut durward(&args)), first);
}

#[test]
fn variables_that_kubernetes_sets_are_passed_over() {
    let mut command = durward(&["serve", "--data-dir", "/d", "--print-config"]);
    command.env("DURWARD_SERVICE_HOST", "10.0.0.1").env("DURWARD_PORT", "tcp://10.0.0.1:7070");
    assert!(end_of(&mut command).contains("127.0.0.1:7070"));
}

#[test]
fn help_is_there_at_every_level_with_examples() {
    for command in [&["--help"][..], &["init", "--help"], &["serve", "--help"], &["env", "--help"]]
    {
        let help = end_of(&mut durward(command));
        assert!(help.contains("Usage: durward") && help.contains("Examples:"), "{help}");
    }
}
