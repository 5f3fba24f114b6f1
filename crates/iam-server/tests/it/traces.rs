//! Traces, from outside: what a collector is sent, and that nobody waits for one.

use crate::metrics::Visitor;
use crate::operating::{Answer, Operated, exchange, get, wait_for};
use crate::secrets::forms;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "b7ad6b7169203331";
const LONG: Duration = Duration::from_secs(60);

/// A collector on this machine.
struct Collector {
    address: String,
    got: Arc<Mutex<Vec<Got>>>,
}

/// Head and body of a request, as they came.
type Got = (String, Vec<u8>);

impl Collector {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let got: Arc<Mutex<Vec<Got>>> = Arc::default();
        let kept = Arc::clone(&got);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let kept = Arc::clone(&kept);
                thread::spawn(move || take(stream, &kept));
            }
        });
        Self { address, got }
    }

    /// All spans that it was sent, with a check of what each request looks like.
    fn spans(&self) -> Vec<Value> {
        let got = self.got.lock().unwrap();
        let spans = got.iter().flat_map(|(head, body)| {
            assert!(head.starts_with("POST /v1/traces HTTP/1.1\r\n"), "{head}");
            assert!(head.to_lowercase().contains("content-type: application/json\r\n"), "{head}");
            let sent: Value = serde_json::from_slice(body).unwrap();
            let resource = &sent["resourceSpans"][0];
            let service = &resource["resource"]["attributes"][0];
            assert_eq!(service["key"], "service.name");
            assert_eq!(service["value"]["stringValue"], "durward");
            resource["scopeSpans"][0]["spans"].as_array().unwrap().clone()
        });
        spans.collect()
    }
}

/// Keeps all requests of one connection.
fn take(stream: TcpStream, kept: &Mutex<Vec<Got>>) {
    let mut stream = BufReader::new(stream);
    loop {
        let (mut head, mut length) = (String::new(), 0);
        while !head.ends_with("\r\n\r\n") {
            let mut line = String::new();
            if stream.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            if let Some(text) = line.to_lowercase().strip_prefix("content-length: ") {
                length = text.trim().parse().unwrap();
            }
            head.push_str(&line);
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).unwrap();
        kept.lock().unwrap().push((head, body));
        let answer = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
        stream.get_mut().write_all(answer.as_bytes()).unwrap();
    }
}

fn attribute<'v>(span: &'v Value, key: &str) -> &'v Value {
    let all = span["attributes"].as_array().unwrap();
    let found = all.iter().find(|attribute| attribute["key"] == key);
    found.map_or(&Value::Null, |found| {
        let (_, value) = found["value"].as_object().unwrap().iter().next().unwrap();
        value
    })
}

fn named<'v>(spans: &'v [Value], name: &str) -> &'v Value {
    spans.iter().find(|span| span["name"] == name).unwrap_or_else(|| panic!("{name}: {spans:#?}"))
}

fn nanos(span: &Value, name: &str) -> u64 {
    span[name].as_str().unwrap().parse().unwrap()
}

/// A reset of a new user's password, within a trace of the caller's; the reset, and its answer.
fn reset(server: &Operated, lines: &str) -> (String, Answer) {
    let ann = server.user("ann", "");
    let path = format!("/20160918/users/{ann}/uiPassword");
    let head = server.head("POST", &path, "");
    let answer = exchange(&server.host, &format!("{head}{lines}\r\n")).unwrap();
    assert_eq!(answer.status(), 200, "{}", answer.body);
    (head, answer)
}

#[test]
fn a_collector_is_told_where_the_time_of_a_signed_request_went() {
    let collector = Collector::start();
    let root = TempDir::new().unwrap();
    let server = Operated::start(&root, &[], &["--otlp-endpoint", &collector.address]);
    let (_, answer) = reset(&server, &format!("traceparent: 00-{TRACE}-{PARENT}-00\r\n"));
    assert_eq!(get(&server.host, "/20160918/users").unwrap().status(), 401);
    server.stop();

    let spans = collector.spans();
    let operation = named(&spans, "CreateOrResetUIPassword");
    assert_eq!(
        (&operation["traceId"], &operation["parentSpanId"]),
        (&TRACE.into(), &PARENT.into())
    );
    assert_eq!(operation["kind"], 2);
    for (key, value) in [
        ("http.request.method", "POST"),
        ("http.response.status_code", "200"),
        ("durward.api", "identity"),
        ("durward.request_id", answer.header("opc-request-id").unwrap()),
        ("durward.tenancy", "1"),
    ] {
        assert_eq!(attribute(operation, key), value, "{key}");
    }
    let (began, ended) =
        (nanos(operation, "startTimeUnixNano"), nanos(operation, "endTimeUnixNano"));
    let now = u64::try_from(jiff::Timestamp::now().as_nanosecond()).unwrap();
    assert!(began < ended && ended < now && now - began < 60_000_000_000, "{began} {ended} {now}");

    let of_trace: Vec<&Value> = spans.iter().filter(|span| span["traceId"] == TRACE).collect();
    let stage = |name: &str| *of_trace.iter().find(|span| span["name"] == name).unwrap();
    let within = |inner: &Value, outer: &Value| {
        assert_eq!(inner["parentSpanId"], outer["spanId"]);
        assert!(nanos(inner, "startTimeUnixNano") >= nanos(outer, "startTimeUnixNano"));
        assert!(nanos(inner, "endTimeUnixNano") <= nanos(outer, "endTimeUnixNano"));
    };
    within(stage("signature"), operation);
    within(stage("commit"), operation);
    let (decide, transaction) = (stage("decide"), stage("transaction"));
    within(decide, transaction);
    within(transaction, operation);

    // Who is not known is in nobody's tenancy, and in a trace of their own.
    let refused = spans.iter().find(|span| attribute_of(span) == Some("401")).unwrap();
    assert_eq!(refused["name"], "ListUsers");
    assert!(refused["parentSpanId"].is_null() && refused["traceId"] != TRACE);
    assert!(attribute(refused, "durward.tenancy").is_null());
    let ids: std::collections::BTreeSet<_> =
        spans.iter().map(|span| &span["spanId"]).map(|id| id.as_str()).collect();
    assert_eq!(ids.len(), spans.len(), "each has an id of its own");
}

