//! What a capture has seen.

use std::collections::BTreeMap;
use std::fmt;

use crate::catalog;

/// A name and labels, in the order of the labels' names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Series {
    pub(super) name: String,
    pub(super) labels: Vec<(String, String)>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Counter(u64),
    Gauge(f64),
    Histogram(Vec<f64>),
}

impl Value {
    const fn kind(&self) -> &'static str {
        match self {
            Self::Counter(_) => "counter",
            Self::Gauge(_) => "gauge",
            Self::Histogram(_) => "histogram",
        }
    }
}

/// What a capture has seen. Printed, it has a line for each series.
///
/// A series that was not recorded is zero, or empty. A name that was not recorded and is not in the
/// [catalog](crate::catalog) is a mistake in the test, and panics with all names; so does one of another kind.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "what was captured is asked by its methods"]
pub struct Snapshot {
    values: BTreeMap<Series, Value>,
}

impl Snapshot {
    pub(super) fn new(values: BTreeMap<Series, Value>) -> Self {
        Self { values }
    }

    /// The count of a counter's series, with its labels in any order.
    ///
    /// # Panics
    ///
    /// Where there is no such counter.
    #[must_use]
    #[track_caller]
    pub fn counter(&self, name: &str, labels: &[(&str, &str)]) -> u64 {
        match self.find("counter", name, labels) {
            Some(Value::Counter(count)) => *count,
            _ => 0,
        }
    }

    /// The value of a gauge's series.
    ///
    /// # Panics
    ///
    /// Where there is no such gauge.
    #[must_use]
    #[track_caller]
    pub fn gauge(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        match self.find("gauge", name, labels) {
            Some(Value::Gauge(value)) => *value,
            _ => 0.0,
        }
    }

    /// The observations of a histogram's series, in the order in which they were made.
    ///
    /// # Panics
    ///
    /// Where there is no such histogram.
    #[must_use]
    #[track_caller]
    pub fn observations(&self, name: &str, labels: &[(&str, &str)]) -> &[f64] {
        match self.find("histogram", name, labels) {
            Some(Value::Histogram(observations)) => observations,
            _ => &[],
        }
    }

    /// The counts of a histogram's buckets, cumulative, with their upper bounds as the program has them; the last is
    /// `f64::INFINITY`.
    ///
    /// # Panics
    ///
    /// Where there is no such histogram.
    #[must_use]
    #[track_caller]
    pub fn buckets(&self, name: &str, labels: &[(&str, &str)]) -> Vec<(f64, usize)> {
        let observations = self.observations(name, labels);
        let catalog = catalog();
        let bounds = catalog.metric(name).map_or(crate::DEFAULT_BUCKETS, crate::Metric::buckets);
        let up_to = |bound: f64| observations.iter().filter(|observation| **observation <= bound).count();
        bounds.iter().copied().chain([f64::INFINITY]).map(|bound| (bound, up_to(bound))).collect()
    }

    #[track_caller]
    fn find(&self, kind: &str, name: &str, labels: &[(&str, &str)]) -> Option<&Value> {
        let mut labels: Vec<(String, String)> =
            labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        labels.sort();
        let seen = self.values.iter().find(|(series, _)| series.name == name).map(|(_, value)| value.kind());
        let known = seen.or_else(|| catalog().metric(name).map(|metric| metric.kind().as_str()));
        match known {
            Some(known) if known == kind => {}
            Some(known) => panic!("`{name}` is a {known}, and was asked for as a {kind}"),
            None => {
                let mut names: Vec<String> = catalog().metrics().map(|metric| metric.name().to_owned()).collect();
                names.extend(self.values.keys().map(|series| series.name.clone()));
                names.sort();
                names.dedup();
                panic!("no metric has the name `{name}`: there are {}", names.join(", "));
            }
        }
        self.values.get(&Series { name: name.to_owned(), labels })
    }
}

impl fmt::Display for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (Series { name, labels }, value) in &self.values {
            let labels: Vec<String> = labels.iter().map(|(name, value)| format!("{name}={value:?}")).collect();
            write!(f, "{name}{{{}}} ", labels.join(","))?;
            match value {
                Value::Counter(count) => writeln!(f, "{count}")?,
                Value::Gauge(value) => writeln!(f, "{value}")?,
                Value::Histogram(observations) => writeln!(f, "{observations:?}")?,
            }
        }
        Ok(())
    }
}
