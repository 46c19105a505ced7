//! Where the place of a call in a trace comes from.

use std::num::NonZeroU64;
use std::sync::OnceLock;
#[cfg(feature = "opentelemetry")]
use std::sync::atomic::{AtomicBool, Ordering};

#[cfg(feature = "opentelemetry")]
use super::opentelemetry_span;
use super::sampled_span::{SampledSpan, TraceId};
use crate::util::catch_panic;
use crate::vocabulary::TraceContext;

/// Says where in a trace the calling thread is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum TraceContextSource {
    /// OpenTelemetry's current span.
    #[cfg(feature = "opentelemetry")]
    OpenTelemetry,
    /// A function of the program.
    Program(fn() -> Option<TraceContext>),
}

static SOURCE: OnceLock<TraceContextSource> = OnceLock::new();

/// From now on, calls ask this source. It comes before the mode that says so.
pub(crate) fn set_trace_context_source(source: TraceContextSource) {
    // A program has one recorder, so this is the first call.
    let _ = SOURCE.set(source);
}

/// Whether calls must ask the source.
pub(super) fn is_asked() -> bool {
    match SOURCE.get() {
        #[cfg(feature = "opentelemetry")]
        Some(TraceContextSource::OpenTelemetry) => !ARE_SPANS_FOLLOWED.load(Ordering::Relaxed),
        Some(TraceContextSource::Program(_)) => true,
        None => false,
    }
}

/// Whether a layer of `tracing` keeps OpenTelemetry's current span at hand.
#[cfg(feature = "opentelemetry")]
static ARE_SPANS_FOLLOWED: AtomicBool = AtomicBool::new(false);

/// From now on, a layer of `tracing` keeps OpenTelemetry's current span at hand.
#[cfg(feature = "opentelemetry")]
pub(super) fn follow_spans() {
    ARE_SPANS_FOLLOWED.store(true, Ordering::Relaxed);
}

/// The span in which the calling thread is, if its trace is kept.
#[inline(never)]
pub(super) fn current_span() -> Option<SampledSpan> {
    match SOURCE.get()? {
        #[cfg(feature = "opentelemetry")]
        TraceContextSource::OpenTelemetry => opentelemetry_span::current_span(),
        TraceContextSource::Program(source) => ask_program(*source),
    }
}

#[inline(never)]
fn ask_program(source: fn() -> Option<TraceContext>) -> Option<SampledSpan> {
    // A source that panics costs the exemplar and not the call.
    let context = catch_panic(source)?.filter(TraceContext::is_sampled)?;
    #[allow(clippy::cast_possible_truncation, reason = "these are its two halves")]
    let trace_id = TraceId((context.trace_id() >> u64::BITS) as u64, context.trace_id() as u64);
    Some(SampledSpan { trace_id, span_id: NonZeroU64::new(context.span_id())? })
}
