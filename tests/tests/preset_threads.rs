//! Preset values while other threads make values of the same label.

use std::sync::Barrier;
use std::thread;

use metrics_runtime::{Interned, Label};

#[derive(Clone, Copy, PartialEq, Debug, Label)]
#[label(max_values = 3)]
struct Racing(Interned);

#[derive(Clone, Copy, PartialEq, Debug, Label)]
#[label(max_values = 3)]
struct Own(Interned);

const THREADS: usize = 8;

#[test]
fn preset_values_have_their_places_before_those_of_other_threads() {
    Racing::preset(["a", "b", "c"]).expect("they fit");
    let barrier = Barrier::new(THREADS);
    let made: Vec<&str> = thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| {
                let barrier = &barrier;
                scope.spawn(move || {
                    barrier.wait();
                    Racing::new(&format!("thread-{thread}")).as_str()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("no thread panics")).collect()
    });
    assert_eq!(made, ["other"; THREADS]);
    assert_eq!(["a", "b", "c"].map(|name| Racing::new(name).index()), [0, 1, 2]);
}

#[test]
fn the_names_may_come_from_code_that_makes_values() {
    Own::preset(["b"]).expect("it fits");
    let made_and_given = ["a", "b"].iter().inspect(|name| _ = Own::new(name));
    Own::preset(made_and_given).expect("they fit");
    assert_eq!(["b", "a"].map(|name| Own::new(name).index()), [0, 1]);
    let error = Own::preset(["c", "d"]).expect_err("there is one place left");
    assert_eq!(error.name(), "d");
}
