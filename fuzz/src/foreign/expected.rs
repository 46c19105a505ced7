//! What the page must show of other crates, computed from the rules in `docs/reference.md` and not as the recorder does it.

use std::collections::{BTreeMap, HashMap};

use metrics_runtime::{Kind, catalog};

use super::script::{Call, Change, Op, Script};
use crate::page::{Family, Format, Labels, without_bound};

/// Values beyond it are left out of a histogram.
const LARGEST: f64 = 1e288;

pub(crate) struct Expected {
    global_labels: Labels,
    buckets: HashMap<String, Vec<f64>>,
    /// The metrics that came first to their names, and the names of the program's own.
    owners: HashMap<String, (Kind, String)>,
    catalog: Vec<&'static str>,
    help: HashMap<(String, String), String>,
    metrics: BTreeMap<String, Metric>,
}

struct Metric {
    kind: Kind,
    series: BTreeMap<Labels, Value>,
}

enum Value {
    Count(u64),
    Level(f64),
    Values(Vec<f64>),
}

impl Expected {
    pub(crate) fn of(script: &Script) -> Self {
        let mut expected = Self {
            global_labels: script.global_labels.iter().cloned().collect(),
            buckets: script.buckets.iter().map(|(name, bounds)| (on_page(name, true), bounds.clone())).collect(),
            owners: HashMap::new(),
            catalog: catalog().metrics().map(metrics_runtime::Metric::name).collect(),
            help: HashMap::new(),
            metrics: BTreeMap::new(),
        };
        for metric in catalog().metrics() {
            for name in names(metric.kind(), metric.name()) {
                expected.owners.insert(name, (metric.kind(), metric.name().to_owned()));
            }
        }
        for call in &script.calls {
            expected.run(call);
        }
        expected
    }

    fn run(&mut self, Call { kind, name, op }: &Call) {
        let name = on_page(name, true);
        match op {
            Op::Describe { help, .. } => {
                self.help.entry((kind.to_string(), name)).or_insert_with(|| help.clone());
            }
            Op::Change { labels, change } => {
                let Some(labels) = self.labels(*kind, labels) else { return };
                if name.is_empty() || self.catalog.contains(&&*name) || !self.owns(*kind, &name) {
                    return;
                }
                let metric = self.metrics.entry(name);
                let metric = metric.or_insert_with(|| Metric { kind: *kind, series: BTreeMap::new() });
                let value = metric.series.entry(labels).or_insert_with(|| match kind {
                    Kind::Counter => Value::Count(0),
                    Kind::Gauge => Value::Level(0.0),
                    Kind::Histogram => Value::Values(Vec::new()),
                });
                value.change(*change);
            }
        }
    }

    /// The labels on the page; none if there can be no such series.
    fn labels(&self, kind: Kind, given: &[(String, String)]) -> Option<Labels> {
        let mut own = Labels::new();
        for (name, value) in given {
            let name = on_page(name, false);
            let is_bound = kind == Kind::Histogram && (name == "le" || name == "quantile");
            if name.is_empty() || name.starts_with("__") || is_bound {
                return None;
            }
            if own.insert(name, value.clone()).is_some_and(|other| other != *value) {
                return None;
            }
        }
        let mut labels = self.global_labels.clone();
        labels
            .extend(own.into_iter().filter(|(name, value)| !value.is_empty() || self.global_labels.contains_key(name)));
        Some(labels)
    }

    /// Whether the metric has its names, or gets them now.
    fn owns(&mut self, kind: Kind, name: &str) -> bool {
        let this = (kind, name.to_owned());
        if names(kind, name).iter().any(|name| self.owners.get(name).is_some_and(|owner| *owner != this)) {
            return false;
        }
        for name in names(kind, name) {
            self.owners.insert(name, this.clone());
        }
        true
    }

    /// Checks that the page has these metrics, with these values, and no others.
    pub(crate) fn check(&self, page: &BTreeMap<String, Family>, format: Format) {
        let mut shown = 0;
        for (name, metric) in &self.metrics {
            let base = if format == Format::OpenMetrics && metric.kind == Kind::Counter { base(name) } else { name };
            let Some(family) = page.get(base) else {
                assert!(metric.is_empty(), "`{name}` is not there");
                continue;
            };
            shown += 1;
            assert_eq!(family.kind, metric.kind.to_string(), "`{name}`");
            assert_eq!(
                family.help.as_ref(),
                self.help.get(&(family.kind.clone(), name.clone())),
                "the help of `{name}`"
            );
            metric.check(family, format, self.buckets.get(name).map(Vec::as_slice));
        }
        let program = page.keys().filter(|name| {
            self.catalog.iter().any(|known| known == name || (format == Format::OpenMetrics && base(known) == **name))
        });
        assert_eq!(page.len(), shown + program.count(), "there are other metrics: {:?}", page.keys());
    }
}

