//! OCIDs by name: of users and compartments, for completing an option that takes one.
//!
//! The one idea: whoever presses Tab waits a moment at most, and is never told of a failure. What
//! the service listed is kept for a few minutes in a file of the user's own; where it does not
//! answer in time, an older list will do. Nothing secret is in it: names and OCIDs, which are
//! checked when they come and again when they are read, since they end on a terminal.

use crate::clock::now;
use crate::command::{Command, Opt, Shape};
use crate::commands::setup::files::{create_folder, write_private};
use crate::config::{self, Environment, Process, Settings, is_ocid, read_text};
use crate::endpoint::Endpoint;
use crate::globals::Globals;
use crate::json::Json;
use crate::request::Input;
use crate::retry::Caller;
use iam_api::compartments::LIST_COMPARTMENTS;
use iam_api::users::LIST_USERS;
use iam_api::{Dialect, Spec};
use ring::digest::{Context, SHA256};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Sender};
use std::time::{Duration, Instant, UNIX_EPOCH};

/// How long a list is as good as a new one.
const FRESH_SECONDS: i64 = 300;
/// How long a list is better than none.
const KEPT_SECONDS: i64 = 3_600;
/// How long somebody waits for names at most.
const WAIT: Duration = Duration::from_millis(1_500);
/// How long the service may take for each part of an answer.
const ANSWER_SECONDS: u64 = 1;
/// How many are asked for, which is one page, and kept.
const NAMES_MAX: usize = 1_000;
/// No name is longer than this, nor the path of a compartment.
const NAME_CHARS_MAX: usize = 700;
/// How deep compartments lie at most.
const DEPTH_MAX: usize = 6;

/// What an option names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Thing {
    /// A user.
    User,
    /// A compartment.
    Compartment,
}

impl Thing {
    /// What an option of a command names, where it is one of these.
    pub(super) fn of(command: &Command, opt: &Opt) -> Option<Self> {
        if command.spec.dialect != Dialect::Identity || !matches!(opt.shape, Shape::Text) {
            return None;
        }
        match opt.name.as_ref() {
            "user-id" => Some(Self::User),
            "compartment-id" | "target-compartment-id" => Some(Self::Compartment),
            _ => None,
        }
    }

    fn list(self) -> &'static Spec {
        match self {
            Self::User => &LIST_USERS.spec,
            Self::Compartment => &LIST_COMPARTMENTS.spec,
        }
    }

    /// The end of the name of the file that keeps them.
    fn plural(self) -> &'static str {
        match self {
            Self::User => "users",
            Self::Compartment => "compartments",
        }
    }
}

/// Something with a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// Its OCID.
    pub(super) id: String,
    /// Its name; of a compartment, the names of those above it too.
    pub(super) name: String,
}

impl Named {
    /// What came from outside, if it is fit for a terminal.
    fn checked(id: &str, name: &str) -> Option<Self> {
        // Letters that turn the direction of a line are as bad as those that move the cursor.
        let turns = |letter| matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        let is_odd = |letter: char| letter.is_control() || turns(letter);
        let sound = is_ocid(id) && id.starts_with("ocid1.") && !name.is_empty();
        (sound
            && !name.contains(is_odd)
            && name.chars().take(NAME_CHARS_MAX + 1).count() <= NAME_CHARS_MAX)
            .then(|| Self { id: id.to_owned(), name: name.to_owned() })
    }
}

/// Those that what was typed may stand for: whose OCID begins so; else whose name does; else in
/// whose name it is, upper and lower case alike.
pub(super) fn matching(all: Vec<Named>, typed: &str) -> Vec<Named> {
    let typed = typed.to_lowercase();
    let ways: [&dyn Fn(&Named) -> bool; 3] = [
        &|one| one.id.starts_with(&typed),
        &|one| one.name.to_lowercase().starts_with(&typed),
        &|one| one.name.to_lowercase().contains(&typed),
    ];
    let way = ways.into_iter().find(|way| all.iter().any(way));
    way.map_or_else(Vec::new, |way| all.into_iter().filter(|one| way(one)).collect())
}

/// All that are known, or become known in time; `words` are those of the command.
pub(super) fn known(thing: Thing, globals: Globals, words: Vec<String>) -> Vec<Named> {
    let deadline = Instant::now() + WAIT;
    let (tell, told) = mpsc::channel();
    // Not even a name server that does not answer may keep anybody waiting; when this program ends,
    // so does the thread.
    std::thread::spawn(move || look(thing, globals, &words, &tell));
    let mut found = Vec::new();
    while let Ok(better) = told.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
        found = better;
    }
    found
}

