//! `prometheus-client`.

use std::hint::black_box;
use std::sync::LazyLock;
use std::time::Instant;

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use super::{BUCKETS, Page, Record, labels, sample, work};

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct StepLabel {
    step: &'static str,
}

static HISTOGRAM: LazyLock<Histogram> = LazyLock::new(|| {
    let all = Family::<StepLabel, Histogram>::new_with_constructor(|| Histogram::new(BUCKETS));
    all.get_or_create_owned(&StepLabel { step: "upscale" })
});

static FAILURES: LazyLock<Counter> = LazyLock::new(Counter::default);

pub fn cached(number: u32) {
    let start = Instant::now();
    let result = black_box(work(number));
    HISTOGRAM.observe(start.elapsed().as_secs_f64());
    if result.is_err() {
        FAILURES.inc();
    }
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct PageLabels {
    first: String,
    second: String,
}

pub fn page(label_sets: u32) -> Page {
    let (record, page) = recorder();
    record(label_sets);
    page
}

pub fn recorder() -> (Record, Page) {
    let seconds = Family::<PageLabels, Histogram, fn() -> Histogram>::new_with_constructor(|| Histogram::new(BUCKETS));
    let total = Family::<PageLabels, Counter>::default();
    let mut registry = Registry::default();
    registry.register("page_seconds", "Seconds", seconds.clone());
    registry.register("page", "Calls", total.clone());
    let page = move || {
        let mut page = String::new();
        text::encode(&mut page, &registry).expect("writing to a string does not fail");
        page
    };
    let record = move |label_sets| {
        for set in 0..label_sets {
            let (first, second) = labels(set);
            let labels = PageLabels { first, second };
            seconds.get_or_create(&labels).observe(sample(set));
            total.get_or_create(&labels).inc_by(u64::from(set));
        }
    };
    (Box::new(record), Box::new(page))
}
