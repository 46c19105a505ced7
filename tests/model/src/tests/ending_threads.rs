//! A thread that ends releases its shard, and a later thread acquires it.

use super::row_at;
use crate::explore::{every_order, join, orders_with_few_switches, read_beside, spawn};
use crate::global_shards::SHARDS;
use crate::sync::thread_local;

/// The word that is counted in.
const WORD: usize = 0;

fn count() {
    row_at(1).add(WORD, 1);
}

/// What a page shows.
fn shown() -> u64 {
    row_at(1).sum(WORD)
}

/// The shards of threads, and the common one.
fn number_of_shards() -> usize {
    let mut number = 0;
    SHARDS.each(|_| number += 1);
    number
}

/// Counts when it is destroyed, as a guard of a call does that a thread keeps until it ends.
struct CountsAtTheEnd;

impl Drop for CountsAtTheEnd {
    fn drop(&mut self) {
        count();
    }
}

thread_local! {
    static COUNTS_AT_THE_END: CountsAtTheEnd = const { CountsAtTheEnd };
}

fn count_at_the_end() {
    COUNTS_AT_THE_END.try_with(|_| ()).expect("the thread is not ending yet");
}

/// Counts twice: now, and after its shard was released.
fn count_before_and_after_the_release() {
    count();
    count_at_the_end();
}

#[test]
fn a_thread_uses_the_shard_of_one_that_has_ended() {
    every_order(|| {
        join([spawn(count)]);
        join([spawn(count)]);
        assert_eq!((shown(), number_of_shards()), (2, 1));
    });
}

#[test]
fn two_threads_do_not_own_one_shard_at_the_same_time() {
    every_order(|| {
        // Its shard is free afterwards, and both of the next threads would like to have it.
        join([spawn(count)]);
        join([spawn(count), spawn(count)]);
        assert_eq!(shown(), 3);
        assert!(number_of_shards() <= 2, "a shard that was released is used again");
    });
}

#[test]
fn no_count_is_lost_or_doubled_when_a_thread_ends_and_another_begins() {
    orders_with_few_switches(2, || {
        let pages = read_beside([spawn(count), spawn(count)], || [shown(), shown()]);
        assert!(pages[0] <= pages[1] && pages[1] <= 2, "{pages:?}");
        count();
        assert_eq!(shown(), 3);
        assert!(number_of_shards() <= 2, "a shard that was released is used again");
    });
}

#[test]
fn a_destructor_that_runs_before_the_release_counts_in_the_own_shard() {
    every_order(|| {
        join([spawn(|| {
            count_at_the_end();
            count();
        })]);
        assert_eq!((shown(), number_of_shards()), (2, 1));
    });
}

#[test]
fn a_destructor_that_runs_after_the_release_counts_in_the_common_shard() {
    every_order(|| {
        join([spawn(count_before_and_after_the_release)]);
        assert_eq!((shown(), number_of_shards()), (2, 2));
    });
}

#[test]
fn a_thread_that_first_counts_in_a_destructor_releases_its_shard_too() {
    every_order(|| {
        join([spawn(count_at_the_end)]);
        join([spawn(count_at_the_end)]);
        assert_eq!((shown(), number_of_shards()), (2, 1));
    });
}

#[test]
fn no_count_of_an_ending_thread_meets_those_of_the_next_owner() {
    every_order(|| {
        join([spawn(count_before_and_after_the_release), spawn(count)]);
        assert_eq!(shown(), 3);
    });
}

#[test]
fn no_count_goes_back_from_page_to_page_while_threads_end() {
    orders_with_few_switches(2, || {
        let threads = [spawn(count_before_and_after_the_release), spawn(count)];
        let pages = read_beside(threads, || [shown(), shown()]);
        assert!(pages[0] <= pages[1] && pages[1] <= 3, "{pages:?}");
        assert_eq!(shown(), 3);
    });
}

#[test]
fn ending_threads_lose_no_count_in_the_common_shard() {
    orders_with_few_switches(2, || {
        let threads = [spawn(count_before_and_after_the_release), spawn(count_before_and_after_the_release)];
        let page = read_beside(threads, shown);
        assert!(page <= 4, "{page}");
        assert_eq!(shown(), 4);
    });
}
