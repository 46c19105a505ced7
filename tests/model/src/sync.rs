//! The parts that shards are made of, from the model checker, and sizes that it can explore.

use std::sync::atomic::Ordering as Order;

use loom::sync::atomic::AtomicPtr;

pub(super) use std::sync::PoisonError;

pub(super) use loom::sync::atomic::{AtomicU64, Ordering};
pub(super) use loom::sync::{Mutex, RwLock};

pub(super) const CHUNK: usize = 3;
pub(super) const CHUNKS: usize = 2;

/// The checker has no `OnceLock`, so this one has what the shards need: a thread that sees the value also sees everything
/// that was written before it. Values are leaked.
pub(super) struct OnceLock<T>(AtomicPtr<T>);

impl<T> OnceLock<T> {
    pub(super) fn new() -> Self {
        Self(AtomicPtr::new(std::ptr::null_mut()))
    }

    pub(super) fn get(&self) -> Option<&T> {
        // SAFETY: it is null, or was leaked.
        unsafe { self.0.load(Order::Acquire).as_ref() }
    }

    pub(super) fn get_or_init(&self, make: impl FnOnce() -> T) -> &T {
        if let Some(value) = self.get() {
            return value;
        }
        let new = Box::leak(Box::new(make()));
        let swapped = self.0.compare_exchange(std::ptr::null_mut(), new, Order::AcqRel, Order::Acquire);
        // SAFETY: the value that was there before was leaked, too.
        swapped.map_or_else(|first| unsafe { &*first }, |_| new)
    }
}
