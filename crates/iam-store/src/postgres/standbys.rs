//! What could be lost of what was acknowledged, as the server is set up: standbys that lag behind,
//! and a server that flushes nothing.
//!
//! What a session decides for itself is not doubted but set ([`DURABLE`]). The rest is the
//! operator's, who is told in words that say what to do. Engines that distribute by themselves have
//! no standbys to look at, and a role may not be let see them: then nothing is said of them.

use super::Postgres;
use crate::engine::{Row, StoreError};
use crate::lookups::Lookups;

/// Has a session wait until each of its commits is on the disk, here and on each synchronous
/// standby, whatever the server's, the database's or the role's own setting is. An engine that does
/// not know the setting, or has more of it, keeps what it has.
pub(super) const DURABLE: &str = "SELECT set_config('synchronous_commit', 'on', false) \
     WHERE current_setting('synchronous_commit', true) IN ('off', 'local', 'remote_write')";

/// The server's settings that it depends on. Those that an engine does not have are NULL.
const SETTINGS: &str = "SELECT current_setting('synchronous_standby_names', true), \
     current_setting('fsync', true), current_setting('full_page_writes', true)";

/// Those that follow, and how closely; a role that may not see how sees NULL.
const FOLLOWERS: &str = "SELECT application_name::text, sync_state::text FROM pg_stat_replication \
     WHERE state IS DISTINCT FROM 'backup' ORDER BY 1 LIMIT 100";

/// What the server says of itself.
struct Settings {
    /// Which standbys are synchronous; none where the engine knows no such thing.
    synchronous: Option<String>,
    flushes: bool,
}

/// One that follows.
struct Follower {
    name: String,
    /// `async`, `potential`, `sync` or `quorum`; none where that may not be seen.
    state: Option<String>,
}

/// What could be lost, each in a sentence; none where nothing is known of any.
pub(super) fn doubts(engine: &Postgres, hosts: usize) -> Vec<String> {
    let settings = look(engine, SETTINGS, |row| {
        let on = |text: Option<String>| text.is_none_or(|text| text == "on");
        let flushes = on(row.text(1)?) && on(row.text(2)?);
        Ok(Settings { synchronous: row.text(0)?, flushes })
    });
    let Some(settings) = settings.and_then(|rows| rows.into_iter().next()) else {
        return Vec::new();
    };
    let followers = look(engine, FOLLOWERS, |row| {
        Ok(Follower { name: row.text(0)?.unwrap_or_default(), state: row.text(1)? })
    });
    let mut said = Vec::new();
    if !settings.flushes {
        said.push(
            "the database's server does not flush what it has committed: after a loss of power \
             acknowledged changes, or all of the database, are lost; set `fsync` and \
             `full_page_writes` to `on`"
                .to_owned(),
        );
    }
    said.extend(of_standbys(&settings, &followers.unwrap_or_default(), hosts));
    said
}

/// What a failover could lose.
fn of_standbys(settings: &Settings, followers: &[Follower], hosts: usize) -> Option<String> {
    let named = settings.synchronous.as_deref()?.trim();
    let is_close = |one: &&Follower| matches!(one.state.as_deref(), Some("sync" | "quorum"));
    let names = |those: &mut dyn Iterator<Item = &Follower>| {
        those.map(|one| format!("`{}`", one.name.escape_debug())).collect::<Vec<_>>().join(", ")
    };
    if named.is_empty() {
        return match (followers.len(), hosts) {
            (0, 0 | 1) => None,
            (0, _) => Some(
                "the database's URL names several hosts, and no standby is synchronous: when \
                 another host takes over, changes that were acknowledged last are lost; name it in \
                 `synchronous_standby_names` on the primary"
                    .to_owned(),
            ),
            _ => Some(format!(
                "standbys follow the database asynchronously ({}): when one takes over, changes \
                 that were acknowledged last are lost; name it in `synchronous_standby_names` on \
                 the primary",
                names(&mut followers.iter())
            )),
        };
    }
    if !followers.is_empty() && followers.iter().all(|one| one.state.is_none()) {
        return Some(format!(
            "standbys follow the database ({}), and this role may not see which of them have all \
             that is acknowledged: grant it `pg_monitor`, or look at `pg_stat_replication` yourself",
            names(&mut followers.iter())
        ));
    }
    if !followers.iter().any(|one| is_close(&one)) {
        return Some(format!(
            "no synchronous standby is connected, and `synchronous_standby_names` is \
             `{}`: every change waits until one is; connect it, or empty the setting and reload",
            named.escape_debug()
        ));
    }
    let late = names(&mut followers.iter().filter(|one| !is_close(one)));
    (!late.is_empty()).then(|| {
        format!(
            "these standbys follow the database without having all that is acknowledged: {late}; \
             let none of them take over, or acknowledged changes are lost"
        )
    })
}

