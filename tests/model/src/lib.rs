//! A model checker's run over the runtime's storage: the files themselves, with the checker's own atomics, locks and
//! thread-locals in place of the standard library's, in all orders that the memory model allows.

#![allow(clippy::inline_always, reason = "as in the crate that the files belong to")]

// In place of the files with these names.
#[cfg(test)]
mod sync;
#[cfg(test)]
mod global_shards;
#[cfg(test)]
mod set_lock;
#[cfg(test)]
mod memory;

// The files themselves.
#[cfg(test)]
#[path = "../../../metrics-runtime/src/storage/chunk.rs"]
mod chunk;
#[cfg(test)]
#[path = "../../../metrics-runtime/src/storage/sum_words.rs"]
mod sum_words;
#[cfg(test)]
#[path = "../../../metrics-runtime/src/storage/shards.rs"]
mod shards;
#[cfg(test)]
#[path = "../../../metrics-runtime/src/storage/shard_set.rs"]
mod shard_set;
#[cfg(test)]
#[path = "../../../metrics-runtime/src/storage/own_shard.rs"]
mod own_shard;
#[cfg(test)]
#[path = "../../../metrics-runtime/src/storage/row.rs"]
#[expect(dead_code, reason = "the model has few rows, and gives them their places itself")]
mod row;
#[cfg(test)]
#[path = "../../../metrics-runtime/src/storage/gauge_row.rs"]
#[expect(dead_code, reason = "in the model no other process reads")]
mod gauge_row;
#[cfg(test)]
#[path = "../../../metrics-runtime/src/storage/gauge.rs"]
#[expect(dead_code, reason = "in the model no other process reads")]
mod gauge;
#[cfg(test)]
#[path = "../../../metrics-runtime/src/storage/published_row.rs"]
#[expect(dead_code, reason = "a constant cannot hold the checker's atomics")]
mod published_row;
#[cfg(test)]
#[path = "../../../metrics-runtime/src/storage/starts.rs"]
mod starts;
#[cfg(test)]
#[path = "../../../metrics-runtime/src/storage/exemplar.rs"]
mod exemplar;

#[cfg(test)]
mod thread_locals;
#[cfg(test)]
mod explore;
#[cfg(test)]
mod tests;
