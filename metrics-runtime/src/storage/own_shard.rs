//! The shard that this thread adds to: acquired at its first addition, released when the thread ends.
//!
//! A model checker explores the paths through this file: see `tests/model`.

use std::cell::Cell;

use super::global_shards::SHARDS;
use super::shards::Shard;
use super::sync::thread_local;

thread_local! {
    // It has no destructor, so reaching it takes one load.
    static OWN: Cell<Option<&'static Shard>> = const { Cell::new(None) };
    // It has a destructor, which releases the shard.
    static RELEASE: ReleaseShard = const { ReleaseShard };
}

/// The shard of this thread; `None` before its first addition, and after the shard was released.
#[inline(always)]
pub(super) fn get() -> Option<&'static Shard> {
    OWN.get()
}

/// A shard for this thread, which has none yet; `None` if the thread is ending.
pub(super) fn get_or_acquire() -> Option<&'static Shard> {
    OWN.get().or_else(|| {
        // After the destructor has run this is an error: a thread takes a shard only once.
        RELEASE.try_with(|_| OWN.set(Some(SHARDS.acquire()))).ok()?;
        OWN.get()
    })
}

struct ReleaseShard;

impl Drop for ReleaseShard {
    fn drop(&mut self) {
        if let Some(shard) = OWN.take() {
            SHARDS.release(shard);
        }
    }
}