/// The rows of a question that an engine may not understand; none where it does not.
fn look<T>(
    engine: &Postgres,
    question: &'static str,
    read: impl Fn(&dyn Row) -> Result<T, StoreError>,
) -> Option<Vec<T>> {
    let mut rows = Err(StoreError::Corrupt("nothing was asked"));
    let ran = engine.read(&Lookups::default(), &mut |tx| rows = tx.rows(question, &[], &read));
    let rows = ran.and(rows);
    rows.inspect_err(|cause| tracing::debug!(%cause, "the database does not tell of standbys")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(named: Option<&str>, followers: &[(&str, Option<&str>)], hosts: usize) -> String {
        let settings = Settings { synchronous: named.map(str::to_owned), flushes: true };
        let followers: Vec<Follower> = followers
            .iter()
            .map(|(name, state)| Follower { name: (*name).into(), state: state.map(str::to_owned) })
            .collect();
        of_standbys(&settings, &followers, hosts).unwrap_or_default()
    }

    #[test]
    fn what_a_failover_could_lose_is_told_with_what_to_do() {
        let (late, close) = (Some("async"), Some("sync"));
        for (named, followers, hosts, told) in [
            (None, &[][..], 3, ""), // an engine of another kind
            (Some(""), &[], 1, ""),
            (Some(""), &[], 2, "several hosts"),
            (Some(""), &[("b", late)], 1, "asynchronously (`b`)"),
            (Some(""), &[("b", None), ("c", None)], 1, "asynchronously (`b`, `c`)"),
            (Some("b"), &[("b", None)], 1, "pg_monitor"),
            (Some("b"), &[("b", close)], 2, ""),
            (Some("ANY 1 (b, c)"), &[("b", Some("quorum")), ("c", Some("quorum"))], 3, ""),
            (Some("b"), &[("b", close), ("c", late)], 1, "is acknowledged: `c`;"),
            (Some("b, c"), &[("b", close), ("c", Some("potential"))], 1, "is acknowledged: `c`;"),
            (Some("b"), &[], 1, "no synchronous standby is connected"),
            (Some("b"), &[("c", late)], 1, "no synchronous standby is connected"),
        ] {
            let said = said(named, followers, hosts);
            let is_so = if told.is_empty() { said.is_empty() } else { said.contains(told) };
            assert!(is_so, "{named:?} {followers:?} {hosts}: {said}");
        }
    }

    /// As the server's administrator may have set it for a database or a role.
    #[test]
    fn each_session_waits_for_its_commits_whatever_the_server_is_set_to() {
        for (set, kept) in [
            ("off", "on"),
            ("local", "on"),
            ("remote_write", "on"),
            ("on", "on"),
            ("remote_apply", "remote_apply"),
        ] {
            let url = scratch_postgres::database().unwrap();
            let database: super::super::Database =
                format!("{url}%20-csynchronous_commit%3D{set}").parse().unwrap();
            let store = crate::Store::create_in(&database).unwrap();
            let ask = |tx: &mut crate::Tx<'_>| {
                let question = "SELECT current_setting('synchronous_commit')";
                tx.row(question, &[], |row| row.must_text(0))
            };
            assert_eq!(store.read(ask).unwrap().unwrap().as_deref(), Some(kept), "{set}");
            let written = store.write(ask).wait().unwrap().unwrap();
            assert_eq!(written.as_deref(), Some(kept), "{set}");
        }
    }
}
