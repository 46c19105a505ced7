//! All series of the catalog's metrics.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};

use metrics::Key;

use super::cells::{CounterCell, GaugeCell, HistogramCell, bounds_in_nanoseconds};
use super::table::{Table, Value};
use super::words::{Words, first_of_row};
use crate::budget::MOST_BUCKETS;
use crate::catalog::{Catalog, Metric};
use crate::config::Settings;
use crate::exposition::{Format, escape_help, push_pair};
use crate::family::{Family, Kind};
use crate::spec::LabelSpec;

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
    bounds_in_nanoseconds: &'static [u64],
    families: Vec<&'static Family>,
    pub(crate) table: Table,
}

/// Where the values of one series are.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cell {
    Counter(CounterCell),
    Gauge(GaugeCell),
    Histogram(HistogramCell),
}

impl Store {
    pub(super) fn new(catalog: &Catalog, settings: &Settings) -> Self {
        let metrics: Vec<Stored> = catalog.metrics().map(|metric| Stored::new(metric, settings)).collect();
        let by_name = metrics.iter().enumerate().map(|(at, metric)| (metric.name, at)).collect();
        let mut global_labels = String::new();
        for (name, value) in &settings.global_labels {
            push_pair(&mut global_labels, name, value);
        }
        Self { metrics, by_name, global_labels }
    }

    /// The metrics, in the order of their names.
    pub(crate) fn metrics(&self) -> &[Stored] {
        &self.metrics
    }

    /// The labels that all series have.
    pub(crate) fn global_labels(&self) -> &str {
        &self.global_labels
    }

    /// Where one of our own sites' series is kept, and the bounds of its buckets; `None` where one of its labels has no
    /// such value yet.
    pub(super) fn place(&self, family: &'static Family, slot: u32) -> Option<(Words, &'static [u64])> {
        let metric = self.metrics.get(*self.by_name.get(family.name)?)?;
        // Not one that yields to the program's own metric of this name.
        if !metric.families.iter().any(|known| std::ptr::eq(*known, family)) {
            return None;
        }
        let values: Option<Vec<Value>> = family.labels.iter().map(|label| Value::of(label, slot)).collect();
        Some((metric.words(&values?)?, metric.bounds_in_nanoseconds))
    }

    /// The series that another crate means by this key. An error says why there is none: what the compiler knows of the
    /// metric does not have it.
    pub(super) fn foreign(&self, kind: Kind, key: &Key) -> Option<Result<Cell, &'static str>> {
        let metric = self.metrics.get(*self.by_name.get(key.name())?)?;
        let values = metric.values_of(kind, key);
        let cell = |values: Vec<Value>| metric.words(&values).map(|words| metric.cell_in(words)).ok_or(NO_ROOM);
        Some(values.and_then(cell))
    }
}

// A series that is longer could never be kept.
const _: () = assert!(first_of_row(0, HistogramCell::width(&[0; MOST_BUCKETS])).is_some());

const NO_ROOM: &str = "there is no room for another series";

impl Stored {
    fn new(metric: &Metric, settings: &Settings) -> Self {
        let bounds = settings.buckets.get(metric.name()).map_or(metric.buckets(), Vec::as_slice).to_vec();
        let families: Vec<&'static Family> = metric.families().collect();
        Self {
            name: metric.name(),
            kind: metric.kind(),
            unit: metric.unit(),
            help: [Format::Text, Format::OpenMetrics].map(|format| escape_help(metric.help(), format).into_owned()),
            bounds_in_nanoseconds: bounds_in_nanoseconds(&bounds),
            bounds,
            table: Table::of(&families),
            families,
        }
    }

    /// Its help text, as the format writes it.
    pub(crate) fn help(&self, format: Format) -> &str {
        &self.help[usize::from(format == Format::OpenMetrics)]
    }

    /// The series with these label values; `None` where there is no room for another.
    fn words(&self, values: &[Value]) -> Option<Words> {
        let words = self.table.series(values, || Words::allocate(self.width()));
        if words.is_none() {
            // Who writes the log may record metrics too, so no lock is held here.
            static LOGGED: AtomicBool = AtomicBool::new(false);
            if !LOGGED.swap(true, Ordering::Relaxed) {
                tracing::error!(metric = self.name, "{NO_ROOM}: it is not recorded");
            }
        }
        words
    }

    /// How many series are created with the recorder.
    pub(super) fn series_at_start(&self) -> u64 {
        // The metric's sites share their series, but for a label of which each has a value of its own.
        let mut by_site: BTreeMap<Vec<&'static str>, u64> = BTreeMap::new();
        for family in &self.families {
            let fixed = family.labels.iter().filter(|label| label.is_fixed());
            let series = by_site.entry(fixed.flat_map(LabelSpec::values).collect()).or_default();
            *series = (*series).max(family.series_at_start());
        }
        by_site.into_values().fold(0, u64::saturating_add)
    }

    /// The number of words of a series.
    pub(super) fn width(&self) -> usize {
        match self.kind {
            Kind::Counter => CounterCell::WIDTH,
            Kind::Gauge => GaugeCell::WIDTH,
            Kind::Histogram => HistogramCell::width(self.bounds_in_nanoseconds),
        }
    }

    /// The series whose values are in these words.
    pub(crate) fn cell_in(&self, words: Words) -> Cell {
        match self.kind {
            Kind::Counter => Cell::Counter(CounterCell::new(words)),
            Kind::Gauge => Cell::Gauge(GaugeCell::new(words)),
            Kind::Histogram => Cell::Histogram(HistogramCell::new(words, self.bounds_in_nanoseconds)),
        }
    }

    /// The values in a key of another crate's, where they are of the closed sets.
    fn values_of(&self, kind: Kind, key: &Key) -> Result<Vec<Value>, &'static str> {
        if self.kind != kind {
            return Err("it is of another kind");
        }
        let labels = self.families[0].labels;
        // To Prometheus a label without a value is none.
        let is_meant = |label: &&metrics::Label| {
            !label.value().is_empty() || labels.iter().any(|known| known.name() == label.key())
        };
        if key.labels().filter(is_meant).count() != labels.len() {
            return Err("it has other labels");
        }
        let value = |at: usize| {
            let name = labels[at].name();
            let text = key.labels().find(|label| label.key() == name).ok_or("it has other labels")?.value();
            let known = self.families.iter().find_map(|family| family.labels[at].find(text));
            known.map(|(index, text)| Value { index, text }).ok_or("a label has a value that is not in its set")
        };
        (0..labels.len()).map(value).collect()
    }
}
