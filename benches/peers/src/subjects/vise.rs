//! `vise`.

use std::hint::black_box;
use std::sync::LazyLock;
use std::time::Duration;

use vise::{
    Buckets, Counter, EncodeLabelSet, Family, Format, Global, Histogram, LabeledFamily, Metrics, MetricsCollection,
    Unit,
};

use super::{Page, labels, sample, work};

const BUCKETS: Buckets = Buckets::values(&super::BUCKETS);

#[derive(Debug, Metrics)]
#[metrics(prefix = "vise")]
struct CallMetrics {
    /// Seconds.
    #[metrics(buckets = BUCKETS, unit = Unit::Seconds, labels = ["step"])]
    time: LabeledFamily<&'static str, Histogram<Duration>>,
    /// Failures.
    #[metrics(labels = ["reason"])]
    failures: LabeledFamily<&'static str, Counter>,
}

#[vise::register]
static CALLS: Global<CallMetrics> = Global::new();

static HISTOGRAM: LazyLock<&'static Histogram<Duration>> = LazyLock::new(|| &CALLS.time[&"upscale"]);
static FAILURES: LazyLock<&'static Counter> = LazyLock::new(|| &CALLS.failures[&"error"]);

pub fn cached(number: u32) {
    let latency = HISTOGRAM.start();
    let result = black_box(work(number));
    latency.observe();
    if result.is_err() {
        FAILURES.inc();
    }
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct PageLabels {
    first: String,
    second: String,
}

#[derive(Debug, Metrics)]
#[metrics(prefix = "page")]
struct PageMetrics {
    /// Seconds.
    #[metrics(buckets = BUCKETS, unit = Unit::Seconds)]
    time: Family<PageLabels, Histogram<f64>>,
    /// Calls.
    calls: Family<PageLabels, Counter>,
}

#[vise::register]
static PAGE: Global<PageMetrics> = Global::new();

pub fn page(label_sets: u32) -> Page {
    for set in 0..label_sets {
        let (first, second) = labels(set);
        let labels = PageLabels { first, second };
        PAGE.time[&labels].observe(sample(set));
        PAGE.calls[&labels].inc_by(u64::from(set));
    }
    let registry = MetricsCollection::default().collect();
    Box::new(move || {
        let mut page = String::new();
        registry.encode(&mut page, Format::Prometheus).expect("writing to a string does not fail");
        page
    })
}
