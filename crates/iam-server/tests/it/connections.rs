//! Connections over a real socket: slow, half-sent, cut off and oversized requests.

use crate::world::{Caller, World};
use iam_core::authentication_policies::PasswordProfile;
use iam_core::context::Limits;
use iam_server::http::{self, Timeouts};
use serde_json::json;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What a peer may take here, so that tests need not wait.
const SHORT: Duration = Duration::from_millis(500);
/// More than anything here takes on a busy machine.
const LONG: Duration = Duration::from_secs(30);

/// A world that listens, and does not wait.
fn listening() -> (World, SocketAddr) {
    patient(Timeouts { head: SHORT, idle: SHORT, body: SHORT, request: LONG })
}

/// A world that listens, and waits so long.
fn patient(timeouts: Timeouts) -> (World, SocketAddr) {
    let world = World::made(Limits::default(), PasswordProfile::Oci, |app| {
        app.timeouts = timeouts;
    });
    let listener = world.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    let app = Arc::clone(&world.app);
    world.spawn(async move {
        http::serve(listener, None, app, std::future::pending()).await.unwrap();
    });
    (world, address)
}

/// The head of a request that the caller signed, with these further lines.
fn head(world: &World, caller: &Caller, method: &str, target: &str, body: &[u8]) -> String {
    let mut head = format!("{method} {target} HTTP/1.1\r\n");
    for (name, value) in world.sign(caller, method, target, body) {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head + "\r\n"
}

/// Sends the pieces with a pause after each, and reads all that comes until the server closes.
async fn exchange(address: SocketAddr, pieces: &[&[u8]], pause: Duration) -> (String, Duration) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let begun = Instant::now();
    let (mut reading, mut writing) = stream.split();
    let write = async {
        for piece in pieces {
            if writing.write_all(piece).await.is_err() {
                break; // closed already
            }
            tokio::time::sleep(pause).await;
        }
        std::future::pending::<()>().await;
    };
    let mut answer = Vec::new();
    let read = async {
        let mut chunk = [0; 4096];
        while let Ok(count @ 1..) = reading.read(&mut chunk).await {
            answer.extend_from_slice(&chunk[..count]);
        }
    };
    tokio::select! {
        () = write => {}
        () = read => {}
        () = tokio::time::sleep(LONG) => panic!("the server never closed"),
    }
    (String::from_utf8_lossy(&answer).into_owned(), begun.elapsed())
}

/// One whole request on a connection of its own; answers status line, headers and body.
async fn ask(address: SocketAddr, request: &str) -> String {
    exchange(address, &[request.as_bytes()], Duration::ZERO).await.0
}

#[test]
fn a_request_over_a_socket_is_answered_and_the_connection_kept_for_the_next() {
    let (world, address) = listening();
    let admin = world.administrator();
    let target = format!("/20160918/users/{}", admin.user);
    let request = head(&world, &admin, "GET", &target, b"");
    let answer = world.block_on(ask(address, &(request.clone() + &request)));
    assert_eq!(answer.matches("HTTP/1.1 200 OK\r\n").count(), 2, "{answer}");
}

#[test]
fn a_connection_that_says_nothing_or_half_a_head_is_closed_in_time() {
    let (world, address) = listening();
    for start in ["", "G", "GET /20160918/users HTTP/1.1\r\nhost: 127.0.0.1\r\n"] {
        let (answer, took) = world.block_on(exchange(address, &[start.as_bytes()], Duration::ZERO));
        assert!(!answer.contains(" 200 "), "{answer}");
        assert!(took >= SHORT / 2 && took < LONG, "{start:?}: {took:?}");
    }
}

#[test]
fn between_two_requests_there_may_be_more_time_than_for_a_head_and_no_more_than_that() {
    let (world, address) =
        patient(Timeouts { head: SHORT, idle: SHORT * 8, body: SHORT, request: LONG });
    let request = head(&world, &world.administrator(), "GET", "/20160918/regions", b"");
    let pieces = [request.as_bytes(); 2];
    let (answer, took) = world.block_on(exchange(address, &pieces, SHORT * 3));
    assert_eq!(answer.matches("HTTP/1.1 200 OK\r\n").count(), 2, "{answer}");
    assert!(took >= SHORT * 10 && took < LONG, "{took:?}");
}

#[test]
fn what_comes_early_of_the_next_request_is_not_lost() {
    let (world, address) = listening();
    let admin = world.administrator();
    let body = json!({ "compartmentId": world.tenancy(), "name": "early", "description": "d" });
    let body = body.to_string();
    let post = head(&world, &admin, "POST", "/20160918/groups", body.as_bytes()) + &body;
    let get = head(&world, &admin, "GET", "/20160918/regions", b"");
    for at in [1, get.len() / 2, get.len() - 1] {
        let (early, rest) = get.split_at(at);
        let first = post.replace("early", "soon_") + early;
        let pieces = [first.as_bytes(), rest.as_bytes(), get.as_bytes()];
        let (answer, _) = world.block_on(exchange(address, &pieces, SHORT / 4));
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 3, "{at}: {answer}");
        assert_eq!(answer.matches("HTTP/1.1 200 OK\r\n").count(), 2, "{at}: {answer}");
    }
}

