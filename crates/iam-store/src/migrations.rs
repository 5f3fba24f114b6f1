//! From the tables of an older version to those of this one, in one transaction.
//!
//! A table that changes is put aside, made anew by the text of the schema, and filled from the old
//! one. So tables that were brought here are the same as tables that were made here.

use crate::audit::AuditRecord;
use crate::engine::{Row, StoreError};
use crate::ledger::{self, AuditKey, Lines};
use crate::tables::{SCHEMA_VERSION, making};
use crate::tx::{TenancyNo, Tx};
use iam_api::Timestamp;
use std::fmt::Display;

/// The rows that are carried over at a time.
const BATCH: i64 = 512;

/// A step from the version before it.
struct Step {
    to: i64,
    run: fn(&mut Tx<'_>, &AuditKey) -> Result<(), StoreError>,
}

/// Every step, in order.
const STEPS: [Step; 3] = [
    Step { to: 5, run: chain_the_audit_trail },
    Step { to: 6, run: add_the_tables_of_6 },
    Step { to: 7, run: add_the_table_of_7 },
];

/// A version that an installation was brought from, and the one that it has now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Migrated {
    /// The version that was found.
    pub from: i64,
    /// The version of this program.
    pub to: i64,
}

/// What must be so before anything is changed.
pub type Admit<'a> = dyn Fn(&mut Tx<'_>) -> Result<(), StoreError> + 'a;

/// Takes all steps from a version on; none where it is this program's own. Refuses a version that
/// is newer, or older than the first step knows.
pub(crate) fn migrate(
    tx: &mut Tx<'_>,
    version: i64,
    key: &AuditKey,
    admit: &Admit<'_>,
) -> Result<Option<Migrated>, StoreError> {
    if version == SCHEMA_VERSION {
        return Ok(None);
    }
    let steps: Vec<&Step> = STEPS.iter().filter(|step| step.to > version).collect();
    if steps.first().map(|step| step.to) != Some(version + 1) {
        return Err(unknown(version));
    }
    admit(tx)?;
    for step in steps {
        (step.run)(tx, key)?;
    }
    Ok(Some(Migrated { from: version, to: SCHEMA_VERSION }))
}

/// Why tables of that version are not opened.
pub(crate) fn unknown(version: i64) -> StoreError {
    let oldest = STEPS.first().map_or(SCHEMA_VERSION, |step| step.to - 1);
    StoreError::failed(if (oldest..SCHEMA_VERSION).contains(&version) {
        format!(
            "its tables are of version {version}, and this program's of {SCHEMA_VERSION}; start \
             `durward serve` once, which brings them there"
        )
    } else {
        format!(
            "its tables are of version {version}, and this program knows {oldest} to \
             {SCHEMA_VERSION}; use the version of the program that wrote them"
        )
    })
}

/// The same failure, with the name of the place.
pub(crate) fn of_place(place: &dyn Display, cause: StoreError) -> StoreError {
    match cause {
        StoreError::Failed(cause) => StoreError::failed(format!("cannot open `{place}`: {cause}")),
        other => other,
    }
}

/// Version 5: lines of the audit trail are chained, and say in which compartment they were.
fn chain_the_audit_trail(tx: &mut Tx<'_>, key: &AuditKey) -> Result<(), StoreError> {
    tx.make("ALTER TABLE audit RENAME TO audit_before_5")?;
    for table in ["audit", "audit_ends"] {
        tx.make(&making(table))?;
    }
    tx.begin_audit(key)?;
    let mut after = i64::MIN;
    loop {
        let sql = "SELECT seq, time, tenancy, actor, source, event, target, outcome, request_id \
                   FROM audit_before_5 WHERE seq > ?1 ORDER BY seq LIMIT ?2";
        let rows = tx.rows(sql, &[after.into(), BATCH.into()], |row| {
            Ok((row.must_int(0)?, line_before_5(row)?))
        })?;
        let Some(&(last, _)) = rows.last() else { break };
        after = last;
        let mut lines = Lines::default();
        rows.into_iter().for_each(|(_, record)| lines.add(record, key));
        ledger::write(tx.statements, std::iter::once(&lines))?;
    }
    tx.make("DROP TABLE audit_before_5")
}

/// Version 6: work requests are kept, and what users show to other services.
fn add_the_tables_of_6(tx: &mut Tx<'_>, _key: &AuditKey) -> Result<(), StoreError> {
    ["work_requests", "credentials"].into_iter().try_for_each(|table| tx.make(&making(table)))
}

/// Version 7: refusals are kept, to be explained.
fn add_the_table_of_7(tx: &mut Tx<'_>, _key: &AuditKey) -> Result<(), StoreError> {
    tx.make(&making("refusals"))
}

fn line_before_5(row: &dyn Row) -> Result<AuditRecord, StoreError> {
    Ok(AuditRecord {
        time: Timestamp::from_micros(row.must_int(1)?),
        tenancy: TenancyNo(row.must_int(2)?),
        compartment: String::new(),
        actor: row.must_text(3)?,
        source: row.must_text(4)?,
        event: row.must_text(5)?,
        target: row.must_text(6)?,
        outcome: row.must_text(7)?,
        request_id: row.must_text(8)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_steps_lead_without_a_gap_to_this_version() {
        let versions: Vec<i64> = STEPS.iter().map(|step| step.to).collect();
        assert!(versions.windows(2).all(|pair| pair[0] + 1 == pair[1]), "{versions:?}");
        assert_eq!(versions.last(), Some(&SCHEMA_VERSION));
    }
}
