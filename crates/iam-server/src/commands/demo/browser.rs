//! As much of a browser as the Console needs: it keeps cookies, follows redirections, and fills in
//! the forms that it finds in a page.

use crate::failure::Failure;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::collections::BTreeMap;
use std::time::Duration;
use ureq::Agent;
use ureq::http::Response;

const REDIRECTIONS_MAX: usize = 5;
const ANSWER_TIME_MAX: Duration = Duration::from_secs(30);
const PAGE_MAX: u64 = 1024 * 1024;

/// A browser with one page open.
pub(super) struct Browser {
    agent: Agent,
    address: String,
    cookies: BTreeMap<String, String>,
    path: String,
    status: String,
    page: String,
}

/// One form of a page.
#[derive(Debug, Default, PartialEq, Eq)]
struct Form {
    attributes: BTreeMap<String, String>,
    fields: Vec<BTreeMap<String, String>>,
}

impl Browser {
    /// A browser that has seen nothing yet.
    pub(super) fn new(address: &str) -> Self {
        let config = Agent::config_builder()
            .max_redirects(0)
            .http_status_as_error(false)
            .proxy(None)
            .timeout_global(Some(ANSWER_TIME_MAX))
            .build();
        Self {
            agent: config.into(),
            address: address.to_owned(),
            cookies: BTreeMap::new(),
            path: String::new(),
            status: String::new(),
            page: String::new(),
        }
    }

    /// Opens a page of the Console.
    pub(super) fn open(&mut self, path: &str) -> Result<(), Failure> {
        let url = format!("{}{path}", self.address);
        let answer = self.agent.get(&url).header("cookie", self.cookie_line()).call();
        self.take(path, answer)
    }

    /// Fills in the form that has these fields, and sends it.
    pub(super) fn submit(&mut self, filled: &[(&str, &str)]) -> Result<(), Failure> {
        let has = |form: &Form, name: &str| form.fields.iter().any(|field| is(field, "name", name));
        let mut forms = forms(&self.page).into_iter();
        let form = forms.find(|form| filled.iter().all(|(name, _)| has(form, name)));
        let form = form.ok_or_else(|| {
            let names: Vec<_> = filled.iter().map(|(name, _)| *name).collect();
            let (status, path) = (&self.status, &self.path);
            Failure::new(format!("`{path}` ({status}) has no form with {}", names.join(", ")))
        })?;
        let hidden = form.fields.iter().filter(|field| is(field, "type", "hidden"));
        let value = |field: &'_ BTreeMap<_, _>, key| field.get(key).cloned().unwrap_or_default();
        let hidden = hidden.map(|field| (value(field, "name"), value(field, "value")));
        let filled = filled.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let pairs: Vec<String> = hidden
            .chain(filled)
            .map(|(name, text)| format!("{}={}", encoded(&name), encoded(&text)))
            .collect();
        let body = pairs.join("&");
        let here = self.path.split('?').next().unwrap_or_default().to_owned();
        let action = form.attributes.get("action").cloned().unwrap_or(here);
        if !is(&form.attributes, "method", "post") {
            return self.open(&format!("{action}?{body}"));
        }
        let url = format!("{}{action}", self.address);
        let request = self.agent.post(&url).header("cookie", self.cookie_line());
        let answer = request
            .header("origin", &self.address)
            .header("content-type", "application/x-www-form-urlencoded")
            .send(&body);
        self.take(&action, answer)
    }

    /// Refuses any page but that one.
    pub(super) fn must_be_at(&self, path: &str) -> Result<(), Failure> {
        if self.path.split('?').next() == Some(path) {
            return Ok(());
        }
        let (at, status) = (&self.path, &self.status);
        Err(Failure::new(format!("the Console shows `{at}` ({status}), where `{path}` is due")))
    }

    /// What the last answer holds.
    pub(super) fn page(&self) -> &str {
        &self.page
    }

    /// The status of the last answer.
    pub(super) fn status(&self) -> &str {
        &self.status
    }

