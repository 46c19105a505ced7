//! The lock for operations that read a value and then write it.

use crate::sync::{Mutex, MutexGuard, PoisonError};

loom::lazy_static! {
    /// The checker makes it anew for each order that it explores.
    pub(super) static ref SET_LOCK: Mutex<()> = Mutex::new(());
}

pub(super) fn lock() -> MutexGuard<'static, ()> {
    SET_LOCK.lock().unwrap_or_else(PoisonError::into_inner)
}
