//! What a layer of `tracing` says of the spans that threads enter and leave.

use super::opentelemetry_context::opentelemetry_context;
use super::sampled_span::{SampledSpan, SpanKey};
use super::{current_span, spans};

/// A span whose trace is known until this is dropped.
#[derive(Debug)]
pub(crate) struct FollowedSpan(SpanKey);

impl FollowedSpan {
    /// OpenTelemetry's current span, if it is sampled.
    pub(crate) fn current() -> Option<Self> {
        let span = current()?;
        spans::enter(span);
        Some(Self(span.key()))
    }
}

impl Drop for FollowedSpan {
    fn drop(&mut self) {
        spans::leave(self.0);
    }
}

/// The calling thread has entered or left a span: from now on, calls find at hand the one that it is in.
pub(crate) fn refresh_current_span() {
    current_span::set(current().map_or(0, |span| span.key().word()));
}

fn current() -> Option<SampledSpan> {
    opentelemetry_context().and_then(SampledSpan::at)
}
