//! The series that a metric has on the page.

use crate::{Catalog, Kind, Metric};

/// Which part of a metric a series is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// The value of a counter.
    Counter,
    /// The value of a gauge.
    Gauge,
    Bucket,
    Sum,
    Count,
}

impl Part {
    /// Whether it only grows.
    pub(super) const fn is_counter(self) -> bool {
        !matches!(self, Self::Gauge)
    }
}

/// The metric that has a series with this name, and which part of it.
pub(super) fn find<'a>(catalog: &'a Catalog, series: &str) -> Option<(&'a Metric, Part)> {
    let part = |suffix: &str, part: Part| {
        let metric = catalog.metric(series.strip_suffix(suffix)?)?;
        (metric.kind() == Kind::Histogram).then_some((metric, part))
    };
    let whole = catalog.metric(series).and_then(|metric| match metric.kind() {
        Kind::Counter => Some((metric, Part::Counter)),
        Kind::Gauge => Some((metric, Part::Gauge)),
        Kind::Histogram => None,
    });
    whole
        .or_else(|| part("_bucket", Part::Bucket))
        .or_else(|| part("_sum", Part::Sum))
        .or_else(|| part("_count", Part::Count))
}

/// The names of all series of the program.
pub(super) fn names(catalog: &Catalog) -> Vec<String> {
    let suffixes = |metric: &Metric| match metric.kind() {
        Kind::Histogram => ["_bucket", "_sum", "_count"].as_slice(),
        _ => &[""],
    };
    let names =
        catalog.metrics().flat_map(|metric| suffixes(metric).iter().map(|suffix| format!("{}{suffix}", metric.name())));
    names.collect()
}
