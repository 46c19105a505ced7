//! The cost of async calls that are not at hand: eight different functions in turn. Each is called behind a pointer and polled
//! behind another, so that nothing of it is part of the loop. And the cost of each further poll of such a call.

use std::hint::black_box;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use metrics_runtime::{counted, counted_failure, in_flight, timed};

use crate::report::{head, median, row};
use crate::subjects::ours::{STEP, Step};
use crate::subjects::{CLOCK, work};

/// The calls of a round: each of the eight functions is called this often.
const TURNS: u32 = 5_000;
const ROUNDS: usize = 201;
const FUNCTIONS: usize = 8;
/// The polls of a call that waits, before the last.
const POLLS: u32 = 1000;
const WAITING_CALLS: u32 = 50;

type Functions = [fn(u32); FUNCTIONS];

macro_rules! one_of_each {
    ($variant:ident) => {
        [a::$variant, b::$variant, c::$variant, d::$variant, e::$variant, f::$variant, g::$variant, h::$variant]
    };
}
/// The plain functions, the floor, two attributes, all four.
const VARIANTS: [(&str, Functions); 4] = [
    ("the plain async function", one_of_each!(plain)),
    ("two raw clock reads (the floor)", one_of_each!(floor)),
    ("`#[timed]`, `#[counted_failure]`", one_of_each!(two)),
    ("all four attributes", one_of_each!(four)),
];

macro_rules! four {
    ([$seconds:literal $total:literal $failures:literal $active:literal] $number:literal) => {
        #[timed(histogram = $seconds, labels(step), buckets(10, 20, 40, 60, 120, 300, 600, 1200))]
        #[counted(counter = $total)]
        #[counted_failure(counter = $failures)]
        #[in_flight(gauge = $active)]
        async fn four_async(step: Step, number: u32) -> Result<u32, std::fmt::Error> {
            let _ = step;
            work(number ^ $number)
        }
    };
}

/// A function in the four variants. `$number` makes it differ from the others, so that the compiler does not make one of them.
macro_rules! functions {
    ($($name:ident $number:literal $seconds:literal $failures:literal [$($all:literal)*],)*) => {
        $(mod $name {
            use super::*;

            async fn plain_async(step: Step, number: u32) -> Result<u32, std::fmt::Error> {
                let _ = step;
                work(number ^ $number)
            }

            async fn floor_async(step: Step, number: u32) -> Result<u32, std::fmt::Error> {
                let _ = step;
                let start = CLOCK.raw();
                let result = black_box(work(number ^ $number));
                black_box(CLOCK.raw() - start);
                result
            }

            #[timed(histogram = $seconds, labels(step), buckets(10, 20, 40, 60, 120, 300, 600, 1200))]
            #[counted_failure(counter = $failures)]
            async fn two_async(step: Step, number: u32) -> Result<u32, std::fmt::Error> {
                let _ = step;
                work(number ^ $number)
            }

            four!([$($all)*] $number);

            pub(super) fn plain(number: u32) {
                poll_unknown(plain_async(black_box(STEP), number));
            }

            pub(super) fn floor(number: u32) {
                poll_unknown(floor_async(black_box(STEP), number));
            }

            pub(super) fn two(number: u32) {
                poll_unknown(two_async(black_box(STEP), number));
            }

            pub(super) fn four(number: u32) {
                poll_unknown(four_async(black_box(STEP), number));
            }
        })*
    };
}

functions! {
    a 1 "cold_a_seconds" "cold_a_failures_total" ["cold_a4_seconds" "cold_a4_total" "cold_a4_failures_total" "cold_a4_active"],
    b 2 "cold_b_seconds" "cold_b_failures_total" ["cold_b4_seconds" "cold_b4_total" "cold_b4_failures_total" "cold_b4_active"],
    c 3 "cold_c_seconds" "cold_c_failures_total" ["cold_c4_seconds" "cold_c4_total" "cold_c4_failures_total" "cold_c4_active"],
    d 4 "cold_d_seconds" "cold_d_failures_total" ["cold_d4_seconds" "cold_d4_total" "cold_d4_failures_total" "cold_d4_active"],
    e 5 "cold_e_seconds" "cold_e_failures_total" ["cold_e4_seconds" "cold_e4_total" "cold_e4_failures_total" "cold_e4_active"],
    f 6 "cold_f_seconds" "cold_f_failures_total" ["cold_f4_seconds" "cold_f4_total" "cold_f4_failures_total" "cold_f4_active"],
    g 7 "cold_g_seconds" "cold_g_failures_total" ["cold_g4_seconds" "cold_g4_total" "cold_g4_failures_total" "cold_g4_active"],
    h 8 "cold_h_seconds" "cold_h_failures_total" ["cold_h4_seconds" "cold_h4_total" "cold_h4_failures_total" "cold_h4_active"],
}

