//! The shard that this thread adds to: taken at its first addition, given back when the thread ends.
//!
//! A model checker explores the paths through this file: see `tests/model`.

use std::cell::Cell;

use super::global_shards::SHARDS;
use super::shards::Shard;
use super::sync::thread_local;

thread_local! {
    // They have no destructors, so reaching one takes one load.
    static OWN: Cell<Option<&'static Shard>> = const { Cell::new(None) };
    static SHARED: Cell<Option<&'static Shard>> = const { Cell::new(None) };
    // It has a destructor, which gives the shard back.
    static GIVE_BACK: GiveBack = const { GiveBack };
}

/// The shard that this thread owns; `None` before its first addition, if it shares one, and after it has given it back.
#[inline(always)]
pub(super) fn get() -> Option<&'static Shard> {
    OWN.get()
}

/// A shard that a thread adds to.
pub(super) enum Place {
    /// No other thread adds to it.
    Own(&'static Shard),
    /// Others add to it at the same time, so by atomic additions.
    Shared(&'static Shard),
}

/// Where a thread adds that did not own a shard when it looked, or never will.
#[inline]
pub(super) fn find() -> Place {
    // A call looks once for all its values, and the first of them may have taken a shard.
    if let Some(own) = OWN.get() {
        return Place::Own(own);
    }
    match SHARED.get() {
        Some(shard) if SHARDS.is_full() => Place::Shared(shard),
        _ => take(),
    }
}

/// Takes a shard: its own, if there may be one more owner.
#[cold]
#[inline(never)]
fn take() -> Place {
    let taken = GIVE_BACK.try_with(|_| match SHARDS.acquire() {
        Some(own) => {
            leave_shared();
            OWN.set(Some(own));
            Place::Own(own)
        }
        None => {
            let shared = SHARED.get().unwrap_or_else(|| SHARDS.share());
            SHARED.set(Some(shared));
            Place::Shared(shared)
        }
    });
    // After the destructor has run it is an error: the thread is ending, and takes no shard again.
    taken.unwrap_or_else(|_| Place::Shared(SHARDS.common()))
}

fn leave_shared() {
    if let Some(shared) = SHARED.take() {
        SHARDS.leave(shared);
    }
}

struct GiveBack;

impl Drop for GiveBack {
    fn drop(&mut self) {
        leave_shared();
        if let Some(own) = OWN.take() {
            SHARDS.release(own);
        }
    }
}
