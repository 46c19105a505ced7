//! All series of the catalog's metrics.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Once, PoisonError, RwLock};

use metrics::Key;

use super::cells::{CounterCell, GaugeCell, HistogramCell, bounds_in_nanoseconds};
use crate::catalog::{Catalog, Metric};
use crate::config::Settings;
use crate::exposition::{Format, escape_help, escape_value};
use crate::family::{Family, Kind};
use crate::slot::Instrument;

/// The metrics of the program, in the order of their names.
#[derive(Debug)]
pub(crate) struct Store {
    metrics: Vec<Stored>,
    by_name: HashMap<&'static str, usize>,
    /// `service="video",zone="a"`
    global_labels: String,
}

/// One metric.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) unit: Option<&'static str>,
    /// Ready to be written, in each format.
    help: [String; 2],
    pub(crate) bounds: Vec<f64>,
    bounds_in_nanoseconds: &'static [i64],
    families: Vec<&'static Family>,
    series: RwLock<BTreeMap<Values, Arc<Series>>>,
}

/// The label values of a series: first in the order of the sets, so that the page has the order of the source, then by
/// their texts.
type Values = Vec<(u32, &'static str)>;

/// One series.
#[derive(Debug)]
pub(crate) struct Series {
    /// `step="upscale",workflow="poster"`, with the global labels.
    pub(crate) labels: String,
    pub(crate) cell: Cell,
}

#[derive(Debug)]
pub(crate) enum Cell {
    Counter(CounterCell),
    Gauge(GaugeCell),
    Histogram(HistogramCell),
}

impl Store {
    pub(super) fn new(catalog: &Catalog, settings: &Settings) -> Self {
        let metrics: Vec<Stored> = catalog.metrics().map(|metric| Stored::new(metric, settings)).collect();
        let by_name = metrics.iter().enumerate().map(|(at, metric)| (metric.name, at)).collect();
        let global_labels = settings.global_labels.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        Self { metrics, by_name, global_labels: pairs(global_labels) }
    }

    /// The metrics, in the order of their names.
    pub(crate) fn metrics(&self) -> &[Stored] {
        &self.metrics
    }

    /// Whether the catalog has a metric of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
    }

    /// The handle of one of our own sites' series; `None` where one of its labels has no such value yet.
    pub(super) fn instrument(&self, family: &'static Family, slot: u32) -> Option<Instrument> {
        let metric = self.metrics.get(*self.by_name.get(family.name)?)?;
        let values = family.labels.iter().map(|label| Some((label.index_at(slot), label.value_at(slot)?)));
        let values = values.collect::<Option<Values>>()?;
        self.series(metric, values).map(|series| series.instrument())
    }

    /// The series that another crate means by this key. An error says why there is none: what the compiler knows of the
    /// metric does not have it.
    pub(super) fn foreign(&self, kind: Kind, key: &Key) -> Option<Result<Arc<Series>, &'static str>> {
        let metric = self.metrics.get(*self.by_name.get(key.name())?)?;
        let values = metric.values_of(kind, key);
        Some(values.and_then(|values| self.series(metric, values).ok_or(NO_ROOM)))
    }

    /// The series with these values; `None` where there is no room for another.
    fn series(&self, metric: &Stored, values: Values) -> Option<Arc<Series>> {
        if let Some(series) = metric.series.read().unwrap_or_else(PoisonError::into_inner).get(&values) {
            return Some(Arc::clone(series));
        }
        let mut all = metric.series.write().unwrap_or_else(PoisonError::into_inner);
        // Two sets can have the same text at different places, and it is the text that makes a series.
        let same = |known: &&Values| known.iter().map(|(_, text)| text).eq(values.iter().map(|(_, text)| text));
        if let Some(known) = all.keys().find(same).cloned() {
            return Some(Arc::clone(&all[&known]));
        }
        let names = metric.families[0].labels.iter().map(crate::spec::LabelSpec::name);
        let own = pairs(names.zip(values.iter().map(|(_, text)| *text)));
        let separator = if own.is_empty() || self.global_labels.is_empty() { "" } else { "," };
        let labels = format!("{}{separator}{own}", self.global_labels);
        let Some(cell) = metric.cell() else {
            static LOGGED: Once = Once::new();
            LOGGED.call_once(|| tracing::error!(metric = metric.name, "{NO_ROOM}: it is not recorded"));
            return None;
        };
        let series = Arc::new(Series { labels, cell });
        all.insert(values, Arc::clone(&series));
        Some(series)
    }
}

const NO_ROOM: &str = "there is no room for another series";

/// `name="value",other="…"`
fn pairs<'a>(labels: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let pairs: Vec<String> = labels.map(|(name, value)| format!("{name}=\"{}\"", escape_value(value))).collect();
    pairs.join(",")
}

impl Stored {
    fn new(metric: &Metric, settings: &Settings) -> Self {
        let bounds = settings.buckets.get(metric.name()).map_or(metric.buckets(), Vec::as_slice).to_vec();
        Self {
            name: metric.name(),
            kind: metric.kind(),
            unit: metric.unit(),
            // OpenMetrics escapes quotes here too.
            help: [escape_help(metric.help()), escape_value(metric.help()).into_owned()],
            bounds_in_nanoseconds: bounds_in_nanoseconds(&bounds),
            bounds,
            families: metric.families().collect(),
            series: RwLock::default(),
        }
    }

    fn cell(&self) -> Option<Cell> {
        Some(match self.kind {
            Kind::Counter => Cell::Counter(CounterCell::new()?),
            Kind::Gauge => Cell::Gauge(GaugeCell::new()?),
            Kind::Histogram => Cell::Histogram(HistogramCell::new(self.bounds_in_nanoseconds)?),
        })
    }

    /// Its help text, as the format writes it.
    pub(crate) fn help(&self, format: Format) -> &str {
        &self.help[usize::from(format == Format::OpenMetrics)]
    }

    /// Its series, in their order.
    pub(crate) fn series(&self) -> Vec<Arc<Series>> {
        self.series.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// The values in a key of another crate's, where they are of the closed sets.
    fn values_of(&self, kind: Kind, key: &Key) -> Result<Values, &'static str> {
        if self.kind != kind {
            return Err("it is of another kind");
        }
        let labels = self.families[0].labels;
        if key.labels().count() != labels.len() {
            return Err("it has other labels");
        }
        let value = |at: usize| {
            let name = labels[at].name();
            let text = key.labels().find(|label| label.key() == name).ok_or("it has other labels")?.value();
            let known = self.families.iter().find_map(|family| family.labels[at].find(text));
            known.ok_or("a label has a value that is not in its set")
        };
        (0..labels.len()).map(value).collect()
    }
}

impl Series {
    fn instrument(&self) -> Instrument {
        match &self.cell {
            Cell::Counter(cell) => Instrument::KeptCounter(*cell),
            Cell::Gauge(cell) => Instrument::KeptGauge(*cell),
            Cell::Histogram(cell) => Instrument::KeptHistogram(*cell),
        }
    }
}
