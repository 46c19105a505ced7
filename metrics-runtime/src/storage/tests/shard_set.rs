use std::sync::{Mutex, OnceLock, RwLock};

use crate::storage::shard_set::{Shards, Takings};
use crate::storage::shards::Shard;
use crate::storage::sync::{AtomicU64, max_owners, max_shared};

/// Its shards, other than the common one, live as long as the program anyway.
fn shards() -> Shards {
    Shards::new(RwLock::new(Vec::new()), Mutex::new(Takings::new()), AtomicU64::new(0), OnceLock::new())
}

fn number_of(shards: &Shards) -> usize {
    let mut number = 0;
    shards.each(|_| number += 1);
    number
}

/// How many threads share each of these shards, from the fewest to the most.
fn threads_of(shared: &[&'static Shard]) -> Vec<usize> {
    let same = |one: &&'static Shard| shared.iter().filter(|other| std::ptr::eq(*one, **other)).count();
    let mut threads: Vec<usize> = shared.iter().map(same).collect();
    threads.sort_unstable();
    threads
}

#[test]
fn only_so_many_threads_own_a_shard() {
    let shards = shards();
    assert!(!shards.is_full());
    let owned: Vec<_> = std::iter::from_fn(|| shards.acquire()).take(1 + max_owners()).collect();
    assert_eq!(owned.len(), max_owners());
    assert!(shards.is_full());
    shards.release(owned[0]);
    assert!(!shards.is_full());
    assert!(shards.acquire().is_some_and(|again| std::ptr::eq(again, owned[0])));
    assert!(shards.is_full());
    assert_eq!(number_of(&shards), max_owners());
}

#[test]
fn the_others_spread_over_the_shards_that_they_share() {
    let shards = shards();
    let mut shared: Vec<_> = (0..3 * max_shared()).map(|_| shards.share()).collect();
    assert_eq!(threads_of(&shared), vec![3; shared.len()]);
    assert_eq!(number_of(&shards), max_shared());
    // A thread that comes takes the place of one that goes.
    let left = shared.swap_remove(1);
    shards.leave(left);
    assert!(std::ptr::eq(shards.share(), left));
}

#[test]
fn a_shard_that_nobody_shares_any_more_is_shared_again() {
    let shards = shards();
    for _ in 0..=max_shared() {
        shards.leave(shards.share());
    }
    assert_eq!(number_of(&shards), 1);
}
