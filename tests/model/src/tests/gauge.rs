//! A gauge that several threads step, set and read.

use super::row_at;
use crate::explore::{every_order, join, orders_with_few_switches, spawn};
use crate::gauge::GaugeCell;

fn gauge() -> GaugeCell {
    // It fills the second chunk.
    GaugeCell::new(row_at(GaugeCell::WIDTH))
}

/// Checks that a page shows one of these values.
#[track_caller]
fn assert_is_one_of(value: f64, values: &[f64]) {
    assert!(values.iter().any(|one| one.to_bits() == value.to_bits()), "{value} is none of {values:?}");
}

#[test]
fn the_number_of_calls_that_end_on_another_thread_is_never_negative() {
    every_order(|| {
        let caller = spawn(|| {
            gauge().step(true);
            join([spawn(|| gauge().step(false))]);
        });
        assert_is_one_of(gauge().value(), &[0.0, 1.0]);
        join([caller]);
        assert_is_one_of(gauge().value(), &[0.0]);
    });
}

#[test]
fn the_number_of_calls_on_two_threads_is_never_more_than_two() {
    orders_with_few_switches(2, || {
        let callers = [(); 2].map(|()| {
            spawn(|| {
                gauge().step(true);
                gauge().step(false);
            })
        });
        assert_is_one_of(gauge().value(), &[0.0, 1.0, 2.0]);
        join(callers);
        assert_is_one_of(gauge().value(), &[0.0]);
    });
}

#[test]
fn a_reader_sees_a_value_that_the_gauge_has_had() {
    every_order(|| {
        let reader = spawn(|| gauge().value());
        for up in [true, false, true] {
            gauge().step(up);
        }
        assert_is_one_of(reader.join().expect("it does not panic"), &[0.0, 1.0]);
    });
}

#[test]
fn a_step_comes_before_a_set_or_after_it() {
    orders_with_few_switches(3, || {
        let setter = spawn(|| gauge().set(10.0));
        let caller = spawn(|| gauge().step(true));
        assert_is_one_of(gauge().value(), &[0.0, 1.0, 10.0, 11.0]);
        join([setter, caller]);
        assert_is_one_of(gauge().value(), &[10.0, 11.0]);
    });
}

#[test]
fn a_reader_sees_the_value_before_a_set_or_after_it() {
    every_order(|| {
        // Steps that `set` forgets.
        gauge().step(true);
        let setter = spawn(|| gauge().set(10.0));
        assert_is_one_of(gauge().value(), &[1.0, 10.0]);
        join([setter]);
        assert_is_one_of(gauge().value(), &[10.0]);
    });
}

#[test]
fn the_last_of_two_sets_holds() {
    every_order(|| {
        let setters = [10.0, 20.0].map(|value| spawn(move || gauge().set(value)));
        assert_is_one_of(gauge().value(), &[0.0, 10.0, 20.0]);
        join(setters);
        assert_is_one_of(gauge().value(), &[10.0, 20.0]);
    });
}

#[test]
fn fractions_that_are_added_at_the_same_time_all_count() {
    every_order(|| {
        let threads = [0.25, 0.5].map(|fraction| spawn(move || gauge().add(fraction)));
        join(threads);
        assert_is_one_of(gauge().value(), &[0.75]);
    });
}
