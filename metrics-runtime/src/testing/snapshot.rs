//! The values that were captured, and checks of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::catalog::{MetricLabel, catalog};

/// The name of a series, and its labels sorted by name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Series {
    pub(super) name: String,
    pub(super) labels: Vec<(String, String)>,
}

impl Series {
    /// `{step="upscale",workflow="poster"}`
    fn braced_labels(&self) -> String {
        let pairs: Vec<String> = self.labels.iter().map(|(name, value)| format!("{name}={value:?}")).collect();
        format!("{{{}}}", pairs.join(","))
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Counter(u64),
    /// A counter of fractions, in steps with so many decimal places.
    Fractions {
        steps: u128,
        decimal_places: u32,
    },
    Gauge(f64),
    Histogram(Vec<f64>),
}

impl Value {
    const fn kind(&self) -> &'static str {
        match self {
            Self::Counter(_) | Self::Fractions { .. } => "counter",
            Self::Gauge(_) => "gauge",
            Self::Histogram(_) => "histogram",
        }
    }
}

/// The values that were captured. It is displayed as one line for each series.
///
/// A series that was not recorded is zero, or empty. A question for something that the [catalog](crate::catalog) does not
/// have is a mistake in the test, and panics: an unknown name, a wrong kind, wrong or missing labels, a value that is not in
/// a label's set. The panic message lists what there is.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "check the captured values with its methods"]
pub struct Snapshot {
    values: BTreeMap<Series, Value>,
}

impl Snapshot {
    pub(super) fn new(values: BTreeMap<Series, Value>) -> Self {
        Self { values }
    }

    /// The value of a counter's series. The labels can have any order.
    ///
    /// # Panics
    ///
    /// If there is no such counter, if it has no such series, or if it counts fractions: then ask with
    /// [`fractions`](Self::fractions).
    #[must_use]
    #[track_caller]
    pub fn counter(&self, name: &str, labels: &[(&str, &str)]) -> u64 {
        let value = self.find("counter", name, labels);
        let is_fractional = || catalog().metric(name).is_some_and(crate::Metric::is_fractional);
        match value {
            Some(Value::Counter(count)) => *count,
            None if !is_fractional() => 0,
            _ => panic!("`{name}` counts fractions: ask for it with `fractions`"),
        }
    }

    /// The value of the series of a counter of seconds, or of one that is declared `fractional`. The labels can have any order.
    ///
    /// ```
    /// use metrics_runtime::testing;
    ///
    /// metrics_runtime::declare_metrics! {
    ///     /// The time that was waited.
    ///     counter WAITED = "waited_seconds_total";
    /// }
    ///
    /// let seen = testing::capture(|| WAITED.increment(0.25));
    /// assert_eq!(seen.fractions("waited_seconds_total", &[]), 0.25);
    /// ```
    ///
    /// # Panics
    ///
    /// If there is no such counter, or it has no such series.
    #[must_use]
    #[track_caller]
    #[allow(clippy::cast_precision_loss, reason = "it is a `f64` for everybody who reads it")]
    pub fn fractions(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        match self.find("counter", name, labels) {
            Some(Value::Counter(count)) => *count as f64,
            Some(Value::Fractions { steps, decimal_places }) => number_of(*steps, *decimal_places),
            _ => 0.0,
        }
    }

    /// The value of a gauge's series. The labels can have any order.
    ///
    /// # Panics
    ///
    /// If there is no such gauge, or it has no such series.
    #[must_use]
    #[track_caller]
    pub fn gauge(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        match self.find("gauge", name, labels) {
            Some(Value::Gauge(value)) => *value,
            _ => 0.0,
        }
    }

    /// The observations of a histogram's series in seconds, in the order in which they were recorded.
    ///
    /// # Panics
    ///
    /// If there is no such histogram, or it has no such series.
    #[must_use]
    #[track_caller]
    pub fn observations(&self, name: &str, labels: &[(&str, &str)]) -> &[f64] {
        match self.find("histogram", name, labels) {
            Some(Value::Histogram(observations)) => observations,
            _ => &[],
        }
    }

    /// The upper bound of each bucket of a histogram's series in seconds, with the cumulative count: the number of
    /// observations up to this bound. The bounds are those that the program declares, then `f64::INFINITY`.
    ///
    /// # Panics
    ///
    /// If there is no such histogram, or it has no such series.
    #[must_use]
    #[track_caller]
    pub fn buckets(&self, name: &str, labels: &[(&str, &str)]) -> Vec<(f64, usize)> {
        let observations = self.observations(name, labels);
        let catalog = catalog();
        let bounds = catalog.metric(name).map_or(crate::DEFAULT_BUCKETS, crate::Metric::buckets);
        let up_to = |bound: f64| observations.iter().filter(|observation| **observation <= bound).count();
        bounds.iter().copied().chain([f64::INFINITY]).map(|bound| (bound, up_to(bound))).collect()
    }

