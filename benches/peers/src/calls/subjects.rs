//! The same function, measured in each way: as the library's documentation says to.

use std::hint::black_box;
use std::sync::LazyLock;
use std::task::{Context, Waker};
use std::time::Instant;

use metrics::{Key, Label as KeyLabel, Level, Metadata, Recorder};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusRecorder};
use metrics_runtime::{Label, counted, counted_failure, in_flight, timed};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::family::Family;

pub struct Subject {
    pub name: &'static str,
    pub call: fn(u32),
}

/// The function alone, the floor, then the others.
pub const SUBJECTS: [Subject; 9] = [
    Subject {
        name: "plain",
        call: |number| {
            let _ = black_box(work(number));
        },
    },
    Subject { name: "two reads of `quanta`: the floor", call: floor },
    Subject {
        name: "`#[timed]` and `#[counted_failure]`",
        call: |number| {
            let _ = black_box(ours(STEP, number));
        },
    },
    Subject {
        name: "all four attributes",
        call: |number| {
            let _ = black_box(all_four(STEP, number));
        },
    },
    Subject { name: "`metrics-exporter-prometheus`, cached handles, `quanta`", call: exporter_cached },
    Subject { name: "`metrics` macros with labels at every call, `std` clock", call: exporter_macros },
    Subject { name: "`prometheus`, cached handles", call: prometheus },
    Subject { name: "`prometheus-client`, cached handles", call: prometheus_client },
    Subject {
        name: "`#[autometrics]`",
        call: |number| {
            let _ = black_box(autometrics(number));
        },
    },
];

/// The same in an async function, which is polled once.
pub const ASYNC_SUBJECTS: [Subject; 4] = [
    Subject { name: "plain", call: |number| poll(plain_async(number)) },
    Subject { name: "two reads of `quanta`: the floor", call: |number| poll(floor_async(number)) },
    Subject { name: "`#[timed]` and `#[counted_failure]`", call: |number| poll(ours_async(STEP, number)) },
    Subject { name: "all four attributes", call: |number| poll(all_four_async(STEP, number)) },
];

fn poll(future: impl Future) {
    let ready = std::pin::pin!(future).poll(&mut Context::from_waker(Waker::noop())).is_ready();
    assert!(black_box(ready));
}

async fn plain_async(number: u32) -> Result<u32, std::fmt::Error> {
    work(number)
}

async fn floor_async(number: u32) -> Result<u32, std::fmt::Error> {
    let start = CLOCK.raw();
    let result = black_box(work(number));
    black_box(CLOCK.raw() - start);
    result
}

#[timed(histogram = "ours_async_seconds", labels(step), buckets(10, 20, 40, 60, 120, 300, 600, 1200))]
#[counted_failure(counter = "ours_async_failures_total")]
async fn ours_async(step: Step, number: u32) -> Result<u32, std::fmt::Error> {
    let _ = step;
    work(number)
}

#[timed(histogram = "all_async_seconds", labels(step), buckets(10, 20, 40, 60, 120, 300, 600, 1200))]
#[counted(counter = "all_async_total")]
#[counted_failure(counter = "all_async_failures_total")]
#[in_flight(gauge = "all_async_active")]
async fn all_four_async(step: Step, number: u32) -> Result<u32, std::fmt::Error> {
    let _ = step;
    work(number)
}

const BUCKETS: [f64; 8] = [10.0, 20.0, 40.0, 60.0, 120.0, 300.0, 600.0, 1200.0];

#[derive(Clone, Copy, Label)]
enum Step {
    #[allow(dead_code)]
    Text2image,
    Upscale,
}

const STEP: Step = Step::Upscale;

#[inline(always)]
fn work(number: u32) -> Result<u32, std::fmt::Error> {
    if black_box(number) == u32::MAX { Err(std::fmt::Error) } else { Ok(number) }
}

static CLOCK: LazyLock<quanta::Clock> = LazyLock::new(quanta::Clock::new);

fn floor(number: u32) {
    let start = CLOCK.raw();
    let _ = black_box(work(number));
    black_box(CLOCK.raw() - start);
}

