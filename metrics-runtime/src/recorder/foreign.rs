//! The metrics of other crates: which of them can be on the page beside the rest, and what they are described as.
//! `metrics-exporter-prometheus` keeps their values.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use metrics::Key;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

use super::admitted::Admitted;
use super::key::{self, GlobalLabels};
use super::refusal::Refusal;
use crate::Catalog;
use crate::claims::{Claims, WrittenAs};
use crate::exposition::Format;
use crate::exposition::exporter::told_value;
use crate::exposition::foreign::append_sorted;
use crate::family::Kind;

/// Where other crates' metrics are recorded.
#[derive(Debug)]
pub(super) struct Foreign {
    exporter: PrometheusRecorder,
    global_labels: GlobalLabels,
    admitted: Admitted,
    /// Whose the names on the page are. It grows with the metrics, not with their series.
    claims: Mutex<Claims<Owner>>,
    descriptions: Arc<Descriptions>,
}

/// A metric that has names on the page.
#[derive(Clone, Debug)]
struct Owner {
    name: Arc<str>,
    written_as: WrittenAs,
    of_program: bool,
}

impl Foreign {
    pub(super) fn new(catalog: &Catalog, global_labels: &GlobalLabels) -> Self {
        let mut builder = PrometheusBuilder::new();
        for (name, value) in global_labels {
            builder = builder.add_global_label(name, told_value(value));
        }
        let mut claims = Claims::none();
        for metric in catalog.metrics() {
            let written_as = metric.kind().into();
            claims.add(metric.name(), written_as, &Owner { name: metric.name().into(), written_as, of_program: true });
        }
        Self {
            exporter: builder.build_recorder(),
            global_labels: global_labels.clone(),
            admitted: Admitted::none(),
            claims: Mutex::new(claims),
            descriptions: Arc::default(),
        }
    }

    /// What keeps the values.
    pub(super) fn exporter(&self) -> &PrometheusRecorder {
        &self.exporter
    }

    /// What of this is on the page.
    pub(super) fn page(&self) -> ForeignPage {
        ForeignPage { exporter: self.exporter.handle(), descriptions: Arc::clone(&self.descriptions) }
    }

    /// Whether this is a metric of other crates that can be on the page. Its name is valid, and none of the catalog's.
    pub(super) fn has(&self, kind: Kind, name: &str) -> bool {
        self.admitted.has(kind, name)
    }

    /// The form of a key that everything else looks at.
    pub(super) fn canonical<'key>(
        &self,
        kind: Kind,
        key: &'key Key,
        is_name_valid: bool,
    ) -> Result<Cow<'key, Key>, Refusal> {
        key::canonical(key, kind, &self.global_labels, is_name_valid)
    }

    /// The form of a key that the exporter is to be told.
    pub(super) fn told<'key>(&self, kind: Kind, key: Cow<'key, Key>) -> Cow<'key, Key> {
        key::told(key, kind, &self.global_labels)
    }

    /// Takes in a metric, where it can be on the page beside those that were first.
    pub(super) fn admit(&self, kind: Kind, name: &str) -> Result<(), Refusal> {
        let written_as = written_as(kind);
        let mut claims = self.claims();
        // Another spelling of its name, or another thread, may have been first.
        if !self.admitted.has(kind, name) {
            if let Some((name, owner)) = claims.clash(name, written_as) {
                return Err(owner.refusal(name));
            }
            claims.add(name, written_as, &Owner { name: name.into(), written_as, of_program: false });
            self.admitted.add(kind, name);
        }
        Ok(())
    }

    fn claims(&self) -> MutexGuard<'_, Claims<Owner>> {
        self.claims.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers the first description of a metric.
    pub(super) fn describe(&self, kind: Kind, name: &str, description: &str) {
        // A metric that will be refused needs none.
        let is_of_program = self.claims().clash(name, written_as(kind)).is_some_and(|(_, owner)| owner.of_program);
        if !is_of_program {
            self.descriptions.add(kind, name, description);
        }
    }
}

/// The exporter is given no buckets, so it writes histograms as summaries.
fn written_as(kind: Kind) -> WrittenAs {
    match kind {
        Kind::Counter => WrittenAs::Counter,
        Kind::Gauge => WrittenAs::Gauge,
        Kind::Histogram => WrittenAs::Summary,
    }
}

impl Owner {
    /// Why another metric cannot have one of its names.
    fn refusal(&self, name: String) -> Refusal {
        let Self { name: owner, written_as, of_program } = self;
        Refusal::Taken { name, written_as: *written_as, owner: owner.to_string(), of_program: *of_program }
    }
}

/// The help texts. The exporter is not told them: it changes those that have backslashes.
#[derive(Debug, Default)]
struct Descriptions(Mutex<HashMap<(Kind, String), String>>);

impl Descriptions {
    fn add(&self, kind: Kind, name: &str, description: &str) {
        let mut descriptions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        descriptions.entry((kind, name.to_owned())).or_insert_with(|| description.to_owned());
    }

    fn get(&self, kind: Kind, name: &str) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&(kind, name.to_owned())).cloned()
    }
}

/// Other crates' part of the page.
#[derive(Clone)]
pub(super) struct ForeignPage {
    exporter: PrometheusHandle,
    descriptions: Arc<Descriptions>,
}

impl ForeignPage {
    pub(super) fn append_to(&self, page: &mut String, format: Format, full: &mut dyn FnMut(&mut String)) {
        let help = |kind, name: &str| self.descriptions.get(kind, name);
        append_sorted(page, &self.exporter.render(), format, &help, full);
    }

    /// Moves buffered samples to where they take no more memory.
    pub(super) fn run_upkeep(&self) {
        self.exporter.run_upkeep();
    }
}
