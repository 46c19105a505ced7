//! The age of the oldest call in flight.

use metrics_runtime::{counted, declare_metrics, in_flight, timed};

declare_metrics! {
    /// Of the oldest call.
    gauge AGE = "declared_age_seconds";
}

#[in_flight(gauge = "a_active", oldest = AGE)]
fn a_declared_metric() {}

#[in_flight(gauge = "b_active", oldest)]
fn without_a_name() {}

#[in_flight(gauge = "c_active", oldest = "c_oldest")]
fn without_the_unit() {}

#[in_flight(gauge = "d_active", oldest = "d_oldest_minutes")]
fn with_another_unit() {}

#[in_flight(gauge = "e_active", oldest = "e_oldest_seconds_total")]
fn as_a_counter() {}

#[in_flight(gauge = "f_oldest_seconds", oldest = "f_oldest_seconds")]
fn the_name_of_its_gauge() {}

#[in_flight(gauge = "g_active", oldest = "g_seconds")]
#[timed(histogram = "g_seconds")]
fn the_name_of_another_metric() {}

#[in_flight(gauge = "h_active", oldest = "h_oldest_seconds")]
#[in_flight(gauge = "i_active", oldest = "h_oldest_seconds")]
fn one_name_for_two() {}

#[counted(counter = "j_total", oldest = "j_oldest_seconds")]
fn at_another_attribute() {}

#[in_flight(oldest = "k_oldest_seconds")]
fn without_a_gauge() {}

fn main() {}
