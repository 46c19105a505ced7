//! Shards that threads acquire, add to and release.

use loom::sync::mpsc;

use crate::explore::{every_order, join, orders_with_few_switches, read_beside, spawn};
use crate::global_shards::SHARDS;
use crate::sum_words::{MAX_TO_SUM, SUM_WORDS};
use crate::sync::CHUNK;

/// The words of two metrics, in memory that is allocated together: only the order of the writes tells which is first.
const STARTED: usize = 0;
const ENDED: usize = 1;
/// One in memory that is allocated later.
const OTHER: usize = CHUNK;

/// What a page shows of a word.
fn read(at: usize) -> u64 {
    let mut all = Vec::new();
    SHARDS.each(|shard| all.push(shard));
    let mut sum = [0];
    for shard in all {
        shard.add_to(at, &mut sum);
    }
    sum[0]
}

fn number_of_shards() -> usize {
    let mut number = 0;
    SHARDS.each(|_| number += 1);
    number
}

/// The life of a thread that counts once.
fn count_once(at: usize) {
    let own = SHARDS.acquire().expect("it may own one");
    own.add(at, 0, 1);
    SHARDS.release(own);
}

#[test]
fn no_count_is_lost_or_doubled_when_shards_change_owners() {
    every_order(|| {
        join([(); 2].map(|()| spawn(|| count_once(STARTED))));
        count_once(STARTED);
        assert_eq!(read(STARTED), 3);
        assert!(number_of_shards() <= 2, "a shard that was released is used again");
    });
}

#[test]
fn no_count_goes_back_from_page_to_page() {
    every_order(|| {
        let counting = spawn(|| {
            count_once(STARTED);
            count_once(OTHER);
            count_once(STARTED);
        });
        let pages = read_beside([counting], || [read(STARTED), read(STARTED)]);
        assert!(pages[0] <= pages[1], "{pages:?}");
        assert_eq!((read(STARTED), read(OTHER)), (2, 1));
    });
}

/// How many calls a page shows, in the order in which it reads them.
fn read_ended_then_started() -> (u64, u64) {
    (read(ENDED), read(STARTED))
}

#[track_caller]
fn assert_has_started((ended, started): (u64, u64)) {
    assert!(started >= ended, "{started} have started, and {ended} have ended");
}

#[test]
fn a_reader_that_sees_the_end_of_a_call_sees_its_start() {
    every_order(|| {
        let caller = spawn(|| {
            let own = SHARDS.acquire().expect("it may own one");
            own.add(STARTED, 0, 1);
            own.add(ENDED, 0, 1);
        });
        assert_has_started(read_beside([caller], read_ended_then_started));
    });
}

#[test]
fn a_call_that_ends_on_another_thread_has_started_too() {
    orders_with_few_switches(3, || {
        let (start, started) = mpsc::channel();
        let begins = spawn(move || {
            SHARDS.acquire().expect("it may own one").add(STARTED, 0, 1);
            start.send(()).expect("the other thread waits for it");
        });
        let ends = spawn(move || {
            started.recv().expect("the call starts");
            SHARDS.acquire().expect("it may own one").add(ENDED, 0, 1);
        });
        assert_has_started(read_beside([begins, ends], read_ended_then_started));
    });
}

/// A histogram's row is its sum, then its buckets.
const BUCKET: usize = SUM_WORDS;

/// What a page shows of a histogram with one bucket.
fn read_histogram() -> (u128, u64) {
    let (mut sum, mut count) = (0, [0]);
    SHARDS.each(|shard| {
        sum += shard.sum(0);
        shard.add_to(BUCKET, &mut count);
    });
    (sum, count[0])
}

#[test]
fn a_reader_that_sees_an_observation_in_the_sum_sees_it_in_its_bucket() {
    every_order(|| {
        let observing = spawn(|| SHARDS.acquire().expect("it may own one").observe(0, BUCKET, 5));
        let seen = read_beside([observing], read_histogram);
        assert!(matches!(seen, (0, 0 | 1) | (5, 1)), "the sum and the count are {seen:?}");
        assert_eq!(read_histogram(), (5, 1));
    });
}

#[test]
fn a_reader_sees_a_sum_of_more_than_one_word_that_the_histogram_has_had() {
    // The most that can be added at a time: the second and the third flip the highest bit of the sum's word.
    let sums = [1, 2, 3].map(|times| times * u128::from(MAX_TO_SUM));
    every_order(move || {
        let own = SHARDS.acquire().expect("it may own one");
        own.observe(0, BUCKET, MAX_TO_SUM);
        let observing = spawn(|| (0..2).for_each(|_| own.observe(0, BUCKET, MAX_TO_SUM)));
        let seen = read_beside([observing], || own.sum(0));
        assert!(sums.contains(&seen), "{seen} is none of {sums:?}");
        assert_eq!(read_histogram(), (sums[2], 3));
    });
}

#[test]
fn threads_share_a_sum() {
    every_order(|| {
        join([(); 2].map(|()| spawn(|| SHARDS.common().observe_shared(0, BUCKET, MAX_TO_SUM))));
        assert_eq!(read_histogram(), (2 * u128::from(MAX_TO_SUM), 2));
    });
}

#[test]
fn threads_share_their_words() {
    orders_with_few_switches(3, || {
        let threads = [(); 2].map(|()| spawn(|| SHARDS.common().add_shared(STARTED, 0, 1)));
        let page = read_beside(threads, || read(STARTED));
        assert!(page <= 2, "{page}");
        assert_eq!(read(STARTED), 2);
    });
}
