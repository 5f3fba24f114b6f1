//! Traces as OTLP has them in JSON: `ExportTraceServiceRequest` of `opentelemetry-proto` 1.x, as
//! far as we have something to say in it. Ids are hexadecimal there, and 64-bit numbers are texts.

use super::{Finished, Stage, Trace};
use serde::Serialize;

const SERVER: u8 = 2;
const INTERNAL: u8 = 1;
const FAILED: u8 = 2;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Export {
    resource_spans: [ResourceSpans; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResourceSpans {
    resource: Resource,
    scope_spans: [ScopeSpans; 1],
}

#[derive(Serialize)]
struct Resource {
    attributes: Vec<Attribute>,
}

#[derive(Serialize)]
struct ScopeSpans {
    scope: Scope,
    spans: Vec<Span>,
}

#[derive(Serialize)]
struct Scope {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Span {
    trace_id: String,
    span_id: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    parent_span_id: String,
    name: String,
    kind: u8,
    start_time_unix_nano: String,
    end_time_unix_nano: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attributes: Vec<Attribute>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
}

#[derive(Serialize)]
struct Status {
    code: u8,
}

#[derive(Serialize)]
struct Attribute {
    key: &'static str,
    value: Value,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum Value {
    StringValue(String),
    IntValue(String),
}

fn text(key: &'static str, value: impl Into<String>) -> Attribute {
    Attribute { key, value: Value::StringValue(value.into()) }
}

fn number(key: &'static str, value: impl Into<i64>) -> Attribute {
    Attribute { key, value: Value::IntValue(value.into().to_string()) }
}

fn trace_id(id: u128) -> String {
    format!("{id:032x}")
}

fn span_id(id: u64) -> String {
    format!("{id:016x}")
}

/// The body of one request to the collector.
pub(super) fn body(finished: &[Finished]) -> Result<Vec<u8>, serde_json::Error> {
    let version = env!("CARGO_PKG_VERSION");
    let spans = finished.iter().flat_map(|one| {
        let stages = one.stages.iter().enumerate();
        let stages = stages.map(|(number, stage)| stage_span(&one.trace, number, stage));
        std::iter::once(request_span(one)).chain(stages)
    });
    let resource = Resource {
        attributes: vec![text("service.name", "durward"), text("service.version", version)],
    };
    let scope_spans =
        [ScopeSpans { scope: Scope { name: "durward", version }, spans: spans.collect() }];
    serde_json::to_vec(&Export { resource_spans: [ResourceSpans { resource, scope_spans }] })
}

fn request_span(finished: &Finished) -> Span {
    let Finished { trace, request, .. } = finished;
    let mut attributes = vec![
        text("http.request.method", request.method),
        number("http.response.status_code", request.status),
        text("durward.api", request.api),
        text("durward.operation", request.operation.as_str()),
        text("durward.request_id", request.id.to_string()),
    ];
    attributes.extend(trace.tenancy().map(|tenancy| number("durward.tenancy", tenancy)));
    Span {
        trace_id: trace_id(trace.id),
        span_id: span_id(trace.span),
        parent_span_id: trace.parent.map(span_id).unwrap_or_default(),
        name: request.operation.clone(),
        kind: SERVER,
        start_time_unix_nano: trace.began.to_string(),
        end_time_unix_nano: trace.began.saturating_add(finished.took).to_string(),
        attributes,
        status: (request.status >= 500).then_some(Status { code: FAILED }),
    }
}

fn stage_span(trace: &Trace, number: usize, stage: &Stage) -> Span {
    let parent = stage.within.map_or(trace.span, |within| trace.span_of(within));
    Span {
        trace_id: trace_id(trace.id),
        span_id: span_id(trace.span_of(number)),
        parent_span_id: span_id(parent),
        name: stage.name.to_owned(),
        kind: INTERNAL,
        start_time_unix_nano: trace.began.saturating_add(stage.began).to_string(),
        end_time_unix_nano: trace.began.saturating_add(stage.ended).to_string(),
        attributes: Vec::new(),
        status: None,
    }
}