/// Tells what the file holds, and where that is not fresh, what the service lists.
fn look(
    thing: Thing,
    mut globals: Globals,
    words: &[String],
    tell: &Sender<Vec<Named>>,
) -> Option<()> {
    globals.no_retry = true;
    globals.debug = false;
    globals.connection_timeout = Some(ANSWER_SECONDS);
    globals.read_timeout = Some(ANSWER_SECONDS);
    let mut settings = config::load(&globals, &Process).ok()?;
    settings.apply_defaults(&words.iter().map(String::as_str).collect::<Vec<_>>());
    let file = file(thing, &settings)?;
    let age = age_seconds(&file);
    if let Some(age) = age.filter(|age| (0..KEPT_SECONDS).contains(age)) {
        tell.send(read(&file)).ok()?;
        if age < FRESH_SECONDS {
            return Some(());
        }
    }
    let listed = list(thing, &settings)?;
    keep(&file, &listed);
    tell.send(listed).ok()
}

/// The file for what this caller is told at that address: what one may see is not for another.
fn file(thing: Thing, settings: &Settings<'_>) -> Option<PathBuf> {
    let account = settings.account().ok()?;
    let (given, region) = (settings.globals.endpoint.as_deref(), account.region.as_deref());
    let endpoint = Endpoint::choose("identity", given, region, settings.env).ok()?;
    let mut digest = Context::new(&SHA256);
    for part in [endpoint.origin.as_str(), &endpoint.path(""), &account.key_id] {
        digest.update(part.as_bytes());
        digest.update(&[0]);
    }
    let digest = digest.finish();
    let mut name = String::with_capacity(48);
    for byte in digest.as_ref().iter().take(16) {
        let _ = write!(name, "{byte:02x}");
    }
    Some(folder(settings.env)?.join(format!("{name}-{}", thing.plural())))
}

/// Where lists are kept: where programs keep what they can do without.
fn folder(env: &dyn Environment) -> Option<PathBuf> {
    let named = env.var("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let caches = match named {
        Some(path) => path,
        None => env.home()?.join(".cache"),
    };
    Some(caches.join("durward").join("completion"))
}

/// How old a file is; none where there is no such file.
fn age_seconds(file: &Path) -> Option<i64> {
    let changed = file.metadata().ok()?.modified().ok()?;
    let changed = changed.duration_since(UNIX_EPOCH).ok()?.as_secs();
    Some(now().as_seconds() - i64::try_from(changed).ok()?)
}

fn read(file: &Path) -> Vec<Named> {
    let Ok(text) = read_text(file) else { return Vec::new() };
    let named = |line: &str| line.split_once('\t').and_then(|(id, name)| Named::checked(id, name));
    text.lines().take(NAMES_MAX).filter_map(named).collect()
}

/// Keeps a list, and takes away those that are of no use any more. Where that fails, the next one
/// who asks waits again.
fn keep(file: &Path, listed: &[Named]) {
    let Some(folder) = file.parent() else { return };
    let mut text = String::new();
    for one in listed {
        let _ = writeln!(text, "{}\t{}", one.id, one.name);
    }
    if create_folder(folder).is_ok() {
        let _ = write_private(file, text.as_bytes(), true);
    }
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if age_seconds(&entry.path()).is_some_and(|age| age >= KEPT_SECONDS) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// One page of those that are in use.
fn list(thing: Thing, settings: &Settings<'_>) -> Option<Vec<Named>> {
    let tenancy = settings.tenancy()?;
    let mut input = Input::param("compartmentId", tenancy);
    input.set("limit", Some(NAMES_MAX.to_string()));
    if thing == Thing::Compartment {
        input.set("compartmentIdInSubtree", Some("true".to_owned()));
        input.set("accessLevel", Some("ACCESSIBLE".to_owned()));
    }
    let spec = thing.list();
    let called = Caller::new(settings, spec).ok()?.call(spec, &input).ok()?;
    let Some(Json::List(items)) = called.reply else { return None };
    Some(match thing {
        Thing::User => rows(&items).filter_map(|row| Named::checked(row.id, row.name)).collect(),
        Thing::Compartment => compartments(tenancy, &items),
    })
}

/// What is read of an item of a list.
struct Row<'a> {
    id: &'a str,
    name: &'a str,
    parent: &'a str,
}

