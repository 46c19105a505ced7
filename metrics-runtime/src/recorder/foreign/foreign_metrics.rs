//! The metrics of other crates that can be on the page, and their part of the page.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use metrics::{Key, Unit};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

use super::super::options::Options;
use super::buckets;
use super::descriptions::Descriptions;
use super::key::{self, GlobalLabels};
use super::rejection::Rejection;
use crate::catalog::Catalog;
use crate::definition::Source;
use crate::format::{SeriesNames, encode_histogram_name, encode_label_value};
use crate::vocabulary::Kind;

/// Records the metrics of other crates in the exporter.
#[derive(Debug)]
pub(crate) struct ForeignMetrics {
    exporter: PrometheusRecorder,
    global_labels: GlobalLabels,
    /// The metric that owns each name on the page. It grows with the metrics, not with their series.
    names: Mutex<SeriesNames<Owner>>,
    descriptions: Arc<Descriptions>,
    /// The buckets that the program gives, by the histogram's name.
    buckets: Arc<BTreeMap<String, Vec<f64>>>,
}

/// A metric that has names on the page.
#[derive(Clone, Debug)]
struct Owner {
    name: Arc<str>,
    kind: Kind,
    /// Whether it is in the catalog.
    of_program: bool,
    /// Whether it gives its names to another crate's metric.
    yields: bool,
}

impl ForeignMetrics {
    pub(crate) fn new(catalog: &Catalog, options: &Options) -> Self {
        let mut exporter = with_buckets(&options.buckets);
        for (name, value) in &options.global_labels {
            exporter = exporter.add_global_label(name, encode_label_value(value));
        }
        let mut names = SeriesNames::default();
        for metric in catalog.metrics() {
            let kind = metric.kind();
            let yields = metric.readings().any(|reading| matches!(reading.source, Source::Process(_)));
            names.add(metric.name(), kind, &Owner { name: metric.name().into(), kind, of_program: true, yields });
        }
        Self {
            exporter: exporter.build_recorder(),
            global_labels: options.global_labels.clone(),
            names: Mutex::new(names),
            descriptions: Arc::default(),
            buckets: Arc::new(options.buckets.clone()),
        }
    }

    /// The recorder that keeps the values.
    pub(crate) fn exporter(&self) -> &PrometheusRecorder {
        &self.exporter
    }

    /// The part of the page for these metrics.
    pub(crate) fn page(&self) -> ForeignPage {
        ForeignPage {
            exporter: self.exporter.handle(),
            descriptions: Arc::clone(&self.descriptions),
            buckets: Arc::clone(&self.buckets),
        }
    }

    /// The canonical form of a key.
    pub(crate) fn canonical<'key>(&self, kind: Kind, key: &'key Key) -> Result<Cow<'key, Key>, Rejection> {
        key::canonical(key, kind, &self.global_labels)
    }

    /// The form of a canonical key that the exporter gets.
    pub(crate) fn encode<'key>(&self, kind: Kind, key: Cow<'key, Key>) -> Cow<'key, Key> {
        key::encode(key, kind, &self.global_labels)
    }

    /// Adds a metric, unless one of its names on the page belongs to another metric already. If that one yields, `yield_name`
    /// gets its name.
    pub(crate) fn add(&self, kind: Kind, name: &str, yield_name: impl Fn(&str)) -> Result<(), Rejection> {
        let mut names = self.names();
        let is_added = |owner: &Owner| !owner.of_program && (&*owner.name, owner.kind) == (name, kind);
        if names.find_clash(name, kind, is_added).is_some() {
            return Ok(());
        }
        if let Some((name, owner)) = names.find_clash(name, kind, |owner| !owner.yields) {
            return Err(owner.rejection(name));
        }
        while let Some((_, owner)) = names.find_clash(name, kind, |_| true) {
            let owner = owner.clone();
            yield_name(&owner.name);
            names.remove(&owner.name, owner.kind);
        }
        names.add(name, kind, &Owner { name: name.into(), kind, of_program: false, yields: false });
        Ok(())
    }

    fn names(&self) -> MutexGuard<'_, SeriesNames<Owner>> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps the first help text and the first unit of a metric. They can come after its first value.
    pub(crate) fn describe(&self, kind: Kind, name: &str, unit: Option<Unit>, help: &str) {
        // A metric that will be rejected needs no description.
        let is_of_program = |owner: &Owner| owner.of_program && !owner.yields;
        if self.names().find_clash(name, kind, is_of_program).is_none() {
            self.descriptions.add(kind, name, unit, help);
        }
    }
}

/// An exporter that counts in the buckets that the program gives, and else in those of all units.
fn with_buckets(given: &BTreeMap<String, Vec<f64>>) -> PrometheusBuilder {
    const NOT_EMPTY: &str = "there are bounds, which `init` has checked";
    let mut exporter = PrometheusBuilder::new().set_buckets(&buckets::of_all_units()).expect(NOT_EMPTY);
    for (name, bounds) in given {
        let name = Matcher::Full(encode_histogram_name(name).into_owned());
        exporter = exporter.set_buckets_for_metric(name, bounds).expect(NOT_EMPTY);
    }
    exporter
}

impl Owner {
    /// The error for another metric that would take `name`, one of the owner's names.
    fn rejection(&self, name: String) -> Rejection {
        let Self { name: owner, kind, of_program, .. } = self;
        Rejection::NameTaken { name, kind: *kind, owner: owner.to_string(), of_program: *of_program }
    }
}

/// Other crates' part of the page.
#[derive(Clone)]
pub(crate) struct ForeignPage {
    exporter: PrometheusHandle,
    descriptions: Arc<Descriptions>,
    buckets: Arc<BTreeMap<String, Vec<f64>>>,
}

impl ForeignPage {
    /// The page that the exporter writes.
    pub(crate) fn render(&self) -> String {
        self.exporter.render()
    }

    /// The help text of a metric.
    pub(crate) fn help(&self, kind: Kind, name: &str) -> Option<String> {
        self.descriptions.help(kind, name)
    }

    /// The bounds of a histogram's buckets that the page shows. The exporter may count in more of them.
    pub(crate) fn bounds(&self, name: &str) -> Vec<f64> {
        buckets::on_page(&self.buckets, name, self.descriptions.unit(Kind::Histogram, name))
    }

    /// Moves buffered samples into the exporter's histograms; otherwise they would stay in memory.
    pub(crate) fn run_upkeep(&self) {
        self.exporter.run_upkeep();
    }
}
