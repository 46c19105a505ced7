//! A model checker's run over the recorder's shards: the file itself, with the checker's own atomics and locks in place
//! of the standard library's, in all orders that the memory model allows.

#![allow(clippy::inline_always, reason = "as in the crate that the file is of")]

#[cfg(test)]
#[path = "../../../metrics-runtime/src/storage/shards.rs"]
mod shards;
#[cfg(test)]
mod sync;
#[cfg(test)]
mod tests;
