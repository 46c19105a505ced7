//! The parts that storage is made of, as the model checker has them, and sizes that it can explore.

use loom::sync::atomic::AtomicPtr;

pub(super) use std::sync::PoisonError;

pub(super) use loom::sync::atomic::{AtomicU64, Ordering};
pub(super) use loom::sync::{Mutex, MutexGuard, RwLock};

pub(super) use crate::thread_locals::standard_thread_local as thread_local;

/// The widest row, a gauge's, fits in.
pub(super) const CHUNK: usize = 4;
pub(super) const CHUNKS: usize = 2;

/// A third thread shares.
pub(super) const OWNERS: usize = 2;

pub(super) fn max_owners() -> usize {
    OWNERS
}

/// All threads that share do so with each other.
pub(super) fn max_shared() -> usize {
    1
}

/// Two calls, and a third without a place.
pub(super) const PLACES: usize = 2;

/// The checker's, with a constant constructor, so that the files compile.
#[derive(Default)]
pub(super) struct AtomicU32(loom::sync::atomic::AtomicU32);

impl AtomicU32 {
    pub(super) const fn new(_: u32) -> Self {
        panic!("the checker makes its atomics while a test runs: use `default`")
    }
}

impl std::ops::Deref for AtomicU32 {
    type Target = loom::sync::atomic::AtomicU32;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

/// What storage needs of the standard library's, which the checker lacks: a thread that sees the value also sees what was
/// written before it. Values are never given back.
pub(super) struct OnceLock<T>(AtomicPtr<T>);

impl<T> OnceLock<T> {
    pub(super) fn new() -> Self {
        Self(AtomicPtr::new(std::ptr::null_mut()))
    }

    #[expect(unsafe_code, reason = "the checker has atomic pointers, but no `OnceLock`")]
    pub(super) fn get(&self) -> Option<&T> {
        // SAFETY: the pointer is null, or comes from `Box::leak`, and nothing writes to the value after that.
        unsafe { self.0.load(Ordering::Acquire).as_ref() }
    }

    pub(super) fn get_or_init(&self, make: impl FnOnce() -> T) -> &T {
        self.get().unwrap_or_else(|| self.publish(make()).0)
    }

    /// Sets the value if there is none yet. Afterwards there is one.
    pub(super) fn set(&self, value: T) -> bool {
        self.get().is_none() && self.publish(value).1
    }

    /// The value that is there now, and whether it is this one.
    #[expect(unsafe_code, reason = "the checker has atomic pointers, but no `OnceLock`")]
    fn publish(&self, value: T) -> (&T, bool) {
        let new = Box::leak(Box::new(value));
        match self.0.compare_exchange(std::ptr::null_mut(), new, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => (new, true),
            // SAFETY: the pointer is not null, so it comes from `Box::leak`, and nothing writes to the value after that.
            Err(first) => (unsafe { &*first }, false),
        }
    }
}
