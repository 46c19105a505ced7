use std::sync::atomic::{AtomicBool, Ordering};

use crate::storage::{AllShards, GaugeCell, GaugeValues, OwnShard, Row};

/// A new gauge and its row.
fn new_gauge() -> (GaugeCell, Row) {
    let row = Row::allocate(GaugeCell::WIDTH).expect("there is room");
    (GaugeCell::new(row), row)
}

/// What a page shows of these gauges.
fn shown<const N: usize>(rows: [Row; N]) -> [f64; N] {
    let (mut shards, mut values) = (AllShards::default(), GaugeValues::default());
    shards.refresh();
    GaugeCell::read(&mut shards, &rows, &mut values);
    std::array::from_fn(|at| values.get(at).expect("each row has a value"))
}

#[test]
fn a_gauge_is_set_and_stepped() {
    let (gauge, row) = new_gauge();
    gauge.add(3.0);
    gauge.add(-1.0);
    assert_eq!(shown([row])[0].to_bits(), 2.0_f64.to_bits());
    gauge.set(-1.5);
    gauge.add(0.25);
    gauge.add(2.0);
    assert_eq!(shown([row])[0].to_bits(), 0.75_f64.to_bits());
    gauge.set(f64::INFINITY);
    assert!(shown([row])[0].is_infinite());
    gauge.set(f64::NAN);
    assert!(shown([row])[0].is_nan());
    gauge.set(4.0);
    assert_eq!(shown([row])[0].to_bits(), 4.0_f64.to_bits());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..10_000 {
                    gauge.add(1.0);
                    gauge.add(-1.0);
                }
            });
        }
    });
    assert_eq!(shown([row])[0].to_bits(), 4.0_f64.to_bits());
}

#[test]
fn a_gauge_shows_what_it_has_been() {
    const ROUNDS: usize = 30_000;
    let ((calls, calls_row), (set, set_row)) = (new_gauge(), new_gauge());
    // Many shards, so that a reader takes its time.
    std::thread::scope(|scope| {
        for _ in 0..64 {
            scope.spawn(|| {
                (calls.step_in(OwnShard::get(), true), calls.step_in(OwnShard::get(), false), std::thread::yield_now())
            });
        }
    });
    // Calls that start on one thread and end on another. Two fit into the queue, and each thread has one in hand.
    let (starts, ends) = std::sync::mpsc::sync_channel(2);
    let is_done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(move || {
            for _ in 0..ROUNDS {
                calls.step_in(OwnShard::get(), true);
                starts.send(()).expect("the other thread takes them");
            }
        });
        let is_done = &is_done;
        scope.spawn(move || {
            for () in ends {
                calls.step_in(OwnShard::get(), false);
            }
            is_done.store(true, Ordering::Release);
        });
        scope.spawn(|| {
            while !is_done.load(Ordering::Acquire) {
                set.set(0.0);
                set.add(100.0);
            }
        });
        while !is_done.load(Ordering::Acquire) {
            let [in_flight, value] = shown([calls_row, set_row]);
            assert!((0.0..=4.0).contains(&in_flight), "{in_flight} calls are in flight");
            assert!(value == 0.0 || (value - 100.0).abs() < f64::EPSILON, "{value} has never been set");
        }
    });
    assert_eq!(shown([calls_row])[0].to_bits(), 0.0_f64.to_bits());
}

#[test]
fn a_gauge_that_is_set_forgets_its_steps_exactly() {
    let (gauge, row) = new_gauge();
    for (step, value) in [(3.0, 0.1), (1e15, 0.1), (-1e15, 0.3)] {
        gauge.add(step);
        gauge.set(value);
        assert_eq!(shown([row])[0].to_bits(), value.to_bits());
    }
}