fn attribute_of(span: &Value) -> Option<&str> {
    span.get("attributes")?;
    attribute(span, "http.response.status_code").as_str()
}

#[test]
fn no_secret_is_sent_to_a_collector_and_nothing_that_the_operator_asks_for() {
    let collector = Collector::start();
    let root = TempDir::new().unwrap();
    let with = ["--otlp-endpoint", collector.address.as_str()];
    let server = Operated::start(&root, &["--tenancy-name", "acme"], &with);
    let token = "RetryTokenThatNobodyKnows7";
    let (head, answer) = reset(
        &server,
        &format!("opc-retry-token: {token}\r\ntraceparent: ThisIsNoTraceButASecret99\r\n"),
    );
    let password = answer.json()["password"].as_str().unwrap().to_owned();
    let mut visitor = Visitor::new(&server);
    assert_eq!(visitor.sign_in("ann", "GuessedByAStranger42").status(), 403);
    assert_eq!(visitor.sign_in("ann", &password).status(), 303);
    let query = "/20160918/users?password=PutIntoTheQuery123";
    assert_eq!(get(&server.host, query).unwrap().status(), 401);
    for path in ["/healthz", "/readyz"] {
        assert_eq!(get(&server.host, path).unwrap().status(), 200);
    }
    assert_eq!(get(&server.metrics, "/metrics").unwrap().status(), 200);
    let signature = head.split_once("signature=\"").unwrap().1.split('"').next().unwrap();
    let mut secrets = vec![token, &password, signature, "GuessedByAStranger42"];
    secrets.extend(["PutIntoTheQuery123", "ThisIsNoTraceButASecret99"]);
    let cookies = visitor.cookies_seen.clone();
    secrets.extend(cookies.iter().map(String::as_str));
    server.stop();
    let spans = collector.spans();
    for name in ["CreateOrResetUIPassword", "submit sign-in", "hash", "ListUsers"] {
        named(&spans, name);
    }
    assert!(spans.iter().all(|span| {
        !["healthz", "readyz", "metrics"].contains(&span["name"].as_str().unwrap())
    }));
    for (sent_head, body) in collector.got.lock().unwrap().iter() {
        let all = [sent_head.as_bytes(), body].concat();
        let holds = |bytes: &[u8]| all.windows(bytes.len()).any(|window| window == bytes);
        assert!(!holds(b"uthorization") && !holds(b"keyId"), "{sent_head}");
        for secret in &secrets {
            for form in forms(secret) {
                assert!(!holds(&form), "{secret} was sent");
            }
        }
    }
}

/// Spans that were dropped, as the metrics tell.
fn dropped(server: &Operated) -> f64 {
    let page = get(&server.metrics, "/metrics").unwrap().body;
    let name = "durward_trace_spans_total{outcome=\"dropped\"} ";
    let line = page.lines().find_map(|line| line.strip_prefix(name));
    line.unwrap_or_else(|| panic!("{page}")).parse().unwrap()
}

#[test]
fn a_collector_that_is_away_or_silent_makes_no_request_wait() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap(); // it takes connections, and no more
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for address in [silent.local_addr().unwrap(), gone] {
        let root = TempDir::new().unwrap();
        let collector = format!("http://{address}");
        let server = Operated::start(&root, &[], &["--otlp-endpoint", &collector]);
        let tenancy = format!("/20160918/tenancies/{}", server.profile["tenancy"]);
        let began = Instant::now();
        while dropped(&server) == 0.0 {
            let asked = Instant::now();
            assert_eq!(server.send("GET", &tenancy, "", "").status(), 200);
            assert!(asked.elapsed() < Duration::from_secs(2), "{:?}", asked.elapsed());
            assert!(began.elapsed() < LONG, "nothing is dropped");
            // Fewer than find place in the queue until the collector is given up: else they are
            // dropped before anything is known of it, and said.
            wait_for(|| asked.elapsed() >= Duration::from_millis(10));
        }
        let stopping = Instant::now();
        let log = server.stop();
        assert!(stopping.elapsed() < Duration::from_secs(10), "{:?}", stopping.elapsed());
        let told = log.matches("the collector takes no traces; they are dropped").count();
        assert_eq!(told, 1, "it is said once: {log}");
    }
}

#[test]
fn without_a_collector_nothing_is_sent_and_nothing_counted() {
    let root = TempDir::new().unwrap();
    let server = Operated::start(&root, &[], &[]);
    reset(&server, &format!("traceparent: 00-{TRACE}-{PARENT}-01\r\n"));
    let page = get(&server.metrics, "/metrics").unwrap().body;
    for outcome in ["sent", "dropped"] {
        let line = format!("durward_trace_spans_total{{outcome=\"{outcome}\"}} 0\n");
        assert!(page.contains(&line), "{page}");
    }
    server.stop();
}