#[timed(histogram = "ours_seconds", labels(step), buckets(10, 20, 40, 60, 120, 300, 600, 1200))]
#[counted_failure(counter = "ours_failures_total")]
fn ours(step: Step, number: u32) -> Result<u32, std::fmt::Error> {
    let _ = step;
    work(number)
}

#[timed(histogram = "all_seconds", labels(step), buckets(10, 20, 40, 60, 120, 300, 600, 1200))]
#[counted(counter = "all_total")]
#[counted_failure(counter = "all_failures_total")]
#[in_flight(gauge = "all_active")]
fn all_four(step: Step, number: u32) -> Result<u32, std::fmt::Error> {
    let _ = step;
    work(number)
}

static METADATA: Metadata<'_> = Metadata::new("peers", Level::INFO, None);

static EXPORTER: LazyLock<PrometheusRecorder> = LazyLock::new(|| {
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &BUCKETS)
        .expect("the buckets are valid")
        .build_recorder()
});

/// Its samples are moved out of its buffers between the rounds, as its upkeep does.
fn drain_exporter(number: u32) {
    if number == 0 {
        EXPORTER.handle().run_upkeep();
    }
}

fn exporter_cached(number: u32) {
    static HISTOGRAM: LazyLock<metrics::Histogram> = LazyLock::new(|| {
        let key = Key::from_parts("exporter_seconds", vec![KeyLabel::new("step", "upscale")]);
        EXPORTER.register_histogram(&key, &METADATA)
    });
    static FAILURES: LazyLock<metrics::Counter> = LazyLock::new(|| {
        let key = Key::from_parts("exporter_failures_total", vec![KeyLabel::new("reason", "error")]);
        EXPORTER.register_counter(&key, &METADATA)
    });
    drain_exporter(number);
    let start = CLOCK.raw();
    let result = black_box(work(number));
    HISTOGRAM.record(CLOCK.delta(start, CLOCK.raw()).as_secs_f64());
    if result.is_err() {
        FAILURES.increment(1);
    }
}

fn exporter_macros(number: u32) {
    drain_exporter(number);
    metrics::with_local_recorder(&*EXPORTER, || {
        let start = Instant::now();
        let result = black_box(work(number));
        metrics::histogram!("macros_seconds", "step" => "upscale").record(start.elapsed().as_secs_f64());
        if result.is_err() {
            metrics::counter!("macros_failures_total", "reason" => "error").increment(1);
        }
    });
}

fn prometheus(number: u32) {
    static HISTOGRAM: LazyLock<prometheus::Histogram> = LazyLock::new(|| {
        let options = prometheus::HistogramOpts::new("prometheus_seconds", "Seconds.").buckets(BUCKETS.to_vec());
        let all = prometheus::register_histogram_vec!(options, &["step"]).expect("the name is free");
        all.with_label_values(&["upscale"])
    });
    static FAILURES: LazyLock<prometheus::IntCounter> = LazyLock::new(|| {
        let all = prometheus::register_int_counter_vec!("prometheus_failures_total", "Failures.", &["reason"]);
        all.expect("the name is free").with_label_values(&["error"])
    });
    let timer = HISTOGRAM.start_timer();
    let result = black_box(work(number));
    timer.observe_duration();
    if result.is_err() {
        FAILURES.inc();
    }
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct StepLabel {
    step: &'static str,
}

fn prometheus_client(number: u32) {
    use prometheus_client::metrics::counter::Counter;
    use prometheus_client::metrics::histogram::Histogram;
    static HISTOGRAM: LazyLock<Histogram> = LazyLock::new(|| {
        let all = Family::<StepLabel, Histogram>::new_with_constructor(|| Histogram::new(BUCKETS));
        all.get_or_create_owned(&StepLabel { step: "upscale" })
    });
    static FAILURES: LazyLock<Counter> = LazyLock::new(Counter::default);
    let start = Instant::now();
    let result = black_box(work(number));
    HISTOGRAM.observe(start.elapsed().as_secs_f64());
    if result.is_err() {
        FAILURES.inc();
    }
}

#[autometrics::autometrics]
fn autometrics(number: u32) -> Result<u32, std::fmt::Error> {
    work(number)
}
