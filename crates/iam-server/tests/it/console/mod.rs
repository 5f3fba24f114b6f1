//! The Console, visited like a browser would: cookies kept, forms sent with what their page holds.
//! What only a real browser can show is tested in `tests/browser`.

mod authorize;
mod domain_rules;
mod guard;
mod locked;
mod lockout;
mod mail;
mod network_policy;
mod one_time_password;
mod password_policies;
mod readdressed;
mod recovery;
mod recovery_model;
mod second_factor;
mod sessions;
mod users;

use crate::world::{Answer, HOST, World};
use axum::body::Body;
use axum::http::Request;
use iam_api::Ocid;
use std::collections::BTreeMap;

const SIGN_IN: &str = "/console/sign-in?tenant=acme";
const CHANGE: &str = "/console/change-password";
const SESSION: &str = "__Host-durward-session";
const FORM: &str = "__Host-durward-form";
pub(crate) const CHOSEN: &str = "7Tulips-behind-glass";

/// Somebody with a browser.
#[derive(Clone)]
pub(crate) struct Visitor<'w> {
    world: &'w World,
    cookies: BTreeMap<String, String>,
}

impl<'w> Visitor<'w> {
    pub(crate) fn new(world: &'w World) -> Self {
        Self { world, cookies: BTreeMap::new() }
    }

    /// Someone who is signed in with a password of their own choice.
    pub(crate) fn signed_in(world: &'w World, user: &str, id: &Ocid) -> Self {
        let one_time = one_time_password(world, id);
        let mut visitor = Self::new(world);
        assert_eq!(visitor.sign_in(user, &one_time).header("location"), Some(CHANGE));
        let page = visitor.get(CHANGE);
        let changed = visitor.choose(&page, CHOSEN);
        assert_eq!(changed.status, 303, "{}", changed.text);
        visitor
    }

    fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        let mut request = Request::builder().method(method).uri(path).header("host", HOST);
        let line: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !line.is_empty() {
            request = request.header("cookie", line.join("; "));
        }
        request
    }

    fn deliver(&mut self, request: Request<Body>) -> Answer {
        let answer = self.world.deliver(request);
        for line in answer.headers.get_all("set-cookie") {
            let pair = line.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    pub(crate) fn get(&mut self, path: &str) -> Answer {
        self.deliver(self.request("GET", path).body(Body::empty()).unwrap())
    }

    /// Sends a form as a browser does from a page of ours.
    fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = self
            .request("POST", path)
            .header("origin", "null")
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded");
        self.deliver(request.body(Body::from(encode(fields))).unwrap())
    }

    /// Opens the sign-in page and sends its form.
    pub(crate) fn sign_in(&mut self, user: &str, password: &str) -> Answer {
        let page = self.get(SIGN_IN);
        let token = hidden(&page, "form-token");
        self.post("/console/sign-in", &sign_in_form(&token, user, password))
    }

    /// Sends the form of the page that asks for a new password.
    fn choose(&mut self, page: &Answer, new: &str) -> Answer {
        let token = hidden(page, "form-token");
        let fields = [("form-token", &*token), ("new-password", new), ("repeat-password", new)];
        self.post(CHANGE, &fields)
    }

    fn session(&self) -> &str {
        &self.cookies[SESSION]
    }
}

/// Whether a user signs in with that password.
pub(crate) fn signs_in(world: &World, user: &str, password: &str) -> bool {
    Visitor::new(world).sign_in(user, password).status == 303
}

fn sign_in_form<'a>(token: &'a str, user: &'a str, password: &'a str) -> [(&'a str, &'a str); 4] {
    [("form-token", token), ("tenant", "acme"), ("username", user), ("password", password)]
}

/// A one-time password that the administrator gives by the API.
pub(crate) fn one_time_password(world: &World, user: &Ocid) -> String {
    let path = format!("/20160918/users/{user}/uiPassword");
    world.send(&world.administrator(), "POST", &path, None).ok().text("password")
}

fn encode(fields: &[(&str, &str)]) -> String {
    let all = percent_encoding::NON_ALPHANUMERIC;
    let value = |text| percent_encoding::utf8_percent_encode(text, all);
    let pairs: Vec<String> =
        fields.iter().map(|(name, text)| format!("{}={}", value(name), value(text))).collect();
    pairs.join("&")
}

/// The value of the first hidden field of that name.
fn hidden(page: &Answer, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    let rest = page.text.split_once(&start).unwrap_or_else(|| panic!("no {name}: {}", page.text)).1;
    rest.split_once('"').unwrap().0.to_owned()
}

/// The one-time password that a page shows, put together from its stretches.
fn shown_password(page: &Answer) -> String {
    let rest = page.text.split_once("data-copy=\"").unwrap_or_else(|| panic!("{}", page.text)).1;
    let text = rest.split_once('"').unwrap().0;
    text.replace("&#60;", "<").replace("&#62;", ">").replace("&#38;", "&")
}
