//! The memory that words lie in.

use super::sync::{AtomicU64, CHUNK};

/// Some words of one shard. Its alignment keeps the words of two threads out of one cache line, and out of the pair of
/// lines that some processors fetch together.
#[repr(C, align(128))]
pub(super) struct Chunk(pub(super) [AtomicU64; CHUNK]);

impl Chunk {
    /// Words that are zero, in the memory of this process. They live as long as the program.
    pub(super) fn in_memory() -> &'static Self {
        Box::leak(Box::new(Self(std::array::from_fn(|_| AtomicU64::new(0)))))
    }
}
