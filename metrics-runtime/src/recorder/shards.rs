//! Words that many threads count in, each in memory of its own.
//!
//! A thread owns a shard while it lives, so it adds with a load and a store: no other thread writes there. What a word
//! counts is its sum over all shards. A thread that ends hands its shard on, counts and all, so short-lived threads need
//! no more memory than as many as live at a time.
//!
//! Every path through this file is explored by a model checker: see `tests/model`.

use super::sync::{AtomicU64, CHUNK, CHUNKS, Mutex, OnceLock, Ordering, PoisonError, RwLock};

/// Some words of one shard. Its alignment keeps the words of two threads out of one cache line, and out of the pair of
/// lines that some processors fetch together.
#[repr(align(128))]
struct Chunk([AtomicU64; CHUNK]);

impl Chunk {
    #[inline(always)]
    fn add(&self, at: usize, value: u64) {
        let word = &self.0[at % CHUNK];
        // Nobody else writes here. `Release` pairs with `add_to`: who sees that a call has ended also sees that it has
        // started.
        word.store(word.load(Ordering::Relaxed).wrapping_add(value), Ordering::Release);
    }

    /// Adds one to a word of the row that begins at `first`, and so much to the sum that the row begins with.
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
        if has_turned(before, after) {
            self.add(first + SUM_TURNS, 1);
        }
    }
}

/// A sum of 64 bits would be full after 584 years, which ten thousand calls in flight take three weeks for. So a second
/// word counts how often the first one's highest bit has turned: where a reader comes between the writing of the two, it
/// lacks one turn, and the bit itself tells.
const SUM_TURNS: usize = 0;
const SUM_LOW: usize = 1;
/// The number of words of a sum.
pub(super) const SUM_WORDS: usize = 2;
/// The most that can be added to a sum at a time, so that no turn is missed.
pub(super) const MAX_TO_SUM: u64 = i64::MAX.cast_unsigned();
const LOW_BITS: u32 = 63;

/// Whether the highest bit is another one.
#[inline(always)]
const fn has_turned(before: u64, after: u64) -> bool {
    (before ^ after) >> LOW_BITS == 1
}

/// What the two words of a sum say.
const fn sum_of(turns: u64, low: u64) -> u128 {
    let turns = turns + ((turns ^ (low >> LOW_BITS)) & 1);
    ((turns as u128) << LOW_BITS) | (low & MAX_TO_SUM) as u128
}

/// The memory of one thread at a time.
pub(super) struct Shard([OnceLock<Box<Chunk>>; CHUNKS]);

