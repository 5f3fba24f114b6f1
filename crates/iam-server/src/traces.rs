//! Where the time of each request went, told to a collector that speaks OTLP, where an operator
//! names one. Without one nothing is recorded, and nothing is allocated for it.
//!
//! A trace holds names of ours, times, the request's id and the tenancy's number: nothing that was
//! sent in, but the ids of a valid `traceparent`. A caller cannot switch it off for their request,
//! so the flag in there is not heeded (docs/decisions/0019).

mod export;
mod otlp;
mod parent;

use crate::current::Current;
use axum::http::HeaderMap;
use export::Exporter;
pub(crate) use export::endpoint;
use iam_core::context::Context;
use iam_store::{Counter, TenancyNo};
use parent::Parent;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The most stages of one request that are told of; those on top are left out.
const STAGES_MAX: usize = 64;
const NO_TENANCY: i64 = -1;

/// The way to the collector, if there is one, and how much went there.
#[derive(Default)]
pub(crate) struct Traces {
    exporter: Option<Exporter>,
    /// Spans that the collector has taken.
    pub(crate) sent: Counter,
    /// Spans that were given up, because the collector is slow, away, or refuses them.
    pub(crate) dropped: Counter,
}

impl Traces {
    /// Starts to tell the collector at that address, which [`endpoint`] has checked.
    pub(crate) fn to(endpoint: &str) -> std::io::Result<Self> {
        let (sent, dropped) = (Counter::default(), Counter::default());
        let exporter = Some(Exporter::start(endpoint, sent.clone(), dropped.clone())?);
        Ok(Self { exporter, sent, dropped })
    }

    /// The trace of a request that begins; none where nobody is told.
    pub(crate) fn begin(&self, context: &Context, headers: &HeaderMap) -> Option<Arc<Trace>> {
        self.exporter.as_ref()?;
        Some(Arc::new(Trace::begin(context, Parent::of(headers))))
    }

    /// Hands over a request that was answered; never waits.
    pub(crate) fn end(&self, trace: &Arc<Trace>, request: Request) {
        if let Some(exporter) = &self.exporter {
            let (stages, took) = (trace.stages(), nanos(trace.clock.elapsed()));
            exporter.take(Finished { trace: Arc::clone(trace), took, request, stages });
        }
    }

    /// Waits a moment for what was handed over to be sent.
    pub(crate) fn flush(&self) {
        if let Some(exporter) = &self.exporter {
            exporter.flush();
        }
    }
}

/// What a span tells of a request besides its times.
pub(crate) struct Request {
    pub(crate) api: &'static str,
    pub(crate) operation: String,
    pub(crate) method: &'static str,
    pub(crate) status: u16,
    pub(crate) id: Arc<str>,
}

/// A request on its way to the collector.
struct Finished {
    trace: Arc<Trace>,
    /// How long it took, in nanoseconds.
    took: u64,
    request: Request,
    stages: Vec<Stage>,
}

impl Finished {
    /// How many spans it is.
    fn spans(&self) -> usize {
        1 + self.stages.len()
    }
}

/// A part of a request's time, in nanoseconds from its beginning.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stage {
    name: &'static str,
    within: Option<usize>,
    began: u64,
    ended: u64,
}

/// Where the time of one request goes.
pub(crate) struct Trace {
    /// The trace that it is part of: the caller's, or one of its own.
    id: u128,
    /// The span that it is.
    span: u64,
    parent: Option<u64>,
    /// When it began, in nanoseconds since 1970.
    began: u64,
    clock: Instant,
    tenancy: AtomicI64,
    stages: Mutex<Stages>,
}

#[derive(Default)]
struct Stages {
    all: Vec<Stage>,
    /// Those under way, the outermost first.
    open: Vec<usize>,
}

impl Trace {
    fn begin(context: &Context, parent: Option<Parent>) -> Self {
        let own = || u128::from_be_bytes(context.random()).max(1); // no trace may be zero
        let span = u64::from_be_bytes(context.random()).max(1); // and no span
        let began = u64::try_from(context.now().as_micros()).unwrap_or_default();
        Self {
            id: parent.as_ref().map_or_else(own, |parent| parent.trace),
            span,
            parent: parent.map(|parent| parent.span),
            began: began.saturating_mul(1_000),
            clock: Instant::now(),
            tenancy: AtomicI64::new(NO_TENANCY),
            stages: Mutex::default(),
        }
    }

    /// Notes whose tenancy the request is for.
    pub(crate) fn is_for(&self, tenancy: TenancyNo) {
        self.tenancy.store(tenancy.0, Ordering::Relaxed);
    }

