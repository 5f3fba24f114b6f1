//! The audit trail as events of OCI's Audit service. A line of the trail says little, and never a
//! secret; names are those that things have now, and what a line does not keep is null or empty.

use crate::call::{Call, Reply, store_problem};
use crate::{audit, hex, page};
use iam_api::audit_events::{
    AuditEvent, Configuration, Data, Identity, Request, Response, StateChange,
};
use iam_api::{Code, OPERATIONS, Ocid, Place, Problem, Spec, Timestamp, scim};
use iam_store::{AuditLine, AuditSpan, StoreError, TenancyNo, Tx};
use serde_json::json;
use std::collections::{BTreeMap, HashMap};

/// The service that an operation's event comes from, and that of an event at the sign-in page
/// (unconfirmed: OCI's documents write them in either case).
const API: &str = "IdentityControlPlane";
const SIGN_ON: &str = "IdentitySignOn";

/// Lists what happened in a compartment.
pub fn list(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<Vec<AuditEvent>>, Problem> {
    let (from, until) = (moment(call, "startTime")?, moment(call, "endTime")?);
    if until <= from {
        return Err(Problem::invalid(format!("endTime `{until}` is not after startTime `{from}`")));
    }
    let named = call.params.get("compartmentId").unwrap_or_default();
    let compartment = if named == call.principal.tenancy_id.as_str() { "" } else { named };
    let span = AuditSpan { compartment, from, until };
    let read = |call: &mut Call<'_, '_>, after: &str, limit: i64| {
        let at = call.at();
        call.tx.audit_in_time(at, &span, place(after), limit).map_err(store_problem)
    };
    let key = |line: &AuditLine| format!("{}:{}", line.record.time.as_micros(), line.seq);
    let (lines, next) = page::keyed(call, "audit-events", read, key)?;
    let mut names = Names::default();
    let events: Result<Vec<AuditEvent>, _> =
        lines.iter().map(|line| event(call.tx, line, &mut names)).collect();
    Ok(Reply::of(events.map_err(store_problem)?).next_page(next))
}

/// Says how long the trail is kept.
pub fn configuration(call: &mut Call<'_, '_>, (): ()) -> Result<Reply<Configuration>, Problem> {
    let retention_period_days = call.context.audit_retention_days.into();
    Ok(Reply::of(Configuration { retention_period_days }))
}

fn moment(call: &Call<'_, '_>, name: &str) -> Result<Timestamp, Problem> {
    let text = call.params.get(name).unwrap_or_default();
    Timestamp::from_text(text).ok_or_else(|| {
        Problem::invalid(format!(
            "{name} `{}` is not a time: give one such as 2026-01-15T11:30:00Z",
            text.escape_debug()
        ))
    })
}

/// The line that a page begins after.
fn place(after: &str) -> (Timestamp, i64) {
    let read = |text: &str| text.parse().ok();
    let parts = after.split_once(':').and_then(|(time, seq)| Some((read(time)?, read(seq)?)));
    let (time, seq) = parts.unwrap_or((i64::MIN, i64::MIN));
    (Timestamp::from_micros(time), seq)
}

/// Names that were looked up.
#[derive(Default)]
pub struct Names {
    tenancies: Option<HashMap<i64, Ocid>>,
    resources: HashMap<(i64, String), Option<String>>,
}

impl Names {
    /// The OCID of a tenancy.
    pub fn tenancy(&mut self, tx: &mut Tx<'_>, at: TenancyNo) -> Result<Option<Ocid>, StoreError> {
        let known = match self.tenancies.take() {
            Some(known) => known,
            None => tx.tenancies()?.into_iter().map(|(at, id)| (at.0, id)).collect(),
        };
        let found = known.get(&at.0).cloned();
        self.tenancies = Some(known);
        Ok(found)
    }

    /// The name that a resource has now.
    fn resource(
        &mut self,
        tx: &mut Tx<'_>,
        at: TenancyNo,
        id: &str,
    ) -> Result<Option<String>, StoreError> {
        if !id.starts_with("ocid1.") {
            return Ok(None);
        }
        let key = (at.0, id.to_owned());
        if let Some(known) = self.resources.get(&key) {
            return Ok(known.clone());
        }
        let found = tx.resource(at, &Ocid::from(id))?.map(|found| found.name);
        self.resources.insert(key, found.clone());
        Ok(found)
    }
}

/// The event that a line tells of.
pub fn event(
    tx: &mut Tx<'_>,
    line: &AuditLine,
    names: &mut Names,
) -> Result<AuditEvent, StoreError> {
    let AuditLine { seq, record, chain } = line;
    let (at, given) =
        (record.tenancy, |text: &str| Some(text.to_owned()).filter(|t| !t.is_empty()));
    let tenancy = names.tenancy(tx, at)?;
    let root = tenancy.clone().unwrap_or_else(|| Ocid::from(""));
    let compartment =
        if record.compartment.is_empty() { root } else { record.compartment.as_str().into() };
    let (asked, end) = match record.event.strip_suffix(audit::END) {
        Some(asked) => (asked, audit::END),
        None => (record.event.as_str(), ""),
    };
    let known = operation(asked);
    let (source, name) = match (known, asked) {
        (Some(_), name) => (API, name),
        (None, "SignIn") => (SIGN_ON, "InteractiveLogin"),
        (None, name) => (SIGN_ON, name),
    };
    // The end of a work request is no request.
    let spec = known.filter(|_| end.is_empty());
    let details = [("sequence", json!(seq)), ("chain", json!(hex::encode(chain)))];
    Ok(AuditEvent {
        event_type: format!("com.oraclecloud.{source}.{name}{end}"),
        cloud_events_version: "0.1".to_owned(),
        event_type_version: "2.0".to_owned(),
        source: source.to_owned(),
        event_id: uuid(chain),
        event_time: record.time,
        content_type: "application/json".to_owned(),
        data: Data {
            event_grouping_id: None,
            event_name: name.to_owned(),
            compartment_name: names.resource(tx, at, compartment.as_str())?,
            compartment_id: compartment,
            resource_name: names.resource(tx, at, &record.target)?,
            resource_id: given(&record.target),
            availability_domain: None,
            freeform_tags: None,
            defined_tags: None,
            identity: Identity {
                principal_name: names.resource(tx, at, &record.actor)?,
                principal_id: given(&record.actor),
                auth_type: given(&record.actor).map(|_| "natv".to_owned()),
                caller_name: None,
                caller_id: None,
                tenant_id: tenancy,
                ip_address: given(&record.source),
                credentials: None,
                user_agent: None,
                console_session_id: None,
            },
            request: Request {
                id: given(&record.request_id),
                path: spec.map(|spec| path(spec, &record.target)),
                action: spec.map(|spec| spec.method.as_str().to_owned()),
                parameters: BTreeMap::new(),
                headers: BTreeMap::new(),
            },
            response: Response {
                status: status(spec, &record.outcome).map(|status| status.to_string()),
                response_time: Some(record.time),
                headers: BTreeMap::new(),
                payload: BTreeMap::new(),
                message: given(&record.outcome).filter(|outcome| outcome != "OK"),
            },
            state_change: StateChange::default(),
            additional_details: details.map(|(name, value)| (name.to_owned(), value)).into(),
        },
    })
}

/// The operation of that name. An identity domain has some of the same names as the API.
fn operation(name: &str) -> Option<&'static Spec> {
    let mut all = OPERATIONS.iter().copied().chain(scim::OPERATIONS.iter().copied());
    all.find(|spec| spec.id == name)
}

/// The path of a request; of its segments only the one that says what it acted on is kept.
fn path(spec: &Spec, target: &str) -> String {
    let mut segments = spec.params.iter().filter(|param| param.place == Place::Path);
    let Some(first) = segments.next().filter(|_| target.starts_with("ocid1.")) else {
        return spec.path.to_owned();
    };
    spec.path.replacen(&format!("{{{}}}", first.name), target, 1)
}

fn status(spec: Option<&Spec>, outcome: &str) -> Option<u16> {
    if outcome == "OK" {
        return Some(spec.map_or(200, Spec::success));
    }
    Code::ALL.iter().find(|code| code.to_string() == outcome).map(|code| code.status())
}

/// The first half of a chain, in the form of a UUID of our own (RFC 9562, version 8).
fn uuid(chain: &iam_store::Chain) -> String {
    let digits = hex::encode(chain);
    let part = |from, to| digits.get(from..to).unwrap_or_default();
    let [a, b, c, d, e] = [part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32)];
    format!("{a}-{b}-8{c}-8{d}-{e}")
}
