//! Counters that many threads add to, nearly always each thread in its own memory.
//!
//! A thread that owns a shard adds with a load and a store: no other thread writes there. Threads that share one add by
//! atomic operations. The value of a word is its sum over all shards.
//!
//! A model checker explores every path through this file: see `tests/model`.

use super::chunk::Chunk;
use super::memory;
use super::sum_words::{SUM_FLIPS, SUM_LOW, has_flipped, sum_of};
use super::sync::{AtomicU64, CHUNK, CHUNKS, OnceLock, Ordering};

impl Chunk {
    #[inline(always)]
    fn add(&self, at: usize, value: u64) {
        let word = &self.0[at % CHUNK];
        // No other thread writes here. `Release` pairs with `add_to`: a reader that sees the end of a call also sees its
        // start.
        word.store(word.load(Ordering::Relaxed).wrapping_add(value), Ordering::Release);
    }

    /// Adds one to a word of the row that begins at `first`, and `value` to the sum at the start of the row.
    #[inline(always)]
    fn observe(&self, first: usize, word: usize, value: u64) {
        self.add(first + word, 1);
        self.add_to_sum(first, value);
    }

    #[inline(always)]
    fn add_to_sum(&self, first: usize, value: u64) {
        let low = &self.0[(first + SUM_LOW) % CHUNK];
        let before = low.load(Ordering::Relaxed);
        let after = before.wrapping_add(value);
        low.store(after, Ordering::Release);
        if has_flipped(before, after) {
            self.add(first + SUM_FLIPS, 1);
        }
    }
}

/// The memory of one thread at a time, or of several threads that share it.
pub(super) struct Shard([OnceLock<&'static Chunk>; CHUNKS]);

impl Shard {
    /// A shard without any memory yet. It lives as long as the program.
    pub(super) fn leaked() -> &'static Self {
        Box::leak(Box::new(Self(std::array::from_fn(|_| OnceLock::new()))))
    }

    /// The chunk that holds a word. The remainder shows the compiler that the index is valid, and costs nothing.
    #[inline(always)]
    fn chunk(&self, at: usize) -> &OnceLock<&'static Chunk> {
        &self.0[at / CHUNK % CHUNKS]
    }

    /// Adds to a word of the row that begins at `first`, on the thread that owns the shard.
    #[inline(always)]
    pub(super) fn add(&self, first: usize, word: usize, value: u64) {
        match self.chunk(first).get() {
            Some(chunk) => chunk.add(first + word, value),
            None => self.add_first(first, word, value),
        }
    }

    /// Adds one to a word of a row, and `value` to the sum at the start of the row. A row lies in one chunk.
    #[inline(always)]
    pub(super) fn observe(&self, first: usize, word: usize, value: u64) {
        match self.chunk(first).get() {
            Some(chunk) => chunk.observe(first, word, value),
            None => self.observe_first(first, word, value),
        }
    }

    /// Adds to the sum at the start of a row, on the thread that owns the shard.
    #[inline(always)]
    pub(super) fn add_to_sum(&self, first: usize, value: u64) {
        match self.chunk(first).get() {
            Some(chunk) => chunk.add_to_sum(first, value),
            None => self.fill(first).add_to_sum(first, value),
        }
    }

    /// The chunk that holds a word, with memory from now on.
    #[cold]
    fn fill(&self, at: usize) -> &'static Chunk {
        self.chunk(at).get_or_init(|| memory::chunk(at / CHUNK % CHUNKS))
    }

    /// The first addition in a chunk.
    #[cold]
    #[inline(never)]
    fn add_first(&self, first: usize, word: usize, value: u64) {
        self.fill(first).add(first + word, value);
    }

    /// The first observation in a chunk.
    #[cold]
    #[inline(never)]
    fn observe_first(&self, first: usize, word: usize, value: u64) {
        self.fill(first).observe(first, word, value);
    }

    /// As [`add`](Self::add), by an atomic operation, because several threads write here.
    #[inline]
    pub(super) fn add_shared(&self, first: usize, word: usize, value: u64) {
        self.word(first + word).fetch_add(value, Ordering::Release);
    }

    /// As [`observe`](Self::observe), by atomic operations.
    #[inline]
    pub(super) fn observe_shared(&self, first: usize, word: usize, value: u64) {
        self.add_shared(first, word, 1);
        self.add_to_sum_shared(first, value);
    }

    /// As [`add_to_sum`](Self::add_to_sum), by atomic operations.
    #[inline]
    pub(super) fn add_to_sum_shared(&self, first: usize, value: u64) {
        let before = self.word(first + SUM_LOW).fetch_add(value, Ordering::Release);
        if has_flipped(before, before.wrapping_add(value)) {
            self.add_shared(first, SUM_FLIPS, 1);
        }
    }

    /// A word that several threads write by atomic operations.
    #[inline]
    pub(super) fn word(&self, at: usize) -> &AtomicU64 {
        let words = match self.chunk(at).get() {
            Some(words) => words,
            None => self.fill(at),
        };
        &words.0[at % CHUNK]
    }

    /// The sum at the start of a row.
    pub(super) fn sum(&self, first: usize) -> u128 {
        let Some(chunk) = self.chunk(first).get() else { return 0 };
        let read = |word: usize| chunk.0[(first + word) % CHUNK].load(Ordering::Acquire);
        let mut flips = read(SUM_FLIPS);
        // It repeats only if the bit flipped meanwhile: once in 292 years of durations.
        loop {
            let low = read(SUM_LOW);
            let later = read(SUM_FLIPS);
            if later == flips {
                return sum_of(flips, low);
            }
            flips = later;
        }
    }

    /// Adds the values of this shard's part of a row; nothing if nothing was written yet.
    pub(super) fn add_to(&self, first: usize, sums: &mut [u64]) {
        let Some(chunk) = self.chunk(first).get() else { return };
        // A row lies in one chunk.
        for (word, sum) in chunk.0[first % CHUNK..].iter().zip(sums) {
            *sum = sum.wrapping_add(word.load(Ordering::Acquire));
        }
    }
}
