//! The page of all that is counted, in the form of OpenMetrics.
//!
//! A registry is filled from the counters at each look and then dropped: so counting knows nothing
//! of it, and what is not asked for costs nothing. Of operations, only what was asked for is shown.

use super::{Metrics, STATUSES};
use crate::app::{App, Shared};
use crate::config::Enforcement;
use crate::health;
use iam_store::{Counter, Histogram};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, text};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::exemplar::Exemplar;
use prometheus_client::registry::Registry;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;

type Labels<'a> = [(&'static str, &'a str)];
/// Nothing points from a number to the request that made it.
type NoExemplar<'a> = Exemplar<Vec<(&'a str, &'a str)>, f64>;

/// The page.
pub(super) fn page(app: &Shared) -> Result<String, fmt::Error> {
    let mut registry = Registry::default();
    registry.register_collector(Box::new(All(Arc::clone(app))));
    let mut page = String::new();
    text::encode(&mut page, &registry)?;
    Ok(page)
}

struct All(Shared);

impl fmt::Debug for All {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("All")
    }
}

impl Collector for All {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let mut page = Page(encoder);
        requests(&mut page, &self.0.metrics)?;
        rates(&mut page, &self.0)?;
        sign_ins(&mut page, &self.0)?;
        mail(&mut page, &self.0)?;
        store(&mut page, &self.0)?;
        traces(&mut page, &self.0)?;
        database(&mut page, &self.0)?;
        process(&mut page, &self.0)
    }
}

/// What numbers are in which are kept whole.
#[derive(Clone, Copy)]
enum Scale {
    /// As they are.
    One,
    /// Microseconds; the page has seconds.
    Micros,
}

#[expect(clippy::cast_precision_loss, reason = "2^53 microseconds are 285 years")]
fn scaled(number: u64, scale: Scale) -> f64 {
    match scale {
        Scale::One => number as f64,
        Scale::Micros => number as f64 / 1e6,
    }
}

struct Page<'a>(DescriptorEncoder<'a>);

impl Page<'_> {
    fn counters<'l>(
        &mut self,
        name: &str,
        help: &str,
        rows: impl IntoIterator<Item = (Vec<(&'static str, &'l str)>, u64)>,
    ) -> fmt::Result {
        let mut metric = self.0.encode_descriptor(name, help, None, MetricType::Counter)?;
        for (labels, value) in rows {
            let none: Option<&NoExemplar<'_>> = None;
            match labels.is_empty() {
                true => metric.encode_counter(&value, none)?,
                false => metric.encode_family(&labels)?.encode_counter(&value, none)?,
            }
        }
        Ok(())
    }

    fn counter(&mut self, name: &str, help: &str, value: u64) -> fmt::Result {
        self.counters(name, help, [(Vec::new(), value)])
    }

    fn gauge(&mut self, name: &str, help: &str, value: f64) -> fmt::Result {
        let mut metric = self.0.encode_descriptor(name, help, None, MetricType::Gauge)?;
        metric.encode_gauge(&value)
    }

    fn histograms<'l>(
        &mut self,
        name: &str,
        help: &str,
        scale: Scale,
        rows: impl IntoIterator<Item = (Vec<(&'static str, &'l str)>, &'l Histogram)>,
    ) -> fmt::Result {
        let mut metric = self.0.encode_descriptor(name, help, None, MetricType::Histogram)?;
        for (labels, histogram) in rows {
            let bound =
                |bound: Option<u64>| bound.map_or(f64::INFINITY, |bound| scaled(bound, scale));
            let buckets: Vec<(f64, u64)> =
                histogram.buckets().map(|(most, count)| (bound(most), count)).collect();
            let count = buckets.iter().map(|(_, count)| count).sum();
            let sum = scaled(histogram.sum(), scale);
            let none: Option<&HashMap<usize, NoExemplar<'_>>> = None;
            match labels.is_empty() {
                true => metric.encode_histogram(sum, count, &buckets, none)?,
                false => {
                    metric.encode_family(&labels)?.encode_histogram(sum, count, &buckets, none)?;
                }
            }
        }
        Ok(())
    }
}

