//! Calls in spans of `tracing` that are spans of OpenTelemetry: each exemplar names the span in which its call has started.

#![allow(clippy::items_after_statements, reason = "each test starts the program first")]

use std::future::pending;
use std::sync::{Mutex, OnceLock};

use metrics_runtime::{Handle, counted, counted_failure, timed};
use opentelemetry::trace::{TraceContextExt, TraceId, TracerProvider};
use opentelemetry_sdk::trace::{Sampler, SdkTracer, SdkTracerProvider};
use system_tests::{Page, strict_parse_openmetrics};
use tokio::sync::Notify;
use tracing::{Instrument, Span, info_span};

/// The handle of the program.
pub(crate) static HANDLE: OnceLock<Handle> = OnceLock::new();

/// A tracer whose spans nobody gets. A trace whose first span is called `not_sampled` is not kept.
pub(crate) fn tracer() -> SdkTracer {
    let provider = SdkTracerProvider::builder().with_sampler(Sampler::ParentBased(Box::new(NotSampledByName))).build();
    let tracer = provider.tracer("test");
    // It ends with the program.
    std::mem::forget(provider);
    tracer
}

#[derive(Clone, Debug)]
struct NotSampledByName;

impl opentelemetry_sdk::trace::ShouldSample for NotSampledByName {
    fn should_sample(
        &self,
        parent: Option<&opentelemetry::Context>,
        trace_id: TraceId,
        name: &str,
        kind: &opentelemetry::trace::SpanKind,
        attributes: &[opentelemetry::KeyValue],
        links: &[opentelemetry::trace::Link],
    ) -> opentelemetry_sdk::trace::SamplingResult {
        let sampler = if name == "not_sampled" { Sampler::AlwaysOff } else { Sampler::AlwaysOn };
        sampler.should_sample(parent, trace_id, name, kind, attributes, links)
    }
}

pub(crate) fn page() -> Page {
    let address = HANDLE.get().and_then(Handle::local_addr).expect("it listens");
    Page::fetch_openmetrics(&format!("http://{address}/metrics"))
}

/// The trace id and the span id of a span.
pub(crate) type Ids = (String, String);

/// The ids of OpenTelemetry's current span.
pub(crate) fn current_ids() -> Ids {
    opentelemetry::Context::map_current(|context| {
        let span = context.span();
        let span = span.span_context();
        assert!(span.is_valid(), "the test is in no span");
        (span.trace_id().to_string(), span.span_id().to_string())
    })
}

/// The ids of the exemplars of a series.
pub(crate) fn exemplars(series: &str) -> Vec<Ids> {
    let exemplars = page().exemplars(series);
    exemplars.into_iter().map(|(_, exemplar)| (exemplar.trace_id, exemplar.span_id)).collect()
}

/// Where a function leaves the ids of its span.
pub(crate) struct Seen(Mutex<Option<Ids>>);

impl Seen {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(None))
    }

    pub(crate) fn keep(&self) {
        *self.0.lock().expect("no panic") = Some(current_ids());
    }

    pub(crate) fn ids(&self) -> Ids {
        self.0.lock().expect("no panic").clone().expect("the function has run")
    }
}

/// A function with `#[tracing::instrument]` above and below `#[timed]`.
macro_rules! in_both_orders {
    ($above:literal, $below:literal, $($function:tt)*) => {
        mod above {
            use super::*;
            #[tracing::instrument(skip_all)]
            #[timed(histogram = $above, labels(outcome), buckets(1000))]
            pub(super) $($function)*
        }
        mod below {
            use super::*;
            #[timed(histogram = $below, labels(outcome), buckets(1000))]
            #[tracing::instrument(skip_all)]
            pub(super) $($function)*
        }
    };
}

#[test]
fn plain_functions_in_both_orders() {
    super::start();
    static SEEN: [Seen; 2] = [const { Seen::new() }; 2];
    in_both_orders! { "spans_plain_above_seconds", "spans_plain_below_seconds", fn plain(seen: &Seen) {
        seen.keep();
    }}
    above::plain(&SEEN[0]);
    below::plain(&SEEN[1]);
    assert_eq!(exemplars("spans_plain_above_seconds_bucket"), [SEEN[0].ids()]);
    assert_eq!(exemplars("spans_plain_below_seconds_bucket"), [SEEN[1].ids()]);
}

