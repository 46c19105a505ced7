//! An allocator that counts allocations.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

struct Counting;

/// The bytes in use, in the whole program.
static LIVE: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// The number of this thread's allocations, and their bytes.
    static OWN: Cell<(u64, u64)> = const { Cell::new((0, 0)) };
}

/// The number of this thread's allocations, and their bytes.
pub fn of_this_thread() -> (u64, u64) {
    OWN.with(Cell::get)
}

/// The bytes in use now, in the whole program.
pub fn live() -> usize {
    LIVE.load(Ordering::Relaxed)
}

fn count(bytes: usize) {
    LIVE.fetch_add(bytes, Ordering::Relaxed);
    // While a thread ends, its own count no longer exists.
    let _ = OWN.try_with(|own| {
        let (times, sum) = own.get();
        own.set((times + 1, sum + bytes as u64));
    });
}

// SAFETY: every call is passed to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Ordering::Relaxed);
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        LIVE.fetch_sub(layout.size(), Ordering::Relaxed);
        count(size);
        unsafe { System.realloc(pointer, layout, size) }
    }
}
