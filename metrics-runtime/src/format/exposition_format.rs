//! The exposition formats of the page.

use std::fmt::Write as _;

use super::series_names::without_total;

/// The exposition format of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// The Prometheus text format, version 0.0.4:
    /// <https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format>.
    Text,
    /// OpenMetrics 1.0: <https://prometheus.io/docs/specs/om/open_metrics_spec/>.
    OpenMetrics,
}

impl Format {
    /// The metric's name in its `# HELP` and `# TYPE` lines. In OpenMetrics, a counter has its `_total` only
    /// in the lines of its series.
    pub(crate) fn family_name(self, name: &str, is_counter: bool) -> &str {
        match self {
            Self::OpenMetrics if is_counter => without_total(name),
            _ => name,
        }
    }

    /// Appends the upper bound of a bucket. OpenMetrics writes a whole number with a decimal point: `1.0`.
    pub(crate) fn push_bound(self, text: &mut String, bound: f64) {
        // Writing to a string cannot fail.
        let _ = match self {
            _ if bound.is_infinite() => write!(text, "+Inf"),
            Self::OpenMetrics if bound.fract() == 0.0 => write!(text, "{bound:.1}"),
            _ => write!(text, "{bound}"),
        };
    }
}
