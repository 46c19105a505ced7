//! The error for metrics of a catalog that contradict each other.

use crate::definition::Place;
use crate::util::debug_is_display;

/// Sites of one metric that disagree on its definition, more series than the program allows itself, two metrics that would have the same name on the page, or an objective
/// that does not fit its metrics.
///
/// [`Catalog::check`](crate::Catalog::check) finds them.
///
/// Its `Debug` is the same text as its `Display`, because Rust prints `Debug` for an error that `main` returns.
#[derive(Clone, thiserror::Error)]
#[error(transparent)]
pub struct CatalogConflict(Conflict);

#[derive(Clone, Debug, thiserror::Error)]
enum Conflict {
    #[error(
        "the sites of the metric `{metric}` disagree on its {what}: {definitions}; {advice}, give one of the metrics another \
         name, or declare it once with `metrics_runtime::declare_metrics!`"
    )]
    Sites { metric: &'static str, what: &'static str, definitions: String, advice: &'static str },
    #[error(
        "two metrics would have the name `{name}` on the page, in one of its formats: {one}, and {other}; give one of the \
         metrics another name"
    )]
    Names { name: String, one: String, other: String },
    #[error(
        "the metrics of the program can have {series} series together, and `series-in-total` in `metrics.toml` is {limit}; the \
         largest are {largest}: use labels with fewer values or fewer buckets, or raise the limit"
    )]
    Total { series: u64, limit: u64, largest: String },
    #[error("the objective of the metric `{metric}` at {place} {problem}")]
    Objective { metric: &'static str, place: String, problem: String },
    #[error(
        "`build_info!()` is in the program twice, at {one} and at {other}, but a program has one version: keep the one in its \
         `main`"
    )]
    Programs { one: &'static Place, other: &'static Place },
}

impl CatalogConflict {
    pub(super) fn sites(metric: &'static str, what: &'static str, definitions: String, advice: &'static str) -> Self {
        Self(Conflict::Sites { metric, what, definitions, advice })
    }

    pub(super) fn names(name: String, one: String, other: String) -> Self {
        Self(Conflict::Names { name, one, other })
    }

    pub(super) fn total(series: u64, limit: u64, largest: &[(&str, u64)]) -> Self {
        let largest: Vec<String> = largest.iter().map(|(name, series)| format!("`{name}` ({series})")).collect();
        Self(Conflict::Total { series, limit, largest: largest.join(", ") })
    }

    pub(super) fn objective(metric: &'static str, place: String, problem: String) -> Self {
        Self(Conflict::Objective { metric, place, problem })
    }

    pub(super) fn programs(one: &'static Place, other: &'static Place) -> Self {
        Self(Conflict::Programs { one, other })
    }
}

debug_is_display!(CatalogConflict);
