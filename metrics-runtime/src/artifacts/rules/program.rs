//! What the rules are made from.

use super::alert::{Series, Values};
use super::promql::{equal, selector};
use crate::artifacts::options::AlertOptions;
use crate::{Catalog, Kind, Metric};

/// A program: its metrics, its job, and the options.
#[derive(Clone, Copy, Debug)]
pub(in crate::artifacts) struct Program<'a> {
    pub(in crate::artifacts) catalog: &'a Catalog,
    pub(in crate::artifacts) job: Option<&'a str>,
    pub(in crate::artifacts) options: &'a AlertOptions,
}

/// The job of tests if the program's has no name.
const ANY_JOB: &str = "app";

impl<'a> Program<'a> {
    /// A metric of the catalog, if it is of this kind.
    pub(super) fn metric(&self, name: &str, kind: Kind) -> Option<&'a Metric> {
        self.catalog.metric(name).filter(|metric| metric.kind() == kind)
    }

    /// Selects the program's series of this name.
    pub(super) fn select(&self, name: &str, matchers: &[String]) -> String {
        let job = self.job.map(|job| equal("job", job));
        let matchers: Vec<String> = job.into_iter().chain(matchers.iter().cloned()).collect();
        selector(name, &matchers)
    }

    /// The job that the series of tests have.
    pub(super) fn test_job(&self) -> String {
        self.job.unwrap_or(ANY_JOB).to_owned()
    }

    /// A series for a test. A label of the metric that is not given has its first value.
    pub(super) fn series(&self, metric: &Metric, end: &str, given: &[(&str, &str)], values: Values) -> Series {
        let mut labels = vec![equal("job", &self.test_job()), equal("instance", TEST_INSTANCE)];
        for label in metric.labels().iter().filter(|label| given.iter().all(|(name, _)| *name != label.name())) {
            let first = label.values().first().filter(|_| label.is_closed());
            labels.push(equal(label.name(), first.copied().unwrap_or("x")));
        }
        labels.extend(given.iter().map(|(name, value)| equal(name, value)));
        Series { name: selector(&format!("{}{end}", metric.name()), &labels), values }
    }

    /// What a series of this name gains, by `rate` or `increase` over a time, in all instances together.
    pub(super) fn over(&self, by: &str, name: &str, matchers: &[String], window: &str) -> String {
        Self::sum(&format!("{by}({}[{window}])", self.select(name, matchers)))
    }

    /// `sum by (job) (…)`, the series of all instances together.
    pub(super) fn sum(expr: &str) -> String {
        format!("sum by (job) ({expr})")
    }
}

/// The instance that the series of tests have.
pub(super) const TEST_INSTANCE: &str = "worker:8000";

/// Whether the metric has this label.
pub(super) fn has_label(metric: &Metric, name: &str) -> bool {
    metric.labels().iter().any(|label| label.name() == name)
}
