//! All series of the catalog's metrics.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

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
    series: RwLock<BTreeMap<Place, Arc<Series>>>,
}

/// Where a series stands among those of its metric: which of its label's values it has, so that the page has the order of
/// the source. A label of which each site has a value of its own is told by its text; of any other the first text that
/// was asked for holds, should a `Label` that was written by hand have another each time.
type Place = Vec<(u32, &'static str)>;

/// The label values of a series.
struct Values {
    place: Place,
    texts: Vec<&'static str>,
}

impl Values {
    fn collect<E>(values: impl Iterator<Item = Result<(bool, u32, &'static str), E>>) -> Result<Self, E> {
        let mut all = Self { place: Vec::new(), texts: Vec::new() };
        for value in values {
            let (is_fixed, index, text) = value?;
            all.place.push((index, if is_fixed { text } else { "" }));
            all.texts.push(text);
        }
        Ok(all)
    }
}

/// One series.
#[derive(Debug)]
pub(crate) struct Series {
    /// `step="upscale",workflow="poster"`, with the global labels.
    pub(crate) labels: String,
    texts: Vec<&'static str>,
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
        let values = family.labels.iter().map(|label| {
            let text = label.value_at(slot).ok_or(())?;
            Ok((label.is_fixed(), label.index_at(slot), text))
        });
        self.series(metric, Values::collect::<()>(values).ok()?).map(|series| series.instrument())
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
        if let Some(series) = metric.series.read().unwrap_or_else(PoisonError::into_inner).get(&values.place) {
            return Some(Arc::clone(series));
        }
        let series = self.create(metric, values);
        if series.is_none() {
            // Who writes the log may record metrics too, so no lock is held here.
            static LOGGED: AtomicBool = AtomicBool::new(false);
            if !LOGGED.swap(true, Ordering::Relaxed) {
                tracing::error!(metric = metric.name, "{NO_ROOM}: it is not recorded");
            }
        }
        series
    }

    fn create(&self, metric: &Stored, values: Values) -> Option<Arc<Series>> {
        let mut all = metric.series.write().unwrap_or_else(PoisonError::into_inner);
        // Another thread may have been first; and a set can have one text at two places, and it is the text that makes
        // a series.
        let known = all.get(&values.place).or_else(|| all.values().find(|series| series.texts == values.texts));
        if let Some(known) = known {
            return Some(Arc::clone(known));
        }
        let names = metric.families[0].labels.iter().map(crate::spec::LabelSpec::name);
        let own = pairs(names.zip(values.texts.iter().copied()));
        let separator = if own.is_empty() || self.global_labels.is_empty() { "" } else { "," };
        let labels = format!("{}{separator}{own}", self.global_labels);
        let series = Arc::new(Series { labels, texts: values.texts, cell: metric.cell()? });
        all.insert(values.place, Arc::clone(&series));
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
            let (index, text) = known.ok_or("a label has a value that is not in its set")?;
            Ok((labels[at].is_fixed(), index, text))
        };
        Values::collect((0..labels.len()).map(value))
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
