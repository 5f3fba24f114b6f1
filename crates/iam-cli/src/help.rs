//! `--help`, on every level, written from the tables.

use crate::command::{Command, Opt, Shape, find, next_words};
use crate::commands::group;
use crate::globals::{GLOBALS, Takes};
use std::fmt::Write;

/// The widest that help gets.
const COLUMNS: usize = 100;
/// Where descriptions begin, unless the name before them is longer.
const DESCRIPTION: usize = 30;

/// The words that are commands of their own, beside those of the service.
pub(crate) const EXTRAS: &[(&str, &str)] = &[
    ("setup", "Make a configuration file and keys, or repair their permissions."),
    ("session", "Begin a session in a browser, or with an API key, and keep it."),
    ("completion", "Print what makes bash, zsh, fish or PowerShell complete commands and OCIDs."),
];

/// The help of the whole program.
pub(crate) fn root() -> String {
    let mut out = String::from(
        "oci: a command line for the identity service of Oracle Cloud Infrastructure, and for \
         Durward\n\n\
         Usage: oci [OPTIONS] SERVICE RESOURCE ACTION [OPTIONS]\n\n\
         Options, global ones too, may stand anywhere after the words of the command.\n\n\
         Commands:\n",
    );
    out.push_str(&next(&[]));
    for (word, doc) in EXTRAS {
        describe(&mut out, word, doc);
    }
    out.push_str("\nGlobal options:\n");
    for row in GLOBALS {
        let takes = match row.takes {
            Takes::Nothing => "",
            Takes::Text => " TEXT",
            Takes::Number => " NUMBER",
            Takes::Choice(_) => " CHOICE",
        };
        let mut doc = row.doc.to_owned();
        if let Takes::Choice(words) = row.takes {
            let _ = write!(doc, " One of: {}.", words.join(", "));
        }
        describe(&mut out, &format!("{}{takes}", row.names.join(", ")), &doc);
    }
    out.push_str(
        "\nExamples:\n  \
         oci setup config\n  \
         oci iam user list --all --output table\n  \
         oci iam user create --name ada --description 'Ada' --query data.id --raw-output\n  \
         oci iam user ui-password create-or-reset --user-id \"$user_id\"\n",
    );
    out
}

/// The help of a group of commands.
pub(crate) fn group(words: &[String]) -> String {
    let path = words.join(" ");
    format!(
        "Usage: oci {path} COMMAND [OPTIONS]\n\nCommands:\n{}\nRun `oci {path} COMMAND --help` to \
         see what a command takes.\n",
        next(words)
    )
}

/// What may follow these words, each on a line.
pub(crate) fn next(words: &[String]) -> String {
    let mut out = String::new();
    for word in next_words(words) {
        let mut longer = words.to_vec();
        longer.push(word.to_owned());
        describe(&mut out, word, &about(&longer));
    }
    out
}

/// What stands behind these words, in a sentence: a command's first, or what a group holds.
fn about(words: &[String]) -> String {
    match find(words) {
        Some(command) => first_sentence(command.doc).to_owned(),
        None => {
            let mut next = next_words(words);
            let more = next.len() > 6;
            next.truncate(6);
            format!("{}{}", next.join(", "), if more { ", …" } else { "" })
        }
    }
}

/// The first sentence of a text.
pub(crate) fn first_sentence(doc: &str) -> &str {
    let end = doc.find(". ").map_or(doc.len(), |at| at + 1);
    doc.get(..end).unwrap_or(doc)
}

/// The help of a command.
pub(crate) fn command(command: &Command) -> String {
    let opts = command.options();
    let mut out = String::new();
    wrap(&mut out, command.doc, 0);
    let _ = writeln!(out, "\nUsage: oci {} [OPTIONS]", command.path);
    let must = |opt: &Opt| opt.required && !opt.tenancy;
    if opts.iter().any(must) {
        out.push_str("\nRequired:\n");
        opts.iter().filter(|opt| must(opt)).for_each(|opt| describe_option(&mut out, opt));
    }
    if !opts.iter().all(must) {
        out.push_str("\nOptions:\n");
        opts.iter().filter(|opt| !must(opt)).for_each(|opt| describe_option(&mut out, opt));
    }
    out.push_str("\nGlobal options such as --query, --output, --profile: see `oci --help`.\n");
    let example = example(command, &opts);
    let _ = writeln!(out, "\nExamples:\n  {example}");
    if command.lists() {
        let _ = writeln!(out, "  {example} --all --query 'length(data)'");
    }
    if opts.iter().any(|opt| matches!(opt.shape, Shape::Complex(_)) && opt.name != "from-json") {
        let _ = writeln!(
            out,
            "  oci {0} --generate-full-command-json-input > input.json\n  \
             oci {0} --from-json file://input.json",
            command.path
        );
    }
    out
}

