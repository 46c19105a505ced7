//! Words that many threads count in, each in memory of its own.
//!
//! A thread owns a shard while it lives, so it adds with a load and a store: no other thread writes there. What a word
//! counts is its sum over all shards. A thread that ends hands its shard on, counts and all, so short-lived threads need
//! no more memory than as many as live at a time.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError, RwLock};

/// Words that are allocated at a time.
const CHUNK: usize = 1024;
/// A million words: a hundred thousand histograms of the usual size.
const CHUNKS: usize = 1024;

type Chunk = OnceLock<Box<[AtomicU64]>>;

/// The memory of one thread at a time.
#[derive(Clone, Copy)]
struct Shard(&'static [Chunk]);

impl Shard {
    /// Memory that is used for as long as the program runs, by one thread after the other.
    fn new() -> Self {
        Self(Vec::leak((0..CHUNKS).map(|_| OnceLock::new()).collect()))
    }

    /// The words from this one on to the end of their chunk.
    #[inline]
    fn words(self, first: usize) -> Option<&'static [AtomicU64]> {
        let chunk = self.0.get(first / CHUNK)?;
        chunk.get().map_or_else(|| fill(chunk), |chunk| &**chunk).get(first % CHUNK..)
    }

    /// What the word counts here; zero where nothing has been written yet.
    fn value(self, at: usize) -> u64 {
        let chunk = self.0.get(at / CHUNK).and_then(OnceLock::get);
        // `Acquire`, and `Release` where it is written: who sees that a call has ended also sees that it has started.
        chunk.and_then(|chunk| chunk.get(at % CHUNK)).map_or(0, |word| word.load(Ordering::Acquire))
    }
}

#[cold]
fn fill(chunk: &'static Chunk) -> &'static [AtomicU64] {
    chunk.get_or_init(|| (0..CHUNK).map(|_| AtomicU64::new(0)).collect())
}

/// A row of words.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Words {
    first: usize,
}

impl Words {
    /// So many words, all zero; `None` where there is no room left.
    pub(super) fn allocate(words: usize) -> Option<Self> {
        static NEXT: Mutex<usize> = Mutex::new(0);
        let mut next = NEXT.lock().unwrap_or_else(PoisonError::into_inner);
        // A row is in one chunk.
        let first = if *next % CHUNK + words > CHUNK { next.next_multiple_of(CHUNK) } else { *next };
        if words > CHUNK || first + words > CHUNK * CHUNKS {
            return None;
        }
        *next = first + words;
        Some(Self { first })
    }

    /// Adds to one of the words. It wraps around, as differences of signed numbers need it to.
    #[inline]
    pub(super) fn add(self, word: usize, value: u64) {
        self.add_each([(word, value)]);
    }

    /// Adds to several of the words.
    #[inline]
    pub(super) fn add_each<const N: usize>(self, additions: [(usize, u64); N]) {
        let Own::Shard(shard) = OWN.get() else { return self.add_slowly(&additions) };
        let Some(words) = shard.words(self.first) else { return };
        for (word, value) in additions {
            if let Some(word) = words.get(word) {
                // Nobody else writes here.
                word.store(word.load(Ordering::Relaxed).wrapping_add(value), Ordering::Release);
            }
        }
    }

    /// The first time on a thread, and when it is ending.
    #[cold]
    fn add_slowly(self, additions: &[(usize, u64)]) {
        if let (Own::NotYet, Ok(())) = (OWN.get(), HAND_ON.try_with(|_| ())) {
            OWN.set(Own::Shard(take()));
            return additions.iter().for_each(|&(word, value)| self.add(word, value));
        }
        let Some(words) = shared().words(self.first) else { return };
        for &(word, value) in additions {
            if let Some(word) = words.get(word) {
                word.fetch_add(value, Ordering::Release);
            }
        }
    }

    /// A word of which there is one for all threads; its sum is not asked for.
    pub(super) fn of_all_threads(self, word: usize) -> Option<&'static AtomicU64> {
        shared().words(self.first)?.get(word)
    }

    /// The sum of a word over all shards.
    pub(super) fn sum(self, word: usize) -> u64 {
        let at = self.first + word;
        let shards = ALL.read().unwrap_or_else(PoisonError::into_inner);
        shards.iter().map(|shard| shard.value(at)).fold(shared().value(at), u64::wrapping_add)
    }
}

/// Which shard the thread has.
#[derive(Clone, Copy)]
enum Own {
    NotYet,
    Shard(Shard),
    /// The thread is ending, and has handed its shard on.
    NoMore,
}

thread_local! {
    // Without a destructor: the way to a count is one load.
    static OWN: Cell<Own> = const { Cell::new(Own::NotYet) };
    // With one: it hands the shard on.
    static HAND_ON: HandOn = const { HandOn };
}

struct HandOn;

impl Drop for HandOn {
    fn drop(&mut self) {
        if let Own::Shard(shard) = OWN.replace(Own::NoMore) {
            free().push(shard);
        }
    }
}

/// All shards that threads have had.
static ALL: RwLock<Vec<Shard>> = RwLock::new(Vec::new());

/// Those whose threads have ended.
fn free() -> MutexGuard<'static, Vec<Shard>> {
    static FREE: Mutex<Vec<Shard>> = Mutex::new(Vec::new());
    FREE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Where threads count that are ending: several at a time, so by atomic additions.
fn shared() -> Shard {
    static SHARED: [Chunk; CHUNKS] = [const { OnceLock::new() }; CHUNKS];
    Shard(&SHARED)
}

fn take() -> Shard {
    if let Some(shard) = free().pop() {
        return shard;
    }
    let shard = Shard::new();
    ALL.write().unwrap_or_else(PoisonError::into_inner).push(shard);
    shard
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_in_one_chunk() {
        let rows: Vec<Words> = (0..3).filter_map(|_| Words::allocate(CHUNK - 1)).collect();
        assert_eq!(rows.len(), 3);
        assert!(rows.iter().all(|row| row.first % CHUNK + CHUNK - 1 <= CHUNK));
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