#[test]
fn a_body_that_nobody_reads_is_never_taken_for_a_request() {
    let (world, address) = listening();
    let inner = head(&world, &world.administrator(), "GET", "/20160918/regions", b"");
    let inner = inner.repeat(3);
    for target in ["/20160918/users", "/20160918/nothing", "/console/sign-in"] {
        let outer = format!(
            "POST {target} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: {}\r\n\r\n",
            inner.len()
        );
        let whole = outer.clone() + &inner;
        let (half, rest) = inner.split_at(inner.len() / 2);
        for pieces in [&[whole.as_str()][..], &[&outer, &inner], &[&outer, half, rest]] {
            let pieces: Vec<_> = pieces.iter().map(|piece| piece.as_bytes()).collect();
            let (answer, _) = world.block_on(exchange(address, &pieces, SHORT / 4));
            assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{target}: {answer}");
            assert!(!answer.contains(" 200 OK"), "{target}: {answer}");
        }
    }
}

#[test]
fn a_connection_is_closed_after_its_request_where_that_was_asked_for() {
    let (world, address) =
        patient(Timeouts { head: LONG, idle: LONG * 2, body: LONG, request: LONG });
    let request = head(&world, &world.administrator(), "GET", "/20160918/regions", b"");
    let closing = request.replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n");
    for request in [closing, request.replace("HTTP/1.1", "HTTP/1.0")] {
        let (answer, took) =
            world.block_on(exchange(address, &[request.as_bytes()], Duration::ZERO));
        assert!(answer.contains(" 200 OK\r\n"), "{answer}");
        assert!(took < LONG, "{took:?}");
    }
}

#[test]
fn a_later_head_that_has_begun_has_no_more_time_than_the_first() {
    let (world, address) =
        patient(Timeouts { head: SHORT, idle: LONG * 2, body: SHORT, request: LONG });
    let request = head(&world, &world.administrator(), "GET", "/20160918/regions", b"");
    let half = &request.as_bytes()[..request.len() / 2];
    let pieces = [request.as_bytes(), half];
    let (answer, took) = world.block_on(exchange(address, &pieces, SHORT * 2));
    assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{answer}");
    assert!(took >= SHORT * 2 && took < LONG, "{took:?}");
}

#[test]
fn a_head_that_comes_byte_by_byte_is_cut_though_it_never_pauses_for_long() {
    let (world, address) = listening();
    let admin = world.administrator();
    let request = head(&world, &admin, "GET", "/20160918/regions", b"");
    let bytes: Vec<&[u8]> = request.as_bytes().chunks(1).collect();
    let (answer, took) = world.block_on(exchange(address, &bytes, Duration::from_millis(20)));
    assert!(!answer.contains(" 200 "), "{answer}");
    let whole = Duration::from_millis(20) * u32::try_from(bytes.len()).unwrap();
    assert!(took < whole, "{took:?}");
}

#[test]
fn a_body_that_does_not_come_in_time_gets_408_and_nothing_is_done() {
    let (world, address) = listening();
    let admin = world.administrator();
    let body = json!({"compartmentId": world.tenancy(), "name": "new", "description": "x"});
    let body = serde_json::to_vec(&body).unwrap();
    let head = head(&world, &admin, "POST", "/20160918/groups", &body);
    let half = &body[..body.len() / 2];
    let (answer, took) =
        world.block_on(exchange(address, &[head.as_bytes(), half], Duration::ZERO));
    assert!(answer.starts_with("HTTP/1.1 408 Request Timeout\r\n"), "{answer}");
    assert!(answer.contains("\"code\" : \"RequestTimeout\""), "{answer}");
    assert!(answer.contains("opc-request-id: "), "{answer}");
    assert!(took >= SHORT / 2 && took < LONG);
    let slow: Vec<&[u8]> = body.chunks(1).collect();
    let pieces = [&[head.as_bytes()], &slow[..]].concat();
    let (answer, _) = world.block_on(exchange(address, &pieces, Duration::from_millis(20)));
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    let list = format!("/groups?compartmentId={}", world.tenancy());
    assert_eq!(world.get(&admin, &list).ok().json().as_array().unwrap().len(), 1);
}

