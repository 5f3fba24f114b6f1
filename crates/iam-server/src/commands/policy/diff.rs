//! `durward policy diff`: who is granted what in one set of policies and not in the other.

use super::counted;
use super::world::{World, WorldArgs};
use crate::commands::say;
use crate::data_dir::DataDir;
use crate::failure::Failure;
use crate::place;
use iam_core::explanations::Said;
use iam_policy::{Change, Compiled, Side, diff, worded};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Tell which permissions appear and which vanish between two sets of policies
///
/// What is compared is what statements come to, not how they are written: who is granted, or
/// denied, which permissions, where, and under which condition. What a broader statement gives
/// anyway is no difference. The exit code is 0 where there is none, 1 where there are some, and 2
/// where that cannot be told.
///
/// OLD and NEW are files of policies, folders that were exported from `oci`, data directories, or
/// postgres:// URLs. Groups and compartments are compared by their names. With --data-dir,
/// --database-url or --export, the names in files are looked up there.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The policies as they were
    #[arg(value_name = "OLD")]
    old: PathBuf,

    /// The policies as they will be
    #[arg(value_name = "NEW")]
    new: PathBuf,

    /// Print a JSON list of the differences
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    place: place::PlaceArgs,

    /// A folder, or a file, of what `oci iam … list --all` printed, to look names up in
    #[arg(long, value_name = "PATH")]
    export: Vec<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  durward policy diff old.policy new.policy
  durward policy diff ./staging-export ./production-export
  git show HEAD:desk.policy | durward policy diff - desk.policy";

/// Runs the command; whether there is no difference.
pub(super) fn run(args: &Args) -> Result<bool, Failure> {
    let (old, new) = (of(args, &args.old)?, of(args, &args.new)?);
    let changes = compare(&old, &new)?;
    if args.json {
        say(&format!("{:#}\n", changes.iter().map(json_of).collect::<Value>()))?;
    } else {
        say(&shown(&changes))?;
    }
    Ok(changes.is_empty())
}

/// The world that a word names.
fn of(args: &Args, word: &Path) -> Result<World, Failure> {
    if let Some(url) = word.to_str().filter(|word| word.contains("://")) {
        return World::installed(&place::named(url, None).place()?);
    }
    if word.is_dir() {
        if DataDir::at(word)?.must_be_installed().is_ok() {
            return World::installed(&place::of(None, Some(word))?);
        }
        return World::exported(&[word.to_owned()]);
    }
    let base = WorldArgs::base(&args.place, &args.export)?;
    match base {
        Some(base) => base.changed(&[word.to_owned()], &[]),
        None => World::of_files(&[word.to_owned()]),
    }
}

/// What two worlds grant differently.
fn compare(old: &World, new: &World) -> Result<Vec<Change>, Failure> {
    let said = |world: &World| world.store.read(|tx| Said::read(tx, world.at, &world.root));
    let (old_said, new_said) = (said(old)??, said(new)??);
    let (old_name, new_name) = (|id: &str| old.index.name_of(id), |id: &str| new.index.name_of(id));
    let (old_path, new_path) = (|id: &str| old.index.path_of(id), |id: &str| new.index.path_of(id));
    fn compiled(said: &Said) -> Vec<&Compiled> {
        said.statements.iter().map(|one| &one.compiled).collect()
    }
    let (old_all, new_all) = (compiled(&old_said), compiled(&new_said));
    Ok(diff(
        &Side { statements: &old_all, name_of: &old_name, path_of: &old_path },
        &Side { statements: &new_all, name_of: &new_name, path_of: &new_path },
    ))
}

/// The differences for people: by whom, a line for each action.
fn shown(changes: &[Change]) -> String {
    let mut text = String::new();
    for of_one in changes.chunk_by(|one, other| one.who == other.who) {
        let Some(first) = of_one.first() else { continue };
        text.push_str(&format!("{}\n", first.who));
        for change in of_one {
            let sign = if change.appears { '+' } else { '-' };
            let deny = if change.denies { "deny " } else { "" };
            let place = change.place();
            let when = change.condition.as_ref();
            let when = when.map(|when| format!(" where {when}")).unwrap_or_default();
            for action in worded(change.permissions) {
                text.push_str(&format!("  {sign} {deny}{action} in {place}{when}\n"));
            }
        }
        text.push('\n');
    }
    let count = |appears: bool| {
        let of_kind = changes.iter().filter(|change| change.appears == appears);
        of_kind.map(|change| change.permissions.names().count()).sum::<usize>()
    };
    match changes {
        [] => "no difference\n".to_owned(),
        _ => {
            let (more, fewer) = (counted(count(true), "permission"), count(false));
            format!("{text}{more} more, {fewer} fewer\n")
        }
    }
}

fn json_of(change: &Change) -> Value {
    json!({
        "change": if change.appears { "appears" } else { "vanishes" },
        "who": change.who,
        "effect": if change.denies { "deny" } else { "allow" },
        "compartment": change.path,
        "condition": change.condition,
        "actions": worded(change.permissions).iter().map(ToString::to_string).collect::<Vec<_>>(),
        "permissions": change.permissions,
    })
}
