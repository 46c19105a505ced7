//! The names that metrics take up on a page: two that take up the same one break it.

use std::collections::HashMap;
use std::fmt;

use crate::family::Kind;

/// What a metric is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WrittenAs {
    Counter,
    Gauge,
    Histogram,
    /// What `metrics-exporter-prometheus` makes of another crate's histogram.
    #[cfg(feature = "exporter")]
    Summary,
}

impl From<Kind> for WrittenAs {
    /// As the metrics of the catalog are written.
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Counter => Self::Counter,
            Kind::Gauge => Self::Gauge,
            Kind::Histogram => Self::Histogram,
        }
    }
}

impl fmt::Display for WrittenAs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
            #[cfg(feature = "exporter")]
            Self::Summary => "summary",
        })
    }
}

impl WrittenAs {
    /// The names that a metric has on the page, in either format. Those of OpenMetrics are asked for: the text format has
    /// no others, and OpenMetrics keeps `_created` for the moment at which a series began, even where nobody writes it.
    /// <https://prometheus.io/docs/specs/om/open_metrics_spec/#suffixes>
    fn names(self, name: &str) -> impl Iterator<Item = String> {
        let (start, suffixes): (&str, &'static [&'static str]) = match self {
            Self::Counter => (without_total(name), &["", "_total", "_created"]),
            Self::Gauge => (name, &[""]),
            Self::Histogram => (name, &["", "_bucket", "_sum", "_count", "_created"]),
            #[cfg(feature = "exporter")]
            Self::Summary => (name, &["", "_sum", "_count", "_created"]),
        };
        suffixes.iter().map(move |suffix| format!("{start}{suffix}"))
    }
}

/// What OpenMetrics calls a counter, whose series end in `_total` in any case.
pub(crate) fn without_total(counter: &str) -> &str {
    // Something has to be left of the name.
    counter.strip_suffix("_total").filter(|rest| !rest.is_empty()).unwrap_or(counter)
}

/// The names that are taken, and what has them.
#[derive(Debug)]
pub(crate) struct Claims<Owner> {
    by_name: HashMap<String, Owner>,
}

impl<Owner: Clone> Claims<Owner> {
    pub(crate) fn none() -> Self {
        Self { by_name: HashMap::new() }
    }

    /// The first of a metric's names that is taken, and what has it.
    pub(crate) fn clash(&self, name: &str, written_as: WrittenAs) -> Option<(String, &Owner)> {
        written_as.names(name).find_map(|name| self.by_name.get(&name).map(|owner| (name, owner)))
    }

    /// Gives a metric its names.
    pub(crate) fn add(&mut self, name: &str, written_as: WrittenAs, owner: &Owner) {
        for name in written_as.names(name) {
            self.by_name.insert(name, owner.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clash(one: (&str, Kind), other: (&str, Kind)) -> Option<String> {
        let mut claims = Claims::none();
        claims.add(one.0, one.1.into(), &());
        claims.clash(other.0, other.1.into()).map(|(name, ())| name)
    }

    #[test]
    fn two_metrics_of_one_name_in_either_format_clash() {
        let (counter, gauge, histogram) = (Kind::Counter, Kind::Gauge, Kind::Histogram);
        for (one, other, name) in [
            (("jobs_total", counter), ("jobs", gauge), Some("jobs")),
            (("jobs_total", counter), ("jobs", counter), Some("jobs")),
            (("jobs_total", counter), ("jobs_created", gauge), Some("jobs_created")),
            (("jobs_total", counter), ("jobs", histogram), Some("jobs")),
            (("jobs_total", counter), ("jobs_active", gauge), None),
            (("jobs_total", counter), ("jobs_failed_total", counter), None),
            (("wait", histogram), ("wait_bucket", gauge), Some("wait_bucket")),
            (("wait", histogram), ("wait_sum", gauge), Some("wait_sum")),
            (("wait", histogram), ("wait_count", counter), Some("wait_count")),
            (("wait", histogram), ("wait_total", counter), Some("wait")),
            (("wait", histogram), ("wait_max", gauge), None),
            (("_total", counter), ("_total_total", counter), Some("_total")),
        ] {
            assert_eq!(clash(one, other).as_deref(), name, "{one:?} and then {other:?}");
            assert_eq!(clash(other, one).is_some(), name.is_some(), "{other:?} and then {one:?}");
        }
    }
}