    fn tenancy(&self) -> Option<i64> {
        Some(self.tenancy.load(Ordering::Relaxed)).filter(|number| *number != NO_TENANCY)
    }

    /// How many stages are under way: what [`Trace::turn`] comes back to.
    pub(crate) fn depth(&self) -> usize {
        self.stages.lock().unwrap_or_else(PoisonError::into_inner).open.len()
    }

    /// Ends the stages that were begun at that depth, and begins the next one there, if there is
    /// one.
    pub(crate) fn turn(&self, depth: usize, next: Option<&'static str>) {
        let now = nanos(self.clock.elapsed());
        let mut stages = self.stages.lock().unwrap_or_else(PoisonError::into_inner);
        let Stages { all, open } = &mut *stages;
        for ended in open.drain(depth.min(open.len())..) {
            if let Some(stage) = all.get_mut(ended) {
                stage.ended = now;
            }
        }
        if let Some(name) = next.filter(|_| all.len() < STAGES_MAX) {
            let within = open.last().copied();
            open.push(all.len());
            all.push(Stage { name, within, began: now, ended: now });
        }
    }

    /// All stages, none of them under way any more.
    fn stages(&self) -> Vec<Stage> {
        self.turn(0, None);
        std::mem::take(&mut self.stages.lock().unwrap_or_else(PoisonError::into_inner).all)
    }

    /// The id of the span that the stage of this number is.
    fn span_of(&self, stage: usize) -> u64 {
        let number = u64::try_from(stage).unwrap_or_default();
        self.span.wrapping_add(1).wrapping_add(number).max(1)
    }
}

/// A place among the stages of a request; none where nobody is told of them.
#[derive(Clone)]
pub(crate) struct At(Option<(Arc<Trace>, usize)>);

impl At {
    /// Ends the stage that is under way there, and begins another.
    pub(crate) fn then(&self, name: &'static str) {
        self.turn(Some(name));
    }

    fn turn(&self, next: Option<&'static str>) {
        if let Some((trace, depth)) = &self.0 {
            trace.turn(*depth, next);
        }
    }
}

/// A stage that lasts as long as this does.
pub(crate) struct During(At);

impl During {
    /// Begins a stage of the request that this thread works for.
    pub(crate) fn begin(name: &'static str) -> Self {
        let at = At(Current::trace_here().map(|trace| {
            let depth = trace.depth();
            (trace, depth)
        }));
        at.then(name);
        Self(at)
    }

    /// Its place, for whoever goes on with it elsewhere.
    pub(crate) fn at(&self) -> At {
        self.0.clone()
    }
}

impl Drop for During {
    fn drop(&mut self) {
        self.0.turn(None);
    }
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trace() -> Trace {
        Trace {
            id: 7,
            span: u64::MAX,
            parent: None,
            began: 0,
            clock: Instant::now(),
            tenancy: AtomicI64::new(NO_TENANCY),
            stages: Mutex::default(),
        }
    }

    #[test]
    fn without_a_collector_nothing_is_there_to_tell() {
        let context = Context::new(
            Box::new(crate::system::SystemClock),
            Box::new(crate::system::SystemRandom),
            iam_core::server_key::ServerKey::new([7; 32]),
            iam_core::context::Limits::default(),
            iam_api::Timestamp::default(),
        );
        assert!(Traces::default().begin(&context, &HeaderMap::new()).is_none());
        let current = Current { request_id: "one".into(), trace: None };
        let stage = Current::during(Some(&current), || During::begin("transaction"));
        assert!(stage.0.0.is_none() && stage.at().0.is_none());
    }

    #[test]
    fn stages_lie_within_each_other_and_none_is_left_open() {
        let trace = trace();
        trace.turn(0, Some("wait"));
        trace.turn(0, Some("transaction"));
        trace.turn(1, Some("decide"));
        trace.turn(0, Some("commit"));
        let stages = trace.stages();
        let told: Vec<_> = stages.iter().map(|stage| (stage.name, stage.within)).collect();
        let expected =
            [("wait", None), ("transaction", None), ("decide", Some(1)), ("commit", None)];
        assert_eq!(told, expected);
        assert!(stages.windows(2).all(|two| two[0].began <= two[1].began));
        assert!(stages.iter().all(|stage| stage.began <= stage.ended));
        assert_eq!(stages[1].ended, stages[2].ended, "what was within ended with it");
    }

    #[test]
    fn stages_are_bounded_and_no_span_is_zero() {
        let trace = trace();
        for _ in 0..1_000 {
            trace.turn(0, Some("transaction"));
        }
        assert_eq!(trace.stages().len(), STAGES_MAX);
        assert!((0..STAGES_MAX).all(|stage| trace.span_of(stage) != 0));
    }
}
