//! The metrics of a server of its own process: well formed, equal to what was done, and as many as
//! there are operations, whatever is asked for.

use crate::operating::{Answer, Operated, exchange, get};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use tempfile::TempDir;

/// A page of metrics, read by the rules of OpenMetrics: each sample by its name with its labels.
struct Page {
    samples: BTreeMap<String, f64>,
    families: BTreeSet<String>,
}

impl Page {
    /// Reads the page, and fails where it is not as it must be.
    fn of(server: &Operated) -> Self {
        let answer = get(&server.metrics, "/metrics").unwrap();
        let form = answer.header("content-type").unwrap();
        assert!(form.starts_with("application/openmetrics-text; version=1.0.0"), "{form}");
        let text = answer.body.strip_suffix("# EOF\n").expect("it ends with its end");
        let (mut page, mut family, mut kind) = (Self::empty(), "", "");
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("# HELP ") {
                family = rest.split_once(' ').unwrap().0;
                assert!(page.families.insert(family.to_owned()), "{family} is told of twice");
            } else if let Some(rest) = line.strip_prefix("# TYPE ") {
                let (of, this) = rest.split_once(' ').unwrap();
                assert_eq!(of, family);
                kind = this;
            } else {
                page.sample(line, family, kind);
            }
        }
        page.histograms_add_up();
        page
    }

    fn empty() -> Self {
        Self { samples: BTreeMap::new(), families: BTreeSet::new() }
    }

    fn sample(&mut self, line: &str, family: &str, kind: &str) {
        let (name, value) = line.rsplit_once(' ').unwrap();
        let value: f64 = value.parse().unwrap();
        let bare = name.split_once('{').map_or(name, |(bare, labels)| {
            let labels = labels.strip_suffix('}').unwrap();
            for label in labels.split("\",") {
                let (key, value) = label.split_once("=\"").expect(line);
                assert!(key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'));
                let value = value.trim_end_matches('"');
                let plain = |byte: u8| byte.is_ascii_alphanumeric() || b" .-_+".contains(&byte);
                assert!(value.bytes().all(plain), "a label is a word of ours: {line}");
            }
            bare
        });
        let suffix = bare.strip_prefix(family).unwrap_or_else(|| panic!("{line} under {family}"));
        let suffixes: &[&str] = match kind {
            "counter" => &["_total"],
            "gauge" => &[""],
            "info" => &["_info"],
            "histogram" => &["_sum", "_count", "_bucket"],
            _ => panic!("{kind}"),
        };
        assert!(suffixes.contains(&suffix), "{line} is no {kind}");
        assert!(value >= 0.0, "{line}");
        assert!(self.samples.insert(name.to_owned(), value).is_none(), "{name} twice");
    }

    /// Whether each histogram grows from bound to bound, up to the number of all.
    fn histograms_add_up(&self) {
        let mut seen: BTreeMap<String, Vec<(f64, f64)>> = BTreeMap::new();
        for (name, count) in &self.samples {
            let Some((family, labels)) = name.split_once("_bucket{le=\"") else { continue };
            let (bound, rest) = labels.split_once('"').unwrap();
            let rest = rest.trim_start_matches(',').trim_end_matches('}');
            let rest = if rest.is_empty() { String::new() } else { format!("{{{rest}}}") };
            let bounds = seen.entry(format!("{family}_count{rest}")).or_default();
            bounds.push((bound.parse().unwrap(), *count));
        }
        assert!(!seen.is_empty());
        for (name, mut bounds) in seen {
            bounds.sort_by(|one, other| one.0.total_cmp(&other.0));
            assert!(bounds.is_sorted_by(|one, other| one.1 <= other.1), "{name}: {bounds:?}");
            assert_eq!(bounds.last(), Some(&(f64::INFINITY, self.samples[&name])), "{name}");
        }
    }

    fn value(&self, name: &str) -> f64 {
        self.samples.get(name).copied().unwrap_or_default()
    }

    fn requests(&self, api: &str, operation: &str, code: u16) -> f64 {
        let of = format!("api=\"{api}\",operation=\"{operation}\"");
        let counted = self.value(&format!("durward_requests_total{{{of},code=\"{code}\"}}"));
        let timed = self.value(&format!("durward_request_duration_seconds_count{{{of}}}"));
        assert!(timed >= counted, "{operation}: {timed} were timed, and {counted} had that code");
        counted
    }
}

/// A visitor of the Console, with cookies.
pub(crate) struct Visitor<'a> {
    server: &'a Operated,
    cookies: BTreeMap<String, String>,
    /// The value of each cookie that was ever set.
    pub(crate) cookies_seen: BTreeSet<String>,
}

impl<'a> Visitor<'a> {
    pub(crate) fn new(server: &'a Operated) -> Self {
        Self { server, cookies: BTreeMap::new(), cookies_seen: BTreeSet::new() }
    }

