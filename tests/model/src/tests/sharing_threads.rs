//! Threads that own no shard, because there are enough owners.

use super::{occupy_all, occupy_one, row_at};
use crate::explore::{every_order, join, orders_with_few_switches, read_beside, spawn};
use crate::global_shards::SHARDS;
use crate::row::{AllShards, OwnShard, Row};
use crate::sum_words::{MAX_TO_SUM, SUM_WORDS};
use crate::sync::{CHUNK, OWNERS};

/// The word that is counted in.
const WORD: usize = 0;

fn count() {
    row_at(1).add(WORD, 1);
}

fn count_twice() {
    count();
    count();
}

/// What a page shows.
fn shown() -> u64 {
    let (mut shards, mut sums) = (AllShards::default(), Vec::new());
    shards.refresh();
    shards.read_words(&[row_at(1)], WORD, &mut sums);
    sums[0]
}

fn number_of_shards() -> usize {
    let mut number = 0;
    SHARDS.each(|_| number += 1);
    number
}

#[test]
fn threads_that_share_lose_no_count() {
    orders_with_few_switches(2, || {
        occupy_all();
        let pages = read_beside([spawn(count), spawn(count_twice)], || [shown(), shown()]);
        assert!(pages[0] <= pages[1] && pages[1] <= 3, "{pages:?}");
        assert_eq!((shown(), number_of_shards()), (3, OWNERS + 1));
    });
}

#[test]
fn a_thread_shares_the_shard_that_another_has_left() {
    every_order(|| {
        occupy_all();
        join([spawn(count)]);
        join([spawn(count)]);
        assert_eq!((shown(), number_of_shards()), (2, OWNERS + 1));
    });
}

/// A histogram with one bucket: its sum, then its bucket. It begins the second chunk.
fn histogram() -> Row {
    row_at(CHUNK)
}

const BUCKET: usize = SUM_WORDS;

fn observe() {
    histogram().observe_in(OwnShard::get(), BUCKET, MAX_TO_SUM);
}

/// What a page shows of the histogram.
fn shown_histogram() -> (u128, u64) {
    let (mut shards, mut sums, mut counts) = (AllShards::default(), Vec::new(), Vec::new());
    shards.refresh();
    shards.read_sums(&[histogram()], 1, &mut sums, &mut counts);
    (sums[0], counts[0])
}

#[test]
fn threads_that_share_a_histogram_lose_no_observation_and_no_flip() {
    orders_with_few_switches(2, || {
        occupy_all();
        let (sum, count) = read_beside([spawn(observe), spawn(observe)], shown_histogram);
        assert_eq!(sum % u128::from(MAX_TO_SUM), 0, "{sum}");
        assert!(sum <= u128::from(count) * u128::from(MAX_TO_SUM), "the sum and the count are {:?}", (sum, count));
        assert_eq!(shown_histogram(), (2 * u128::from(MAX_TO_SUM), 2));
    });
}

#[test]
fn a_thread_that_shares_takes_over_the_shard_of_an_owner_that_ends() {
    orders_with_few_switches(2, || {
        // One is left: the two threads can meet at it in every way.
        occupy_one();
        let pages = read_beside([spawn(count), spawn(count_twice)], || [shown(), shown()]);
        assert!(pages[0] <= pages[1] && pages[1] <= 3, "{pages:?}");
        assert_eq!(shown(), 3);
        assert!(number_of_shards() <= OWNERS + 1);
    });
}

#[test]
fn two_threads_that_share_do_not_take_over_one_shard() {
    orders_with_few_switches(2, || {
        occupy_one();
        let last = SHARDS.acquire().expect("one is left");
        let sharing = [spawn(count_twice), spawn(count_twice)];
        SHARDS.release(last);
        join(sharing);
        assert_eq!(shown(), 4);
        assert!(number_of_shards() <= OWNERS + 1);
    });
}
