//! A span of a trace that is kept.

use std::num::NonZeroU64;

/// The ids of a trace that is kept, and of one of its spans.
#[derive(Clone, Copy)]
pub(super) struct SampledSpan {
    pub(super) trace_id: TraceId,
    pub(super) span_id: NonZeroU64,
}

/// The two halves of the id of a trace.
#[derive(Clone, Copy)]
pub(super) struct TraceId(pub(super) u64, pub(super) u64);

impl SampledSpan {
    /// The ids of the trace and of the span, in words.
    pub(super) const fn words(self) -> [u64; 3] {
        let TraceId(high, low) = self.trace_id;
        [high, low, self.span_id.get()]
    }
}
