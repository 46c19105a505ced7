//! Exemplars of calls in contexts of OpenTelemetry, which each call asks for.

#![allow(clippy::items_after_statements, reason = "each test starts the program first")]

#[path = "exemplars/spans.rs"]
mod spans;

use std::cell::RefCell;
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};

use metrics_runtime::timed;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState};
use spans::{HANDLE, exemplars, page, tracer};
use tracing::info_span;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

fn start() {
    static STARTED: Once = Once::new();
    STARTED.call_once(|| {
        let layer = tracing_opentelemetry::layer().with_tracer(tracer());
        tracing_subscriber::registry().with(LevelFilter::INFO).with(layer).init();
        let builder = metrics_runtime::builder().exemplars(metrics_runtime::opentelemetry_context);
        let handle = builder.listen(([127, 0, 0, 1], 0)).init().expect("the settings are valid");
        HANDLE.set(handle).expect("it is set once");
    });
}

/// A context whose span has this id.
fn context(span: u8) -> opentelemetry::Context {
    let (trace, span) = (TraceId::from_bytes([1; 16]), SpanId::from_bytes([span; 8]));
    let span = SpanContext::new(trace, span, TraceFlags::SAMPLED, true, TraceState::default());
    opentelemetry::Context::new().with_remote_span_context(span)
}

#[test]
fn a_context_without_a_span_of_tracing_is_seen() {
    start();
    #[timed(histogram = "context_seconds", buckets(1000))]
    fn measured() {}
    let attached = context(2).attach();
    measured();
    drop(attached);
    assert_eq!(exemplars("context_seconds_bucket"), [("01".repeat(16), "02".repeat(8))]);
}

#[test]
fn a_call_that_ends_after_its_span_has_an_exemplar() {
    start();
    #[timed(histogram = "context_late_seconds", buckets(1000))]
    async fn late() {
        std::future::pending::<()>().await;
    }
    let span = info_span!("early");
    let ids = span.in_scope(spans::current_ids);
    let mut future = Box::pin(late());
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(span.in_scope(|| future.as_mut().poll(&mut context)).is_pending());
    drop(span);
    drop(future);
    assert_eq!(exemplars("context_late_seconds_bucket"), [ids]);
}

#[timed(histogram = "context_ending_seconds", buckets(1000))]
fn ending() {}

struct CallsAtTheEnd;

impl Drop for CallsAtTheEnd {
    fn drop(&mut self) {
        ending();
    }
}

thread_local! {
    static EARLY: RefCell<Option<CallsAtTheEnd>> = const { RefCell::new(None) };
    static LATE: RefCell<Option<CallsAtTheEnd>> = const { RefCell::new(None) };
}

#[test]
fn a_thread_that_ends_may_still_call() {
    start();
    // A program may be built so that any panic ends it, also one that somebody catches.
    static PANICS: AtomicU32 = AtomicU32::new(0);
    const NAME: &str = "ending";
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        PANICS.fetch_add((std::thread::current().name() == Some(NAME)).into(), Ordering::Relaxed);
        hook(panic);
    }));
    let ends = |work: fn()| {
        let thread = std::thread::Builder::new().name(NAME.to_owned()).spawn(work).expect("a thread can be started");
        thread.join().expect("it does not panic");
    };
    // Values of a thread are dropped in the reverse order of their first uses: one of these before OpenTelemetry's context, and
    // one after it.
    ends(|| {
        EARLY.set(Some(CallsAtTheEnd));
        info_span!("thread").in_scope(ending);
        LATE.set(Some(CallsAtTheEnd));
    });
    assert_eq!(PANICS.load(Ordering::Relaxed), 0);
    assert_eq!(page().value("context_ending_seconds_count", &[]), Some(3.0));
}

#[test]
fn the_exemplar_of_a_timer_is_the_span_in_which_it_started() {
    start();
    metrics_runtime::declare_metrics! {
        /// How long it took.
        histogram TIMED = "context_timer_seconds", buckets(1000);
        /// How long it took.
        histogram MEASURED = "context_measured_seconds", buckets(1000);
        /// In flight.
        gauge ENTERED = "context_entered";
    }
    let (first, second) = (info_span!("first"), info_span!("second"));
    let ids = first.in_scope(spans::current_ids);
    let (timer, guard) = first.in_scope(|| (TIMED.start(), ENTERED.enter()));
    first.in_scope(|| TIMED.start().discard());
    second.in_scope(|| drop((timer.stop(), guard)));
    assert_eq!(exemplars("context_timer_seconds_bucket"), std::slice::from_ref(&ids));
    // A future starts with its first poll, whichever span made it.
    let mut future = Box::pin(second.in_scope(|| MEASURED.measure(async {})));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(first.in_scope(|| future.as_mut().poll(&mut context)).is_ready());
    assert_eq!(exemplars("context_measured_seconds_bucket"), [ids]);
}
