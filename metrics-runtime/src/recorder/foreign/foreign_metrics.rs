//! Which metrics of other crates can be on the page, and their descriptions.

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

/// Where other crates' metrics are recorded.
#[derive(Debug)]
pub(crate) struct ForeignMetrics {
    exporter: PrometheusRecorder,
    global_labels: GlobalLabels,
    known: KnownMetrics,
    /// Which metric has which name on the page. It grows with the metrics, not with their series.
    names: Mutex<SeriesNames<Owner>>,
    descriptions: Arc<Descriptions>,
}

/// A metric that has names on the page.
#[derive(Clone, Debug)]
struct Owner {
    name: Arc<str>,
    metric_type: MetricType,
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

    /// The store of the values.
    pub(crate) fn exporter(&self) -> &PrometheusRecorder {
        &self.exporter
    }

    /// The part of the page that these metrics make.
    pub(crate) fn page(&self) -> ForeignPage {
        ForeignPage { exporter: self.exporter.handle(), descriptions: Arc::clone(&self.descriptions) }
    }

    /// Whether this is a metric of other crates that can be on the page. Its name is valid, and none of the catalog's.
    pub(crate) fn contains(&self, kind: Kind, name: &str) -> bool {
        self.known.contains(kind, name)
    }

    /// The form of a key that everything else looks at.
    pub(crate) fn canonical<'key>(
        &self,
        kind: Kind,
        key: &'key Key,
        is_name_valid: bool,
    ) -> Result<Cow<'key, Key>, Rejection> {
        key::canonical(key, kind, &self.global_labels, is_name_valid)
    }

    /// The form of a key that the exporter gets.
    pub(crate) fn encode<'key>(&self, kind: Kind, key: Cow<'key, Key>) -> Cow<'key, Key> {
        key::encode(key, kind, &self.global_labels)
    }

    /// Takes in a metric, where it can be on the page beside those that were first.
    pub(crate) fn admit(&self, kind: Kind, name: &str) -> Result<(), Rejection> {
        let metric_type = exported_type(kind);
        let mut names = self.names();
        // Another spelling of its name, or another thread, may have been first.
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

    /// Remembers the first description of a metric.
    pub(crate) fn describe(&self, kind: Kind, name: &str, description: &str) {
        // A metric that will be refused needs none.
        let is_of_program =
            self.names().find_clash(name, exported_type(kind)).is_some_and(|(_, owner)| owner.of_program);
        if !is_of_program {
            self.descriptions.add(kind, name, description);
        }
    }
}

/// The exporter is given no buckets, so it writes histograms as summaries.
fn exported_type(kind: Kind) -> MetricType {
    match kind {
        Kind::Counter => MetricType::Counter,
        Kind::Gauge => MetricType::Gauge,
        Kind::Histogram => MetricType::Summary,
    }
}

impl Owner {
    /// Why another metric cannot have one of its names.
    fn rejection(&self, name: String) -> Rejection {
        let Self { name: owner, metric_type, of_program } = self;
        Rejection::Taken { name, metric_type: *metric_type, owner: owner.to_string(), of_program: *of_program }
    }
}

/// Other crates' part of the page.
#[derive(Clone)]
pub(crate) struct ForeignPage {
    exporter: PrometheusHandle,
    descriptions: Arc<Descriptions>,
}

impl ForeignPage {
    /// The exporter's own page.
    pub(crate) fn render(&self) -> String {
        self.exporter.render()
    }

    /// The help text of a metric.
    pub(crate) fn help(&self, kind: Kind, name: &str) -> Option<String> {
        self.descriptions.get(kind, name)
    }

    /// Moves buffered samples into the exporter's summaries, so that they do not pile up.
    pub(crate) fn run_upkeep(&self) {
        self.exporter.run_upkeep();
    }
}
