//! Exploring a test's orders.

use loom::thread::JoinHandle;

use crate::global_shards::SHARDS;
use crate::set_lock::SET_LOCK;
use crate::thread_locals;

/// Runs `test` in every order that its threads can meet in.
pub(super) fn every_order(test: impl Fn() + Send + Sync + 'static) {
    orders(&loom::model::Builder::new(), test);
}

/// Runs `test` in every order in which a thread is stopped at most `preemptions` times while it could go on.
///
/// It is for tests that take minutes in every order. Most mistakes show after one or two such stops.
pub(super) fn orders_with_few_switches(preemptions: usize, test: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    orders(&builder, test);
}

fn orders(builder: &loom::model::Builder, test: impl Fn() + Send + Sync + 'static) {
    builder.check(move || {
        // They are made before any thread begins: otherwise a thread that meets them for the first time would see all that
        // the thread which made them has written, and the checker would miss what the product can get wrong.
        let _ = (&*SHARDS, &*SET_LOCK);
        test();
        thread_locals::run_destructors();
    });
}

/// A thread whose destructors have run when it is joined.
pub(super) fn spawn<T: 'static>(f: impl FnOnce() -> T + 'static) -> JoinHandle<T> {
    loom::thread::spawn(move || {
        let result = f();
        thread_locals::run_destructors();
        result
    })
}

/// What a reader sees that runs beside these threads.
///
/// The reader is the thread that begins last: the checker remembers only the last read of a word. So it would not try a
/// write before the read of an early reader if the writer itself reads the word before it writes.
pub(super) fn read_beside<T, R: 'static>(
    threads: impl IntoIterator<Item = JoinHandle<T>>,
    reader: impl FnOnce() -> R + 'static,
) -> R {
    let reader = spawn(reader);
    join(threads);
    reader.join().expect("it does not panic")
}

/// Waits until all of them have ended.
pub(super) fn join<T>(threads: impl IntoIterator<Item = JoinHandle<T>>) {
    for thread in threads {
        thread.join().expect("it does not panic");
    }
}
