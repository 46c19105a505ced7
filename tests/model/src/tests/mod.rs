//! What must hold in every order.

mod shards;
mod ending_threads;
mod gauge;
mod published_row;
mod starts;

use crate::row::Row;

/// The row that begins at this word.
fn row_at(first: usize) -> Row {
    u32::try_from(first).ok().and_then(Row::from_first).expect("no row begins at zero")
}
