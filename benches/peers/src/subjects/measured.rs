//! `measured`.

use std::cell::RefCell;
use std::hint::black_box;
use std::sync::LazyLock;

use lasso::{Rodeo, RodeoReader};
use measured::label::StaticLabelSet;
use measured::metric::histogram::Thresholds;
use measured::text::BufferedTextEncoder;
use measured::{Counter, CounterVec, FixedCardinalityLabel, HistogramVec, LabelGroup, MetricGroup};

use super::{BUCKETS, Page, labels, sample, work};

#[derive(Clone, Copy, FixedCardinalityLabel)]
#[label(singleton = "step")]
enum Step {
    #[allow(dead_code, reason = "a label with a single value would not be realistic")]
    Text2image,
    Upscale,
}

type StepHistograms = HistogramVec<StaticLabelSet<Step>, 8>;

static HISTOGRAMS: LazyLock<StepHistograms> =
    LazyLock::new(|| HistogramVec::with_metadata(Thresholds::with_buckets(BUCKETS)));
static FAILURES: LazyLock<Counter> = LazyLock::new(Counter::new);

pub fn cached(number: u32) {
    let timer = HISTOGRAMS.start_timer(Step::Upscale);
    let result = black_box(work(number));
    timer.observe();
    if result.is_err() {
        FAILURES.inc();
    }
}

#[derive(Clone, Copy, LabelGroup)]
#[label(set = PageLabelSet)]
struct PageLabels<'a> {
    #[label(fixed_with = RodeoReader)]
    first: &'a str,
    #[label(fixed_with = RodeoReader)]
    second: &'a str,
}

#[derive(MetricGroup)]
#[metric(new(sets: PageLabelSet, other_sets: PageLabelSet))]
struct PageMetrics {
    /// Seconds.
    #[metric(init = HistogramVec::with_label_set_and_metadata(sets, Thresholds::with_buckets(BUCKETS)))]
    page_seconds: HistogramVec<PageLabelSet, 8>,
    /// Calls.
    #[metric(init = CounterVec::with_label_set(other_sets))]
    page_total: CounterVec<PageLabelSet>,
}

pub fn page(label_sets: u32) -> Page {
    let set = || PageLabelSet {
        first: Rodeo::from_iter((0..label_sets).map(|set| labels(set).0)).into_reader(),
        second: Rodeo::from_iter((0..label_sets).map(|set| labels(set).1)).into_reader(),
    };
    let metrics = PageMetrics::new(set(), set());
    for set in 0..label_sets {
        let (first, second) = labels(set);
        let labels = PageLabels { first: &first, second: &second };
        metrics.page_seconds.observe(labels, sample(set));
        metrics.page_total.inc_by(labels, u64::from(set));
    }
    let encoder = RefCell::new(BufferedTextEncoder::new());
    Box::new(move || {
        let mut encoder = encoder.borrow_mut();
        match metrics.collect_group_into(&mut *encoder) {
            Ok(()) => String::from_utf8(Vec::from(encoder.finish())).expect("it is text"),
            Err(never) => match never {},
        }
    })
}