impl Shard {
    /// A shard without any words yet. It is used for as long as the program runs, by one thread after the other.
    fn leaked() -> &'static Self {
        Box::leak(Box::new(Self(std::array::from_fn(|_| OnceLock::new()))))
    }

    /// The place of a chunk. The remainder says that it exists, and costs nothing.
    #[inline(always)]
    fn place(&self, at: usize) -> &OnceLock<Box<Chunk>> {
        &self.0[at / CHUNK % CHUNKS]
    }

    /// Adds to a word of the row that begins at `first`, on the thread that owns the shard.
    #[inline(always)]
    pub(super) fn add(&self, first: usize, word: usize, value: u64) {
        match self.place(first).get() {
            Some(chunk) => chunk.add(first + word, value),
            None => self.add_first(first, word, value),
        }
    }

    /// Adds one to a word of a row, and so much to the sum that the row begins with. A row is in one chunk.
    #[inline(always)]
    pub(super) fn observe(&self, first: usize, word: usize, value: u64) {
        match self.place(first).get() {
            Some(chunk) => chunk.observe(first, word, value),
            None => self.observe_first(first, word, value),
        }
    }

    /// The first addition in a chunk.
    #[cold]
    #[inline(never)]
    fn add_first(&self, first: usize, word: usize, value: u64) {
        fill(self.place(first)).add(first + word, value);
    }

    /// The first observation in a chunk.
    #[cold]
    #[inline(never)]
    fn observe_first(&self, first: usize, word: usize, value: u64) {
        fill(self.place(first)).observe(first, word, value);
    }

    /// As [`add`](Self::add), where several threads write, by atomic operations.
    pub(super) fn add_shared(&self, first: usize, word: usize, value: u64) {
        self.word(first + word).fetch_add(value, Ordering::Release);
    }

    /// As [`observe`](Self::observe), where several threads write.
    pub(super) fn observe_shared(&self, first: usize, word: usize, value: u64) {
        self.add_shared(first, word, 1);
        let before = self.word(first + SUM_LOW).fetch_add(value, Ordering::Release);
        if has_turned(before, before.wrapping_add(value)) {
            self.add_shared(first, SUM_TURNS, 1);
        }
    }

    /// A word that several threads write, by atomic operations.
    pub(super) fn word(&self, at: usize) -> &AtomicU64 {
        &fill(self.place(at)).0[at % CHUNK]
    }

    /// The sum that a row begins with.
    pub(super) fn sum(&self, first: usize) -> u128 {
        let Some(chunk) = self.place(first).get() else { return 0 };
        let read = |word: usize| chunk.0[(first + word) % CHUNK].load(Ordering::Acquire);
        let mut turns = read(SUM_TURNS);
        // Again only where it turned meanwhile: once in 292 years of durations.
        loop {
            let low = read(SUM_LOW);
            let later = read(SUM_TURNS);
            if later == turns {
                return sum_of(turns, low);
            }
            turns = later;
        }
    }

    /// Adds what a row of words counts here; nothing where nothing has been written yet.
    pub(super) fn add_to(&self, first: usize, sums: &mut [u64]) {
        let Some(chunk) = self.place(first).get() else { return };
        for (word, sum) in sums.iter_mut().enumerate() {
            let value = chunk.0[(first + word) % CHUNK].load(Ordering::Acquire);
            *sum = sum.wrapping_add(value);
        }
    }
}

#[cold]
fn fill(chunk: &OnceLock<Box<Chunk>>) -> &Chunk {
    chunk.get_or_init(|| Box::new(Chunk(std::array::from_fn(|_| AtomicU64::new(0)))))
}

/// All shards that threads have had, and those of them whose threads have ended.
pub(super) struct Shards {
    all: RwLock<Vec<&'static Shard>>,
    free: Mutex<Vec<&'static Shard>>,
    shared: OnceLock<&'static Shard>,
}

impl Shards {
    /// None yet.
    pub(super) const fn of(
        all: RwLock<Vec<&'static Shard>>,
        free: Mutex<Vec<&'static Shard>>,
        shared: OnceLock<&'static Shard>,
    ) -> Self {
        Self { all, free, shared }
    }

    /// A shard for a thread: one that another has left, or a new one.
    pub(super) fn take(&self) -> &'static Shard {
        // The lock also hands over what the last owner has written.
        if let Some(shard) = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop() {
            return shard;
        }
        let shard = Shard::leaked();
        self.all.write().unwrap_or_else(PoisonError::into_inner).push(shard);
        shard
    }

    /// Takes the shard of a thread that is ending.
    pub(super) fn hand_on(&self, shard: &'static Shard) {
        self.free.lock().unwrap_or_else(PoisonError::into_inner).push(shard);
    }

    /// Where threads count that are ending: several at a time, so by atomic additions.
    pub(super) fn shared(&self) -> &'static Shard {
        self.shared.get_or_init(Shard::leaked)
    }

    /// Visits the shards that there are now. What is read from them later may lack what a thread counts that has none yet, and
    /// nothing that was counted before.
    pub(super) fn each(&self, mut each: impl FnMut(&'static Shard)) {
        self.shared.get().into_iter().for_each(|shard| each(shard));
        self.all.read().unwrap_or_else(PoisonError::into_inner).iter().for_each(|shard| each(shard));
    }
}
