//! The calls of an objective: all of them, and those that were not good.

use super::calls::{CountedFailures, cancelled_label, count_name, functions, minus, not_cancelled};
use super::program::Program;
use super::promql::{bucket, equal};
use super::words;
use crate::{Catalog, Metric, Objective};

/// An objective, with its metrics.
#[derive(Clone, Copy, Debug)]
pub(super) struct ObjectiveCalls<'a> {
    pub(super) percent: f64,
    pub(super) calls: Calls<'a>,
}

/// How good calls are told from others.
#[derive(Clone, Copy, Debug)]
pub(super) enum Calls<'a> {
    /// They end within a time.
    Within { histogram: &'a Metric, under: f64 },
    /// They do not fail.
    Failures(CountedFailures<'a>),
}

impl<'a> ObjectiveCalls<'a> {
    /// Those of the program, one for each metric.
    pub(super) fn all(catalog: &'a Catalog) -> Vec<Self> {
        let mut objectives: Vec<Self> =
            catalog.objectives().filter_map(|objective| Self::of(catalog, objective)).collect();
        // The check of the catalog finds objectives that contradict each other.
        objectives.dedup_by_key(|objective| objective.metric().name());
        objectives
    }

    fn of(catalog: &'a Catalog, objective: &Objective) -> Option<Self> {
        let metric = catalog.metric(objective.metric())?;
        let calls = match objective.under() {
            Some(under) => Calls::Within { histogram: metric, under },
            None => Calls::Failures(CountedFailures { counter: metric, total: catalog.metric(objective.total())? }),
        };
        Some(Self { percent: objective.percent(), calls })
    }

    /// The metric that the objective is of.
    pub(super) const fn metric(&self) -> &'a Metric {
        match self.calls {
            Calls::Within { histogram, .. } => histogram,
            Calls::Failures(failures) => failures.counter,
        }
    }

    /// The percentage of calls that need not be good.
    pub(super) fn budget_percent(&self) -> f64 {
        100.0 - self.percent
    }

    /// All calls, by `rate` or `increase` over a time.
    pub(super) fn all_calls(&self, program: Program<'_>, by: &str, window: &str) -> String {
        match self.calls {
            Calls::Within { histogram, .. } => {
                program.over(by, &count_name(histogram), &not_cancelled(histogram), window)
            }
            Calls::Failures(failures) => failures.calls(program, by, window),
        }
    }

    /// The calls that were not good, in the same way.
    pub(super) fn errors(&self, program: Program<'_>, by: &str, window: &str) -> String {
        match self.calls {
            Calls::Within { histogram, under } => {
                let ok = cancelled_label(histogram).map(|label| equal(label, "ok"));
                let matchers: Vec<String> = ok.into_iter().chain([bucket(under)]).collect();
                let good = program.over(by, &format!("{}_bucket", histogram.name()), &matchers, window);
                minus(&self.all_calls(program, by, window), &good, histogram)
            }
            Calls::Failures(failures) => failures.failed(program, by, window),
        }
    }

    /// Its functions, for a text.
    pub(super) fn functions(&self) -> String {
        words::in_code(&functions(self.metric()))
    }

    /// What the calls did that were not good.
    pub(super) fn not_good(&self) -> String {
        match self.calls {
            Calls::Within { histogram, under } if cancelled_label(histogram).is_some() => {
                format!("did not end `ok` within {}", words::seconds(under))
            }
            Calls::Within { under, .. } => format!("took longer than {}", words::seconds(under)),
            Calls::Failures(_) => "failed".to_owned(),
        }
    }
}
