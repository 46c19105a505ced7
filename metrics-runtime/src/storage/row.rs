//! The row of words that holds one series.
//!
//! A model checker explores the paths through this file: see `tests/model`.

use std::num::NonZeroU32;
use std::sync::Mutex;

use super::global_shards::SHARDS;
use super::own_shard::{self, Place};
use super::shards::Shard;
use super::sum_words::SUM_WORDS;
use super::sync::{AtomicU64, CHUNK, CHUNKS, PoisonError};

/// The number of words for all series together.
pub(crate) const CAPACITY: usize = CHUNK * CHUNKS;
/// The number of words that lie together: a row is never in two chunks.
#[cfg_attr(not(unix), allow(dead_code, reason = "only processes that share their words ask"))]
pub(crate) const WORDS_IN_CHUNK: usize = CHUNK;
/// The number zero means "no row".
pub(crate) const FIRST_WORD: usize = 1;

/// Where a row of `words` words begins if the next free word is `next`; `None` if there is no room left.
pub(crate) const fn row_start(next: usize, words: usize) -> Option<usize> {
    // A row lies in one chunk.
    let first = if next % CHUNK + words > CHUNK { next.next_multiple_of(CHUNK) } else { next };
    if words > CHUNK || first + words > CAPACITY { None } else { Some(first) }
}

/// The shard of this thread, if it has one: a call looks it up once for all its values.
#[derive(Clone, Copy)]
pub(crate) struct OwnShard(Option<&'static Shard>);

impl OwnShard {
    #[inline(always)]
    pub(crate) fn get() -> Self {
        Self(own_shard::get())
    }
}

/// A row of words.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    // A million words are numbered by 32 bits. No row begins at zero, which means "no row".
    first: NonZeroU32,
}

impl Row {
    /// A new row of `words` words, all zero; `None` if there is no room left.
    pub(crate) fn allocate(words: usize) -> Option<Self> {
        static NEXT: Mutex<usize> = Mutex::new(FIRST_WORD);
        let mut next = NEXT.lock().unwrap_or_else(PoisonError::into_inner);
        let first = row_start(*next, words)?;
        *next = first + words;
        u32::try_from(first).ok().and_then(Self::from_first)
    }

    /// The row that begins at the word with this number; `None` for zero.
    #[inline]
    pub(crate) const fn from_first(first: u32) -> Option<Self> {
        match NonZeroU32::new(first) {
            Some(first) => Some(Self { first }),
            None => None,
        }
    }

    /// The number of its first word, which is not zero.
    #[inline]
    pub(crate) const fn first(self) -> u32 {
        self.first.get()
    }

    #[inline]
    const fn start(self) -> usize {
        self.first() as usize
    }

    /// Adds to one of the words.
    #[inline(always)]
    pub(super) fn add(self, word: usize, value: u64) {
        self.add_in(OwnShard::get(), word, value);
    }

    /// Adds to one of the words. `own` is the shard of this thread.
    #[inline(always)]
    pub(super) fn add_in(self, own: OwnShard, word: usize, value: u64) {
        match own.0 {
            Some(shard) => shard.add(self.start(), word, value),
            None => self.add_slowly(word, value),
        }
    }

    /// Adds one to one of the words, and `value` to the sum at the start of the row. `own` is the shard of this thread.
    #[inline(always)]
    pub(super) fn observe_in(self, own: OwnShard, word: usize, value: u64) {
        match own.0 {
            Some(shard) => shard.observe(self.start(), word, value),
            None => self.observe_slowly(word, value),
        }
    }

    /// Adds to the sum at the start of the row. `own` is the shard of this thread.
    #[inline(always)]
    pub(super) fn add_to_sum_in(self, own: OwnShard, value: u64) {
        match own.0 {
            Some(shard) => shard.add_to_sum(self.start(), value),
            None => self.add_to_sum_slowly(value),
        }
    }

    #[cold]
    #[inline(never)]
    fn add_slowly(self, word: usize, value: u64) {
        match own_shard::find() {
            Place::Own(shard) => shard.add(self.start(), word, value),
            Place::Shared(shard) => shard.add_shared(self.start(), word, value),
        }
    }

    #[cold]
    #[inline(never)]
    fn observe_slowly(self, word: usize, value: u64) {
        match own_shard::find() {
            Place::Own(shard) => shard.observe(self.start(), word, value),
            Place::Shared(shard) => shard.observe_shared(self.start(), word, value),
        }
    }

    #[cold]
    #[inline(never)]
    fn add_to_sum_slowly(self, value: u64) {
        match own_shard::find() {
            Place::Own(shard) => shard.add_to_sum(self.start(), value),
            Place::Shared(shard) => shard.add_to_sum_shared(self.start(), value),
        }
    }

    /// A word that all threads share; nobody reads its sum.
    pub(super) fn shared_word(self, word: usize) -> &'static AtomicU64 {
        SHARDS.common().word(self.start() + word)
    }

    /// The value of one of the words, over all shards.
    pub(super) fn sum(self, word: usize) -> u64 {
        let mut sum = [0];
        SHARDS.each(|shard| shard.add_to(self.start() + word, &mut sum));
        sum[0]
    }

    /// The sum at the start of the row, over all shards.
    pub(super) fn total(self) -> u128 {
        let mut sum: u128 = 0;
        SHARDS.each(|shard| sum = sum.saturating_add(shard.sum(self.start())));
        sum
    }
}

/// The shards that a page is made of.
#[derive(Default)]
pub(crate) struct AllShards(Vec<&'static Shard>);

impl AllShards {
    /// Takes in the shards that are new.
    ///
    /// It is called before each metric: a metric that is read after another must not miss an event that came before one
    /// that the other shows.
    pub(crate) fn refresh(&mut self) {
        self.0.clear();
        SHARDS.each(|shard| self.0.push(shard));
    }

    /// Reads one word of each row into `sums`. It goes from shard to shard, and in a shard from row to row: rows that are made
    /// one after the other lie side by side.
    pub(super) fn read_words(&self, rows: &[Row], word: usize, sums: &mut Vec<u64>) {
        sums.clear();
        sums.resize(rows.len(), 0);
        for shard in &self.0 {
            for (row, sum) in rows.iter().zip(sums.iter_mut()) {
                shard.add_to(row.start() + word, std::slice::from_mut(sum));
            }
        }
    }

    /// Reads the sum at the start of each row into `sums`.
    pub(super) fn read_only_sums(&self, rows: &[Row], sums: &mut Vec<u128>) {
        sums.clear();
        sums.resize(rows.len(), 0);
        for shard in &self.0 {
            for (row, sum) in rows.iter().zip(sums.iter_mut()) {
                *sum = sum.saturating_add(shard.sum(row.start()));
            }
        }
    }

    /// Reads the sum at the start of each row into `sums`, and then the `width` words after it, which go to `counts`. In each
    /// shard, the sum of a row is read before its words.
    pub(super) fn read_sums(&self, rows: &[Row], width: usize, sums: &mut Vec<u128>, counts: &mut Vec<u64>) {
        sums.clear();
        sums.resize(rows.len(), 0);
        counts.clear();
        counts.resize(rows.len() * width, 0);
        for shard in &self.0 {
            for ((row, sum), counts) in rows.iter().zip(sums.iter_mut()).zip(counts.chunks_exact_mut(width)) {
                *sum = sum.saturating_add(shard.sum(row.start()));
                shard.add_to(row.start() + SUM_WORDS, counts);
            }
        }
    }
}