    fn cookie_line(&self) -> String {
        let pairs: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }

    /// Takes an answer, and goes on to where it leads.
    fn take(
        &mut self,
        path: &str,
        answer: Result<Response<ureq::Body>, ureq::Error>,
    ) -> Result<(), Failure> {
        let (mut path, mut answer) = (path.to_owned(), answer);
        for _ in 0..REDIRECTIONS_MAX {
            let unreachable =
                |cause| Failure::new(format!("cannot reach `{}{path}`: {cause}", self.address));
            let mut response = answer.map_err(unreachable)?;
            for line in response.headers().get_all("set-cookie") {
                let pair = line.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
                match pair.split_once('=') {
                    Some((name, "")) => drop(self.cookies.remove(name)),
                    Some((name, value)) => {
                        self.cookies.insert(name.to_owned(), value.to_owned());
                    }
                    None => {}
                }
            }
            let location = response.headers().get("location").and_then(|to| to.to_str().ok());
            let Some(to) = location.filter(|_| response.status().is_redirection()) else {
                self.status = response.status().to_string();
                let page = response.body_mut().with_config().limit(PAGE_MAX).read_to_string();
                self.page = page.map_err(|cause| Failure::new(cause.to_string()))?;
                self.path = path;
                return Ok(());
            };
            path = to.strip_prefix(&self.address).unwrap_or(to).to_owned();
            let url = format!("{}{path}", self.address);
            answer = self.agent.get(&url).header("cookie", self.cookie_line()).call();
        }
        Err(Failure::new(format!("`{path}` leads on and on")))
    }
}

fn is(attributes: &BTreeMap<String, String>, name: &str, value: &str) -> bool {
    attributes.get(name).is_some_and(|found| found.eq_ignore_ascii_case(value))
}

/// The forms of a page, each with its fields.
fn forms(page: &str) -> Vec<Form> {
    let mut found: Vec<Form> = Vec::new();
    for tag in page.split('<').skip(1) {
        let (name, rest) =
            tag.split_once(|sign: char| sign.is_whitespace() || sign == '>').unwrap_or((tag, ""));
        match (name.to_ascii_lowercase().as_str(), found.last_mut()) {
            ("form", _) => {
                found.push(Form { attributes: attributes(rest), fields: Vec::new() });
            }
            ("input", Some(form)) => form.fields.push(attributes(rest)),
            _ => {}
        }
    }
    found
}

/// The attributes of a tag, written `name="value"` as the Console's pages write them.
fn attributes(tag: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut rest = tag;
    while let Some((name, after)) = rest.split_once("=\"") {
        let Some((value, after)) = after.split_once('"') else { break };
        if name.contains('>') {
            break; // the tag ended before
        }
        let name = name.split_whitespace().last().unwrap_or_default();
        found.insert(name.to_ascii_lowercase(), plain(value));
        rest = after;
    }
    found
}

/// A text without the escapes of HTML.
fn plain(text: &str) -> String {
    let escapes = [
        ("&lt;", "<"),
        ("&#60;", "<"),
        ("&gt;", ">"),
        ("&#62;", ">"),
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#38;", "&"),
        ("&amp;", "&"),
    ];
    escapes.iter().fold(text.to_owned(), |text, (escape, sign)| text.replace(escape, sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_found_with_their_fields() {
        let page = "<p>a=\"b\"<form method=\"post\" action=\"/x\">\n<input type=\"hidden\" \
                    name=\"t\" value=\"a&#38;b&quot;\"><label>c</label><input name=\"u\" required>\
                    </form><form method=get><INPUT name=\"v\"></form>";
        let found = forms(page);
        assert_eq!(found.len(), 2);
        assert!(
            is(&found[0].attributes, "action", "/x") && is(&found[0].attributes, "method", "POST")
        );
        assert_eq!(found[0].fields[0]["value"], "a&b\"");
        assert_eq!(found[0].fields[1]["name"], "u");
        assert_eq!(found[1].fields.len(), 1);
        assert!(found[1].attributes.is_empty());
    }
}