/// The items that are in use.
fn rows(items: &[Json]) -> impl Iterator<Item = Row<'_>> {
    let text = |item: &'_ Json, field: &str| item.get(field)?.as_text().map(str::to_owned);
    let active = move |item: &&Json| text(item, "lifecycleState").as_deref() == Some("ACTIVE");
    items.iter().take(NAMES_MAX).filter(active).filter_map(|item| {
        let text = |field| item.get(field)?.as_text();
        let parent = text("compartmentId").unwrap_or_default();
        Some(Row { id: text("id")?, name: text("name")?, parent })
    })
}

/// Compartments by their paths, the root before all others.
fn compartments(tenancy: &str, items: &[Json]) -> Vec<Named> {
    let rows: Vec<_> = rows(items).collect();
    let path = |row: &Row<'_>| {
        let (mut path, mut parent) = (row.name.to_owned(), row.parent);
        for _ in 0..DEPTH_MAX {
            let Some(above) = rows.iter().find(|above| above.id == parent) else { break };
            path = format!("{}/{path}", above.name);
            parent = above.parent;
        }
        Named::checked(row.id, &path)
    };
    let root = Named::checked(tenancy, "(the tenancy, root of all compartments)");
    root.into_iter().chain(rows.iter().filter_map(path)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(id: &str, name: &str) -> Named {
        Named::checked(id, name).unwrap()
    }

    #[test]
    fn a_part_of_the_name_is_enough_and_its_beginning_counts_for_more() {
        let all = vec![
            named("ocid1.user.oc1..a", "Ada"),
            named("ocid1.user.oc1..b", "canada@example.com"),
            named("ocid1.user.oc1..c", "bo"),
        ];
        let names = |typed: &str| -> Vec<String> {
            matching(all.clone(), typed).into_iter().map(|one| one.name).collect()
        };
        assert_eq!(names("ad"), ["Ada"]);
        assert_eq!(names("ADA@"), ["canada@example.com"]);
        assert_eq!(names("ocid1.user.oc1..c"), ["bo"]);
        assert_eq!(names("").len(), 3);
        assert_eq!(names("nobody"), Vec::<String>::new());
    }

    #[test]
    fn what_is_unfit_for_a_terminal_is_left_out() {
        for (id, name) in [
            ("ocid1.user.oc1..a", "x\u{1b}[2J"),
            ("ocid1.user.oc1..a", "x\ty"),
            ("ocid1.user.oc1..a", "x\ny"),
            ("ocid1.user.oc1..a", "x\u{202e}y"),
            ("ocid1.user.oc1..a", ""),
            ("ocid1.user.oc1..$(id)", "x"),
            ("a.b.c.d.e", "x"),
            ("", "x"),
        ] {
            assert_eq!(Named::checked(id, name), None, "{id} {name:?}");
        }
        assert_eq!(Named::checked("ocid1.user.oc1..a", &"x".repeat(NAME_CHARS_MAX + 1)), None);
    }

    #[test]
    fn compartments_are_told_by_their_paths() {
        let text = r#"[
            {"id": "ocid1.compartment.oc1..a", "name": "net", "lifecycleState": "ACTIVE",
             "compartmentId": "ocid1.tenancy.oc1..t"},
            {"id": "ocid1.compartment.oc1..b", "name": "prod", "lifecycleState": "ACTIVE",
             "compartmentId": "ocid1.compartment.oc1..a"},
            {"id": "ocid1.compartment.oc1..c", "name": "gone", "lifecycleState": "DELETED",
             "compartmentId": "ocid1.tenancy.oc1..t"},
            {"id": "ocid1.compartment.oc1..d", "name": "loop", "lifecycleState": "ACTIVE",
             "compartmentId": "ocid1.compartment.oc1..d"}]"#;
        let Ok(Json::List(items)) = Json::parse(text.as_bytes()) else { unreachable!() };
        let found = compartments("ocid1.tenancy.oc1..t", &items);
        let names: Vec<_> = found.iter().map(|one| one.name.as_str()).collect();
        let [root, net, prod, round] = names.as_slice() else { unreachable!("{names:?}") };
        assert!(root.starts_with("(the tenancy"));
        assert_eq!((*net, *prod), ("net", "net/prod"));
        assert!(round.len() < 50, "{round}");
    }
}