#[tokio::test]
async fn async_functions_in_both_orders() {
    super::start();
    static SEEN: [Seen; 2] = [const { Seen::new() }; 2];
    in_both_orders! { "spans_async_above_seconds", "spans_async_below_seconds", async fn waiting(seen: &Seen) {
        tokio::task::yield_now().await;
        seen.keep();
    }}
    let around = info_span!("around");
    let parent = around.in_scope(current_ids);
    async {
        above::waiting(&SEEN[0]).await;
        below::waiting(&SEEN[1]).await;
    }
    .instrument(around)
    .await;
    assert_eq!(exemplars("spans_async_above_seconds_bucket"), [SEEN[0].ids()]);
    assert_eq!(exemplars("spans_async_below_seconds_bucket"), [SEEN[1].ids()]);
    for seen in &SEEN {
        assert_eq!(seen.ids().0, parent.0, "one trace");
        assert_ne!(seen.ids().1, parent.1, "each has a span of its own");
    }
}

#[async_trait::async_trait]
trait Draws {
    async fn draw_above(&self, seen: &Seen);
    async fn draw_below(&self, seen: &Seen);
}

struct Artist;

#[async_trait::async_trait]
impl Draws for Artist {
    #[tracing::instrument(skip_all)]
    #[timed(histogram = "spans_trait_above_seconds", buckets(1000))]
    async fn draw_above(&self, seen: &Seen) {
        seen.keep();
    }

    #[timed(histogram = "spans_trait_below_seconds", buckets(1000))]
    #[tracing::instrument(skip_all)]
    async fn draw_below(&self, seen: &Seen) {
        seen.keep();
    }
}

