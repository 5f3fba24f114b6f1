//! Servers that lie, break off, or never come to an end: a message and an exit code, never a panic.

use crate::server::{Server, json, with};
use crate::story::{ADA, home, oci};
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::{Command, Stdio};

/// Runs a command against a server that answers with these bytes; what is on stderr.
fn told(bytes: &'static [u8]) -> String {
    let server = Server::new(move |_| bytes.to_vec());
    let ended = oci(&server, "iam user get --user-id u --no-retry");
    assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""), "{}", ended.err);
    assert!(!ended.err.contains("panicked"), "{}", ended.err);
    ended.err
}

#[test]
fn an_answer_that_is_of_no_use_is_reported() {
    for (bytes, message) in [
        (&b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n<html>"[..], "the answer is not JSON"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", "the answer is not JSON"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]", "the answer is not a JSON object"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{\"id\":", "broke off"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", "broke off"),
        (b"HTTP/1.1 307 -\r\nlocation: http://evil/\r\ncontent-length: 0\r\n\r\n", "redirects to"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "no usable answer"),
        (b"", "closed the connection before it had answered"),
    ] {
        let err = told(bytes);
        assert!(err.starts_with("RequestException:\n"), "{err}");
        assert!(err.contains(message), "{message}: {err}");
    }
}

#[test]
fn an_error_that_is_not_json_is_shown_as_it_is() {
    let server = Server::new(|_| with(502, &[], "<html>bad gateway</html>"));
    let ended = oci(&server, "iam user get --user-id u --no-retry");
    assert!(ended.err.contains("\"code\": null"), "{}", ended.err);
    assert!(ended.err.contains("<html>bad gateway</html>"), "{}", ended.err);
}

#[test]
fn an_answer_without_end_is_cut_off() {
    let server = Server::new(|_| json(200, &"x".repeat(11 * 1024 * 1024)));
    let ended = oci(&server, "iam user get --user-id u --no-retry");
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains("larger than 10 MiB"), "{}", ended.err);
}

#[test]
fn deep_json_is_refused() {
    let server = Server::new(|_| json(200, &"[".repeat(100_000)));
    let ended = oci(&server, "iam region list --no-retry");
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains("recursion limit"), "{}", ended.err);
}

#[test]
fn a_list_that_never_ends_is_left_at_its_limit() {
    let server = Server::new(|_| with(200, &[("opc-next-page", "A")], r#"[{"name":"n"}]"#));
    let ended = oci(&server, "iam user list --limit 5 --query length(data)");
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), "5\n"));
}

#[test]
fn a_server_that_does_not_listen_or_answer_is_reported() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let address = format!("http://{free}");
    let ended = home().oci(&["iam", "region", "list", "--endpoint", &address, "--no-retry"]);
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.err.contains(&format!("cannot connect to {address}: nobody listens")),
        "{}",
        ended.err
    );
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", silent.local_addr().unwrap());
    let words =
        ["iam", "region", "list", "--endpoint", &address, "--no-retry", "--read-timeout", "1"];
    let ended = home().oci(&words);
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains("no answer in time"), "{}", ended.err);
}

#[test]
fn tls_to_a_server_without_it_is_reported() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("https://{}", listener.local_addr().unwrap());
    let answers = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
        // The greeting is read to its end: to close before would be another failure.
        let _ = stream.read(&mut [0; 4096]);
    });
    let ended = home().oci(&["iam", "region", "list", "--endpoint", &address, "--no-retry"]);
    answers.join().unwrap();
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains("it does not speak TLS"), "{}", ended.err);
    assert!(ended.err.starts_with("RequestException:"), "{}", ended.err);
}

#[test]
fn a_reader_that_went_away_is_no_error() {
    let home = home();
    let server = Server::json(ADA);
    let mut child = Command::new(env!("CARGO_BIN_EXE_oci"))
        .args(["iam", "user", "get", "--user-id", "u", "--endpoint", &server.url])
        .env_clear()
        .env("HOME", home.path(""))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(0));
    assert!(ended.stderr.is_empty(), "{}", String::from_utf8_lossy(&ended.stderr));
}
