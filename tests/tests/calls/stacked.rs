//! The attributes stack in any order.

use metrics_runtime::{counted, counted_failure, in_flight, timed};

use super::support::{finish, metrics, sure};

macro_rules! orders {
    ($($name:ident: $($attribute:meta),+;)+) => {
        $(
            mod $name {
                use super::*;

                $(#[$attribute])+
                pub fn sync() -> Result<u8, String> {
                    Err("on purpose".to_owned())
                }

                pub mod asynchronous {
                    use super::*;

                    #[allow(dead_code)]
                    $(#[$attribute])+
                    pub async fn run() -> Result<u8, String> {
                        Err("on purpose".to_owned())
                    }
                }
            }
        )+

        #[test]
        fn the_attributes_stack_in_any_order() {
            metrics();
            let mut calls = 0.0;
            $(
                $name::sync().expect_err("it fails");
                finish($name::asynchronous::run()).expect_err("it fails");
                calls += 2.0;
            )+
            assert_eq!(sure("stacked_seconds_count"), calls);
            assert_eq!(sure("stacked_total"), calls);
            assert_eq!(sure("stacked_failures_total{reason=\"error\"}"), calls);
            assert_eq!(sure("stacked_active"), 0.0);
        }
    };
}

orders! {
    one: timed(histogram = "stacked_seconds"), counted(counter = "stacked_total"), counted_failure(counter = "stacked_failures_total"), in_flight(gauge = "stacked_active");
    two: in_flight(gauge = "stacked_active"), counted_failure(counter = "stacked_failures_total"), counted(counter = "stacked_total"), timed(histogram = "stacked_seconds");
    three: counted(counter = "stacked_total"), timed(histogram = "stacked_seconds"), in_flight(gauge = "stacked_active"), counted_failure(counter = "stacked_failures_total");
    four: counted_failure(counter = "stacked_failures_total"), in_flight(gauge = "stacked_active"), timed(histogram = "stacked_seconds"), counted(counter = "stacked_total");
}

#[cfg_attr(all(), timed(histogram = "conditional_seconds"))]
#[cfg_attr(all(), counted(counter = "conditional_total"))]
fn conditional() -> u8 {
    7
}

#[test]
fn the_attributes_work_in_cfg_attr() {
    metrics();
    assert_eq!(conditional(), 7);
    assert_eq!(sure("conditional_seconds_count"), 1.0);
    assert_eq!(sure("conditional_total"), 1.0);
}
