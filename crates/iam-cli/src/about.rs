//! What this program says of itself: `--version`, `--release-info` and `--latest-version`.
//!
//! The one idea: nothing is asked of any host. The official command line fetches both of the last
//! two from its publisher; a tool that holds keys has no business with a host that nobody named.

use crate::failure::Failure;
use crate::globals::OFFICIAL_VERSION;
use crate::terminal::{note, print};

/// What each release brought, which is this project's own list.
const CHANGES: &str = include_str!("../../../CHANGELOG.md");

/// The version: first what scripts look for, then which program this is.
pub(crate) fn version() -> String {
    format!("{OFFICIAL_VERSION}+durward.{}", env!("CARGO_PKG_VERSION"))
}

/// Shows what each release up to this one brought.
pub(crate) fn release_info() -> Result<(), Failure> {
    let text = CHANGES.split_once("\n## ").map_or(CHANGES, |(_, releases)| releases);
    print(text.trim_end())?;
    note(&format!(
        "note: the releases up to this one, {}; newer ones are not looked for",
        version()
    ));
    Ok(())
}

/// Says that the latest release is not known, with the exit code that stands for that.
pub(crate) fn latest_version() -> Failure {
    note(&format!(
        "--latest-version: this is {}; which release is the latest is not known, since this \
         program asks no host but the one that a command is for. Look where you got it from.",
        version()
    ));
    Failure::Told(2)
}