/// The shortest line that the command accepts.
fn example(command: &Command, opts: &[Opt]) -> String {
    let mut line = format!("oci {}", command.path);
    for opt in opts.iter().filter(|opt| opt.required && !opt.tenancy) {
        let value = match opt.shape {
            Shape::Complex(_) => "'[\"…\"]'".to_owned(),
            Shape::Choice(words) => words.first().copied().unwrap_or_default().to_owned(),
            _ => format!("\"${}\"", opt.name.replace('-', "_")),
        };
        let _ = write!(line, " --{} {value}", opt.name);
    }
    if command.path.ends_with("api-key upload") {
        line.push_str(" --key-file ~/.oci/oci_api_key_public.pem");
    }
    line
}

/// The help of one option.
pub(crate) fn option(opt: &Opt) -> String {
    let mut out = String::new();
    describe_option(&mut out, opt);
    out
}

fn describe_option(out: &mut String, opt: &Opt) {
    let takes = match opt.shape {
        Shape::Flag => "",
        Shape::Text => " TEXT",
        Shape::Moment => " TIME",
        Shape::Number => " NUMBER",
        Shape::Boolean => " BOOLEAN",
        Shape::Choice(_) => " CHOICE",
        Shape::Complex(_) => " JSON",
        Shape::File => " FILE",
    };
    let short = opt.short.map(|short| format!(", {short}")).unwrap_or_default();
    let mut doc = opt.doc.to_owned();
    if let Shape::Choice(words) = opt.shape {
        let _ = write!(doc, " One of: {}.", words.join(", "));
    }
    if matches!(opt.shape, Shape::Complex(_)) {
        let _ = write!(
            doc,
            " JSON, or file:// and a path; --generate-param-json-input {} shows an example.",
            opt.name
        );
    }
    if opt.tenancy {
        doc.push_str(" [default: the tenancy of the profile]");
    }
    describe(out, &format!("--{}{short}{takes}", opt.name), &doc);
}

/// One entry of a list: a name, and a description beside or below it.
pub(crate) fn describe(out: &mut String, name: &str, doc: &str) {
    let start = out.len();
    let _ = write!(out, "  {name}");
    let used = out.get(start..).map_or(0, |line| line.chars().count());
    if used + 2 > DESCRIPTION {
        out.push('\n');
        out.extend(std::iter::repeat_n(' ', DESCRIPTION));
    } else {
        out.extend(std::iter::repeat_n(' ', DESCRIPTION - used));
    }
    let mut text = String::new();
    wrap(&mut text, doc, DESCRIPTION);
    out.push_str(text.trim_start_matches(' '));
}

/// Writes a text in lines that are not too wide, each indented.
pub(crate) fn wrap(out: &mut String, text: &str, indent: usize) {
    let mut column = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > COLUMNS {
            out.push('\n');
            column = 0;
        }
        if column == 0 {
            out.extend(std::iter::repeat_n(' ', indent));
            column = indent;
        } else {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
    }
    out.push('\n');
}

/// The help of what these words name; `None` where they name nothing.
pub(crate) fn of(words: &[String]) -> Option<String> {
    if let [first, rest @ ..] = words
        && let Some(group) = group::group(first)
    {
        return Some(group.help(rest));
    }
    match words {
        [] => Some(root()),
        [first, ..] if first == "completion" => Some(crate::complete::HELP.to_owned()),
        _ => match find(words) {
            Some(found) => Some(command(&found)),
            None if next_words(words).is_empty() => None,
            None => Some(group(words)),
        },
    }
}

/// Every group and command, for a test that reads all help.
#[cfg(test)]
fn all_paths() -> Vec<Vec<String>> {
    let mut paths = vec![Vec::new()];
    for command in crate::command::commands() {
        let words: Vec<String> = command.path.split(' ').map(str::to_owned).collect();
        (1..=words.len()).for_each(|length| paths.push(words[..length].to_vec()));
    }
    paths.sort();
    paths.dedup();
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_level_has_help_that_fits() {
        let paths = all_paths();
        assert!(paths.len() > 40);
        for path in paths {
            let text = of(&path).unwrap();
            assert!(text.contains("Usage: oci"), "{path:?}");
            for line in text.lines().filter(|line| !line.contains("  oci ")) {
                assert!(line.chars().count() <= COLUMNS, "{path:?}: {line}");
            }
        }
    }
}
