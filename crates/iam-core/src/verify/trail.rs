//! Whether the audit trail is the one that was written: no line is missing, changed, added or
//! elsewhere than it was, from an end to the other.

use super::Findings;
use iam_store::{AuditEnds, AuditKey, AuditLine, Chain, StoreError, Tx, chain};

/// The lines that are read at a time.
const BATCH: i64 = 1_000;

/// A line that somebody has noted elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Noted {
    /// Its number.
    pub seq: i64,
    /// Its chain.
    pub chain: Chain,
}

/// What is known of the trail beside what is kept.
#[derive(Clone, Copy, Default)]
pub struct Known<'a> {
    /// The key that seals its ends. Without it, nobody can tell who has set them.
    pub key: Option<&'a AuditKey>,
    /// A line that was there.
    pub noted: Option<Noted>,
}

/// What the trail consists of.
#[derive(Clone, Debug, Default)]
pub struct Trail {
    /// How many lines there are.
    pub count: u64,
    /// The last of them.
    pub last: Option<Noted>,
}

/// Looks at every line, and at both ends.
pub(super) fn verify(
    tx: &mut Tx<'_>,
    known: &Known<'_>,
    findings: &mut Findings,
) -> Result<Trail, StoreError> {
    let Some(ends) = tx.audit_ends()? else {
        findings.add(|| "audit: the ends of the trail are missing".to_owned());
        return Ok(Trail::default());
    };
    if known.key.is_some_and(|key| !ends.are_sealed(key)) {
        let text = "audit: the ends of the trail are not sealed with this installation's key, so \
                    somebody else has set them";
        findings.add(|| text.to_owned());
    }
    let mut walk = Walk::from(&ends, known.noted, findings);
    let mut after = i64::MIN;
    loop {
        let lines = tx.audit_lines(after, BATCH)?;
        let Some(last) = lines.last() else { break };
        after = last.seq;
        lines.iter().for_each(|line| walk.step(line));
    }
    Ok(walk.end(&ends))
}

struct Walk<'a> {
    findings: &'a mut Findings,
    noted: Option<Noted>,
    first: i64,
    /// The line before the one that comes.
    last: Noted,
    count: u64,
}

impl<'a> Walk<'a> {
    fn from(ends: &AuditEnds, noted: Option<Noted>, findings: &'a mut Findings) -> Self {
        let last = Noted { seq: ends.first.seq, chain: ends.first.chain };
        let mut walk = Self { findings, noted, first: ends.first.seq, last, count: 0 };
        walk.compare(last);
        walk
    }

    fn step(&mut self, line: &AuditLine) {
        let (seq, first, expected) = (line.seq, self.first, self.last.seq + 1);
        self.count += 1;
        if seq < expected {
            self.findings
                .add(|| format!("audit {seq}: it stands before the trail's first, {first}"));
            return;
        }
        if seq > expected {
            self.findings.add(|| format!("audit {}: missing", lines(expected, seq - 1)));
        } else if chain(&self.last.chain, seq, &line.record) != line.chain {
            self.findings.add(|| format!("audit {seq}: it was changed, or stood elsewhere"));
        }
        self.last = Noted { seq, chain: line.chain };
        self.compare(self.last);
    }

    /// Compares a line with the noted one, where it is that.
    fn compare(&mut self, line: Noted) {
        let Some(noted) = self.noted.filter(|noted| noted.seq == line.seq) else { return };
        if noted.chain != line.chain {
            let seq = noted.seq;
            self.findings.add(|| format!("audit {seq}: it is not the line that was noted"));
        }
        self.noted = None;
    }

    fn end(self, ends: &AuditEnds) -> Trail {
        let (seq, told) = (self.last.seq, ends.last.seq);
        if seq < told {
            let cut = lines(seq + 1, told);
            self.findings.add(|| format!("audit {cut}: missing, the last that were written"));
        } else if seq > told {
            let added = lines(told + 1, seq);
            self.findings.add(|| format!("audit {added}: written by nobody who has the key"));
        } else if self.last.chain != ends.last.chain {
            self.findings.add(|| format!("audit {seq}: it is not the line that was written last"));
        }
        if let Some(noted) = self.noted.filter(|noted| noted.seq > self.first) {
            let seq = noted.seq;
            self.findings.add(|| format!("audit {seq}: the line that was noted is not there"));
        }
        Trail { count: self.count, last: Some(self.last) }
    }
}

/// The numbers of some lines, for people.
fn lines(from: i64, to: i64) -> String {
    if from == to { from.to_string() } else { format!("{from} to {to}") }
}