#[test]
fn a_body_that_is_cut_off_does_nothing() {
    let (world, address) = listening();
    let admin = world.administrator();
    let body = json!({"compartmentId": world.tenancy(), "name": "new", "description": "x"});
    let body = serde_json::to_vec(&body).unwrap();
    let head = head(&world, &admin, "POST", "/20160918/groups", &body);
    world.block_on(async {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(&body[..body.len() - 1]).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut rest = Vec::new();
        let read = tokio::time::timeout(LONG, stream.read_to_end(&mut rest)).await;
        let _closed_either_way = read.expect("the server closes");
        assert!(!String::from_utf8_lossy(&rest).contains(" 200 "));
    });
    let list = format!("/groups?compartmentId={}", world.tenancy());
    assert_eq!(world.get(&admin, &list).ok().json().as_array().unwrap().len(), 1);
}

#[test]
fn two_hundred_slow_connections_hold_nobody_up() {
    let (world, address) = listening();
    let admin = world.administrator();
    let request = head(&world, &admin, "GET", "/20160918/regions", b"");
    world.block_on(async {
        let mut slow = Vec::new();
        for _ in 0..200 {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(b"POST /20160918/groups HTTP/1.1\r\nhost: ").await.unwrap();
            slow.push(stream);
        }
        assert!(ask(address, &request).await.starts_with("HTTP/1.1 200 OK\r\n"));
        for mut stream in slow {
            let mut rest = Vec::new();
            let gone = tokio::time::timeout(LONG, stream.read_to_end(&mut rest)).await;
            let _reset_or_closed = gone.expect("the server closes each");
        }
    });
}

#[test]
fn a_head_that_is_too_large_gets_431_in_the_same_shape() {
    let (world, address) = listening();
    for request in [
        format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "a".repeat(9 * 1024)),
        format!(
            "GET /20160918/regions HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n",
            "a".repeat(20 * 1024)
        ),
        format!("GET /20160918/regions HTTP/1.1\r\nhost: x\r\n{}\r\n", "a: b\r\n".repeat(100)),
    ] {
        let answer = world.block_on(ask(address, &request));
        assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
        assert!(answer.contains("\"code\" : \"RequestHeaderFieldsTooLarge\""), "{answer}");
        assert!(answer.contains("opc-request-id: "), "{answer}");
    }
    let huge = format!(
        "GET /20160918/regions HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n",
        "a".repeat(200 * 1024)
    );
    let answer = world.block_on(ask(address, &huge));
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431 "), "{answer}");
}

/// docs/decisions/0006: what is no HTTP is answered by the parser, without a word, and cut off.
#[test]
fn what_is_no_http_gets_a_bare_refusal_and_nothing_after_it() {
    let (world, address) = listening();
    let next = head(&world, &world.administrator(), "GET", "/20160918/regions", b"");
    let starts = [
        "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}\u{fc}\u{3}\u{3}\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "GET / HTTP/9.9\r\nhost: x\r\n\r\n",
        "GET /\0 HTTP/1.1\r\nhost: x\r\n\r\n",
        "G(T / HTTP/1.1\r\nhost: x\r\n\r\n",
        "GET  / HTTP/1.1\r\nhost: x\r\n\r\n",
        "GET / HTTP/1.1\r\nhost x\r\n\r\n",
        "GET / HTTP/1.1\r\nhost: x\r\n folded: y\r\n\r\n",
        "GET / HTTP/1.1\r\nhost: \u{1}\r\n\r\n",
    ];
    for start in starts {
        let answer = world.block_on(ask(address, &format!("{start}{next}")));
        let bare = answer.starts_with("HTTP/1.1 400 Bad Request\r\n")
            && answer.contains("\r\ncontent-length: 0\r\n")
            && answer.ends_with("\r\n\r\n");
        assert!(bare || answer.is_empty(), "{start:?}: {answer}");
        assert_eq!(answer.matches("HTTP/").count(), usize::from(bare), "{start:?}: {answer}");
    }
}

#[test]
fn a_body_with_two_lengths_is_not_taken() {
    let (world, address) = listening();
    let admin = world.administrator();
    let body = json!({"compartmentId": world.tenancy(), "name": "new", "description": "x"});
    let body = serde_json::to_vec(&body).unwrap();
    let head = head(&world, &admin, "POST", "/20160918/groups", &body);
    let body = String::from_utf8(body).unwrap();
    let chunked = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    let cases = [
        (head.replace("\r\n\r\n", "\r\ntransfer-encoding: chunked\r\n\r\n"), chunked.as_str()),
        (head.replace("content-length:", "content-length: 0\r\ncontent-length:"), body.as_str()),
        (head.replace("content-length: ", "content-length: +"), body.as_str()),
        (head.replace("content-length: ", "content-length : "), body.as_str()),
        (head.replace("date:", "date :"), body.as_str()),
    ];
    for (head, body) in cases {
        let answer = world.block_on(ask(address, &(head.clone() + body)));
        let refused = answer.starts_with("HTTP/1.1 400 ") || answer.starts_with("HTTP/1.1 401 ");
        assert!(refused || answer.is_empty(), "{head}: {answer}");
        assert!(!answer.contains(" 200 "), "{head}: {answer}");
    }
}
