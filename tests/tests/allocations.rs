//! A call allocates nothing, except the first call of its thread, and neither does another crate's, except the first of a series.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::future::Future;
use std::pin::pin;
use std::sync::LazyLock;
use std::task::{Context, Waker};

use metrics_runtime::{Handle, Interned, Label, counted, counted_failure, declare_metrics, in_flight, timed};

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

#[derive(Clone, Copy, Debug, Label)]
enum Step {
    One,
    Two,
}

#[derive(Clone, Copy, Debug, Label)]
#[label(max_values = 4)]
struct Workflow(Interned);

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

fn poll_once(future: impl Future) {
    let _ = pin!(future).poll(&mut Context::from_waker(Waker::noop()));
}

fn all(workflow: Workflow) {
    for step in [Step::One, Step::Two] {
        for flag in [false, true] {
            let _ = plain(step, workflow, flag);
            // Dropped while it waits: cancelled.
            poll_once(asynchronous(step, workflow, flag));
        }
        LOAD.with(step).set(0.5);
        LOAD.with(step).increment(1.0);
        WAIT.with(workflow).observe(0.5);
    }
}

static HANDLE: LazyLock<Handle> =
    LazyLock::new(|| metrics_runtime::builder().no_listener().init().expect("the settings are valid"));

#[test]
fn a_call_allocates_nothing_after_the_first_of_its_thread() {
    let handle = &*HANDLE;
    let workflow = Workflow::new("portrait");
    for _ in 0..2 {
        std::thread::spawn(move || {
            all(workflow);
            let before = ALLOCATIONS.with(Cell::get);
            for _ in 0..1_000 {
                all(workflow);
                // A known value is found without a copy.
                let _ = Workflow::new("portrait");
            }
            assert_eq!(ALLOCATIONS.with(Cell::get), before, "calls have allocated");
        })
        .join()
        .expect("the thread does not panic");
    }
    assert!(handle.render().contains("allocations_total{even=\"true\"} 4004\n"), "{}", handle.render());
}

/// The calls of another crate, some of them for a series of the program.
fn of_another_crate() {
    metrics::counter!("other_total").increment(1);
    metrics::counter!("other.spelling", "method" => "GET", "code" => "200").increment(1);
    metrics::counter!("allocations_failures_total", "reason" => "error").increment(0);
    metrics::gauge!("other_load", "zone" => "a").set(0.5);
    let _ = metrics::histogram!("other_seconds", "method" => "GET");
}

#[test]
fn a_call_of_another_crate_allocates_nothing_after_the_first_of_its_series() {
    let handle = &*HANDLE;
    of_another_crate();
    let before = ALLOCATIONS.with(Cell::get);
    for _ in 0..1_000 {
        of_another_crate();
    }
    assert_eq!(ALLOCATIONS.with(Cell::get), before, "calls have allocated");
    let page = handle.render();
    assert!(page.contains("other_spelling{method=\"GET\",code=\"200\"} 1001\n"), "{page}");
}
