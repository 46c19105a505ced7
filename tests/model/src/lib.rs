//! Runs the recorder's shards in a model checker: the same source file, with the checker's atomics and locks in place of
//! the standard library's, in all orders that the memory model allows.

#![allow(clippy::inline_always, reason = "as in the crate that the file belongs to")]

#[cfg(test)]
#[path = "../../../metrics-runtime/src/recorder/shards.rs"]
mod shards;
#[cfg(test)]
mod sync;
#[cfg(test)]
mod tests;