impl Value {
    fn change(&mut self, change: Change) {
        match (self, change) {
            (Self::Count(count), Change::Add(more)) => *count = count.wrapping_add(more),
            (Self::Count(count), Change::Absolute(value)) => *count = (*count).max(value),
            (Self::Level(level), Change::Set(value)) => *level = value,
            (Self::Level(level), Change::Up(value)) => *level += value,
            (Self::Level(level), Change::Down(value)) => *level -= value,
            (Self::Values(values), Change::Record(value)) if value.abs() <= LARGEST => values.push(value),
            _ => {}
        }
    }
}

impl Metric {
    /// Whether nothing was recorded, so that the page need not have it.
    fn is_empty(&self) -> bool {
        self.series.values().all(|value| matches!(value, Value::Values(values) if values.is_empty()))
    }

    #[allow(clippy::cast_precision_loss, reason = "the page has the same loss")]
    fn check(&self, family: &Family, format: Format, bounds: Option<&[f64]>) {
        let suffix = if format == Format::OpenMetrics { "_total" } else { "" };
        let is_negative =
            |value: &Value| matches!(value, Value::Values(values) if values.iter().any(|value| *value < 0.0));
        // In OpenMetrics such a histogram has no sums.
        let can_be_negative = self.series.values().any(is_negative) || bounds.is_some_and(|bounds| bounds[0] < 0.0);
        for (labels, value) in &self.series {
            match value {
                Value::Count(count) => assert_same(family.value(suffix, labels), *count as f64, labels),
                Value::Level(level) => assert_same(family.value("", labels), *level, labels),
                Value::Values(values) => {
                    let has_sum = check_values(values, family, labels, bounds);
                    assert!(
                        has_sum || (format == Format::OpenMetrics && can_be_negative),
                        "there is no sum: {labels:?}"
                    );
                }
            }
        }
        for (_, labels, _) in &family.lines {
            let labels = if self.kind == Kind::Histogram { without_bound(labels) } else { labels.clone() };
            assert!(self.series.contains_key(&labels), "a series too many: {labels:?}");
        }
    }
}

/// Returns whether there is a sum.
#[allow(clippy::cast_precision_loss, reason = "there are few values")]
fn check_values(values: &[f64], family: &Family, labels: &Labels, bounds: Option<&[f64]>) -> bool {
    let is_bucket = |its: &Labels| its.contains_key("le") && without_bound(its) == *labels;
    let buckets: Vec<_> = family.lines.iter().filter(|(_, its, _)| is_bucket(its)).collect();
    if buckets.is_empty() {
        assert!(values.is_empty(), "the histogram is not there: {labels:?}");
        return true;
    }
    let mut shown = Vec::new();
    for (_, its, count) in buckets {
        let bound: f64 = its["le"].parse().expect("the reader has read it");
        let expected = values.iter().filter(|value| **value <= bound).count();
        assert_same(Some(*count), expected as f64, its);
        shown.push(bound);
    }
    if let Some(bounds) = bounds {
        assert_eq!(shown[..shown.len() - 1], *bounds, "{labels:?}");
    }
    let Some(shown) = family.value("_sum", labels) else { return false };
    let (sum, size) = values.iter().fold((0.0, 0.0), |(sum, size), value| (sum + value, size + value.abs()));
    assert!((shown - sum).abs() <= size * 1e-12, "the sum is {shown}, not {sum}: {labels:?}");
    true
}

#[track_caller]
fn assert_same(shown: Option<f64>, expected: f64, labels: &Labels) {
    let Some(shown) = shown else { panic!("the series is not there: {labels:?}") };
    assert!(
        shown.total_cmp(&expected).is_eq() || (shown - expected).abs() <= 0.0 || (shown.is_nan() && expected.is_nan()),
        "{shown}, not {expected}: {labels:?}"
    );
}

/// What the name of a metric, or of a label, is on the page.
fn on_page(name: &str, takes_colon: bool) -> String {
    let letter = |(at, letter): (usize, char)| {
        let is_allowed = letter == '_' || letter.is_ascii_alphabetic() || (letter == ':' && takes_colon);
        if is_allowed || (letter.is_ascii_digit() && at > 0) { letter } else { '_' }
    };
    name.chars().enumerate().map(letter).collect()
}

fn base(counter: &str) -> &str {
    match counter.strip_suffix("_total") {
        Some("") | None => counter,
        Some(base) => base,
    }
}

/// All names that a metric has, in either format.
fn names(kind: Kind, name: &str) -> Vec<String> {
    let (base, suffixes): (_, &[&str]) = match kind {
        Kind::Counter => (base(name), &["", "_total", "_created"]),
        Kind::Histogram => (name, &["", "_bucket", "_sum", "_count", "_created"]),
        Kind::Gauge => (name, &[""]),
    };
    suffixes.iter().map(|suffix| format!("{base}{suffix}")).collect()
}
