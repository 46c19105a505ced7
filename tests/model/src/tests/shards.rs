//! Shards that threads acquire, add to and release.

use loom::sync::Arc;
use loom::thread;

use crate::explore::every_order;
use crate::shards::{MAX_TO_SUM, SUM_WORDS, Shard, Shards};
use crate::sync::{CHUNK, Mutex, OnceLock, RwLock};

/// The words of two metrics, in memory that is allocated together: only the order of the writes tells which is first.
const STARTED: usize = 0;
const ENDED: usize = 1;
/// One in memory that is allocated later.
const OTHER: usize = CHUNK;

fn shards() -> Arc<Shards> {
    Arc::new(Shards::new(RwLock::new(Vec::new()), Mutex::new(Vec::new()), OnceLock::new()))
}

/// What a page shows of a word.
fn read(shards: &Shards, at: usize) -> u64 {
    let mut all = Vec::new();
    shards.each(|shard| all.push(shard));
    let mut sum = [0];
    for shard in all {
        shard.add_to(at, &mut sum);
    }
    sum[0]
}

fn number_of(shards: &Shards) -> usize {
    let mut number = 0;
    shards.each(|_| number += 1);
    number
}

/// The life of a thread that counts once.
fn count_once(shards: &Shards, at: usize) {
    let own: &'static Shard = shards.acquire();
    own.add(at, 0, 1);
    shards.release(own);
}

#[test]
fn no_count_is_lost_or_doubled_when_shards_change_owners() {
    every_order(|| {
        let shards = shards();
        let others = [(); 2].map(|()| {
            let shards = Arc::clone(&shards);
            thread::spawn(move || count_once(&shards, STARTED))
        });
        for thread in others {
            thread.join().expect("it does not panic");
        }
        count_once(&shards, STARTED);
        assert_eq!(read(&shards, STARTED), 3);
        assert!(number_of(&shards) <= 2, "a shard that was released is used again");
    });
}

#[test]
fn no_count_goes_back_from_page_to_page() {
    every_order(|| {
        let shards = shards();
        let first = Arc::clone(&shards);
        let thread = thread::spawn(move || {
            count_once(&first, STARTED);
            count_once(&first, OTHER);
            count_once(&first, STARTED);
        });
        let pages = [read(&shards, STARTED), read(&shards, STARTED)];
        assert!(pages[0] <= pages[1], "{pages:?}");
        thread.join().expect("it does not panic");
        assert_eq!((read(&shards, STARTED), read(&shards, OTHER)), (2, 1));
    });
}

#[test]
fn a_reader_that_sees_the_end_of_a_call_sees_its_start() {
    every_order(|| {
        let shards = shards();
        let worker = Arc::clone(&shards);
        let thread = thread::spawn(move || {
            let own = worker.acquire();
            own.add(STARTED, 0, 1);
            own.add(ENDED, 0, 1);
        });
        let ended = read(&shards, ENDED);
        let started = read(&shards, STARTED);
        assert!(started >= ended, "{started} have started, and {ended} have ended");
        thread.join().expect("it does not panic");
    });
}

#[test]
fn a_call_that_ends_on_another_thread_has_started_too() {
    every_order(|| {
        let shards = shards();
        let worker = Arc::clone(&shards);
        let thread = thread::spawn(move || {
            worker.acquire().add(STARTED, 0, 1);
            let other = Arc::clone(&worker);
            thread::spawn(move || other.acquire().add(ENDED, 0, 1)).join().expect("it does not panic");
        });
        let ended = read(&shards, ENDED);
        let started = read(&shards, STARTED);
        assert!(started >= ended, "{started} have started, and {ended} have ended");
        thread.join().expect("it does not panic");
    });
}

/// A histogram's row is its sum, then its buckets.
const BUCKET: usize = SUM_WORDS;

/// What a page shows of a histogram with one bucket.
fn read_histogram(shards: &Shards) -> (u128, u64) {
    let (mut sum, mut count) = (0, [0]);
    shards.each(|shard| {
        sum += shard.sum(0);
        shard.add_to(BUCKET, &mut count);
    });
    (sum, count[0])
}

#[test]
fn a_reader_that_sees_an_observation_in_the_sum_sees_it_in_its_bucket() {
    every_order(|| {
        let shards = shards();
        let worker = Arc::clone(&shards);
        let thread = thread::spawn(move || worker.acquire().observe(0, BUCKET, 5));
        let seen = read_histogram(&shards);
        assert!(matches!(seen, (0, 0 | 1) | (5, 1)), "the sum and the count are {seen:?}");
        thread.join().expect("it does not panic");
        assert_eq!(read_histogram(&shards), (5, 1));
    });
}

#[test]
fn a_reader_sees_a_sum_of_more_than_one_word_that_the_histogram_has_had() {
    // The most that can be added at a time: the second and the third flip the highest bit of the sum's word.
    let sums = [1, 2, 3].map(|times| times * u128::from(MAX_TO_SUM));
    every_order(move || {
        let shards = shards();
        let own = shards.acquire();
        own.observe(0, BUCKET, MAX_TO_SUM);
        // The checker lets a reader see what was written before, but nothing of what comes later: so the reader is the
        // thread that begins last.
        let reader = thread::spawn(move || own.sum(0));
        (0..2).for_each(|_| own.observe(0, BUCKET, MAX_TO_SUM));
        let seen = reader.join().expect("it does not panic");
        assert!(sums.contains(&seen), "{seen} is none of {sums:?}");
        assert_eq!(read_histogram(&shards), (sums[2], 3));
    });
}

#[test]
fn threads_that_are_ending_share_a_sum() {
    every_order(|| {
        let shards = shards();
        let threads = [(); 2].map(|()| {
            let shards = Arc::clone(&shards);
            thread::spawn(move || shards.shared().observe_shared(0, BUCKET, MAX_TO_SUM))
        });
        for thread in threads {
            thread.join().expect("it does not panic");
        }
        assert_eq!(read_histogram(&shards), (2 * u128::from(MAX_TO_SUM), 2));
    });
}

#[test]
fn threads_that_are_ending_share_their_words() {
    every_order(|| {
        let shards = shards();
        let threads = [(); 2].map(|()| {
            let shards = Arc::clone(&shards);
            thread::spawn(move || {
                shards.shared().add_shared(STARTED, 0, 1);
            })
        });
        let before = read(&shards, STARTED);
        for thread in threads {
            thread.join().expect("it does not panic");
        }
        assert!(before <= 2);
        assert_eq!(read(&shards, STARTED), 2);
    });
}
