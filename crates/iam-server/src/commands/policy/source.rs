//! Files of statements: a statement a line, or OCI's JSON. What is found knows where it stands, so
//! that an error can say so and the formatter can put another text in its place.
//!
//! In text, empty lines and lines that begin with `#` are kept as they are, and an indented line
//! goes on with the statement before it. In JSON, a statement is a string in a list that is the
//! whole document or is called `statements`: a list, a policy, what `oci iam policy list` prints.

use crate::failure::Failure;
use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// The largest file that is read, in bytes: more than all policies of a tenancy may take.
const FILE_BYTES_MAX: u64 = 16 << 20;
/// The words that a statement begins with, so that an indented line can begin one too.
const BEGINNINGS: [&str; 5] = ["allow", "deny", "define", "endorse", "admit"];

/// A file of statements.
pub(super) struct Source {
    /// What people call it.
    pub(super) name: String,
    /// Where it is; nowhere, where it came from standard input.
    pub(super) path: Option<PathBuf>,
    pub(super) text: String,
    pub(super) form: Form,
    pub(super) statements: Vec<Placed>,
}

/// How statements stand in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Lines,
    Json,
}

/// A statement and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Placed {
    pub(super) text: String,
    /// Its bytes in the file; in JSON, with the quotes.
    pub(super) span: Range<usize>,
    /// The number of its first line.
    pub(super) line: usize,
    /// Which policy of the file it belongs to: statements speak of each other in one alone.
    pub(super) policy: usize,
    /// The OCID of the compartment that its policy is attached to, where the file says so.
    pub(super) compartment: Option<String>,
}

impl Source {
    /// Reads a file, or standard input where its name is `-`.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let is_stdin = path.as_os_str() == "-";
        let name = if is_stdin { "<stdin>".to_owned() } else { path.display().to_string() };
        let unread = |cause| Failure::new(format!("cannot read `{name}`: {cause}"));
        let mut bytes = Vec::new();
        let read = if is_stdin {
            io::stdin().lock().take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes)
        } else {
            File::open(path).and_then(|file| file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes))
        };
        if read.map_err(unread)? as u64 > FILE_BYTES_MAX {
            let message = format!("`{name}` is larger than {FILE_BYTES_MAX} bytes; split it");
            return Err(Failure::new(message));
        }
        let text = String::from_utf8(bytes).map_err(|cause| {
            let at = cause.utf8_error().valid_up_to();
            Failure::new(format!("`{name}` is not UTF-8 at byte {at}; write it as UTF-8"))
        })?;
        Self::of(name, (!is_stdin).then(|| path.to_owned()), text)
    }

    fn of(name: String, path: Option<PathBuf>, text: String) -> Result<Self, Failure> {
        let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
        let is_json = text.trim_start().starts_with(['[', '{']);
        let (form, statements) =
            if is_json { (Form::Json, json(&name, &text)?) } else { (Form::Lines, lines(&text)) };
        Ok(Self { name, path, text, form, statements })
    }

    /// The text with others in the places of its statements, in their order. On a line a statement
    /// stands alone.
    pub(super) fn with(&self, texts: &[String]) -> String {
        const BLANK: [char; 2] = [' ', '\t'];
        let (mut changed, mut from) = (String::with_capacity(self.text.len()), 0);
        for (statement, text) in self.statements.iter().zip(texts) {
            let between = self.text.get(from..statement.span.start).unwrap_or_default();
            from = statement.span.end;
            match self.form {
                Form::Lines => {
                    let rest = self.text.get(from..).unwrap_or_default();
                    from += rest.len() - rest.trim_start_matches(BLANK).len();
                    changed.push_str(between.trim_end_matches(BLANK));
                    changed.push_str(text);
                }
                Form::Json => {
                    changed.push_str(between);
                    changed.push_str(&serde_json::Value::from(text.as_str()).to_string());
                }
            }
        }
        changed.push_str(self.text.get(from..).unwrap_or_default());
        changed
    }
}

