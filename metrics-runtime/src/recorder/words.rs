//! The row of words of one series, and which shard a thread counts in.

use std::cell::Cell;
use std::num::NonZeroU32;
use std::sync::Mutex;

use super::shards::{SUM_WORDS, Shard, Shards};
use super::sync::{AtomicU64, CHUNK, CHUNKS, OnceLock, PoisonError, RwLock};

static SHARDS: Shards = Shards::of(RwLock::new(Vec::new()), Mutex::new(Vec::new()), OnceLock::new());

pub(super) const ALL_WORDS: usize = CHUNK * CHUNKS;
/// The number zero stands for no row.
pub(super) const FIRST_WORD: usize = 1;

/// Where a row of so many words begins that comes behind others; `None` where there is no room left.
pub(super) const fn first_of_row(next: usize, words: usize) -> Option<usize> {
    // A row is in one chunk.
    let first = if next % CHUNK + words > CHUNK { next.next_multiple_of(CHUNK) } else { next };
    if words > CHUNK || first + words > ALL_WORDS { None } else { Some(first) }
}

/// A row of words.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Words {
    // A million words are numbered by 32 bits. None has the number zero, which stands for no row.
    first: NonZeroU32,
}

impl Words {
    /// So many words, all zero; `None` where there is no room left.
    pub(super) fn allocate(words: usize) -> Option<Self> {
        static NEXT: Mutex<usize> = Mutex::new(FIRST_WORD);
        let mut next = NEXT.lock().unwrap_or_else(PoisonError::into_inner);
        let first = first_of_row(*next, words)?;
        *next = first + words;
        u32::try_from(first).ok().and_then(Self::from_first)
    }

    /// The row whose first word has this number; `None` for zero.
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
        match OWN.get() {
            Some(shard) => shard.add(self.start(), word, value),
            None => self.add_slowly(word, value),
        }
    }

    /// Adds one to one of the words, and so much to the sum that the row begins with.
    #[inline(always)]
    pub(super) fn observe(self, word: usize, value: u64) {
        match OWN.get() {
            Some(shard) => shard.observe(self.start(), word, value),
            None => self.observe_slowly(word, value),
        }
    }

    #[cold]
    #[inline(never)]
    fn add_slowly(self, word: usize, value: u64) {
        match own_shard() {
            Some(shard) => shard.add(self.start(), word, value),
            None => SHARDS.shared().add_shared(self.start(), word, value),
        }
    }

    #[cold]
    #[inline(never)]
    fn observe_slowly(self, word: usize, value: u64) {
        match own_shard() {
            Some(shard) => shard.observe(self.start(), word, value),
            None => SHARDS.shared().observe_shared(self.start(), word, value),
        }
    }

    /// A word of which there is one for all threads; its sum is not asked for.
    pub(super) fn of_all_threads(self, word: usize) -> &'static AtomicU64 {
        SHARDS.shared().word(self.start() + word)
    }

    /// What one of the words counts, over all shards.
    pub(super) fn sum(self, word: usize) -> u64 {
        let mut sum = [0];
        SHARDS.each(|shard| shard.add_to(self.start() + word, &mut sum));
        sum[0]
    }

    /// What the words count behind the sum that the row begins with, over all shards; gives the sum, which is read first.
    pub(super) fn read(self, shards: &AllShards, counts: &mut [u64]) -> u128 {
        counts.fill(0);
        let mut sum: u128 = 0;
        for shard in &shards.0 {
            sum = sum.saturating_add(shard.sum(self.start()));
            shard.add_to(self.start() + SUM_WORDS, counts);
        }
        sum
    }
}

/// The shards that a page is made of.
#[derive(Default)]
pub(crate) struct AllShards(Vec<&'static Shard>);

impl AllShards {
    /// Takes in those that threads have had since.
    ///
    /// A metric that is read after another is to see what happened before what the other shows, so this is called for
    /// each metric.
    pub(crate) fn refresh(&mut self) {
        self.0.clear();
        SHARDS.each(|shard| self.0.push(shard));
    }
}

thread_local! {
    // Without a destructor: the way to a count is one load.
    static OWN: Cell<Option<&'static Shard>> = const { Cell::new(None) };
    // With one: it hands the shard on.
    static HAND_ON: HandOn = const { HandOn };
}

/// The shard of this thread, which has none so far, or none any more: it is ending.
fn own_shard() -> Option<&'static Shard> {
    OWN.get().or_else(|| {
        // Its destructor runs once, so it cannot be had anew.
        HAND_ON.try_with(|_| OWN.set(Some(SHARDS.take()))).ok()?;
        OWN.get()
    })
}

struct HandOn;

impl Drop for HandOn {
    fn drop(&mut self) {
        if let Some(shard) = OWN.take() {
            SHARDS.hand_on(shard);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_in_one_chunk() {
        let rows: Vec<Words> = (0..3).filter_map(|_| Words::allocate(CHUNK - 1)).collect();
        assert_eq!(rows.len(), 3);
        assert!(rows.iter().all(|row| row.start() % CHUNK + CHUNK - 1 <= CHUNK));
        assert!(Words::allocate(CHUNK + 1).is_none());
    }

    #[test]
    fn a_destructor_that_runs_after_the_shard_was_handed_on_still_counts() {
        struct Late(Words);

        impl Drop for Late {
            fn drop(&mut self) {
                self.0.add(0, 1);
            }
        }

        thread_local! {
            static LATE: Cell<Option<Late>> = const { Cell::new(None) };
        }

        let words = Words::allocate(1).expect("there is room");
        for _ in 0..10 {
            std::thread::spawn(move || {
                // Destructors run in the order in which they were registered, on some systems in the other.
                LATE.with(|late| late.set(Some(Late(words))));
                words.add(0, 1);
                LATE.with(|late| late.set(Some(Late(words))));
            })
            .join()
            .expect("the thread does not panic");
        }
        // One by hand, one for the first value that was replaced, one at the end.
        assert_eq!(words.sum(0), 30);
    }
}
