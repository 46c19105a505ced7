//! The lock, from the catalog or from its file.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use toml::de::{DeArray, DeTable, DeValue};

use crate::artifacts::json::quoted;
use crate::{Catalog, Metric, MetricLabel, Site};

/// The metrics of a program, as queries see them.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::artifacts) struct Lock {
    pub(super) metrics: BTreeMap<String, LockedMetric>,
}

/// A metric. Functions have no line numbers: they would change with every change of the code.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct LockedMetric {
    pub(super) kind: String,
    pub(super) unit: Option<String>,
    pub(super) series: u64,
    pub(super) buckets: Vec<f64>,
    /// In the order of the declaration.
    pub(super) labels: Vec<(String, LockedLabel)>,
    pub(super) functions: Vec<String>,
}

/// The values of a label.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum LockedLabel {
    /// All values.
    Closed(Vec<String>),
    /// Values that appear while the program runs, and their largest number.
    Open(u64),
}

const HEAD: &str = "\
# The metrics of the program, as alerts and dashboards see them. The file is made from the program: do not change it by hand.
# A line that goes away, or changes, can break a query.
";

impl Lock {
    pub(in crate::artifacts) fn of(catalog: &Catalog) -> Self {
        Self { metrics: catalog.metrics().map(|metric| (metric.name().to_owned(), LockedMetric::of(metric))).collect() }
    }

    pub(super) fn series(&self) -> u64 {
        self.metrics.values().map(|metric| metric.series).fold(0, u64::saturating_add)
    }

    /// Reads a lock.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub(in crate::artifacts) fn parse(text: &str) -> Result<Self, String> {
        let table = DeTable::parse(text).map_err(|error| error.message().to_owned())?;
        let metrics = table.get_ref().iter().map(|(name, value)| {
            let name = name.get_ref().to_string();
            let metric = value.get_ref().as_table().and_then(LockedMetric::parse);
            metric.map(|metric| (name.clone(), metric)).ok_or_else(|| format!("the metric `{name}` cannot be read"))
        });
        Ok(Self { metrics: metrics.collect::<Result<_, _>>()? })
    }
}

impl LockedMetric {
    fn of(metric: &Metric) -> Self {
        let mut functions: Vec<String> = metric.sites().iter().map(Site::path).collect();
        functions.sort_unstable();
        functions.dedup();
        Self {
            kind: metric.kind().to_string(),
            unit: metric.unit().map(str::to_owned),
            series: metric.max_series(),
            buckets: metric.buckets().to_vec(),
            labels: metric.labels().iter().map(|label| (label.name().to_owned(), LockedLabel::of(label))).collect(),
            functions,
        }
    }

    fn parse(table: &DeTable<'_>) -> Option<Self> {
        Some(Self {
            kind: text(table.get("kind")?.get_ref())?,
            unit: read_or(table, "unit", None, |unit| text(unit).map(Some))?,
            series: number(table.get("series")?.get_ref())?,
            buckets: read_or(table, "buckets", Vec::new(), |buckets| each(buckets.as_array()?, number))?,
            labels: read_or(table, "labels", Vec::new(), |labels| each(labels.as_array()?, parse_label))?,
            functions: each(table.get("functions")?.get_ref().as_array()?, text)?,
        })
    }
}

fn parse_label(label: &DeValue<'_>) -> Option<(String, LockedLabel)> {
    let label = label.as_table()?;
    let name = text(label.get("name")?.get_ref())?;
    let values = match label.get("values") {
        Some(values) => LockedLabel::Closed(each(values.get_ref().as_array()?, text)?),
        None => LockedLabel::Open(number(label.get("max_values")?.get_ref())?),
    };
    Some((name, values))
}

/// A member that may be missing. `None` if it is there and cannot be read.
fn read_or<T>(table: &DeTable<'_>, key: &str, missing: T, read: impl FnOnce(&DeValue<'_>) -> Option<T>) -> Option<T> {
    table.get(key).map_or(Some(missing), |value| read(value.get_ref()))
}

fn each<T>(values: &DeArray<'_>, read: impl Fn(&DeValue<'_>) -> Option<T>) -> Option<Vec<T>> {
    values.iter().map(|value| read(value.get_ref())).collect()
}

fn text(value: &DeValue<'_>) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// An integer or a float, as the type that is wanted.
fn number<T: std::str::FromStr>(value: &DeValue<'_>) -> Option<T> {
    match value {
        DeValue::Integer(integer) => integer.as_str().parse().ok(),
        DeValue::Float(float) => float.as_str().parse().ok(),
        _ => None,
    }
}

impl LockedLabel {
    fn of(label: &MetricLabel) -> Self {
        if label.is_closed() {
            Self::Closed(label.values().iter().map(|value| (*value).to_owned()).collect())
        } else {
            Self::Open(label.max_values())
        }
    }
}

impl fmt::Display for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HEAD)?;
        for (name, metric) in &self.metrics {
            write!(f, "\n[{name}]\n{metric}")?;
        }
        Ok(())
    }
}

impl fmt::Display for LockedMetric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "kind = {}", quoted(&self.kind))?;
        if let Some(unit) = &self.unit {
            writeln!(f, "unit = {}", quoted(unit))?;
        }
        if !self.labels.is_empty() {
            f.write_str("labels = [\n")?;
            for (name, label) in &self.labels {
                write!(f, "    {{ name = {}, ", quoted(name))?;
                match label {
                    LockedLabel::Closed(values) => {
                        write!(f, "values = {}", list(values.iter().map(|value| quoted(value))))?;
                    }
                    LockedLabel::Open(max_values) => write!(f, "max_values = {max_values}")?,
                }
                f.write_str(" },\n")?;
            }
            f.write_str("]\n")?;
        }
        if !self.buckets.is_empty() {
            writeln!(f, "buckets = {}", list(self.buckets.iter().map(f64::to_string)))?;
        }
        writeln!(f, "series = {}", self.series)?;
        writeln!(f, "functions = {}", list(self.functions.iter().map(|function| quoted(function))))
    }
}

/// `[a, b]`
fn list(items: impl Iterator<Item = String>) -> String {
    let mut list = String::from("[");
    for (at, item) in items.enumerate() {
        let separator = if at == 0 { "" } else { ", " };
        let _ = write!(list, "{separator}{item}");
    }
    list.push(']');
    list
}