    /// Checks all captured values at once. Each line names a series and its value. For a histogram it is the `_count`,
    /// because durations differ from run to run. Series that are zero can be left out.
    ///
    /// ```
    /// use metrics_runtime::{counted, counted_failure, testing, timed};
    ///
    /// #[timed(histogram = "sketch_seconds")]
    /// #[counted(counter = "sketches_total", on = ok)]
    /// #[counted_failure(counter = "sketch_failures_total")]
    /// fn draw(what: &str) -> Result<(), String> {
    ///     if what.is_empty() { Err("nothing".to_owned()) } else { Ok(()) }
    /// }
    ///
    /// let seen = testing::capture(|| {
    ///     let _ = (draw("a hill"), draw(""));
    /// });
    /// seen.assert_series(
    ///     r#"
    ///     sketch_failures_total{reason="error"} 1
    ///     sketch_seconds_count 2
    ///     sketches_total 1
    ///     "#,
    /// );
    /// ```
    ///
    /// # Panics
    ///
    /// If other values were captured. The message shows all lines: `-` marks a missing line, `+` an unexpected one.
    #[track_caller]
    pub fn assert_series(&self, expected: &str) {
        let expected: BTreeSet<String> =
            expected.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
        let seen: BTreeSet<String> =
            self.values.iter().filter_map(|(series, value)| page_line(series, value)).collect();
        let is_zero = |line: &String| line.ends_with(" 0");
        let missing = |line: &&String| !seen.contains(*line) && !is_zero(line);
        let unexpected = |line: &&String| !expected.contains(*line) && !is_zero(line);
        if !expected.iter().any(|line| missing(&line)) && !seen.iter().any(|line| unexpected(&line)) {
            return;
        }
        let mut difference = String::new();
        for line in expected.union(&seen) {
            let mark = if missing(&line) {
                "-"
            } else if unexpected(&line) {
                "+"
            } else {
                " "
            };
            for part in [mark, " ", line, "\n"] {
                difference.push_str(part);
            }
        }
        panic!("other series were captured (`-` is missing, `+` was not expected):\n{difference}");
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
            Some(known) => panic!("`{name}` is a {known}, but the test asks for a {kind}"),
            None => {
                let mut names: Vec<String> = catalog().recorded().map(|metric| metric.name().to_owned()).collect();
                names.extend(self.values.keys().map(|series| series.name.clone()));
                names.sort();
                names.dedup();
                panic!("no metric has the name `{name}`; the known names are {}", names.join(", "));
            }
        }
        let series = Series { name: name.to_owned(), labels };
        let value = self.values.get(&series);
        if value.is_none()
            && let Some(metric) = catalog().metric(name)
            && let Some(mistake) = find_mistake(&series, &metric.labels())
        {
            panic!("`{name}` {mistake}");
        }
        value
    }
}

/// Why a metric with these labels can never have this series.
fn find_mistake(series: &Series, labels: &[MetricLabel]) -> Option<String> {
    let named: Vec<&str> = series.labels.iter().map(|(name, _)| name.as_str()).collect();
    let mut known: Vec<&str> = labels.iter().map(MetricLabel::name).collect();
    known.sort_unstable();
    if named != known {
        let listed = |names: &[&str]| if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        return Some(format!("has the labels {}, but the test asks for {}", listed(&known), listed(&named)));
    }
    series.labels.iter().find_map(|(name, value)| {
        let label = labels.iter().find(|label| label.name() == name)?;
        // A capped label can still get further values.
        let is_open = (label.values().len() as u64) < label.max_values();
        (!is_open && !label.values().contains(&value.as_str())).then(|| {
            format!("has no value `{value}` for its label `{name}`, whose values are {}", label.values().join(", "))
        })
    })
}

/// A series as a line of the page; `None` if it is zero.
fn page_line(series: &Series, value: &Value) -> Option<String> {
    let labels = if series.labels.is_empty() { String::new() } else { series.braced_labels() };
    let (suffix, value) = match value {
        Value::Counter(count) => ("", count.to_string()),
        Value::Fractions { steps, decimal_places } => ("", number_of(*steps, *decimal_places).to_string()),
        Value::Gauge(value) => ("", value.to_string()),
        Value::Histogram(observations) => ("_count", observations.len().to_string()),
    };
    (value != "0").then(|| format!("{}{suffix}{labels} {value}", series.name))
}

#[allow(clippy::cast_precision_loss, reason = "it is a `f64` for everybody who reads it")]
fn number_of(steps: u128, decimal_places: u32) -> f64 {
    steps as f64 / 10_u64.pow(decimal_places) as f64
}

impl fmt::Display for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (series, value) in &self.values {
            write!(f, "{}{} ", series.name, series.braced_labels())?;
            match value {
                Value::Counter(count) => writeln!(f, "{count}")?,
                Value::Fractions { steps, decimal_places } => {
                    writeln!(f, "{}", number_of(*steps, *decimal_places))?;
                }
                Value::Gauge(value) => writeln!(f, "{value}")?,
                Value::Histogram(observations) => writeln!(f, "{observations:?}")?,
            }
        }
        Ok(())
    }
}