#[tokio::test]
async fn async_trait_in_both_orders() {
    super::start();
    static SEEN: [Seen; 2] = [const { Seen::new() }; 2];
    Artist.draw_above(&SEEN[0]).await;
    Artist.draw_below(&SEEN[1]).await;
    assert_eq!(exemplars("spans_trait_above_seconds_bucket"), [SEEN[0].ids()]);
    assert_eq!(exemplars("spans_trait_below_seconds_bucket"), [SEEN[1].ids()]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_spawned_task_is_in_its_own_span() {
    super::start();
    static SEEN: Seen = Seen::new();
    #[timed(histogram = "spans_spawned_seconds", buckets(1000))]
    async fn spawned() {
        SEEN.keep();
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
    }
    let other = info_span!("other");
    // The task goes from thread to thread, and the thread that spawns it is in another span.
    let task = other.in_scope(|| tokio::spawn(spawned().instrument(info_span!(parent: None, "spawned"))));
    task.await.expect("it does not panic");
    assert_eq!(exemplars("spans_spawned_seconds_bucket"), [SEEN.ids()]);
    assert_ne!(SEEN.ids().0, other.in_scope(current_ids).0);
}

#[tokio::test]
async fn the_loser_of_a_select_is_in_its_own_span() {
    super::start();
    static SEEN: [Seen; 2] = [const { Seen::new() }; 2];
    static HAS_BEGUN: Notify = Notify::const_new();
    in_both_orders! { "spans_loser_above_seconds", "spans_loser_below_seconds", async fn loser(seen: &Seen, has_begun: &Notify) {
        seen.keep();
        has_begun.notify_one();
        pending::<()>().await;
    }}
    #[counted_failure(counter = "spans_loser_failures_total")]
    async fn around(seen: &'static Seen, is_above: bool) {
        if is_above { above::loser(seen, &HAS_BEGUN).await } else { below::loser(seen, &HAS_BEGUN).await }
    }
    for (seen, is_above) in SEEN.iter().zip([true, false]) {
        let work = async {
            tokio::select! {
                () = around(seen, is_above) => {}
                () = HAS_BEGUN.notified() => {}
            }
            // The future is dropped here, in the span of the work.
        };
        work.instrument(info_span!("work")).await;
    }
    let page = page();
    for (name, seen) in ["spans_loser_above_seconds_bucket", "spans_loser_below_seconds_bucket"].iter().zip(&SEEN) {
        let exemplars = page.exemplars(name);
        assert_eq!(exemplars.len(), 1);
        assert_eq!(exemplars[0].0["outcome"], "cancelled");
        assert_eq!((exemplars[0].1.trace_id.clone(), exemplars[0].1.span_id.clone()), seen.ids());
    }
    // This call is in the span of the first work: only one a second is kept.
    assert_eq!(exemplars("spans_loser_failures_total").len(), 1);
    assert_eq!(exemplars("spans_loser_failures_total")[0].0, SEEN[0].ids().0);
}

#[tokio::test]
async fn a_task_that_is_aborted_keeps_its_span() {
    super::start();
    static SEEN: Seen = Seen::new();
    static HAS_BEGUN: Notify = Notify::const_new();
    #[tracing::instrument]
    #[counted_failure(counter = "spans_aborted_failures_total")]
    async fn aborted() {
        SEEN.keep();
        HAS_BEGUN.notify_one();
        pending::<()>().await;
    }
    let task = tokio::spawn(aborted());
    HAS_BEGUN.notified().await;
    task.abort();
    assert!(task.await.is_err_and(|error| error.is_cancelled()));
    assert_eq!(exemplars("spans_aborted_failures_total"), [SEEN.ids()]);
}

#[test]
fn a_failure_and_a_panic_name_their_own_spans() {
    super::start();
    static SEEN: [Seen; 3] = [const { Seen::new() }; 3];
    #[tracing::instrument(err)]
    #[counted_failure(counter = "spans_failures_total")]
    #[counted(counter = "spans_failures_ok_total", on = ok)]
    fn failing(number: usize) -> Result<(), std::io::Error> {
        SEEN[number].keep();
        match number {
            0 => Ok(()),
            1 => Err(std::io::ErrorKind::TimedOut.into()),
            _ => panic!("the function of the test panics"),
        }
    }
    failing(0).expect("it is ok");
    failing(1).expect_err("it fails");
    let _ = std::panic::catch_unwind(|| failing(2));
    assert_eq!(exemplars("spans_failures_ok_total"), [SEEN[0].ids()]);
    assert_eq!(exemplars("spans_failures_total{reason=\"timeout\"}"), [SEEN[1].ids()]);
    assert_eq!(exemplars("spans_failures_total{reason=\"panic\"}"), [SEEN[2].ids()]);
}

#[test]
fn after_a_span_the_one_around_it_is_current_again() {
    super::start();
    #[timed(histogram = "spans_around_seconds", labels(inner: bool = is_inner), buckets(1000))]
    fn step(is_inner: bool) {
        let _ = is_inner;
    }
    #[timed(histogram = "spans_nowhere_seconds", buckets(1000))]
    fn nowhere() {}
    let outer = info_span!("outer");
    let (outer_ids, inner_ids) = outer.in_scope(|| {
        let inner = info_span!("inner");
        let ids = inner.in_scope(|| {
            step(true);
            current_ids()
        });
        step(false);
        (current_ids(), ids)
    });
    nowhere();
    let mut found = page().exemplars("spans_around_seconds_bucket");
    found.sort_by_key(|(labels, _)| labels["inner"].clone());
    let found: Vec<_> = found.into_iter().map(|(_, one)| (one.trace_id, one.span_id)).collect();
    assert_eq!(found, [outer_ids, inner_ids]);
    assert_eq!(exemplars("spans_nowhere_seconds_bucket"), []);
}

#[test]
fn a_trace_that_is_not_kept_is_not_named() {
    super::start();
    #[timed(histogram = "spans_not_sampled_seconds", buckets(1000))]
    fn measured() {
        assert!(!opentelemetry::Context::map_current(|context| context.span().span_context().is_sampled()));
    }
    info_span!("not_sampled").in_scope(|| info_span!("inside").in_scope(measured));
    assert_eq!(page().value("spans_not_sampled_seconds_count", &[]), Some(1.0));
    assert_eq!(exemplars("spans_not_sampled_seconds_bucket"), []);
}

#[test]
fn a_span_that_is_switched_off_leaves_the_one_around_it() {
    super::start();
    static SEEN: Seen = Seen::new();
    #[tracing::instrument(level = "trace")]
    #[timed(histogram = "spans_switched_off_seconds", buckets(1000))]
    fn switched_off() {
        assert_eq!(Span::current().metadata().map(tracing::Metadata::name), Some("around"));
        SEEN.keep();
    }
    info_span!("around").in_scope(switched_off);
    assert_eq!(exemplars("spans_switched_off_seconds_bucket"), [SEEN.ids()]);
}

#[test]
fn the_strict_parser_takes_the_page() {
    super::start();
    #[timed(histogram = "spans_parsed_seconds", buckets(0.5, 1000))]
    #[counted(counter = "spans_parsed_total")]
    fn parsed() {}
    info_span!("parsed").in_scope(parsed);
    let page = page();
    assert_eq!(page.exemplars("spans_parsed_seconds_bucket").len(), 1);
    assert_eq!(strict_parse_openmetrics(page.text()), Ok(()), "{}", page.text());
}
