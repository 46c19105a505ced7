//! A span of a trace that is kept.

use std::num::NonZeroU64;

use crate::vocabulary::TraceContext;

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
    /// The span at this place, if its trace is kept.
    pub(super) fn at(context: TraceContext) -> Option<Self> {
        #[allow(clippy::cast_possible_truncation, reason = "these are its two halves")]
        let trace_id = TraceId((context.trace_id() >> u64::BITS) as u64, context.trace_id() as u64);
        let span_id = NonZeroU64::new(context.span_id())?;
        context.is_sampled().then_some(Self { trace_id, span_id })
    }

    /// The ids of the trace and of the span, in words.
    pub(super) const fn words(self) -> [u64; 3] {
        let TraceId(high, low) = self.trace_id;
        [high, low, self.span_id.get()]
    }
}
