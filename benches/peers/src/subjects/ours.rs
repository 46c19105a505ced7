//! `metrics-runtime`.

use std::hint::black_box;
use std::sync::OnceLock;

use metrics_runtime::{Builder, Handle, Interned, Label, counted, counted_failure, declare_metrics, in_flight, timed};

use super::{Page, Record, labels, sample, work};

#[derive(Clone, Copy, Label)]
pub enum Step {
    #[allow(dead_code, reason = "a label with a single value would not be realistic")]
    Text2image,
    Upscale,
}

pub const STEP: Step = Step::Upscale;

/// The handle of the program's recorder.
static HANDLE: OnceLock<Handle> = OnceLock::new();

pub fn set_up() {
    set_up_with(|builder| builder);
}

/// The same, with further settings.
pub fn set_up_with(settings: impl FnOnce(Builder) -> Builder) {
    HANDLE.get_or_init(|| {
        let builder = settings(metrics_runtime::builder().no_listener());
        builder.init().expect("the settings are valid")
    });
}

pub fn render() -> String {
    HANDLE.get().map(Handle::render).unwrap_or_default()
}

pub fn timed(number: u32) {
    #[timed(histogram = "timed_seconds", labels(step), buckets(10, 20, 40, 60, 120, 300, 600, 1200))]
    #[counted_failure(counter = "timed_failures_total")]
    fn timed(step: Step, number: u32) -> Result<u32, std::fmt::Error> {
        let _ = step;
        work(number)
    }
    let _ = black_box(timed(STEP, number));
}

pub fn all_four(number: u32) {
    #[timed(histogram = "all_four_seconds", labels(step), buckets(10, 20, 40, 60, 120, 300, 600, 1200))]
    #[counted(counter = "all_four_total")]
    #[counted_failure(counter = "all_four_failures_total")]
    #[in_flight(gauge = "all_four_active")]
    fn all_four(step: Step, number: u32) -> Result<u32, std::fmt::Error> {
        let _ = step;
        work(number)
    }
    let _ = black_box(all_four(STEP, number));
}

#[timed(histogram = "timed_async_seconds", labels(step), buckets(10, 20, 40, 60, 120, 300, 600, 1200))]
#[counted_failure(counter = "timed_async_failures_total")]
pub async fn timed_async(step: Step, number: u32) -> Result<u32, std::fmt::Error> {
    let _ = step;
    work(number)
}

#[timed(histogram = "all_four_async_seconds", labels(step), buckets(10, 20, 40, 60, 120, 300, 600, 1200))]
#[counted(counter = "all_four_async_total")]
#[counted_failure(counter = "all_four_async_failures_total")]
#[in_flight(gauge = "all_four_async_active")]
pub async fn all_four_async(step: Step, number: u32) -> Result<u32, std::fmt::Error> {
    let _ = step;
    work(number)
}

#[derive(Clone, Copy, Label)]
#[label(max_values = 500)]
struct First(Interned);

#[derive(Clone, Copy, Label)]
#[label(max_values = 100)]
struct Second(Interned);

declare_metrics! {
    /// Seconds.
    histogram SECONDS = "page_seconds", labels(first: First, second: Second),
        buckets(10, 20, 40, 60, 120, 300, 600, 1200);
    /// Calls.
    counter CALLS = "page_total", labels(first: First, second: Second);
}

/// The page of the program: it has these label sets in addition to its other metrics.
pub fn page(label_sets: u32) -> Page {
    record(label_sets);
    Box::new(render)
}

pub fn recorder() -> (Record, Page) {
    set_up();
    (Box::new(record), Box::new(render))
}

fn record(label_sets: u32) {
    for set in 0..label_sets {
        let (first, second) = labels(set);
        let (first, second) = (First::new(&first), Second::new(&second));
        SECONDS.with(first, second).observe(sample(set));
        CALLS.with(first, second).increment(u64::from(set));
    }
}
