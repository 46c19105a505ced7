//! The same code, measured by each form: what one costs beside another.

use std::hint::black_box;

use metrics_runtime::{Label, counted_failure, measure, timed};

use super::ours::{STEP, Step};
use super::{Subject, poll, work};

/// Each pair is a form, and what it is compared with.
pub static FORMS: [Form; 6] = [
    Form {
        key: "block",
        name: "`measure!` of a block",
        than: "function",
        than_name: "the attributes of a function",
        most: 0.0,
    },
    Form { key: "closure", name: "`measure!` of a closure", than: "function", than_name: "the same", most: 0.0 },
    Form {
        key: "future",
        name: "`measure!` of an `async` block",
        than: "async-function",
        than_name: "the attributes of an `async fn`",
        most: 0.0,
    },
    Form {
        key: "method",
        name: "a method of a measured `impl`",
        than: "single",
        than_name: "a method with the same label of its own",
        most: 0.0,
    },
    Form {
        key: "error-if",
        name: "`error_if`",
        than: "outcome",
        than_name: "the same without it, and a call of its closure",
        most: 2.0,
    },
    Form {
        key: "observed",
        name: "`#[observed]` beside `#[timed]`",
        than: "outcome",
        than_name: "`#[timed]` alone",
        most: f64::INFINITY,
    },
];

/// A form, and what it may cost more than another.
pub struct Form {
    pub key: &'static str,
    pub name: &'static str,
    pub than: &'static str,
    pub than_name: &'static str,
    pub most: f64,
}

pub static CALLS: [Subject; 10] = [
    subject("function", |number| _ = black_box(function(STEP, number))),
    subject("block", |number| _ = black_box(block(STEP, number))),
    subject("closure", |number| _ = black_box(closure(STEP, number))),
    subject("async-function", |number| poll(async_function(STEP, number))),
    subject("future", |number| poll(future(STEP, number))),
    subject("single", |number| _ = black_box(Store.single(number))),
    subject("method", |number| _ = black_box(Store.first(number))),
    subject("outcome", |number| _ = black_box(outcome(number))),
    subject("error-if", |number| _ = black_box(error_if(number))),
    subject("observed", |number| _ = black_box(observed(number))),
];

const fn subject(key: &'static str, call: fn(u32)) -> Subject {
    Subject { key, of: "metrics-runtime", name: key, call }
}

#[timed(histogram = "form_function_seconds", labels(step), buckets(10, 60, 600))]
#[counted_failure(counter = "form_function_failures_total")]
fn function(step: Step, number: u32) -> Result<u32, std::fmt::Error> {
    let _ = step;
    work(number)
}

fn block(step: Step, number: u32) -> Result<u32, std::fmt::Error> {
    measure!(
        #[timed(histogram = "form_block_seconds", labels(step: Step = step), buckets(10, 60, 600))]
        #[counted_failure(counter = "form_block_failures_total")]
        work(number)
    )
}

fn closure(step: Step, number: u32) -> Result<u32, std::fmt::Error> {
    let run = measure!(
        #[timed(histogram = "form_closure_seconds", labels(step), buckets(10, 60, 600))]
        #[counted_failure(counter = "form_closure_failures_total")]
        |step: Step, number| {
            let _ = step;
            work(number)
        }
    );
    run(step, number)
}

#[timed(histogram = "form_async_seconds", labels(step), buckets(10, 60, 600))]
#[counted_failure(counter = "form_async_failures_total")]
async fn async_function(step: Step, number: u32) -> Result<u32, std::fmt::Error> {
    let _ = step;
    work(number)
}

fn future(step: Step, number: u32) -> impl Future<Output = Result<u32, std::fmt::Error>> {
    measure!(
        #[timed(histogram = "form_future_seconds", labels(step: Step = step), buckets(10, 60, 600))]
        #[counted_failure(counter = "form_future_failures_total")]
        async move {
            work(number)
        }
    )
}

struct Store;

#[derive(Clone, Copy, Label)]
enum Method {
    Single,
    #[allow(dead_code, reason = "a label with a single value would not be realistic")]
    Other,
}

impl Store {
    #[timed(histogram = "form_single_seconds", labels(method: Method = Method::Single), buckets(10, 60, 600))]
    #[counted_failure(counter = "form_single_failures_total")]
    fn single(&self, number: u32) -> Result<u32, std::fmt::Error> {
        work(number)
    }
}

#[timed(histogram = "form_method_seconds", labels(method), buckets(10, 60, 600))]
#[counted_failure(counter = "form_method_failures_total")]
impl Store {
    fn first(&self, number: u32) -> Result<u32, std::fmt::Error> {
        work(number)
    }

    #[allow(dead_code, reason = "a label with a single value would not be realistic")]
    fn second(&self, number: u32) -> Result<u32, std::fmt::Error> {
        work(number)
    }
}

/// What the closure of `error_if` asks; it is not inline, so the calls can be counted.
#[inline(never)]
fn is_bad(number: &u32) -> bool {
    black_box(*number) == u32::MAX
}

#[timed(histogram = "form_outcome_seconds", labels(outcome), buckets(10, 60, 600))]
fn outcome(number: u32) -> u32 {
    // The same work as the other, which asks it once more.
    black_box(is_bad(&number));
    work(number).unwrap_or_default()
}

#[timed(histogram = "form_error_if_seconds", labels(outcome), error_if = |number| is_bad(number), buckets(10, 60, 600))]
fn error_if(number: u32) -> u32 {
    work(number).unwrap_or_default()
}

#[timed(histogram = "form_observed_seconds", labels(outcome), buckets(10, 60, 600))]
#[metrics_runtime::observed(histogram = "form_observed_rows", value = |number| *number & 7, buckets(10, 60, 600))]
fn observed(number: u32) -> u32 {
    black_box(is_bad(&number));
    work(number).unwrap_or_default()
}
