//! What a newer state of an installation has revoked that an older one still takes: keys,
//! passwords, credentials for other services, memberships, users, policies. Both are gone through
//! side by side, in the order of their keys.

use crate::failure::Failure;
use crate::place::Place;
use iam_api::Ocid;
use iam_store::{Cell, CredentialKind, Cursor, Store, StoreError, Table, TenancyNo, Tx, table};

/// The most lines that are listed.
const LINES_MAX: usize = 10_000;
/// The tables that hold what can be revoked.
const TABLES: [&str; 5] = ["resources", "api_keys", "credentials", "ui_passwords", "memberships"];

/// Lists it, for people.
pub(super) fn list(older: &Store, newer: &Store, place: &Place) -> Result<String, Failure> {
    let compare = |old: &mut Tx<'_>| newer.read(|new| differences(old, new))?;
    let (lines, count) = older.read(compare)??;
    if count == 0 {
        return Ok(format!("Nothing was revoked since, as far as `{place}` tells.\n"));
    }
    let mut said = format!(
        "{count} were revoked since, as `{place}` tells, and are VALID AGAIN; revoke them before \
         anybody is let in:\n"
    );
    for line in &lines {
        said.push_str(&format!("  {line}\n"));
    }
    if count > lines.len() {
        said.push_str(&format!("  … and {} more\n", count - lines.len()));
    }
    Ok(said)
}

/// The first lines of what was revoked, and how many there are.
fn differences(old: &mut Tx<'_>, new: &mut Tx<'_>) -> Result<(Vec<String>, usize), StoreError> {
    let (mut lines, mut count) = (Vec::new(), 0);
    for table in TABLES.into_iter().filter_map(table) {
        let (mut olds, mut news) = (Cursor::new(table), Cursor::new(table));
        let mut there = news.next(new)?;
        while let Some(row) = olds.next(old)? {
            let key = table.key_of(&row);
            while there.as_ref().is_some_and(|other| table.key_of(other) < key) {
                there = news.next(new)?;
            }
            let same = there.as_deref().filter(|other| table.key_of(other) == key);
            let Some(what) = revoked(table, &row, same) else { continue };
            count += 1;
            if lines.len() < LINES_MAX {
                lines.push(what.told(old)?);
            }
        }
    }
    Ok((lines, count))
}

/// Something that was revoked: in words, with the OCIDs that names are to stand for.
struct Revoked {
    at: TenancyNo,
    words: &'static str,
    what: String,
    of: Vec<String>,
}

/// What a row tells that is no longer so, where it is that.
fn revoked(table: &'static Table, row: &[Cell], newer: Option<&[Cell]>) -> Option<Revoked> {
    let at = TenancyNo(table.int(row, "tenancy")?);
    let text = |name| table.text(row, name).to_owned();
    let differs =
        |name| newer.is_some_and(|newer| table.cell(newer, name) != table.cell(row, name));
    let told = |words, what, of| Some(Revoked { at, words, what, of });
    match (table.name, newer) {
        ("api_keys", None) => told("API key, of user", text("fingerprint"), vec![text("user_id")]),
        ("credentials", newer) if newer.is_none() || differs("secret") => {
            let kind = CredentialKind::from_word(&text("kind"))?;
            told(credential(kind), text("id"), vec![text("user_id")])
        }
        ("ui_passwords", None) => {
            told("Console password, removed, of user", String::new(), vec![text("user_id")])
        }
        ("ui_passwords", _) if differs("hash") => {
            told("Console password, replaced, of user", String::new(), vec![text("user_id")])
        }
        ("memberships", None) => told(
            "membership, of user and group",
            String::new(),
            vec![text("user_id"), text("group_id")],
        ),
        ("resources", newer) => {
            let gone = match (table.text(row, "kind"), newer) {
                ("user", None) => "user, deleted",
                ("user", Some(_)) if differs("state") => "user, no longer in the state then",
                ("group", None) => "group, deleted",
                ("policy", None) => "policy, deleted",
                ("policy", Some(_)) if differs("compiled") => "policy, changed",
                _ => return None,
            };
            told(gone, text("name"), vec![text("id")])
        }
        _ => None,
    }
}

const fn credential(kind: CredentialKind) -> &'static str {
    match kind {
        CredentialKind::AuthToken => "auth token, of user",
        CredentialKind::SwiftPassword => "Swift password, of user",
        CredentialKind::CustomerSecretKey => "customer secret key, of user",
        CredentialKind::SmtpCredential => "SMTP credential, of user",
        CredentialKind::OAuth2ClientCredential => "OAuth 2.0 client credential, of user",
        CredentialKind::MfaTotpDevice => "MFA TOTP device, of user",
        CredentialKind::DbCredential => "database credential, of user",
    }
}

impl Revoked {
    /// As a line: what it is, and of whom.
    fn told(&self, tx: &mut Tx<'_>) -> Result<String, StoreError> {
        let mut line = self.words.to_owned();
        if !self.what.is_empty() {
            line.push_str(&format!(": {}", self.what));
        }
        for id in &self.of {
            let named = tx.resource(self.at, &Ocid::from(id.as_str()))?;
            let name = named.map(|resource| resource.name).unwrap_or_default();
            line.push_str(&format!("  {name} ({id})"));
        }
        Ok(line)
    }
}
