//! Reads the file format of `~/.oci/config` and `oci_cli_rc`, as Python's `configparser` reads it
//! for the official tools: without interpolation, strict about duplicates.
//!
//! Knows nothing of what the options mean. The one idea: a line continues the value above it when
//! it is indented deeper than the line that began that value, so the reader carries that depth
//! along.

#[cfg(test)]
#[path = "ini_python.rs"]
mod python;

use std::fmt;

/// The section whose options every other section inherits.
pub(crate) const DEFAULT: &str = "DEFAULT";

/// A file that was read: its sections in order, each with its options in order.
#[derive(Default)]
pub(crate) struct Ini {
    /// The options of `[DEFAULT]`.
    defaults: Vec<Entry>,
    sections: Vec<Section>,
}

struct Section {
    name: String,
    entries: Vec<Entry>,
}

/// One option.
pub(crate) struct Entry {
    /// Its name in lower case.
    pub(crate) name: String,
    /// Its value; lines of a longer one are joined by a line feed.
    pub(crate) value: String,
    /// The line that it stands on, counted from one.
    pub(crate) line: usize,
}

/// Why a file could not be read, and on which line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum IniError {
    /// An option stands before the first section.
    NoSection(usize),
    /// A section appears a second time.
    DuplicateSection(usize, String),
    /// An option appears a second time in its section.
    DuplicateOption(usize, String, String),
    /// A line is neither a section nor an option.
    Line(usize),
}

impl fmt::Display for IniError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSection(line) => {
                write!(
                    out,
                    "line {line} stands before any section: begin the file with `[DEFAULT]`"
                )
            }
            Self::DuplicateSection(line, section) => {
                write!(out, "section `{section}` already exists, line {line} begins it again")
            }
            Self::DuplicateOption(line, section, option) => write!(
                out,
                "option `{option}` in section `{section}` already exists, line {line} sets it again"
            ),
            Self::Line(line) => {
                write!(out, "line {line} is neither `[section]` nor `option=value`")
            }
        }
    }
}

impl Ini {
    /// Reads a text.
    pub(crate) fn parse(text: &str) -> Result<Self, IniError> {
        let mut reader = Reader { ini: Self::default(), place: Place::Before, indent: 0 };
        for (line, number) in lines(text).zip(1..) {
            reader.line(line, number)?;
        }
        let mut ini = reader.ini;
        let sections = ini.sections.iter_mut().flat_map(|section| &mut section.entries);
        for entry in ini.defaults.iter_mut().chain(sections) {
            entry.value.truncate(trim_end(&entry.value).len());
        }
        Ok(ini)
    }

    /// Whether there is such a section; `[DEFAULT]` always exists.
    pub(crate) fn has(&self, section: &str) -> bool {
        section == DEFAULT || self.section(section).is_some()
    }

    /// The names of all sections but `[DEFAULT]`, in order.
    pub(crate) fn sections(&self) -> impl Iterator<Item = &str> {
        self.sections.iter().map(|section| section.name.as_str())
    }

    /// The options that stand in a section itself, in order.
    pub(crate) fn own(&self, section: &str) -> &[Entry] {
        if section == DEFAULT {
            return &self.defaults;
        }
        self.section(section).map_or(&[], |section| section.entries.as_slice())
    }

    /// An option of a section that exists, or the one it inherits from `[DEFAULT]`.
    pub(crate) fn entry(&self, section: &str, option: &str) -> Option<&Entry> {
        let find = |entries| <[Entry]>::iter(entries).find(|entry| entry.name == option);
        find(self.own(section)).or_else(|| find(&self.defaults).filter(|_| self.has(section)))
    }

    /// The value of [`Ini::entry`].
    pub(crate) fn get(&self, section: &str, option: &str) -> Option<&str> {
        self.entry(section, option).map(|entry| entry.value.as_str())
    }

    fn section(&self, name: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.name == name)
    }
}

/// Where the next option goes.
enum Place {
    /// There was no section yet.
    Before,
    /// Into `[DEFAULT]`; whether an option came since.
    Defaults(bool),
    /// Into the last section; whether an option came since.
    Last(bool),
}

struct Reader {
    ini: Ini,
    place: Place,
    /// How deep the line was indented that began the section or option.
    indent: usize,
}

impl Reader {
    fn line(&mut self, line: &str, number: usize) -> Result<(), IniError> {
        let value = trim(line);
        if value.starts_with(['#', ';']) {
            return Ok(());
        }
        if value.is_empty() {
            // Python keeps empty lines inside a value; those at its end are cut off afterwards.
            self.continue_with("");
            return Ok(());
        }
        let indent = line.chars().take_while(|c| is_space(*c)).count();
        if indent > self.indent && self.continue_with(value) {
            return Ok(());
        }
        self.indent = indent;
        match value.strip_prefix('[').and_then(|rest| rest.rsplit_once(']')) {
            Some((name, _)) if !name.is_empty() => self.begin(name, number),
            _ => self.option(value, number),
        }
    }

