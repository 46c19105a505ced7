//! The spans that calls are in, with their traces.
//!
//! A call keeps the id of its span alone, which fits into a register. The id of the trace is looked up when an exemplar is
//! written, which is once a second.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::num::NonZeroU64;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use super::sampled_span::{SampledSpan, TraceId};

/// The spans that somebody is in. Several maps, so that threads seldom wait for each other.
static SPANS: LazyLock<[Mutex<Spans>; MAPS]> = LazyLock::new(Default::default);

const MAPS: usize = 16;

type Spans = HashMap<NonZeroU64, Entered, BuildHasherDefault<IdHasher>>;

/// Tracers make random ids, so these are good hashes as they are.
#[derive(Default)]
struct IdHasher(u64);

impl Hasher for IdHasher {
    fn finish(&self) -> u64 {
        // A map takes the bucket from the lowest bits, and these have chosen the map already.
        self.0.rotate_right(MAPS.trailing_zeros())
    }

    fn write(&mut self, bytes: &[u8]) {
        // Ids come as words. Any mixture is right.
        for byte in bytes {
            self.0 = self.0.rotate_left(u8::BITS) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, id: u64) {
        self.0 = id;
    }
}

struct Entered {
    trace_id: TraceId,
    /// How many have entered it and not left it.
    times: usize,
}

/// Somebody enters a span. Its trace is known until they all have left it.
pub(super) fn enter(span: SampledSpan) {
    let mut spans = spans(span.span_id);
    spans.entry(span.span_id).or_insert(Entered { trace_id: span.trace_id, times: 0 }).times += 1;
}

/// Somebody who has entered a span leaves it. Returns the whole span.
pub(super) fn leave(span_id: NonZeroU64) -> Option<SampledSpan> {
    let mut spans = spans(span_id);
    let entered = spans.get_mut(&span_id)?;
    let trace_id = entered.trace_id;
    entered.times -= 1;
    if entered.times == 0 {
        spans.remove(&span_id);
    }
    Some(SampledSpan { trace_id, span_id })
}

/// The span with this id, if somebody is in it.
pub(super) fn find(span_id: NonZeroU64) -> Option<SampledSpan> {
    let trace_id = spans(span_id).get(&span_id)?.trace_id;
    Some(SampledSpan { trace_id, span_id })
}

fn spans(span_id: NonZeroU64) -> MutexGuard<'static, Spans> {
    // Ids are random.
    #[allow(clippy::cast_possible_truncation, reason = "any bits will do")]
    let map = span_id.get() as usize % MAPS;
    SPANS[map].lock().unwrap_or_else(PoisonError::into_inner)
}
