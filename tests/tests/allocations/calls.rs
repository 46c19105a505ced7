//! Calls, and a count of what they allocate.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};

use metrics_runtime::{
    Interned, Label, counted, counted_failure, declare_metrics, in_flight, measure, measured, observed, timed,
};

/// Counts the allocations of each thread.
struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

#[expect(unsafe_code, reason = "an allocator that counts")]
// SAFETY: all calls go to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.with(|allocations| allocations.set(allocations.get() + 1));
        // SAFETY: the caller keeps the allocator's contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the allocator's contract.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The number of allocations of the calling thread.
pub(crate) fn allocations() -> u64 {
    ALLOCATIONS.with(Cell::get)
}

#[derive(Clone, Copy, Debug, Label)]
enum Step {
    One,
    Two,
}

#[derive(Clone, Copy, Debug, Label)]
#[label(max_values = 4)]
pub(crate) struct Workflow(Interned);

declare_metrics! {
    /// Load.
    gauge LOAD = "allocations_load", labels(step: Step);
    /// Waits.
    histogram WAIT = "allocations_wait_seconds", labels(workflow: Workflow), buckets(1, 2);
}

#[timed(histogram = "allocations_seconds", labels(step, workflow, outcome), buckets(1, 10))]
#[counted(counter = "allocations_total", on = end, labels(even: bool = |result| result.is_ok()))]
#[counted_failure(counter = "allocations_failures_total")]
#[in_flight(gauge = "allocations_active", oldest = "allocations_active_oldest_seconds")]
fn plain(step: Step, workflow: Workflow, fails: bool) -> Result<u32, u32> {
    let _ = (step, workflow);
    if fails { Err(1) } else { Ok(1) }
}

#[timed(histogram = "allocations_async_seconds", labels(step, workflow, outcome), buckets(1, 10))]
#[counted_failure(counter = "allocations_async_failures_total")]
#[in_flight(gauge = "allocations_async_active")]
async fn asynchronous(step: Step, workflow: Workflow, waits: bool) -> Result<u32, u32> {
    let _ = (step, workflow);
    if waits {
        std::future::pending::<()>().await;
    }
    Ok(1)
}

struct Store(usize);

#[measured(labels(method))]
#[timed(histogram = "allocations_store_seconds")]
#[observed(histogram = "allocations_store_rows", value = self.rows())]
#[observed(histogram = "allocations_store_found", value = |found| *found)]
impl Store {
    fn get(&self) -> usize {
        self.0 - 1
    }

    #[skip]
    fn rows(&self) -> usize {
        self.0
    }
}

fn poll_once(future: impl Future) {
    let _ = pin!(future).poll(&mut Context::from_waker(Waker::noop()));
}

/// Calls with every ending.
fn all(workflow: Workflow) {
    for step in [Step::One, Step::Two] {
        for flag in [false, true] {
            let _ = plain(step, workflow, flag);
            // Dropped while it waits: cancelled.
            poll_once(asynchronous(step, workflow, flag));
        }
        let _ = Store(3).get();
        let next = measure!(
            #[counted(counter = "allocations_closures_total")]
            |number: u32| number + 1
        );
        let number = measure!(
            #[timed(histogram = "allocations_block_seconds", labels(outcome))]
            next(1).checked_add(1)
        );
        poll_once(measure!(
            #[timed(histogram = "allocations_future_seconds", labels(outcome))]
            async move {
                number
            }
        ));
        LOAD.with(step).set(0.5);
        LOAD.with(step).increment(1.0);
        WAIT.with(workflow).observe(0.5);
    }
}

/// Calls that are the first of their thread, and then a thousand that allocate nothing.
pub(crate) fn assert_that_calls_allocate_nothing() {
    let workflow = Workflow::new("portrait");
    all(workflow);
    let before = allocations();
    for _ in 0..1_000 {
        all(workflow);
        // A known value is found without a copy.
        let _ = Workflow::new("portrait");
    }
    assert_eq!(allocations(), before, "calls have allocated");
}
