//! The row of words that holds one series, and the shard that a thread adds to.

use std::cell::Cell;
use std::num::NonZeroU32;
use std::sync::Mutex;

use super::shards::{SUM_WORDS, Shard, Shards};
use super::sync::{AtomicU64, CHUNK, CHUNKS, OnceLock, PoisonError, RwLock};

static SHARDS: Shards = Shards::new(RwLock::new(Vec::new()), Mutex::new(Vec::new()), OnceLock::new());

/// The number of words for all series together.
pub(crate) const CAPACITY: usize = CHUNK * CHUNKS;
/// The number zero means "no row".
pub(crate) const FIRST_WORD: usize = 1;

/// Where a row of `words` words begins if the next free word is `next`; `None` if there is no room left.
pub(crate) const fn row_start(next: usize, words: usize) -> Option<usize> {
    // A row lies in one chunk.
    let first = if next % CHUNK + words > CHUNK { next.next_multiple_of(CHUNK) } else { next };
    if words > CHUNK || first + words > CAPACITY { None } else { Some(first) }
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
        match OWN.get() {
            Some(shard) => shard.add(self.start(), word, value),
            None => self.add_slowly(word, value),
        }
    }

    /// Adds one to one of the words, and `value` to the sum at the start of the row.
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

    /// A word that all threads share; nobody reads its sum.
    pub(super) fn shared_word(self, word: usize) -> &'static AtomicU64 {
        SHARDS.shared().word(self.start() + word)
    }

    /// The value of one of the words, over all shards.
    pub(super) fn sum(self, word: usize) -> u64 {
        let mut sum = [0];
        SHARDS.each(|shard| shard.add_to(self.start() + word, &mut sum));
        sum[0]
    }

    /// Reads the words after the sum at the start of the row into `counts`, over all shards; gives the sum, which is read
    /// first.
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
    /// Takes in the shards that are new.
    ///
    /// It is called before each metric: a metric that is read after another must not miss an event that came before one
    /// that the other shows.
    pub(crate) fn refresh(&mut self) {
        self.0.clear();
        SHARDS.each(|shard| self.0.push(shard));
    }
}

thread_local! {
    // It has no destructor, so reaching it takes one load.
    static OWN: Cell<Option<&'static Shard>> = const { Cell::new(None) };
    // It has a destructor, which releases the shard.
    static RELEASE: ReleaseShard = const { ReleaseShard };
}

/// A shard for this thread, which has none yet; `None` if the thread is ending.
fn own_shard() -> Option<&'static Shard> {
    OWN.get().or_else(|| {
        // After the destructor has run this is an error: a thread takes a shard only once.
        RELEASE.try_with(|_| OWN.set(Some(SHARDS.acquire()))).ok()?;
        OWN.get()
    })
}

struct ReleaseShard;

impl Drop for ReleaseShard {
    fn drop(&mut self) {
        if let Some(shard) = OWN.take() {
            SHARDS.release(shard);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_lies_in_one_chunk() {
        let rows: Vec<Row> = (0..3).filter_map(|_| Row::allocate(CHUNK - 1)).collect();
        assert_eq!(rows.len(), 3);
        assert!(rows.iter().all(|row| row.start() % CHUNK + CHUNK - 1 <= CHUNK));
        assert!(Row::allocate(CHUNK + 1).is_none());
    }

    #[test]
    fn a_destructor_that_runs_after_the_shard_was_released_still_counts() {
        struct Late(Row);

        impl Drop for Late {
            fn drop(&mut self) {
                self.0.add(0, 1);
            }
        }

        thread_local! {
            static LATE: Cell<Option<Late>> = const { Cell::new(None) };
        }

        let words = Row::allocate(1).expect("there is room");
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
