//! Words that several threads add to without waiting for each other's cache lines.

use std::cell::Cell;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// A cache line of its own: a thread's words are on no line that another shard's are on.
#[repr(align(64))]
#[derive(Debug)]
struct Line([AtomicU64; WORDS_A_LINE]);

const WORDS_A_LINE: usize = 8;
/// More shards than this are not worth their memory: what threads share then is still exact.
const MAX_SHARDS: usize = 16;

/// A number of words for each shard.
#[derive(Debug)]
pub(super) struct Sharded {
    lines: Box<[Line]>,
    lines_a_shard: usize,
}

impl Sharded {
    /// So many words, all zero.
    pub(super) fn new(words: usize) -> Self {
        let lines_a_shard = words.div_ceil(WORDS_A_LINE);
        let line = || Line([const { AtomicU64::new(0) }; WORDS_A_LINE]);
        Self { lines: (0..shards() * lines_a_shard).map(|_| line()).collect(), lines_a_shard }
    }

    /// Adds to a word in the calling thread's shard. It wraps around, as differences of signed numbers need it to.
    #[inline]
    pub(super) fn add(&self, word: usize, value: u64) {
        let first = current_shard() * self.lines_a_shard;
        // A shard or a word that is not there cannot be; a panic in the program that is measured must not be either.
        if let Some(line) = self.lines.get(first + word / WORDS_A_LINE) {
            // `Release`, and `Acquire` in `sum`: who sees that a call has ended also sees that it has started.
            line.0[word % WORDS_A_LINE].fetch_add(value, Ordering::Release);
        }
    }

    /// The sum of a word over all shards.
    pub(super) fn sum(&self, word: usize) -> u64 {
        let lines = self.lines.iter().skip(word / WORDS_A_LINE).step_by(self.lines_a_shard);
        lines.map(|line| line.0[word % WORDS_A_LINE].load(Ordering::Acquire)).fold(0, u64::wrapping_add)
    }
}

/// As many as there are processors, to the next power of two: so many threads can be adding at a time.
fn shards() -> usize {
    use std::sync::OnceLock;
    static SHARDS: OnceLock<usize> = OnceLock::new();
    *SHARDS.get_or_init(|| {
        let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let shards = processors.next_power_of_two().min(MAX_SHARDS);
        SHARD_MASK.store(u32::try_from(shards - 1).unwrap_or(0), Ordering::Relaxed);
        shards
    })
}

static SHARD_MASK: AtomicU32 = AtomicU32::new(0);

/// Threads take shards in turn, and keep theirs. A thread that ends leaves its counts where they are.
#[inline]
fn current_shard() -> usize {
    const NONE: u32 = u32::MAX;
    thread_local! {
        // Without a destructor, so that it can be asked while a thread ends.
        static SHARD: Cell<u32> = const { Cell::new(NONE) };
    }
    SHARD.with(|shard| {
        if shard.get() == NONE {
            static NEXT: AtomicU32 = AtomicU32::new(0);
            shard.set(NEXT.fetch_add(1, Ordering::Relaxed) & SHARD_MASK.load(Ordering::Relaxed));
        }
        shard.get() as usize
    })
}
