//! How much larger an annotated future is than the plain one. `-- --nocapture` prints the sizes.

use std::future::Future;

use metrics_runtime::{Label, counted, counted_failure, in_flight, timed};

#[derive(Clone, Copy, Label)]
enum Step {
    One,
    Two,
}

/// The body of the functions below: it holds an array across an await.
macro_rules! body {
    ($step:ident) => {{
        let held = [u64::from(matches!($step, Step::Two)); 8];
        tokio::task::yield_now().await;
        if held[0] == 1 { Err(std::io::Error::other("on purpose")) } else { Ok(held[7]) }
    }};
}

type Answer = Result<u64, std::io::Error>;

async fn plain(step: Step) -> Answer {
    body!(step)
}

#[timed(histogram = "size_timed_seconds")]
async fn timed_alone(step: Step) -> Answer {
    body!(step)
}

#[timed(histogram = "size_timed_outcome_seconds", labels(step, outcome))]
async fn timed_by_outcome(step: Step) -> Answer {
    body!(step)
}

#[counted(counter = "size_counted_total", labels(step))]
async fn counted_alone(step: Step) -> Answer {
    body!(step)
}

#[counted_failure(counter = "size_failures_total")]
async fn counted_failure_alone(step: Step) -> Answer {
    body!(step)
}

#[in_flight(gauge = "size_in_flight")]
async fn in_flight_alone(step: Step) -> Answer {
    body!(step)
}

#[timed(histogram = "size_all_seconds", labels(step, outcome))]
#[counted(counter = "size_all_total")]
#[counted_failure(counter = "size_all_failures_total", labels(step))]
#[in_flight(gauge = "size_all")]
async fn all(step: Step) -> Answer {
    body!(step)
}

async fn plain_with_a_large_argument(step: Step, large: [u64; 32]) -> Answer {
    tokio::task::yield_now().await;
    if large[step as usize] == 1 { Err(std::io::Error::other("on purpose")) } else { Ok(large[7]) }
}

#[timed(histogram = "size_large_seconds", labels(step, outcome))]
async fn timed_with_a_large_argument(step: Step, large: [u64; 32]) -> Answer {
    tokio::task::yield_now().await;
    if large[step as usize] == 1 { Err(std::io::Error::other("on purpose")) } else { Ok(large[7]) }
}

async fn plain_around_large_futures(step: Step) -> Answer {
    plain_with_a_large_argument(step, [0; 32]).await?;
    plain_with_a_large_argument(step, [1; 32]).await
}

#[timed(histogram = "size_around_large_seconds", labels(step, outcome))]
async fn timed_around_large_futures(step: Step) -> Answer {
    plain_with_a_large_argument(step, [0; 32]).await?;
    plain_with_a_large_argument(step, [1; 32]).await
}

fn size<F: Future>(_: &F) -> usize {
    size_of::<F>()
}

#[track_caller]
fn check(name: &str, before: usize, size: usize, limit: usize) {
    let more = size.saturating_sub(before);
    println!("{name}: {size} bytes, {more} more (limit {limit})");
    assert!(more <= limit, "{name} is {more} bytes larger than the plain future, and the limit is {limit}");
}

#[test]
fn arguments_are_not_held_twice() {
    let before = size(&plain_with_a_large_argument(Step::Two, [0; 32]));
    println!("plain, with a large argument: {before} bytes");
    check("timed", before, size(&timed_with_a_large_argument(Step::Two, [0; 32])), 48);
}

#[test]
fn awaited_futures_are_not_held_twice() {
    let before = size(&plain_around_large_futures(Step::Two));
    println!("plain, around large futures: {before} bytes");
    check("timed", before, size(&timed_around_large_futures(Step::Two)), 48);
}

#[test]
fn an_annotated_future_is_only_a_little_larger() {
    let before = size(&plain(Step::One));
    println!("plain: {before} bytes");
    let check = |name: &str, size: usize, limit: usize| check(name, before, size, limit);
    check("timed", size(&timed_alone(Step::One)), 48);
    check("timed, by outcome", size(&timed_by_outcome(Step::One)), 48);
    check("counted", size(&counted_alone(Step::One)), 48);
    check("counted_failure", size(&counted_failure_alone(Step::One)), 48);
    check("in_flight", size(&in_flight_alone(Step::One)), 48);
    check("all four", size(&all(Step::One)), 64);
}