pub struct Cold {
    /// Nanoseconds per call over the plain functions, of each variant.
    calls: [f64; 4],
    /// Nanoseconds per further poll over the plain function: of two attributes, and of all four.
    polls: [f64; 2],
}

impl Cold {
    /// What two attributes cost, relative to the floor.
    pub fn two(&self) -> f64 {
        self.calls[2] / self.calls[1]
    }

    /// What all four attributes cost, relative to the floor.
    pub fn four(&self) -> f64 {
        self.calls[3] / self.calls[1]
    }

    pub fn table(&self) -> String {
        let mut table = format!(
            "In async functions that are not at hand, {FUNCTIONS} of them in turn, over the plain async functions; median of \
             {ROUNDS} rounds. And what each further poll of a call costs, over the plain async function:\n\n"
        );
        table += &head(&["", "nanoseconds per call", "times the floor", "nanoseconds per further poll"]);
        let polls = [String::new(), format!("{:.1}", self.polls[0]), format!("{:.1}", self.polls[1])];
        for (((name, _), cost), poll) in VARIANTS.iter().zip(&self.calls).skip(1).zip(polls) {
            table += &row(&[(*name).to_owned(), format!("{cost:.1}"), format!("{:.2}", cost / self.calls[1]), poll]);
        }
        table
    }
}

pub fn measure() -> Cold {
    let mut calls: [Vec<f64>; 4] = Default::default();
    let mut polls: [Vec<f64>; 2] = Default::default();
    for _ in 0..ROUNDS {
        let times = VARIANTS.map(|(_, functions)| round(&functions));
        for (costs, time) in calls.iter_mut().zip(times) {
            costs.push(time - times[0]);
        }
        let [plain, two, four] = [per_poll(plain_waiting), per_poll(two_waiting), per_poll(four_waiting)];
        polls[0].push(two - plain);
        polls[1].push(four - plain);
    }
    Cold { calls: calls.map(|mut costs| median(&mut costs)), polls: polls.map(|mut costs| median(&mut costs)) }
}

/// The time per call.
fn round(functions: &Functions) -> f64 {
    for function in functions {
        function(0);
    }
    let start = Instant::now();
    for number in 1..=TURNS {
        for function in black_box(functions) {
            function(black_box(number));
        }
    }
    #[allow(clippy::cast_precision_loss, reason = "it is a small number")]
    let calls = f64::from(TURNS) * FUNCTIONS as f64;
    start.elapsed().as_secs_f64() * 1e9 / calls
}

/// Polls a future as an executor does, which does not know its type.
#[inline(always)]
fn poll_unknown(future: impl Future) {
    let mut future = std::pin::pin!(async move { drop(black_box(future.await)) });
    let future: Pin<&mut dyn Future<Output = ()>> = black_box(future.as_mut());
    assert!(black_box(future.poll(&mut Context::from_waker(Waker::noop())).is_ready()));
}

/// A future that waits for this many polls.
struct Waits(u32);

impl Future for Waits {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        match self.0.checked_sub(1) {
            Some(left) => {
                self.0 = black_box(left);
                Poll::Pending
            }
            None => Poll::Ready(()),
        }
    }
}

async fn plain_waiting(step: Step, polls: u32) -> Result<u32, std::fmt::Error> {
    let _ = step;
    Waits(polls).await;
    work(polls)
}

#[timed(histogram = "cold_waiting_seconds", labels(step), buckets(10, 20, 40, 60, 120, 300, 600, 1200))]
#[counted_failure(counter = "cold_waiting_failures_total")]
async fn two_waiting(step: Step, polls: u32) -> Result<u32, std::fmt::Error> {
    let _ = step;
    Waits(polls).await;
    work(polls)
}

#[timed(histogram = "cold_waiting4_seconds", labels(step), buckets(10, 20, 40, 60, 120, 300, 600, 1200))]
#[counted(counter = "cold_waiting4_total")]
#[counted_failure(counter = "cold_waiting4_failures_total")]
#[in_flight(gauge = "cold_waiting4_active")]
async fn four_waiting(step: Step, polls: u32) -> Result<u32, std::fmt::Error> {
    let _ = step;
    Waits(polls).await;
    work(polls)
}

/// The time per poll of a call that waits for many.
fn per_poll<F: Future>(function: fn(Step, u32) -> F) -> f64 {
    let mut context = Context::from_waker(Waker::noop());
    let start = Instant::now();
    for _ in 0..WAITING_CALLS {
        let mut future = std::pin::pin!(function(STEP, POLLS));
        while black_box(future.as_mut()).poll(&mut context).is_pending() {}
    }
    start.elapsed().as_secs_f64() * 1e9 / f64::from(WAITING_CALLS * POLLS)
}
