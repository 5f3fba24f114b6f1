//! The audit trail as a ledger: lines that follow one another, from an end to the other.
//!
//! Each line holds a hash of itself and of the hash before it. The last of them is kept once more,
//! sealed with a key that is not in the store, and so is the one before the first that is left. So
//! whoever has the store without that key can neither change, move or take out a line, nor shorten
//! the trail; they can only put back a whole state of it that was true once. Against that, an end
//! can be noted elsewhere, and lines be sent away.

use crate::audit::AuditRecord;
use crate::engine::{Row, Statements, StoreError, Value};
use crate::lookups::Lookups;
use crate::tx::Tx;
use aws_lc_rs::digest::{Context, SHA256};
use aws_lc_rs::hmac;
use iam_api::Timestamp;
use std::sync::Arc;

/// What stands for a line and all before it: a SHA-256.
pub type Chain = [u8; 32];

/// What is hashed begins with this, and with nothing else the same: never change it.
const LINE: &[u8] = b"durward audit line v1\n";
/// What is sealed begins with this.
const END: &[u8] = b"durward audit end v1\n";

/// The key that seals the ends of the trail.
#[derive(Clone)]
pub struct AuditKey(Arc<hmac::Key>);

impl AuditKey {
    /// Takes a key that is used for nothing else.
    #[must_use]
    pub fn new(key: hmac::Key) -> Self {
        Self(Arc::new(key))
    }
}

/// One end of the trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEnd {
    /// The number of a line.
    pub seq: i64,
    /// Its chain.
    pub chain: Chain,
    seal: Vec<u8>,
}

/// Both ends of the trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEnds {
    /// The line before the first that is kept.
    pub first: AuditEnd,
    /// The last line.
    pub last: AuditEnd,
}

const FIRST: &str = "first";
const LAST: &str = "last";

/// The chain of a line that has this number and follows this chain: SHA-256 over a name, the chain
/// before, number, time and tenancy in 8 bytes each, and each text behind its length in 4 bytes,
/// in the order of the fields; all numbers with the highest byte first.
#[must_use]
pub fn chain(before: &Chain, seq: i64, line: &AuditRecord) -> Chain {
    let mut hash = Context::new(&SHA256);
    hash.update(LINE);
    hash.update(before);
    for number in [seq, line.time.as_micros(), line.tenancy.0] {
        hash.update(&number.to_be_bytes());
    }
    let texts = [
        &line.compartment,
        &line.actor,
        &line.source,
        &line.event,
        &line.target,
        &line.outcome,
        &line.request_id,
    ];
    for text in texts {
        // A text of 4 GiB is no part of any line; if it were, its hash would still be one.
        hash.update(&u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes());
        hash.update(text.as_bytes());
    }
    let mut chain = [0; 32];
    chain.copy_from_slice(hash.finish().as_ref());
    chain
}

pub(crate) fn chain_in(row: &dyn Row, column: usize) -> Result<Chain, StoreError> {
    let bytes = row.must_blob(column)?;
    bytes.try_into().map_err(|_| StoreError::Corrupt("a chain of the audit trail is not a SHA-256"))
}

impl AuditEnd {
    fn sealed(name: &str, seq: i64, chain: Chain, key: &AuditKey) -> Self {
        let seal = hmac::sign(&key.0, &sealed_text(name, seq, &chain)).as_ref().to_vec();
        Self { seq, chain, seal }
    }

    fn is_sealed(&self, name: &str, key: &AuditKey) -> bool {
        hmac::verify(&key.0, &sealed_text(name, self.seq, &self.chain), &self.seal).is_ok()
    }

    fn args<'a>(&'a self, name: &'a str) -> [Value<'a>; 4] {
        [name.into(), self.seq.into(), self.chain.as_slice().into(), self.seal.as_slice().into()]
    }
}

fn sealed_text(name: &str, seq: i64, chain: &Chain) -> Vec<u8> {
    [END, name.as_bytes(), &[0], &seq.to_be_bytes(), chain].concat()
}

impl AuditEnds {
    /// Whether both ends were sealed with the key.
    #[must_use]
    pub fn are_sealed(&self, key: &AuditKey) -> bool {
        self.first.is_sealed(FIRST, key) && self.last.is_sealed(LAST, key)
    }
}

/// Lines that wait for their transaction to be committed.
#[derive(Default)]
pub(crate) struct Lines {
    records: Vec<AuditRecord>,
    key: Option<AuditKey>,
}

impl Lines {
    pub(crate) fn add(&mut self, record: AuditRecord, key: &AuditKey) {
        self.records.push(record);
        self.key.get_or_insert_with(|| key.clone());
    }
}

/// Writes lines behind the last one, in one transaction with what they tell of.
pub(crate) fn write<'a>(
    statements: &mut dyn Statements,
    lines: impl Iterator<Item = &'a Lines>,
) -> Result<(), StoreError> {
    let mut end: Option<AuditEnd> = None;
    let mut sealed_with = None;
    for Lines { records, key } in lines {
        let Some(key) = key else { continue };
        let mut last = match end.take() {
            Some(last) => last,
            None => last_sealed(statements, key)?,
        };
        for record in records {
            last.seq += 1;
            last.chain = chain(&last.chain, last.seq, record);
            write_line(statements, &last, record)?;
        }
        (end, sealed_with) = (Some(last), Some(key));
    }
    let (Some(end), Some(key)) = (end, sealed_with) else { return Ok(()) };
    let end = AuditEnd::sealed(LAST, end.seq, end.chain, key);
    let sql = "UPDATE audit_ends SET seq = ?2, chain = ?3, seal = ?4 WHERE name = ?1";
    statements.send(sql, &end.args(LAST))
}

