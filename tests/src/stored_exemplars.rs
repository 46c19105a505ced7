//! The exemplars that a Prometheus keeps.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::prometheus::Prometheus;
use crate::waiting::wait_until;

/// Later than any test: the year 2100, in seconds since 1970.
const LATEST: &str = "4102444800";

/// An exemplar of one series.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredExemplar {
    /// The labels of the series; `__name__` is its name.
    pub series: BTreeMap<String, String>,
    /// The labels of the exemplar itself.
    pub labels: BTreeMap<String, String>,
    /// The value that was observed.
    pub value: f64,
}

impl Prometheus {
    /// All exemplars of the series that a query names.
    ///
    /// # Panics
    ///
    /// If Prometheus does not understand the query.
    #[must_use]
    pub fn query_exemplars(&self, promql: &str) -> Vec<StoredExemplar> {
        let answer = self.ask("query_exemplars", &[("query", promql), ("start", "0"), ("end", LATEST)]);
        let mut found = Vec::new();
        for of_series in answer["data"].as_array().expect("there is a list of series") {
            let exemplars = of_series["exemplars"].as_array().expect("a series has a list of exemplars");
            found.extend(exemplars.iter().map(|exemplar| StoredExemplar {
                series: labels(&of_series["seriesLabels"]),
                labels: labels(&exemplar["labels"]),
                value: exemplar["value"].as_str().and_then(|value| value.parse().ok()).expect("the value is a number"),
            }));
        }
        found
    }

    /// Waits until so many exemplars have come.
    ///
    /// # Panics
    ///
    /// If they do not come within [`SAFETY_LIMIT`](crate::SAFETY_LIMIT).
    #[must_use]
    pub fn wait_for_exemplars(&self, promql: &str, number: usize) -> Vec<StoredExemplar> {
        wait_until(&format!("{number} exemplars of {promql}"), || {
            Some(self.query_exemplars(promql)).filter(|found| found.len() >= number)
        })
    }
}

fn labels(object: &Value) -> BTreeMap<String, String> {
    let pairs = object.as_object().expect("labels are an object");
    let text = |value: &Value| value.as_str().expect("a label is a text").to_owned();
    pairs.iter().map(|(name, value)| (name.clone(), text(value))).collect()
}
