//! Other crates' samples do not take more and more memory, whether or not the page is read.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use system_tests::wait_until;

/// Counts the bytes that are in use.
struct Counting;

static IN_USE: AtomicUsize = AtomicUsize::new(0);

#[expect(unsafe_code, reason = "an allocator that counts")]
// SAFETY: all calls go to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        IN_USE.fetch_add(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller keeps the allocator's contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        IN_USE.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller keeps the allocator's contract.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const SAMPLES: usize = 1 << 20;

#[test]
fn samples_are_freed_after_a_shutdown_too() {
    let handle = metrics_runtime::builder().listen(([127, 0, 0, 1], 0)).init().expect("the settings are valid");
    handle.shutdown();
    // Another crate's samples are kept until the upkeep has put them into their histogram.
    let histogram = metrics::histogram!("others_wait_seconds");
    let before = IN_USE.load(Ordering::Relaxed);
    for _ in 0..SAMPLES {
        histogram.record(1.0);
    }
    wait_until("the samples take no more memory", || {
        // Memory that threads no longer use is freed in small parts, whenever something is recorded.
        histogram.record(1.0);
        (IN_USE.load(Ordering::Relaxed) < before + SAMPLES).then_some(())
    });
}
