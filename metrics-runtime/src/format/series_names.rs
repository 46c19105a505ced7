//! The names that a metric takes on the page. Two metrics that take the same name make the page invalid.

use std::collections::HashMap;

use crate::vocabulary::Kind;

/// The start of the names that a metric takes on the page, in any format, and what follows it in each. They are those of
/// OpenMetrics: the text format has no others. OpenMetrics reserves `_created`, for the time at which a series began, even
/// where no such line is written: <https://prometheus.io/docs/specs/om/open_metrics_spec/#suffixes>
fn names(name: &str, kind: Kind) -> (&str, &'static [&'static str]) {
    match kind {
        Kind::Counter => (without_total(name), &["", "_total", "_created"]),
        Kind::Gauge => (name, &[""]),
        Kind::Histogram => (name, &["", "_bucket", "_sum", "_count", "_created"]),
    }
}

/// A counter's name in OpenMetrics, which adds `_total` to the names of its series.
pub(crate) fn without_total(counter: &str) -> &str {
    // The rest of the name must not be empty.
    counter.strip_suffix("_total").filter(|rest| !rest.is_empty()).unwrap_or(counter)
}

/// The names that metrics have taken on the page, and their owners.
#[derive(Debug)]
pub(crate) struct SeriesNames<Owner> {
    /// By the start of a metric's names, which is one of them.
    by_start: HashMap<String, Taken<Owner>>,
}

/// The names of one metric.
#[derive(Debug)]
struct Taken<Owner> {
    /// What follows the start in each.
    suffixes: &'static [&'static str],
    owner: Owner,
}

impl<Owner> Default for SeriesNames<Owner> {
    fn default() -> Self {
        Self { by_start: HashMap::new() }
    }
}

impl<Owner: Clone> SeriesNames<Owner> {
    /// The first of a metric's names that another one has taken, and its owner. Owners that `counts` refuses are passed over.
    pub(crate) fn find_clash(
        &self,
        name: &str,
        kind: Kind,
        counts: impl Fn(&Owner) -> bool,
    ) -> Option<(String, &Owner)> {
        let (start, suffixes) = names(name, kind);
        let mut name = start.to_owned();
        suffixes.iter().find_map(|suffix| {
            name.truncate(start.len());
            name.push_str(suffix);
            let owner = self.owners(&name).find(|owner| counts(owner))?;
            Some((name.clone(), owner))
        })
    }

    /// The owners of a name. There is more than one only if they clash with each other.
    fn owners(&self, name: &str) -> impl Iterator<Item = &Owner> {
        // A suffix has one underscore, so no other part of the name can be one.
        let parts = name.rfind('_').map(|at| name.split_at(at));
        let of = |start: &str, suffix: &str| {
            let taken = self.by_start.get(start).filter(|taken| taken.suffixes.contains(&suffix));
            taken.map(|taken| &taken.owner)
        };
        of(name, "").into_iter().chain(parts.and_then(|(start, suffix)| of(start, suffix)))
    }

    /// Records that a metric takes its names no more.
    #[cfg(feature = "exporter")]
    pub(crate) fn remove(&mut self, name: &str, kind: Kind) {
        self.by_start.remove(names(name, kind).0);
    }

    /// Records that a metric takes its names.
    pub(crate) fn add(&mut self, name: &str, kind: Kind, owner: &Owner) {
        let (start, suffixes) = names(name, kind);
        self.by_start.insert(start.to_owned(), Taken { suffixes, owner: owner.clone() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clash(one: (&str, Kind), other: (&str, Kind)) -> Option<String> {
        let mut names = SeriesNames::default();
        names.add(one.0, one.1, &());
        names.find_clash(other.0, other.1, |()| true).map(|(name, ())| name)
    }

    #[test]
    fn metrics_that_take_the_same_name_clash() {
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