    fn send(&mut self, method: &str, path: &str, body: &str) -> Answer {
        let host = &self.server.host;
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let answer = exchange(
            host,
            &format!(
                "{method} {path} HTTP/1.1\r\nhost: {host}\r\norigin: http://{host}\r\n\
                 cookie: {}\r\ncontent-type: application/x-www-form-urlencoded\r\n\
                 content-length: {}\r\nconnection: close\r\n\r\n{body}",
                cookies.join("; "),
                body.len()
            ),
        );
        let answer = answer.unwrap();
        for line in answer.head.lines().filter_map(|line| line.strip_prefix("set-cookie: ")) {
            let (name, rest) = line.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            match value.is_empty() {
                true => self.cookies.remove(name),
                false => {
                    self.cookies_seen.insert(value.to_owned());
                    self.cookies.insert(name.to_owned(), value.to_owned())
                }
            };
        }
        answer
    }

    /// Looks at a page, and sends its form.
    pub(crate) fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.send("GET", path, "").body;
        let (_, token) = page.split_once("name=\"form-token\" value=\"").expect(&page);
        let token = token.split_once('"').unwrap().0;
        let escape =
            |text: &str| -> String { text.bytes().map(|byte| format!("%{byte:02X}")).collect() };
        let mut body = format!("form-token={}", escape(token));
        for (name, value) in fields {
            body.push_str(&format!("&{name}={}", escape(value)));
        }
        self.send("POST", path.split('?').next().unwrap(), &body)
    }

    /// Tries to sign in to the tenancy `acme`.
    pub(crate) fn sign_in(&mut self, user: &str, password: &str) -> Answer {
        let fields = [("tenant", "acme"), ("username", user), ("password", password)];
        self.submit("/console/sign-in?tenant=acme", &fields)
    }
}

#[test]
fn what_is_counted_is_what_was_done() {
    let root = TempDir::new().unwrap();
    let server = Operated::start(&root, &["--tenancy-name", "acme"], &[]);
    let before = Page::of(&server);
    let user = server.user("ann", "");
    let path = format!("/20160918/users/{user}/uiPassword");
    let mut password = String::new();
    for token in ["first", "first", "first", "second"] {
        let answer = server.send("POST", &path, "", &format!("opc-retry-token: {token}\r\n"));
        password = answer.json()["password"].as_str().unwrap().to_owned();
    }
    let other = format!("{}aaaa", user.get(..user.len() - 4).unwrap());
    let nobody = path.replace(&user, &other);
    assert_eq!(server.send("POST", &nobody, "", "").status(), 404);
    assert_eq!(get(&server.host, &path).unwrap().status(), 401);
    let mut visitor = Visitor::new(&server);
    assert_eq!(visitor.sign_in("ann", "not the password").status(), 403);
    assert_eq!(visitor.sign_in("ann", &password).status(), 303);

    let after = Page::of(&server);
    let grown = |name: &str| after.value(name) - before.value(name);
    let reset = "CreateOrResetUIPassword";
    assert_eq!(after.requests("identity", reset, 200), 4.0);
    assert_eq!(after.requests("identity", reset, 404), 1.0);
    assert_eq!(after.requests("identity", "GetUserUIPasswordInformation", 401), 1.0);
    assert_eq!(after.requests("identity", "CreateUser", 200), 1.0);
    assert_eq!(after.requests("console", "show sign-in", 200), 2.0);
    assert_eq!(after.requests("console", "submit sign-in", 403), 1.0);
    assert_eq!(after.requests("console", "submit sign-in", 303), 1.0);
    assert_eq!(after.requests("operator", "metrics", 200), 1.0, "the look before this one");
    // A retry token's answer is given again, and its reset is not made again.
    assert_eq!(grown("durward_password_resets_total{way=\"one-time-password\"}"), 2.0);
    assert_eq!(grown("durward_sign_ins_total{outcome=\"refused\"}"), 1.0);
    assert_eq!(grown("durward_sign_ins_total{outcome=\"change-password\"}"), 1.0);
    assert_eq!(grown("durward_sign_ins_total{outcome=\"accepted\"}"), 0.0);
    assert_eq!(grown("durward_lockouts_total"), 0.0);
    let changes = "durward_store_changes_total{outcome=\"committed\"}";
    // A user, four answers to resets, an audited refusal, two sign-ins in two steps each.
    assert!(grown(changes) >= 10.0, "{}", grown(changes));
    assert_eq!(after.value("durward_store_commit_duration_seconds_count"), after.value(changes));
    let groups = "durward_store_group_size_sum";
    let (undone, all) = ("durward_store_changes_total{outcome=\"undone\"}", after.value(groups));
    assert_eq!(all, after.value(changes) + after.value(undone));
    assert!(after.value("process_resident_memory_bytes") > 1e6);
    assert!(after.value("durward_connections") >= 1.0, "this one");
    server.stop();
}

