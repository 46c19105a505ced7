//! The calls that are counted. They run in a child process.

use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use metrics_runtime::{Label, counted, counted_failure, in_flight, timed};

pub const CALLS: u32 = 100_000;

#[derive(Clone, Copy, Label)]
enum Step {
    #[allow(dead_code, reason = "a label with a single value would not be realistic")]
    Text2image,
    Upscale,
}

/// Runs the calls of one subject at one place.
pub fn run(subject: &str, place: &str) -> Result<(), String> {
    let call = match subject {
        "plain" => plain,
        "timed" => timed_and_failures,
        "all-four" => all_four,
        "plain-async" => plain_async,
        "timed-async" => timed_async,
        #[cfg(feature = "opentelemetry")]
        "traced" => traced,
        _ => return Err(format!("no subject is `{subject}`")),
    };
    let builder = metrics_runtime::builder().no_listener();
    #[cfg(feature = "opentelemetry")]
    let builder =
        if place.starts_with("asked") { builder.exemplars(metrics_runtime::opentelemetry_context) } else { builder };
    builder.init().map_err(|error| error.to_string())?;
    #[cfg(feature = "opentelemetry")]
    let _tracer = matches!(place, "layer" | "layer-span").then(spans_are_followed);
    let calls = || {
        // The first calls set up their series and their exemplars.
        (0..100).for_each(call);
        counted_calls(call);
    };
    match place {
        "nowhere" => calls(),
        #[cfg(feature = "opentelemetry")]
        "layer" | "asked" => calls(),
        #[cfg(feature = "opentelemetry")]
        "asked-span" => in_span(calls),
        #[cfg(feature = "opentelemetry")]
        "layer-span" => tracing::info_span!("calls").in_scope(calls),
        _ => return Err(format!("no place is `{place}`")),
    }
    Ok(())
}

/// The function in which callgrind counts: only the calls, without the start of the program.
#[inline(never)]
fn counted_calls(call: fn(u32)) {
    for number in 1..=CALLS {
        call(black_box(number));
    }
}

#[inline(never)]
fn work(number: u32) -> Result<u32, std::fmt::Error> {
    if number == 0 { Err(std::fmt::Error) } else { Ok(number) }
}

fn plain(number: u32) {
    fn plain(step: Step, number: u32) -> Result<u32, std::fmt::Error> {
        let _ = step;
        work(number)
    }
    let _ = black_box(plain(Step::Upscale, number));
}

fn timed_and_failures(number: u32) {
    #[timed(histogram = "timed_seconds", labels(step), buckets(10, 20, 40, 60, 120, 300, 600, 1200))]
    #[counted_failure(counter = "timed_failures_total")]
    fn timed(step: Step, number: u32) -> Result<u32, std::fmt::Error> {
        let _ = step;
        work(number)
    }
    let _ = black_box(timed(Step::Upscale, number));
}

fn all_four(number: u32) {
    #[timed(histogram = "all_four_seconds", labels(step), buckets(10, 20, 40, 60, 120, 300, 600, 1200))]
    #[counted(counter = "all_four_total")]
    #[counted_failure(counter = "all_four_failures_total")]
    #[in_flight(gauge = "all_four_active")]
    fn all_four(step: Step, number: u32) -> Result<u32, std::fmt::Error> {
        let _ = step;
        work(number)
    }
    let _ = black_box(all_four(Step::Upscale, number));
}

fn plain_async(number: u32) {
    async fn plain(step: Step, number: u32) -> Result<u32, std::fmt::Error> {
        let _ = step;
        work(number)
    }
    ready(plain(Step::Upscale, number));
}

fn timed_async(number: u32) {
    #[timed(histogram = "timed_async_seconds", labels(step), buckets(10, 20, 40, 60, 120, 300, 600, 1200))]
    #[counted_failure(counter = "timed_async_failures_total")]
    async fn timed(step: Step, number: u32) -> Result<u32, std::fmt::Error> {
        let _ = step;
        work(number)
    }
    ready(timed(Step::Upscale, number));
}

fn ready<T>(future: impl Future<Output = T>) {
    let future = pin!(future);
    if let Poll::Ready(value) = black_box(future).poll(&mut Context::from_waker(Waker::noop())) {
        let _ = black_box(value);
    }
}

#[cfg(feature = "opentelemetry")]
fn traced(number: u32) {
    #[tracing::instrument(skip_all, fields(step = "upscale"))]
    fn traced(number: u32) -> Result<u32, std::fmt::Error> {
        work(number)
    }
    let _ = black_box(traced(number));
}

/// Runs the calls in a span that is sampled.
#[cfg(feature = "opentelemetry")]
fn in_span(calls: impl FnOnce()) {
    use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState};

    let (trace, span) = (TraceId::from_bytes([1; 16]), SpanId::from_bytes([2; 8]));
    let span = SpanContext::new(trace, span, TraceFlags::SAMPLED, true, TraceState::default());
    let _attached = opentelemetry::Context::new().with_remote_span_context(span).attach();
    calls();
}

/// From now on, spans of `tracing` become spans of OpenTelemetry, which nobody gets, and calls find them at hand.
#[cfg(feature = "opentelemetry")]
fn spans_are_followed() -> opentelemetry_sdk::trace::SdkTracerProvider {
    use opentelemetry::trace::TracerProvider as _;
    use tracing_subscriber::layer::SubscriberExt as _;
    use tracing_subscriber::util::SubscriberInitExt as _;

    let provider = opentelemetry_sdk::trace::SdkTracerProvider::builder().build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("benchmark"));
    tracing_subscriber::registry().with(metrics_runtime::exemplar_layer(layer)).init();
    provider
}
