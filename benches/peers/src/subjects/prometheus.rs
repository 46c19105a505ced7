//! `prometheus`.

use std::hint::black_box;
use std::sync::LazyLock;

use prometheus::{Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, Opts, Registry, TextEncoder};

use super::{BUCKETS, Page, labels, sample, work};

static HISTOGRAM: LazyLock<Histogram> = LazyLock::new(|| {
    let options = HistogramOpts::new("prometheus_seconds", "Seconds.").buckets(BUCKETS.to_vec());
    let all = prometheus::register_histogram_vec!(options, &["step"]).expect("the name is free");
    all.with_label_values(&["upscale"])
});

static FAILURES: LazyLock<IntCounter> = LazyLock::new(|| {
    let all = prometheus::register_int_counter_vec!("prometheus_failures_total", "Failures.", &["reason"]);
    all.expect("the name is free").with_label_values(&["error"])
});

pub fn cached(number: u32) {
    let timer = HISTOGRAM.start_timer();
    let result = black_box(work(number));
    timer.observe_duration();
    if result.is_err() {
        FAILURES.inc();
    }
}

pub fn page(label_sets: u32) -> Page {
    let registry = Registry::new();
    let options = HistogramOpts::new("page_seconds", "Seconds.").buckets(BUCKETS.to_vec());
    let seconds = HistogramVec::new(options, &["first", "second"]).expect("the names are valid");
    let total =
        IntCounterVec::new(Opts::new("page_total", "Calls."), &["first", "second"]).expect("the names are valid");
    registry.register(Box::new(seconds.clone())).expect("the name is free");
    registry.register(Box::new(total.clone())).expect("the name is free");
    for set in 0..label_sets {
        let (first, second) = labels(set);
        seconds.with_label_values(&[&first, &second]).observe(sample(set));
        total.with_label_values(&[&first, &second]).inc_by(u64::from(set));
    }
    Box::new(move || TextEncoder::new().encode_to_string(&registry.gather()).expect("it is text"))
}