fn requests(page: &mut Page<'_>, metrics: &Metrics) -> fmt::Result {
    let codes: Vec<String> = STATUSES.iter().map(u16::to_string).collect();
    let codes: Vec<&str> = codes.iter().map(String::as_str).chain(["other"]).collect();
    let counted = metrics.rows.iter().flat_map(|row| {
        row.statuses.iter().zip(&codes).filter(|(counter, _)| counter.value() > 0).map(
            move |(counter, code)| {
                let labels =
                    vec![("api", row.api), ("operation", row.operation.as_str()), ("code", *code)];
                (labels, counter.value())
            },
        )
    });
    page.counters("durward_requests", "Requests that were answered.", counted)?;
    let timed = metrics.rows.iter().filter(|row| row.micros.buckets().any(|(_, count)| count > 0));
    let timed = timed
        .map(|row| (vec![("api", row.api), ("operation", row.operation.as_str())], &row.micros));
    page.histograms(
        "durward_request_duration_seconds",
        "From the head of a request to the head of its answer.",
        Scale::Micros,
        timed,
    )?;
    page.gauge(
        "durward_connections",
        "Connections that are open.",
        scaled(metrics.connections.load(Ordering::Relaxed), Scale::One),
    )
}

/// Counters under one name, told apart by one label.
fn apart<'l>(
    label: &'static str,
    rows: impl IntoIterator<Item = (&'l str, &'l Counter)>,
) -> impl Iterator<Item = (Vec<(&'static str, &'l str)>, u64)> {
    rows.into_iter().map(move |(word, counter)| (vec![(label, word)], counter.value()))
}

fn rates(page: &mut Page<'_>, app: &App) -> fmt::Result {
    let of = [("principal", &app.rates.of_principals), ("tenancy", &app.rates.of_tenancies)];
    page.counters(
        "durward_rate_limited",
        "Requests that were refused because there were more than the rate limits allow.",
        apart("limit", of),
    )
}

fn sign_ins(page: &mut Page<'_>, app: &App) -> fmt::Result {
    let counts = &app.context.counts;
    page.counters(
        "durward_sign_ins",
        "Attempts to sign in to the Console that were weighed.",
        apart(
            "outcome",
            [
                ("accepted", &counts.signed_in),
                ("change-password", &counts.signed_in_to_change),
                ("refused", &counts.sign_ins_refused),
            ],
        ),
    )?;
    page.counter(
        "durward_lockouts",
        "Users whom failed attempts have blocked.",
        counts.lockouts.value(),
    )?;
    page.counters(
        "durward_password_resets",
        "Resets of Console passwords.",
        apart(
            "way",
            [
                ("one-time-password", &counts.resets_shown),
                ("link-by-mail", &counts.resets_mailed),
                ("link-to-client", &counts.resets_handed),
                ("nothing", &counts.resets_unheard),
            ],
        ),
    )
}

fn mail(page: &mut Page<'_>, app: &App) -> fmt::Result {
    let letters = app.context.counts.letters().map(|(event, counter)| {
        let link = if event.has_link() { "true" } else { "false" };
        (vec![("event", event.id()), ("link", link)], counter.value())
    });
    page.counters("durward_mail_queued", "Letters that were put into the queue.", letters)?;
    let post = app.post.status();
    page.counter(
        "durward_mail_delivered",
        "Letters that the mail server has taken.",
        post.delivered,
    )?;
    page.counter(
        "durward_mail_dropped",
        "Letters that were given up: too late, or nobody was there to get them.",
        post.dropped,
    )?;
    let waiting = u64::try_from(post.waiting).unwrap_or_default();
    page.gauge("durward_mail_waiting", "Letters that wait.", scaled(waiting, Scale::One))?;
    let now = app.context.now().as_micros();
    let age = post.oldest.map_or(0, |oldest| now.saturating_sub(oldest.as_micros()));
    page.gauge(
        "durward_mail_oldest_age_seconds",
        "How long the oldest letter has waited; 0 where none does.",
        scaled(u64::try_from(age).unwrap_or_default(), Scale::Micros),
    )?;
    let failing = f64::from(u8::from(post.failing_since.is_some()));
    page.gauge("durward_mail_failing", "1 while no letter can be handed over.", failing)
}

