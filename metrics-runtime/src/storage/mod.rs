//! Memory for values: rows of words in shards, and counters, gauges and histograms made of them. It knows no names and no
//! labels.

mod sync;
mod shards;
mod shard_set;
mod global_shards;
mod own_shard;
mod row;
mod set_lock;
mod counter;
mod gauge;
mod histogram;
mod published_row;
mod published_bounds;
mod starts;
#[cfg(test)]
mod tests;

pub(crate) use counter::CounterCell;
pub(crate) use gauge::{GaugeCell, GaugeValues};
pub(crate) use histogram::{HistogramCell, HistogramValues, bounds_in_nanoseconds, bucket_of, to_nanoseconds};
pub(crate) use published_bounds::PublishedBounds;
pub(crate) use published_row::PublishedRow;
pub(crate) use row::{AllShards, CAPACITY, FIRST_WORD, OwnShard, Row, row_start};
pub(crate) use starts::{Claim, Starts};
pub(crate) use sync::PLACES;
