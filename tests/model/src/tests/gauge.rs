//! A gauge that several threads step, set and read.

use loom::sync::mpsc;
use loom::thread::JoinHandle;

use super::{occupy_all, row_at};
use crate::explore::{every_order, join, orders_with_few_switches, read_beside, spawn};
use crate::gauge::{GaugeCell, GaugeValues};
use crate::gauge_row::{DOWNS, UPS};
use crate::global_shards::SHARDS;
use crate::row::{AllShards, OwnShard, Row};
use crate::sync::thread_local;

fn row() -> Row {
    // It fills the second chunk.
    row_at(GaugeCell::WIDTH)
}

fn gauge() -> GaugeCell {
    GaugeCell::new(row())
}

/// What a page shows.
fn shown() -> f64 {
    let mut shards = AllShards::default();
    shards.refresh();
    shown_of(&mut shards)
}

/// What a page shows that knows these shards.
fn shown_of(shards: &mut AllShards) -> f64 {
    let mut values = GaugeValues::default();
    GaugeCell::read(shards, &[row()], &mut values);
    values.get(0).expect("the row has a value")
}

/// What a page shows that is made beside these threads.
fn value_beside(threads: impl IntoIterator<Item = JoinHandle<()>>) -> f64 {
    read_beside(threads, shown)
}

/// Checks that a page shows one of these values.
#[track_caller]
fn assert_is_one_of(value: f64, values: &[f64]) {
    assert!(values.iter().any(|one| one.to_bits() == value.to_bits()), "{value} is none of {values:?}");
}

/// A call that begins on one thread and ends on another: the number of calls is never negative.
fn check_call_that_ends_on_another_thread() {
    let (start, started) = mpsc::channel();
    let begins = spawn(move || {
        gauge().step_in(OwnShard::get(), true);
        start.send(()).expect("the other thread waits for it");
    });
    let ends = spawn(move || {
        started.recv().expect("the call starts");
        gauge().step_in(OwnShard::get(), false);
    });
    assert_is_one_of(value_beside([begins, ends]), &[0.0, 1.0]);
    assert_is_one_of(shown(), &[0.0]);
}

#[test]
fn the_number_of_calls_that_end_on_another_thread_is_never_negative() {
    orders_with_few_switches(3, || {
        check_call_that_ends_on_another_thread();
    });
}

#[test]
fn the_start_of_a_call_in_a_new_shard_is_seen_with_its_end_in_an_older_one() {
    orders_with_few_switches(2, || {
        let ends_in = SHARDS.acquire().expect("it may own one");
        // A page that has begun, and knows this shard alone.
        let mut shards = AllShards::default();
        shards.refresh();
        let caller = spawn(move || {
            gauge().step_in(OwnShard::get(), true);
            ends_in.add(row().first() as usize, DOWNS, 1);
        });
        let value = read_beside([caller], move || shown_of(&mut shards));
        assert_is_one_of(value, &[0.0, 1.0]);
        assert_is_one_of(shown(), &[0.0]);
    });
}

#[test]
fn the_end_of_a_call_in_a_new_shard_is_seen_before_the_start_of_the_next_in_an_older_one() {
    orders_with_few_switches(2, || {
        // By an atomic addition: the checker does not try what another thread does between a load and a store.
        let start = || SHARDS.common().add_shared(row().first() as usize, UPS, 1);
        start();
        let caller = spawn(move || {
            gauge().step_in(OwnShard::get(), false);
            start();
        });
        assert_is_one_of(value_beside([caller]), &[0.0, 1.0]);
        assert_is_one_of(shown(), &[1.0]);
    });
}

#[test]
fn the_number_of_calls_on_threads_that_share_is_never_negative() {
    orders_with_few_switches(2, || {
        occupy_all();
        check_call_that_ends_on_another_thread();
    });
}

/// The guard of a call that ends with its thread.
struct EndsWithItsThread;

impl Drop for EndsWithItsThread {
    fn drop(&mut self) {
        gauge().step_in(OwnShard::get(), false);
    }
}

thread_local! {
    static ENDS_WITH_ITS_THREAD: EndsWithItsThread = const { EndsWithItsThread };
}

#[test]
fn the_number_of_calls_that_end_with_their_thread_is_never_negative() {
    orders_with_few_switches(3, || {
        let caller = spawn(|| {
            gauge().step_in(OwnShard::get(), true);
            // Destructors run in the order of the first use: this one steps down after the shard was released.
            ENDS_WITH_ITS_THREAD.try_with(|_| ()).expect("the thread is not ending yet");
        });
        assert_is_one_of(value_beside([caller]), &[0.0, 1.0]);
        assert_is_one_of(shown(), &[0.0]);
    });
}

#[test]
fn the_number_of_calls_on_two_threads_is_never_more_than_two() {
    orders_with_few_switches(2, || {
        let begins_twice =
            spawn(|| [true, false, true].into_iter().for_each(|up| gauge().step_in(OwnShard::get(), up)));
        let begins = spawn(|| gauge().step_in(OwnShard::get(), true));
        assert_is_one_of(value_beside([begins_twice, begins]), &[0.0, 1.0, 2.0]);
        assert_is_one_of(shown(), &[2.0]);
    });
}

#[test]
fn a_reader_sees_a_value_that_the_gauge_has_had() {
    every_order(|| {
        let caller = spawn(|| [true, false, true].into_iter().for_each(|up| gauge().step_in(OwnShard::get(), up)));
        assert_is_one_of(value_beside([caller]), &[0.0, 1.0]);
    });
}

#[test]
fn a_step_comes_before_a_set_or_after_it() {
    orders_with_few_switches(3, || {
        let setter = spawn(|| gauge().set(10.0));
        let caller = spawn(|| gauge().step_in(OwnShard::get(), true));
        assert_is_one_of(value_beside([setter, caller]), &[0.0, 1.0, 10.0, 11.0]);
        assert_is_one_of(shown(), &[10.0, 11.0]);
    });
}

#[test]
fn a_reader_sees_the_value_before_a_set_or_after_it() {
    every_order(|| {
        // Steps that `set` forgets.
        gauge().step_in(OwnShard::get(), true);
        let setter = spawn(|| gauge().set(10.0));
        assert_is_one_of(value_beside([setter]), &[1.0, 10.0]);
        assert_is_one_of(shown(), &[10.0]);
    });
}

#[test]
fn the_last_of_two_sets_holds() {
    every_order(|| {
        let setters = [10.0, 20.0].map(|value| spawn(move || gauge().set(value)));
        assert_is_one_of(value_beside(setters), &[0.0, 10.0, 20.0]);
        assert_is_one_of(shown(), &[10.0, 20.0]);
    });
}

#[test]
fn fractions_that_are_added_at_the_same_time_all_count() {
    every_order(|| {
        let threads = [0.25, 0.5].map(|fraction| spawn(move || gauge().add(fraction)));
        join(threads);
        assert_is_one_of(shown(), &[0.75]);
    });
}

#[test]
fn a_step_counts_while_a_fraction_is_added() {
    every_order(|| {
        join([0.5, 2.0].map(|value| spawn(move || gauge().add(value))));
        assert_is_one_of(shown(), &[2.5]);
    });
}
