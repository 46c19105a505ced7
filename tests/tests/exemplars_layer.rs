//! Exemplars of calls in spans of `tracing`, which a layer keeps at hand.

#![allow(clippy::items_after_statements, reason = "each test starts the program first")]

#[path = "exemplars/spans.rs"]
mod spans;

use std::sync::Once;

use metrics_runtime::timed;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState};
use spans::{HANDLE, exemplars, tracer};
use tracing::info_span;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

fn start() {
    static STARTED: Once = Once::new();
    STARTED.call_once(|| {
        let layer = metrics_runtime::exemplar_layer(tracing_opentelemetry::layer().with_tracer(tracer()));
        tracing_subscriber::registry().with(LevelFilter::INFO).with(layer).init();
        let handle = metrics_runtime::builder().listen(([127, 0, 0, 1], 0)).init().expect("the settings are valid");
        HANDLE.set(handle).expect("it is set once");
    });
}

#[test]
fn a_context_without_a_span_of_tracing_is_not_seen() {
    start();
    #[timed(histogram = "layer_context_seconds", buckets(1000))]
    fn measured() {}
    let (trace, span) = (TraceId::from_bytes([1; 16]), SpanId::from_bytes([2; 8]));
    let span = SpanContext::new(trace, span, TraceFlags::SAMPLED, true, TraceState::default());
    let attached = opentelemetry::Context::new().with_remote_span_context(span).attach();
    measured();
    drop(attached);
    assert_eq!(exemplars("layer_context_seconds_bucket"), []);
}

#[test]
fn a_call_that_ends_after_its_span_has_no_exemplar() {
    start();
    #[timed(histogram = "layer_late_seconds", buckets(1000))]
    async fn late() {
        std::future::pending::<()>().await;
    }
    let span = info_span!("early");
    let mut future = Box::pin(late());
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(span.in_scope(|| future.as_mut().poll(&mut context)).is_pending());
    drop(span);
    drop(future);
    assert_eq!(exemplars("layer_late_seconds_bucket"), []);
}

#[test]
fn the_exemplar_of_a_timer_is_the_span_in_which_it_started() {
    start();
    metrics_runtime::declare_metrics! {
        /// How long it took.
        histogram TIMED = "layer_timer_seconds", buckets(1000);
        /// How long it took.
        histogram DISCARDED = "layer_discarded_timer_seconds", buckets(1000);
    }
    let (first, second) = (info_span!("first"), info_span!("second"));
    let ids = first.in_scope(spans::current_ids);
    let (timer, discarded) = first.in_scope(|| (TIMED.start(), DISCARDED.start()));
    second.in_scope(|| timer.stop());
    discarded.discard();
    assert_eq!(exemplars("layer_timer_seconds_bucket"), [ids]);
    assert_eq!(exemplars("layer_discarded_timer_seconds_bucket"), []);
}
