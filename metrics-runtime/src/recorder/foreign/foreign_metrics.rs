//! The metrics of other crates that can be on the page, and their part of the page.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use metrics::Key;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

use super::descriptions::Descriptions;
use super::key::{self, GlobalLabels};
use super::known_metrics::KnownMetrics;
use super::rejection::Rejection;
use crate::catalog::Catalog;
use crate::format::{MetricType, SeriesNames, encode_label_value};
use crate::vocabulary::Kind;

/// Records the metrics of other crates in the exporter.
#[derive(Debug)]
pub(crate) struct ForeignMetrics {
    exporter: PrometheusRecorder,
    global_labels: GlobalLabels,
    known: KnownMetrics,
    /// The metric that owns each name on the page. It grows with the metrics, not with their series.
    names: Mutex<SeriesNames<Owner>>,
    descriptions: Arc<Descriptions>,
}

/// A metric that has names on the page.
#[derive(Clone, Debug)]
struct Owner {
    name: Arc<str>,
    metric_type: MetricType,
    /// Whether it is in the catalog.
    of_program: bool,
}

impl ForeignMetrics {
    pub(crate) fn new(catalog: &Catalog, global_labels: &GlobalLabels) -> Self {
        let mut builder = PrometheusBuilder::new();
        for (name, value) in global_labels {
            builder = builder.add_global_label(name, encode_label_value(value));
        }
        let mut names = SeriesNames::default();
        for metric in catalog.metrics() {
            let metric_type = metric.kind().into();
            names.add(metric.name(), metric_type, &Owner { name: metric.name().into(), metric_type, of_program: true });
        }
        Self {
            exporter: builder.build_recorder(),
            global_labels: global_labels.clone(),
            known: KnownMetrics::new(),
            names: Mutex::new(names),
            descriptions: Arc::default(),
        }
    }

    /// The recorder that keeps the values.
    pub(crate) fn exporter(&self) -> &PrometheusRecorder {
        &self.exporter
    }

    /// The part of the page for these metrics.
    pub(crate) fn page(&self) -> ForeignPage {
        ForeignPage { exporter: self.exporter.handle(), descriptions: Arc::clone(&self.descriptions) }
    }

    /// Whether this metric was added. Then its name is valid, and it is not a metric of the catalog.
    pub(crate) fn contains(&self, kind: Kind, name: &str) -> bool {
        self.known.contains(kind, name)
    }

    /// The canonical form of a key. `is_name_valid` skips the check of the metric's name.
    pub(crate) fn canonical<'key>(
        &self,
        kind: Kind,
        key: &'key Key,
        is_name_valid: bool,
    ) -> Result<Cow<'key, Key>, Rejection> {
        key::canonical(key, kind, &self.global_labels, is_name_valid)
    }

    /// The form of a canonical key that the exporter gets.
    pub(crate) fn encode<'key>(&self, kind: Kind, key: Cow<'key, Key>) -> Cow<'key, Key> {
        key::encode(key, kind, &self.global_labels)
    }

    /// Adds a metric, unless one of its names on the page belongs to another metric already.
    pub(crate) fn add(&self, kind: Kind, name: &str) -> Result<(), Rejection> {
        let metric_type = exported_type(kind);
        let mut names = self.names();
        // Another thread, or another spelling of the name, may have been first.
        if !self.known.contains(kind, name) {
            if let Some((name, owner)) = names.find_clash(name, metric_type) {
                return Err(owner.rejection(name));
            }
            names.add(name, metric_type, &Owner { name: name.into(), metric_type, of_program: false });
            self.known.insert(kind, name);
        }
        Ok(())
    }

    fn names(&self) -> MutexGuard<'_, SeriesNames<Owner>> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps the first description of a metric.
    pub(crate) fn describe(&self, kind: Kind, name: &str, description: &str) {
        // A metric that will be rejected needs no description.
        let is_of_program =
            self.names().find_clash(name, exported_type(kind)).is_some_and(|(_, owner)| owner.of_program);
        if !is_of_program {
            self.descriptions.add(kind, name, description);
        }
    }
}

/// The exporter has no buckets, so it writes histograms as summaries.
fn exported_type(kind: Kind) -> MetricType {
    match kind {
        Kind::Counter => MetricType::Counter,
        Kind::Gauge => MetricType::Gauge,
        Kind::Histogram => MetricType::Summary,
    }
}

impl Owner {
    /// The error for another metric that would take `name`, one of the owner's names.
    fn rejection(&self, name: String) -> Rejection {
        let Self { name: owner, metric_type, of_program } = self;
        Rejection::NameTaken { name, metric_type: *metric_type, owner: owner.to_string(), of_program: *of_program }
    }
}

/// Other crates' part of the page.
#[derive(Clone)]
pub(crate) struct ForeignPage {
    exporter: PrometheusHandle,
    descriptions: Arc<Descriptions>,
}

impl ForeignPage {
    /// The page that the exporter writes.
    pub(crate) fn render(&self) -> String {
        self.exporter.render()
    }

    /// The help text of a metric.
    pub(crate) fn help(&self, kind: Kind, name: &str) -> Option<String> {
        self.descriptions.get(kind, name)
    }

    /// Moves buffered samples into the exporter's summaries; otherwise they would stay in memory.
    pub(crate) fn run_upkeep(&self) {
        self.exporter.run_upkeep();
    }
}
