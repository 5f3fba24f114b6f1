//! Proxies: which one is asked, in which words, and what is said where it refuses.

use crate::server::{Seen, Server, json, with};
use crate::story::{ADA, home};

/// A host that only a proxy can reach, since no name server knows it.
const HIDDEN: &str = "http://iam.invalid";
const LIST: [&str; 5] = ["iam", "region", "list", "--no-retry", "--endpoint"];

/// A proxy that gives every request the same JSON and opens no tunnel.
fn proxy() -> Server {
    Server::new(|seen| match seen.method.as_str() {
        "CONNECT" => with(403, &[], ""),
        _ => json(200, "[]"),
    })
}

#[test]
fn plain_http_is_handed_to_the_proxy_whole() {
    let proxy = proxy();
    let words = [&LIST[..], &[HIDDEN, "--proxy", &proxy.url]].concat();
    let ended = home().oci(&words);
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
    let seen = proxy.only();
    assert_eq!(seen.target, "http://iam.invalid/20160918/regions");
    assert_eq!(seen.header("host"), "iam.invalid");
    assert_eq!(seen.header("proxy-authorization"), "");
    // The signature is over what the server will see, not over what the proxy was told.
    assert!(seen.header("authorization").starts_with("Signature "), "{seen:?}");
}

#[test]
fn bodies_and_several_requests_pass_too() {
    let proxy = Server::new(|seen: &Seen| match seen.method.as_str() {
        "GET" if !seen.target.contains("page=") => {
            with(200, &[("opc-next-page", "P2")], &format!("[{ADA}]"))
        }
        "GET" => json(200, &format!("[{ADA}]")),
        _ => json(200, ADA),
    });
    let home = home().set("http_proxy", &proxy.url).set("OCI_CLI_ENDPOINT", HIDDEN);
    let ended = home.oci(&["iam", "user", "list", "--all", "--query", "length(data)"]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), "2\n"), "{}", ended.err);
    let ended = home.oci(&["iam", "user", "create", "--name", "ada", "--description", "d"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let seen = proxy.seen();
    assert!(seen.iter().all(|seen| seen.target.starts_with("http://iam.invalid/20160918/users")));
    assert!(seen[2].body.contains("\"name\":\"ada\""), "{:?}", seen[2]);
}

#[test]
fn the_proxy_is_told_who_asks_and_the_server_is_not() {
    let proxy = proxy();
    let address = proxy.url.replace("http://", "http://ada:p%40ss@");
    let words = [&LIST[..], &[HIDDEN, "--debug", "--proxy", &address]].concat();
    let ended = home().oci(&words);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert_eq!(proxy.only().header("proxy-authorization"), "Basic YWRhOnBAc3M=");
    assert!(!ended.err.contains("YWRhOnBAc3M"), "{}", ended.err);
}

#[test]
fn tls_goes_through_a_tunnel_and_a_refusal_is_final() {
    let proxy = proxy();
    let home = home().set("HTTPS_PROXY", &proxy.url);
    let ended = home.oci(&["iam", "region", "list", "--endpoint", "https://iam.invalid"]);
    assert_eq!(ended.code, Some(1));
    let seen = proxy.only();
    assert_eq!((seen.method.as_str(), seen.target.as_str()), ("CONNECT", "iam.invalid:443"));
    let told = format!(
        "no usable answer from https://iam.invalid through the proxy `{}`: the proxy does not",
        proxy.url
    );
    assert!(ended.err.contains(&told), "{}", ended.err);
}

#[test]
fn the_environment_names_a_proxy_for_each_scheme_and_exceptions() {
    let (proxy, server) = (proxy(), Server::json("[]"));
    for (name, exceptions, through) in [
        ("http_proxy", "", true),
        ("HTTP_PROXY", "", true),
        ("all_proxy", "", true),
        ("https_proxy", "", false),
        ("http_proxy", "127.0.0.1", false),
        ("http_proxy", "10.0.0.0/8, 127.0.0.0/8", false),
        ("http_proxy", "*", false),
        ("http_proxy", "example.org", true),
    ] {
        let before = proxy.seen().len();
        let home = home().set(name, &proxy.url).set("no_proxy", exceptions);
        let ended = home.oci(&[&LIST[..], &[server.url.as_str()]].concat());
        assert_eq!(ended.code, Some(0), "{name} {exceptions}: {}", ended.err);
        assert_eq!(proxy.seen().len() > before, through, "{name} {exceptions}");
    }
}

#[test]
fn the_command_line_wins_over_the_environment_and_its_exceptions() {
    let (proxy, server) = (proxy(), Server::json("[]"));
    let home = home().set("http_proxy", "http://127.0.0.1:1").set("no_proxy", "127.0.0.1");
    let ended = home.oci(&[&LIST[..], &[&server.url, "--proxy", &proxy.url]].concat());
    assert_eq!((ended.code, proxy.seen().len()), (Some(0), 1), "{}", ended.err);
}

#[test]
fn a_proxy_that_cannot_be_used_is_named() {
    for (address, told) in [
        ("socks5://u:secret@h:1", "invalid proxy `socks5://***@h:1`: SOCKS is not spoken here"),
        ("http://", "invalid proxy `http://`: give an address such as"),
        ("http://127.0.0.1:1", "http://iam.invalid through the proxy `http://127.0.0.1:1`: "),
    ] {
        let ended = home().oci(&[&LIST[..], &[HIDDEN, "--proxy", address]].concat());
        assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""), "{address}");
        assert!(ended.err.contains(told), "{address}: {}", ended.err);
    }
    let asks = Server::new(|_| with(407, &[("proxy-authenticate", "Basic")], ""));
    let ended = home().oci(&[&LIST[..], &[HIDDEN, "--proxy", &asks.url]].concat());
    assert!(ended.err.contains("--proxy http://USER:PASSWORD@HOST:PORT"), "{}", ended.err);
}
