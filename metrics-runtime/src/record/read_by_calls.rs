//! What every call reads. It is in a cache line of its own: it seldom changes, and what stands beside it must not change either.

use std::sync::atomic::AtomicU16;
#[cfg(target_arch = "x86_64")]
use std::sync::atomic::AtomicU64;

/// What every call reads.
#[repr(align(128))]
pub(super) struct ReadByCalls {
    /// The program's mode, which begins as [`Mode::FACADE`](super::mode::Mode::FACADE).
    pub(super) mode: AtomicU16,
    /// The nanoseconds of 2^64 steps of the processor's counter. Zero until it is certain that the clock reads the counter.
    #[cfg(target_arch = "x86_64")]
    pub(super) nanoseconds_of_steps: AtomicU64,
}

pub(super) static READ_BY_CALLS: ReadByCalls = ReadByCalls {
    mode: AtomicU16::new(0),
    #[cfg(target_arch = "x86_64")]
    nanoseconds_of_steps: AtomicU64::new(0),
};
