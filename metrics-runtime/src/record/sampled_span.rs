//! A span of a trace that is kept.

use std::num::NonZeroU64;

use crate::vocabulary::TraceContext;

/// The ids of a trace that is kept, and of one of its spans.
#[derive(Clone, Copy)]
pub(super) struct SampledSpan {
    pub(super) trace_id: TraceId,
    pub(super) span_id: NonZeroU64,
}

/// A span in one word, which fits into a register: a number that mixes its ids. Two spans have the same one once in 2^64 pairs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct SpanKey(NonZeroU64);

impl SpanKey {
    /// The key in this word; `None` for zero.
    pub(super) const fn from_word(word: u64) -> Option<Self> {
        match NonZeroU64::new(word) {
            Some(word) => Some(Self(word)),
            None => None,
        }
    }

    pub(super) const fn word(self) -> u64 {
        self.0.get()
    }
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

    /// Its key. Ids may be numbers one after the other, or follow from each other, and the products spread them.
    pub(super) fn key(self) -> SpanKey {
        const ODD: u64 = 0x9E37_79B9_7F4A_7C15;
        let TraceId(high, low) = self.trace_id;
        let mixed = [high, low, self.span_id.get()]
            .into_iter()
            .fold(0, |mixed: u64, word| (mixed.rotate_left(u64::BITS / 2) ^ word).wrapping_mul(ODD));
        SpanKey(NonZeroU64::new(mixed).unwrap_or(NonZeroU64::MAX))
    }

    /// The ids of the trace and of the span, in words.
    pub(super) const fn words(self) -> [u64; 3] {
        let TraceId(high, low) = self.trace_id;
        [high, low, self.span_id.get()]
    }
}
