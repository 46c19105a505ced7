//! The lock for operations that read a value and then write it.

use super::sync::{Mutex, MutexGuard, PoisonError};

/// Serialises `set` and the like: each is a read-modify-write over several words. They are rare, so one global lock is
/// enough.
static SET_LOCK: Mutex<()> = Mutex::new(());

pub(super) fn lock() -> MutexGuard<'static, ()> {
    SET_LOCK.lock().unwrap_or_else(PoisonError::into_inner)
}
