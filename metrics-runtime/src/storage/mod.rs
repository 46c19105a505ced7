//! Memory for values: rows of words in shards, and counters, gauges and histograms made of them. It knows no names and no
//! labels.

mod sync;
mod chunk;
mod gauge_row;
mod sum_words;
#[cfg(unix)]
mod shared;
mod memory;
mod shards;
mod shard_set;
mod global_shards;
mod own_shard;
mod row;
mod set_lock;
mod counter;
mod sum;
mod buckets;
mod gauge;
mod histogram;
mod published_row;
mod published_buckets;
mod starts;
#[cfg(feature = "exemplars")]
mod exemplar;
#[cfg(feature = "exemplars")]
mod exemplars;
#[cfg(test)]
mod tests;

pub(crate) use buckets::{Buckets, Scale};
pub(crate) use counter::CounterCell;
#[cfg(feature = "exemplars")]
pub(crate) use exemplar::Exemplar;
pub(crate) use gauge::{GaugeCell, GaugeValues};
pub(crate) use histogram::{HistogramCell, HistogramValues};
#[cfg(unix)]
pub(crate) use memory::{share, shared_file};
pub(crate) use published_buckets::PublishedBuckets;
pub(crate) use published_row::PublishedRow;
pub(crate) use row::{AllShards, CAPACITY, FIRST_WORD, OwnShard, Row, WORDS_IN_CHUNK, row_start};
#[cfg(unix)]
pub(crate) use shared::{Header, MAX_FOLDED, OtherWords, Unreadable, WordsFile, write_segments};
pub(crate) use starts::{Claim, Starts};
pub(crate) use sum::SumCell;
#[cfg(unix)]
pub(crate) use sum_words::{SUM_FLIPS, SUM_LOW, SUM_WORDS, split_sum, sum_of};
pub(crate) use sync::{CHUNKS, PLACES};
