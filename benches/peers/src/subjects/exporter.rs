//! `metrics-exporter-prometheus` behind the `metrics` facade.

use std::hint::black_box;
use std::sync::LazyLock;
use std::time::Instant;

use metrics::{Key, Label as KeyLabel, Level, Metadata, Recorder};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusRecorder};

use super::{BUCKETS, CLOCK, Page, Record, labels, sample, work};

static METADATA: Metadata<'_> = Metadata::new("peers", Level::INFO, None);

static RECORDER: LazyLock<PrometheusRecorder> = LazyLock::new(recorder);

fn recorder() -> PrometheusRecorder {
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &BUCKETS)
        .expect("the buckets are valid")
        .build_recorder()
}

pub fn recorder_alone() -> &'static dyn Recorder {
    &*RECORDER
}

/// Moves the samples out of the exporter's buffers, as its upkeep does.
pub fn upkeep() {
    RECORDER.handle().run_upkeep();
}

static HISTOGRAM: LazyLock<metrics::Histogram> = LazyLock::new(|| {
    let key = Key::from_parts("exporter_seconds", vec![KeyLabel::new("step", "upscale")]);
    RECORDER.register_histogram(&key, &METADATA)
});

static FAILURES: LazyLock<metrics::Counter> = LazyLock::new(|| {
    let key = Key::from_parts("exporter_failures_total", vec![KeyLabel::new("reason", "error")]);
    RECORDER.register_counter(&key, &METADATA)
});

pub fn cached(number: u32) {
    let start = CLOCK.raw();
    let result = black_box(work(number));
    HISTOGRAM.record(CLOCK.delta(start, CLOCK.raw()).as_secs_f64());
    if result.is_err() {
        FAILURES.increment(1);
    }
}

pub fn cached_std(number: u32) {
    let start = Instant::now();
    let result = black_box(work(number));
    HISTOGRAM.record(start.elapsed().as_secs_f64());
    if result.is_err() {
        FAILURES.increment(1);
    }
}

pub fn macros(number: u32) {
    metrics::with_local_recorder(&*RECORDER, || {
        let start = Instant::now();
        let result = black_box(work(number));
        metrics::histogram!("macros_seconds", "step" => "upscale").record(start.elapsed().as_secs_f64());
        if result.is_err() {
            metrics::counter!("macros_failures_total", "reason" => "error").increment(1);
        }
    });
}

pub fn page(label_sets: u32) -> Page {
    let recorder = recorder();
    record(&recorder, label_sets);
    page_of(&recorder)
}

pub fn recorder_of_threads() -> (Record, Page) {
    let recorder = recorder();
    let page = page_of(&recorder);
    (Box::new(move |label_sets| record(&recorder, label_sets)), page)
}

fn record(recorder: &PrometheusRecorder, label_sets: u32) {
    for set in 0..label_sets {
        let (first, second) = labels(set);
        let labels = || vec![KeyLabel::new("first", first.clone()), KeyLabel::new("second", second.clone())];
        recorder.register_histogram(&Key::from_parts("page_seconds", labels()), &METADATA).record(sample(set));
        recorder.register_counter(&Key::from_parts("page_total", labels()), &METADATA).increment(u64::from(set));
    }
}

fn page_of(recorder: &PrometheusRecorder) -> Page {
    let handle = recorder.handle();
    // Moves the samples from the buffers into the histograms.
    handle.run_upkeep();
    Box::new(move || handle.render())
}