/// The statements of a text.
fn lines(text: &str) -> Vec<Placed> {
    let mut found: Vec<Placed> = Vec::new();
    // Whether the line before belongs to a statement, so that an indented one can go on with it.
    let mut goes_on = false;
    let mut start = 0;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let (whole, words) = (line.trim_end(), line.trim());
        let span = start + (whole.len() - whole.trim_start().len())..start + whole.len();
        let end = start + whole.len();
        start += line.len();
        if words.is_empty() || words.starts_with('#') {
            goes_on = false;
            continue;
        }
        let first = words.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
        let begins = BEGINNINGS.iter().any(|word| word.eq_ignore_ascii_case(first));
        match found.last_mut() {
            Some(last) if goes_on && !begins && line.starts_with([' ', '\t']) => {
                last.span.end = end;
                last.text = text.get(last.span.clone()).unwrap_or_default().to_owned();
            }
            _ => found.push(Placed {
                text: words.to_owned(),
                span,
                line: index + 1,
                policy: 0,
                compartment: None,
            }),
        }
        goes_on = true;
    }
    found
}

/// The statements of a JSON document.
fn json(name: &str, text: &str) -> Result<Vec<Placed>, Failure> {
    // The document is read twice: whole, which tells whether it is JSON at all and where its
    // policies are attached, and then for the places of its strings, which a value does not keep.
    let document: serde_json::Value = serde_json::from_str(text).map_err(|cause| {
        Failure::new(format!("{name}:{}: this is not JSON: {cause}", cause.line()))
    })?;
    let mut walk = Walk { text, at: 0, found: Vec::new(), lists: 0 };
    walk.value(&mut Vec::new(), false);
    if walk.found.is_empty() {
        return Err(Failure::new(format!(
            "`{name}` has no statements: expected a list of them, a policy, or a list of policies"
        )));
    }
    let (mut line, mut counted) = (1, 0);
    let placed = walk.found.into_iter().map(|(span, policy, above)| {
        line += text.get(counted..span.start).unwrap_or_default().matches('\n').count();
        counted = span.start;
        let literal = text.get(span.clone()).unwrap_or_default();
        let owner = document.pointer(&above);
        let attached = |key| owner.and_then(|owner| owner.get(key)?.as_str());
        let compartment = attached("compartment-id").or_else(|| attached("compartmentId"));
        Placed {
            text: serde_json::from_str(literal).unwrap_or_default(),
            span,
            line,
            policy,
            compartment: compartment.map(str::to_owned),
        }
    });
    Ok(placed.collect())
}

/// The way through a document that is known to be JSON, from its beginning to its end; so it is
/// not deeper than `serde_json` reads, which is 128.
struct Walk<'a> {
    text: &'a str,
    at: usize,
    /// Each statement: its bytes, the number of its list, and the pointer to what holds the list.
    found: Vec<(Range<usize>, usize, String)>,
    lists: usize,
}