    /// Adds a line to the option that came last in this section, if there is one.
    fn continue_with(&mut self, line: &str) -> bool {
        let Some(last) = self.entries().filter(|(_, open)| *open).and_then(|(e, _)| e.last_mut())
        else {
            return false;
        };
        last.value.push('\n');
        last.value.push_str(line);
        true
    }

    /// The options of this section, and whether the last one may go on.
    fn entries(&mut self) -> Option<(&mut Vec<Entry>, bool)> {
        match self.place {
            Place::Before => None,
            Place::Defaults(open) => Some((&mut self.ini.defaults, open)),
            Place::Last(open) => self.ini.sections.last_mut().map(|last| (&mut last.entries, open)),
        }
    }

    fn begin(&mut self, name: &str, number: usize) -> Result<(), IniError> {
        if name == DEFAULT {
            self.place = Place::Defaults(false);
            return Ok(());
        }
        if self.ini.section(name).is_some() {
            return Err(IniError::DuplicateSection(number, name.to_owned()));
        }
        self.ini.sections.push(Section { name: name.to_owned(), entries: Vec::new() });
        self.place = Place::Last(false);
        Ok(())
    }

    fn option(&mut self, text: &str, line: usize) -> Result<(), IniError> {
        let section = self.section_name();
        let (entries, _) = self.entries().ok_or(IniError::NoSection(line))?;
        let (name, value) = text.split_once(['=', ':']).ok_or(IniError::Line(line))?;
        let name = trim(name).to_lowercase();
        if name.is_empty() {
            return Err(IniError::Line(line));
        }
        if entries.iter().any(|entry| entry.name == name) {
            return Err(IniError::DuplicateOption(line, section, name));
        }
        entries.push(Entry { name, value: trim(value).to_owned(), line });
        match &mut self.place {
            Place::Before => {}
            Place::Defaults(open) | Place::Last(open) => *open = true,
        }
        Ok(())
    }

    fn section_name(&self) -> String {
        match self.place {
            Place::Last(_) => self.ini.sections.last().map(|last| last.name.clone()),
            Place::Before | Place::Defaults(_) => None,
        }
        .unwrap_or_else(|| DEFAULT.to_owned())
    }
}

/// The lines of a text, however they end: line feed, carriage return, or both. A byte order mark
/// before the first is passed over, since editors on Windows write one.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    text.split('\n').flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r'))
}

/// White space as Python counts it, which includes four separators of ASCII.
fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

fn trim(text: &str) -> &str {
    text.trim_matches(is_space)
}

fn trim_end(text: &str) -> &str {
    text.trim_end_matches(is_space)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sections_inherit_from_the_default_one() {
        let ini = Ini::parse("[DEFAULT]\nUser = a\nregion: b=c\n[x]\nuser=d\n").unwrap();
        assert_eq!(ini.get("DEFAULT", "user"), Some("a"));
        assert_eq!(ini.get("x", "user"), Some("d"));
        assert_eq!(ini.get("x", "region"), Some("b=c"));
        assert_eq!(ini.entry("x", "region").map(|entry| entry.line), Some(3));
        assert_eq!(ini.get("y", "region"), None);
        assert!(ini.has("DEFAULT") && ini.has("x") && !ini.has("y"));
        assert_eq!(ini.sections().collect::<Vec<_>>(), ["x"]);
    }

    #[test]
    fn lines_end_in_every_way_and_may_begin_with_a_mark() {
        let ini =
            Ini::parse("\u{feff}[DEFAULT]\r\na=1\r# note\rb=2\n  more\n\n\n; note\n").unwrap();
        assert_eq!(ini.get("DEFAULT", "a"), Some("1"));
        assert_eq!(ini.get("DEFAULT", "b"), Some("2\nmore"));
    }

    #[test]
    fn what_python_refuses_is_refused() {
        let error = |text| Ini::parse(text).err();
        assert_eq!(error("a=1\n"), Some(IniError::NoSection(1)));
        assert_eq!(error("[x]\n[x]\n"), Some(IniError::DuplicateSection(2, "x".to_owned())));
        assert_eq!(
            error("[x]\na=1\nA=2\n"),
            Some(IniError::DuplicateOption(3, "x".to_owned(), "a".to_owned()))
        );
        assert_eq!(error("[x]\nword\n"), Some(IniError::Line(2)));
        assert_eq!(error("[x]\n=1\n"), Some(IniError::Line(2)));
        assert_eq!(error("[DEFAULT]\n[DEFAULT]\n"), None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>) {
            let _ = Ini::parse(&String::from_utf8_lossy(&bytes));
        }

        #[test]
        fn no_text_of_its_own_letters_makes_it_panic(
            text in "[\\[\\]=:#; \t\r\na\u{feff}é\u{1c}]{0,60}"
        ) {
            if let Ok(ini) = Ini::parse(&text) {
                for section in ini.sections() {
                    for entry in ini.own(section) {
                        prop_assert_eq!(ini.get(section, &entry.name), Some(entry.value.as_str()));
                    }
                }
            }
        }
    }
}