fn store(page: &mut Page<'_>, app: &App) -> fmt::Result {
    let tally = app.store.tally();
    page.counters(
        "durward_store_changes",
        "Changes, by what became of them.",
        apart(
            "outcome",
            [
                ("committed", &tally.committed),
                ("undone", &tally.undone),
                ("busy", &tally.busy),
                ("failed", &tally.failed),
            ],
        ),
    )?;
    page.histograms(
        "durward_store_group_size",
        "How many changes were committed together.",
        Scale::One,
        [(Vec::new(), &tally.group_sizes)],
    )?;
    page.histograms(
        "durward_store_commit_duration_seconds",
        "From queueing a change until it is durable.",
        Scale::Micros,
        [(Vec::new(), &tally.change_micros)],
    )?;
    let waiting = scaled(tally.waiting(), Scale::One);
    page.gauge("durward_store_waiting", "Changes that are not durable yet.", waiting)
}

fn traces(page: &mut Page<'_>, app: &App) -> fmt::Result {
    page.counters(
        "durward_trace_spans",
        "Spans of traces, by what became of them.",
        apart("outcome", [("sent", &app.traces.sent), ("dropped", &app.traces.dropped)]),
    )
}

fn database(page: &mut Page<'_>, app: &App) -> fmt::Result {
    let connections = app.store.connections();
    page.gauge(
        "durward_database_connections",
        "Connections to the database server that are open.",
        scaled(connections.open.value(), Scale::One),
    )?;
    page.gauge(
        "durward_database_connections_busy",
        "Connections to the database server that are in a transaction, or wait to begin one.",
        scaled(connections.busy.value(), Scale::One),
    )?;
    page.counter(
        "durward_database_connects",
        "Connections to the database server that were opened.",
        connections.opened.value(),
    )?;
    page.counter(
        "durward_database_waits",
        "Reads that had to wait for a connection to the database server.",
        connections.waits.value(),
    )
}

fn process(page: &mut Page<'_>, app: &App) -> fmt::Result {
    let ready = f64::from(u8::from(app.health.readiness().is_ok()));
    page.gauge("durward_ready", "1 while the server is ready for requests.", ready)?;
    let unreadable = u64::try_from(app.access.unreadable_policies()).unwrap_or_default();
    page.gauge(
        "durward_policies_unreadable",
        "Policies that this version cannot read.",
        scaled(unreadable, Scale::One),
    )?;
    let enforced = f64::from(u8::from(app.enforcement == Enforcement::Enforce));
    page.gauge("durward_policies_enforced", "1 unless refusals are only recorded.", enforced)?;
    let behind = scaled(health::micros_behind(app), Scale::Micros);
    page.gauge(
        "durward_clock_behind_seconds",
        "How far the clock is behind the latest moment that was ever seen.",
        behind,
    )?;
    let labels: &Labels<'_> = &[("version", env!("CARGO_PKG_VERSION"))];
    let help = "The version that runs.";
    let mut info = page.0.encode_descriptor("durward_build", help, None, MetricType::Info)?;
    info.encode_info(&labels)?;
    let started = u64::try_from(app.metrics.started.as_micros()).unwrap_or_default();
    page.gauge(
        "process_start_time_seconds",
        "When the process started, since 1970.",
        scaled(started, Scale::Micros),
    )?;
    if let Some(bytes) = resident_bytes() {
        let help = "Memory of the process that is in use.";
        page.gauge("process_resident_memory_bytes", help, scaled(bytes, Scale::One))?;
    }
    if let Ok(open) = std::fs::read_dir("/proc/self/fd") {
        let open = u64::try_from(open.count()).unwrap_or_default();
        let help = "File descriptors that are open.";
        page.gauge("process_open_fds", help, scaled(open, Scale::One))?;
    }
    Ok(())
}

/// What the system says of this process; none where it says it otherwise than Linux.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kib.checked_mul(1024)
}