impl Walk<'_> {
    fn next(&mut self) -> Option<u8> {
        let rest = self.text.get(self.at..)?;
        self.at += rest.len() - rest.trim_start().len();
        self.text.as_bytes().get(self.at).copied()
    }

    /// Goes past a value; the strings of it are statements where it is a list that holds those.
    fn value(&mut self, path: &mut Vec<String>, holds: bool) {
        match self.next() {
            Some(b'{') => self.object(path),
            Some(b'[') => self.list(path, holds || path.is_empty()),
            Some(b'"') => _ = self.string(),
            // A number or a word.
            Some(_) => {
                let rest = self.text.get(self.at..).unwrap_or_default();
                let ends = |c: char| matches!(c, ',' | ']' | '}');
                self.at += rest.find(ends).unwrap_or(rest.len());
            }
            None => {}
        }
    }

    fn object(&mut self, path: &mut Vec<String>) {
        self.at += 1;
        while let Some(byte) = self.next() {
            match byte {
                b'"' => {
                    let key = self.string();
                    let key: String = self
                        .text
                        .get(key)
                        .and_then(|key| serde_json::from_str(key).ok())
                        .unwrap_or_default();
                    if self.next() == Some(b':') {
                        self.at += 1;
                    }
                    let holds = key == "statements";
                    path.push(key.replace('~', "~0").replace('/', "~1"));
                    self.value(path, holds);
                    path.pop();
                }
                b'}' => {
                    self.at += 1;
                    return;
                }
                _ => self.at += 1,
            }
        }
    }

    fn list(&mut self, path: &mut Vec<String>, holds: bool) {
        self.at += 1;
        self.lists += 1;
        let (list, mut index) = (self.lists, 0_usize);
        let above: String = path.iter().rev().skip(1).rev().map(|key| format!("/{key}")).collect();
        while let Some(byte) = self.next() {
            match byte {
                b'"' if holds => {
                    let span = self.string();
                    self.found.push((span, list, above.clone()));
                }
                b']' => {
                    self.at += 1;
                    return;
                }
                b',' => {
                    self.at += 1;
                    index += 1;
                }
                _ => {
                    path.push(index.to_string());
                    self.value(path, false);
                    path.pop();
                }
            }
        }
    }

    /// Goes past a string; its bytes, with the quotes.
    fn string(&mut self) -> Range<usize> {
        let start = self.at;
        let mut is_escaped = true; // so that the first quote does not end it
        for (offset, byte) in self.text.bytes().skip(start).enumerate() {
            self.at = start + offset + 1;
            match byte {
                b'\\' if !is_escaped => is_escaped = true,
                b'"' if !is_escaped => break,
                _ => is_escaped = false,
            }
        }
        start..self.at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Source {
        Source::of("file".to_owned(), None, text.to_owned()).unwrap()
    }

    fn found(text: &str) -> Vec<(usize, String)> {
        source(text).statements.into_iter().map(|found| (found.line, found.text)).collect()
    }

    #[test]
    fn a_line_is_a_statement_and_an_indented_one_goes_on_with_it() {
        let text = "# staff\n\nAllow a\n  where b\n\tc\n# d\n  Allow e\n  allow f\n g\r\n";
        let wanted = [(3, "Allow a\n  where b\n\tc"), (7, "Allow e"), (8, "allow f\n g")];
        assert_eq!(found(text), wanted.map(|(line, text)| (line, text.to_owned())));
        assert!(found("\n# nothing\n").is_empty() && found("").is_empty());
        assert_eq!(found("\u{feff}Allow a"), [(1, "Allow a".to_owned())]);
    }

    #[test]
    fn json_is_a_list_a_policy_or_what_oci_prints() {
        let two = [(2, "Allow \"a\"".to_owned()), (3, "Allow b".to_owned())];
        for text in [
            "[\n\"Allow \\\"a\\\"\",\n\"Allow b\"]",
            "{\"name\": \"statements\", \"statements\": [\n\"Allow \\\"a\\\"\",\n\"Allow b\"],\
             \"x\": 1.5e3}",
            "{\"data\": [{\"description\": \"[\\\\\\\"\",\
             \"statements\": [\n\"Allow \\u0022a\\u0022\"]},\n\
             {\"defined-tags\": {\"a\": [[], {}, null]}, \"statements\": [\"Allow b\"]}]}",
        ] {
            assert_eq!(found(text), two, "{text}");
        }
        let text = "{\"data\": [{\"compartment-id\": \"ocid1.x\", \"statements\": [\"Allow a\"]},\
             {\"statements\": [\"Allow b\"], \"compartmentId\": \"ocid1.y\"}]}";
        let places = source(text).statements.into_iter().map(|found| found.compartment);
        let wanted = ["ocid1.x", "ocid1.y"].map(|ocid| Some(ocid.to_owned()));
        assert_eq!(places.collect::<Vec<_>>(), wanted);
        let policies: Vec<usize> = source(text).statements.iter().map(|of| of.policy).collect();
        assert_ne!(policies[0], policies[1]);
    }

    #[test]
    fn what_holds_no_statements_is_refused_with_the_place() {
        let refused = |text: &str| Source::of("f".to_owned(), None, text.to_owned()).err().unwrap();
        assert!(refused("{\n\"a\": ]").to_string().starts_with("f:2: this is not JSON"));
        for text in ["{}", "[]", "{\"statements\": []}", "[[[\"a\"]]]", "{\"a\": [\"Allow b\"]}"] {
            assert!(refused(text).to_string().contains("has no statements"), "{text}");
        }
        let deep = format!("{}\"a\"{}", "[".repeat(100), "]".repeat(100));
        assert!(refused(&deep).to_string().contains("has no statements"));
    }

    #[test]
    fn other_texts_stand_where_the_statements_stood() {
        let other = ["x \"y\"".to_owned(), "z".to_owned()];
        let lines = source("# a\n  Allow b\n   where c  \n\nAllow d\n");
        assert_eq!(lines.with(&other), "# a\nx \"y\"\n\nz\n");
        let json = source("{\"statements\": [ \"Allow \\u0061\" ,\n  \"Allow b\" ], \"n\": 1}");
        assert_eq!(json.with(&other), "{\"statements\": [ \"x \\\"y\\\"\" ,\n  \"z\" ], \"n\": 1}");
    }
}
