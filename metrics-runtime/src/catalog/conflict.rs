//! What contradicts what in a catalog.

use crate::util::debug_is_display;

/// Sites that mean the same metric and disagree on what it is, or metrics that would have one name on the page.
///
/// Its `Debug` is its text, which Rust prints where `main` returns it.
#[derive(Clone, thiserror::Error)]
#[error(transparent)]
pub struct CatalogConflict(Conflict);

#[derive(Clone, Debug, thiserror::Error)]
enum Conflict {
    #[error(
        "the sites of the metric `{metric}` disagree on its {what}: {opinions}; {advice}, give one of the metrics another \
         name, or declare it once with `metrics_runtime::declare_metrics!`"
    )]
    Sites { metric: &'static str, what: &'static str, opinions: String, advice: &'static str },
    #[error(
        "two metrics would have the name `{name}` on the page, in one of its formats: {one}, and {other}; give one of the \
         metrics another name"
    )]
    Names { name: String, one: String, other: String },
}

impl CatalogConflict {
    pub(super) fn sites(metric: &'static str, what: &'static str, opinions: String, advice: &'static str) -> Self {
        Self(Conflict::Sites { metric, what, opinions, advice })
    }

    pub(super) fn names(name: String, one: String, other: String) -> Self {
        Self(Conflict::Names { name, one, other })
    }
}

debug_is_display!(CatalogConflict);
