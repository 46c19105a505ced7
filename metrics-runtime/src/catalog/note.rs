//! What is not wrong with a catalog, but not good either.

use crate::util::debug_is_display;

/// Something about the metrics of a program that stops nothing and should be mended: the places of one metric give it different
/// help texts, so that the one on the page is not true for all of them.
///
/// [`Catalog::check`](crate::Catalog::check) gives them, and [`init`](crate::init) and [`attach`](crate::attach) log them. Each is
/// displayed as a sentence with the places, and with what to write.
#[derive(Clone, PartialEq, Eq)]
pub struct CatalogNote {
    metric: &'static str,
    helps: String,
    advice: &'static str,
}

impl CatalogNote {
    pub(super) const fn helps(metric: &'static str, helps: String, advice: &'static str) -> Self {
        Self { metric, helps, advice }
    }

    /// The name of the metric.
    #[must_use]
    pub const fn metric(&self) -> &'static str {
        self.metric
    }
}

impl std::fmt::Display for CatalogNote {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { metric, helps, advice } = self;
        write!(f, "the metric `{metric}` has several help texts, and the page shows the first: {helps}; {advice}")
    }
}

debug_is_display!(CatalogNote);
