//! The spans that calls are in.
//!
//! A call keeps the key of its span alone. The ids are looked up when an exemplar is written, which is once a second.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use super::sampled_span::{SampledSpan, SpanKey};

/// The spans that somebody is in. Several maps, so that threads seldom wait for each other.
static SPANS: LazyLock<[Mutex<Spans>; MAPS]> = LazyLock::new(Default::default);

const MAPS: usize = 16;

type Spans = HashMap<SpanKey, Entered, BuildHasherDefault<KeyHasher>>;

/// A key is a good hash as it is.
#[derive(Default)]
struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn finish(&self) -> u64 {
        // A map uses the highest bits and the lowest, of which some have chosen the map already.
        self.0.rotate_right(u64::BITS / 2)
    }

    fn write(&mut self, bytes: &[u8]) {
        // Keys come as words. Any mixture is right.
        for byte in bytes {
            self.0 = self.0.rotate_left(u8::BITS) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

struct Entered {
    span: SampledSpan,
    /// How many have entered it and not left it.
    times: usize,
}

/// Somebody enters a span. It is known until they all have left it.
pub(super) fn enter(span: SampledSpan) {
    let key = span.key();
    spans(key).entry(key).or_insert(Entered { span, times: 0 }).times += 1;
}

/// Somebody who has entered a span leaves it. Returns the span.
pub(super) fn leave(key: SpanKey) -> Option<SampledSpan> {
    let mut spans = spans(key);
    let entered = spans.get_mut(&key)?;
    let span = entered.span;
    entered.times -= 1;
    if entered.times == 0 {
        spans.remove(&key);
    }
    Some(span)
}

/// The span with this key, if somebody is in it.
pub(super) fn find(key: SpanKey) -> Option<SampledSpan> {
    spans(key).get(&key).map(|entered| entered.span)
}

fn spans(key: SpanKey) -> MutexGuard<'static, Spans> {
    #[allow(clippy::cast_possible_truncation, reason = "any bits will do")]
    let map = key.word() as usize % MAPS;
    SPANS[map].lock().unwrap_or_else(PoisonError::into_inner)
}
