//! The cost of a page.

use std::time::Instant;

use metrics::{Key, Label as KeyLabel, Level, Metadata, Recorder};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};
use metrics_runtime::{Handle, Interned, Label, declare_metrics};

const LABEL_SETS: u32 = 10_000;
const ROUNDS: usize = 15;

#[derive(Clone, Copy, Label)]
#[label(max_values = 100)]
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

pub fn run(handle: &Handle) {
    println!(
        "A page of {LABEL_SETS} label sets, each a counter and a histogram of 8 buckets, median of {ROUNDS} rounds:\n"
    );
    println!("| | milliseconds | megabytes |");
    println!("| --- | --- | --- |");
    show("`metrics-runtime`", &ours(handle));
    show("`metrics-exporter-prometheus`", &exporter());
}

fn show(name: &str, page: &dyn Fn() -> String) {
    let mut times = Vec::new();
    let mut size = page().len();
    for _ in 0..ROUNDS {
        let start = Instant::now();
        size = page().len();
        times.push(start.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    println!("| {name} | {:.2} | {:.1} |", times[ROUNDS / 2], size as f64 / 1e6);
}

/// The labels of a set: a hundred of the one, a hundred of the other.
fn labels(set: u32) -> (String, String) {
    (format!("first-{}", set / 100), format!("second-{}", set % 100))
}

fn ours(handle: &Handle) -> impl Fn() -> String {
    for set in 0..LABEL_SETS {
        let (first, second) = labels(set);
        let (first, second) = (First::new(&first), Second::new(&second));
        SECONDS.with(first, second).observe(f64::from(set % 1300));
        CALLS.with(first, second).increment(u64::from(set));
    }
    || handle.render()
}

fn exporter() -> impl Fn() -> String {
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(
            Matcher::Full("page_seconds".to_owned()),
            &[10.0, 20.0, 40.0, 60.0, 120.0, 300.0, 600.0, 1200.0],
        )
        .expect("the buckets are valid")
        .build_recorder();
    let metadata = Metadata::new("peers", Level::INFO, None);
    for set in 0..LABEL_SETS {
        let (first, second) = labels(set);
        let labels = || vec![KeyLabel::new("first", first.clone()), KeyLabel::new("second", second.clone())];
        recorder
            .register_histogram(&Key::from_parts("page_seconds", labels()), &metadata)
            .record(f64::from(set % 1300));
        recorder.register_counter(&Key::from_parts("page_total", labels()), &metadata).increment(u64::from(set));
    }
    let handle = recorder.handle();
    move || handle.render()
}