fn write_line(
    statements: &mut dyn Statements,
    end: &AuditEnd,
    line: &AuditRecord,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO audit \
               (seq, time, tenancy, compartment, actor, source, event, target, outcome, \
               request_id, chain) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
    let args = [
        end.seq.into(),
        line.time.as_micros().into(),
        line.tenancy.0.into(),
        line.compartment.as_str().into(),
        line.actor.as_str().into(),
        line.source.as_str().into(),
        line.event.as_str().into(),
        line.target.as_str().into(),
        line.outcome.as_str().into(),
        line.request_id.as_str().into(),
        end.chain.as_slice().into(),
    ];
    statements.send(sql, &args)
}

/// The last line, which nobody has put there who has not the key. To go on behind another would
/// hide what became of the lines that are gone.
fn last_sealed(statements: &mut dyn Statements, key: &AuditKey) -> Result<AuditEnd, StoreError> {
    match end(statements, LAST)? {
        Some(last) if last.is_sealed(LAST, key) => Ok(last),
        Some(_) => Err(StoreError::Corrupt(
            "the end of the audit trail is not sealed with this installation's key; nothing is \
             changed until `durward verify` was looked at and `durward audit seal` was run",
        )),
        None => Err(StoreError::Corrupt(
            "the end of the audit trail is missing; nothing is changed until `durward verify` was \
             looked at and `durward audit seal` was run",
        )),
    }
}

const END_BY_NAME: &str = "SELECT seq, chain, seal FROM audit_ends WHERE name = ?1";

/// What [`write()`] looks up, for engines that fetch it with the rest.
pub(crate) fn lookups() -> Lookups {
    Lookups::default().with(END_BY_NAME, &[LAST.into()])
}

fn end(statements: &mut dyn Statements, name: &str) -> Result<Option<AuditEnd>, StoreError> {
    let mut found = None;
    statements.query(END_BY_NAME, &[name.into()], &mut |row| {
        let (seq, chain, seal) = (row.must_int(0)?, chain_in(row, 1)?, row.must_blob(2)?);
        found = Some(AuditEnd { seq, chain, seal });
        Ok(())
    })?;
    Ok(found)
}

impl Tx<'_> {
    /// Begins the trail of an installation, unless that was done.
    pub fn begin_audit(&mut self, key: &AuditKey) -> Result<(), StoreError> {
        if self.audit_ends()?.is_some() {
            return Ok(());
        }
        self.seal_audit((0, [0; 32]), (0, [0; 32]), key)
    }

    /// The ends of the trail; none where they are missing.
    pub fn audit_ends(&mut self) -> Result<Option<AuditEnds>, StoreError> {
        let (first, last) = (end(self.statements, FIRST)?, end(self.statements, LAST)?);
        Ok(first.zip(last).map(|(first, last)| AuditEnds { first, last }))
    }

    /// Seals the ends of the trail anew, wherever they are said to be.
    pub fn seal_audit(
        &mut self,
        first: (i64, Chain),
        last: (i64, Chain),
        key: &AuditKey,
    ) -> Result<(), StoreError> {
        for (name, (seq, chain)) in [(FIRST, first), (LAST, last)] {
            let sql = "INSERT INTO audit_ends (name, seq, chain, seal) VALUES (?1, ?2, ?3, ?4) \
                       ON CONFLICT (name) DO UPDATE \
                       SET seq = excluded.seq, chain = excluded.chain, seal = excluded.seal";
            self.send(sql, &AuditEnd::sealed(name, seq, chain, key).args(name))?;
        }
        Ok(())
    }

    /// Seals the trail as it is found: from the first line that is there to the last. Answers their
    /// numbers.
    pub fn seal_audit_as_found(&mut self, key: &AuditKey) -> Result<(i64, i64), StoreError> {
        let kept = end(self.statements, FIRST)?.map_or((0, [0; 32]), |end| (end.seq, end.chain));
        let first = match self.audit_lines(i64::MIN, 1)?.first() {
            Some(line) if line.seq <= kept.0 => (line.seq - 1, [0; 32]),
            _ => kept,
        };
        let sql = "SELECT seq, chain FROM audit ORDER BY seq DESC LIMIT 1";
        let last = self.row(sql, &[], |row| Ok((row.must_int(0)?, chain_in(row, 1)?)))?;
        let last = last.unwrap_or(first);
        self.seal_audit(first, last, key)?;
        Ok((first.0 + 1, last.0))
    }

    /// Takes away lines from the beginning of the trail as far as they are older than a moment, at
    /// most `limit` of them; answers how many. What is left begins where it says.
    pub fn forget_audit(
        &mut self,
        before: Timestamp,
        limit: i64,
        key: &AuditKey,
    ) -> Result<usize, StoreError> {
        let Some(ends) = self.audit_ends()? else { return Ok(0) };
        if !ends.are_sealed(key) {
            return Ok(0); // what is wrong is to be looked at first
        }
        let lines = self.audit_lines(ends.first.seq, limit)?;
        let Some(last) = lines.iter().take_while(|line| line.record.time < before).last() else {
            return Ok(0);
        };
        let count = self.run("DELETE FROM audit WHERE seq <= ?1", &[last.seq.into()])?;
        let end = AuditEnd::sealed(FIRST, last.seq, last.chain, key);
        let sql = "UPDATE audit_ends SET seq = ?2, chain = ?3, seal = ?4 WHERE name = ?1";
        self.send(sql, &end.args(FIRST))?;
        Ok(count)
    }
}
