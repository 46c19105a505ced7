//! What must hold in every order.

mod shards;
mod ending_threads;
mod sharing_threads;
mod gauge;
mod published_row;
mod starts;
mod exemplar;

use crate::global_shards::SHARDS;
use crate::row::Row;
use crate::sync::OWNERS;

/// The row that begins at this word.
fn row_at(first: usize) -> Row {
    u32::try_from(first).ok().and_then(Row::from_first).expect("no row begins at zero")
}

/// Takes all shards that threads can own, for good, so that other threads share.
fn occupy_all() {
    (0..OWNERS).for_each(|_| occupy_one());
}

/// Takes one of the shards that threads can own, for good.
fn occupy_one() {
    SHARDS.acquire().expect("one more thread may own a shard");
}