#[test]
fn a_link_by_mail_is_counted_when_it_is_queued() {
    let root = TempDir::new().unwrap();
    let server = Operated::start(&root, &["--identity-domains"], &[]);
    let bob = server.user("bob", ",\"email\":\"bob@example.com\"");
    let path = format!("/20160918/users/{bob}/uiPassword");
    assert_eq!(server.send("POST", &path, "", "").status(), 200);
    let page = Page::of(&server);
    let link = |name: &&String| {
        name.starts_with("durward_mail_queued_total{") && name.ends_with("link=\"true\"}")
    };
    let links: f64 = page.samples.keys().filter(link).map(|name| page.value(name)).sum();
    assert_eq!(links, 2.0, "the welcome, and the same once more");
    assert_eq!(page.value("durward_password_resets_total{way=\"link-by-mail\"}"), 1.0);
    assert_eq!(page.value("durward_password_resets_total{way=\"one-time-password\"}"), 0.0);
    server.stop();
}

#[test]
fn a_user_is_locked_out_once_however_many_try_at_once() {
    let root = TempDir::new().unwrap();
    let server = Operated::start(&root, &["--tenancy-name", "acme"], &[]);
    let user = server.user("ann", "");
    assert_eq!(
        server.send("POST", &format!("/20160918/users/{user}/uiPassword"), "", "").status(),
        200
    );
    std::thread::scope(|scope| {
        for _ in 0..12 {
            scope.spawn(|| {
                let answer = Visitor::new(&server).sign_in("ann", "not the password");
                assert_eq!(answer.status(), 403, "{}", answer.body);
            });
        }
    });
    let page = Page::of(&server);
    assert_eq!(page.value("durward_lockouts_total"), 1.0);
    assert_eq!(page.value("durward_sign_ins_total{outcome=\"refused\"}"), 12.0);
    server.stop();
}

#[test]
fn two_thousand_unknown_paths_are_one_label() {
    let root = TempDir::new().unwrap();
    let server = Operated::start(&root, &[], &[]);
    let mut stream = BufReader::new(TcpStream::connect(&server.host).unwrap());
    let mut ask = |method: &str, path: &str| {
        let request = format!("{method} {path} HTTP/1.1\r\nhost: {}\r\n\r\n", server.host);
        stream.get_mut().write_all(request.as_bytes()).unwrap();
        let mut length = 0;
        loop {
            let mut line = String::new();
            stream.read_line(&mut line).unwrap();
            if let Some(text) = line.strip_prefix("content-length: ") {
                length = text.trim().parse().unwrap();
            }
            if line == "\r\n" {
                break;
            }
            assert!(!line.is_empty(), "the connection ended");
        }
        stream.read_exact(&mut vec![0; length]).unwrap();
    };
    let mut all = |from: usize, to: usize| {
        for number in from..to {
            match number % 5 {
                0 => ask("GET", &format!("/no/such/path/{number}")),
                1 => ask("GET", &format!("/20160918/things{number}")),
                2 => ask("GET", &format!("/console/nothing-{number}")),
                3 => ask(&format!("METHOD{number}"), "/20160918/users"),
                _ => ask("GET", &format!("/20160918/users/{number}")),
            }
        }
    };
    all(0, 10);
    let before = Page::of(&server);
    all(10, 2_010);
    let after = Page::of(&server);
    let names = |page: &Page| page.samples.keys().cloned().collect::<BTreeSet<_>>();
    let new: Vec<String> = names(&after).difference(&names(&before)).cloned().collect();
    let of_looks = new.iter().all(|name| name.contains("operation=\"metrics\""));
    assert!(of_looks, "{new:?}");
    assert_eq!(after.requests("none", "unknown", 404), 1_206.0);
    assert_eq!(after.requests("identity", "GetUser", 401), 402.0);
    server.stop();
}

/// The operator's guide has a row for each, and for nothing else.
#[test]
fn the_guide_names_every_metric() {
    let guide = include_str!("../../../../docs/guide/operating.md");
    let rows = guide.lines().filter_map(|line| line.strip_prefix("| `"));
    let named: BTreeSet<String> = rows
        .map(|row| row.split(['`', '{']).next().unwrap())
        .filter(|name| name.starts_with("durward_") || name.starts_with("process_"))
        .filter(|name| !name.contains(' ')) // what to be woken for
        .map(|name| name.trim_end_matches("_total").trim_end_matches("_info").to_owned())
        .collect();
    let root = TempDir::new().unwrap();
    let server = Operated::start(&root, &[], &[]);
    assert_eq!(named, Page::of(&server).families);
    server.stop();
}
