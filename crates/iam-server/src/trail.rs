//! Lines of the audit trail: those that the host writes, and all of them as JSON.

use iam_api::Timestamp;
use iam_core::audit_events::{self, Names};
use iam_core::hex;
use iam_store::{AuditLine, AuditRecord, StoreError, TenancyNo, Tx};
use serde::Serialize;

/// Who did it, in the audit trail: somebody on the host, whom the service does not know.
pub(crate) const HOST: &str = "host";

/// A line that tells what the host did to a tenancy.
pub(crate) fn by_host(
    time: Timestamp,
    tenancy: TenancyNo,
    event: &str,
    target: String,
) -> AuditRecord {
    AuditRecord {
        time,
        tenancy,
        compartment: String::new(),
        actor: HOST.to_owned(),
        source: HOST.to_owned(),
        event: event.to_owned(),
        target,
        outcome: "OK".to_owned(),
        request_id: String::new(),
    }
}

/// A line with every field that its chain is made of.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Told<'a> {
    seq: i64,
    time: String,
    /// Microseconds since 1970.
    time_micros: i64,
    /// The OCID, for people.
    tenancy_id: Option<String>,
    tenancy: i64,
    compartment: &'a str,
    actor: &'a str,
    source: &'a str,
    event: &'a str,
    target: &'a str,
    outcome: &'a str,
    request_id: &'a str,
    chain: String,
}

/// The line as a JSON object.
pub(crate) fn line(
    tx: &mut Tx<'_>,
    line: &AuditLine,
    names: &mut Names,
) -> Result<String, StoreError> {
    let record = &line.record;
    let tenancy_id = names.tenancy(tx, record.tenancy)?;
    let told = Told {
        seq: line.seq,
        time: record.time.to_string(),
        time_micros: record.time.as_micros(),
        tenancy_id: tenancy_id.map(|id| id.as_str().to_owned()),
        tenancy: record.tenancy.0,
        compartment: &record.compartment,
        actor: &record.actor,
        source: &record.source,
        event: &record.event,
        target: &record.target,
        outcome: &record.outcome,
        request_id: &record.request_id,
        chain: hex::encode(&line.chain),
    };
    serde_json::to_string(&told).map(|json| ascii(&json)).map_err(StoreError::failed)
}

/// JSON without a character beyond ASCII, so that what somebody has written can neither end a line
/// nor turn it around wherever it is read.
fn ascii(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for letter in json.chars() {
        if letter.is_ascii() && !letter.is_ascii_control() {
            text.push(letter);
            continue;
        }
        for unit in letter.encode_utf16(&mut [0; 2]) {
            text.push_str(&format!("\\u{unit:04x}"));
        }
    }
    text
}

/// The line as an event of OCI's, in JSON.
pub(crate) fn event(
    tx: &mut Tx<'_>,
    line: &AuditLine,
    names: &mut Names,
) -> Result<String, StoreError> {
    let event = audit_events::event(tx, line, names)?;
    serde_json::to_string(&event).map(|json| ascii(&json)).map_err(StoreError::failed)
}
