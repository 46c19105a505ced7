//! The recorder that `init` installs, and the page that shows what it has recorded.
//!
//! It stands behind this module so that where values are kept can change without the rest noticing: the sites know the
//! `metrics` facade alone, the endpoint knows [`Page`] alone.

use metrics::Recorder;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::config::Settings;
use crate::family::Kind;
use crate::{Catalog, InitError};

/// Makes the recorder and its page.
///
/// # Errors
///
/// Buckets that the settings give to a metric that is no histogram of the catalog.
pub(crate) fn build(
    catalog: &Catalog,
    settings: &Settings,
) -> Result<(impl Recorder + Sync + 'static, Page), InitError> {
    let mut builder = PrometheusBuilder::new();
    for (name, value) in &settings.global_labels {
        builder = builder.add_global_label(name, value);
    }
    for metric in catalog.metrics().filter(|metric| metric.kind() == Kind::Histogram) {
        let buckets = settings.buckets.get(metric.name()).map_or(metric.buckets(), Vec::as_slice);
        builder = builder
            .set_buckets_for_metric(Matcher::Full(metric.name().to_owned()), buckets)
            .map_err(|_| InitError::Buckets { metric: metric.name().to_owned(), problem: "they are empty" })?;
    }
    let recorder = builder.build_recorder();
    for metric in catalog.metrics() {
        metric.describe(&recorder);
    }
    let page = Page(recorder.handle());
    Ok((recorder, page))
}

/// Everything recorded so far, ready to be written.
#[derive(Clone)]
pub(crate) struct Page(PrometheusHandle);

impl Page {
    /// The page in the Prometheus text format, version 0.0.4.
    pub(crate) fn render(&self) -> String {
        self.0.render()
    }

    /// Moves buffered samples into their buckets; without it they take more memory until the next scrape.
    pub(crate) fn run_upkeep(&self) {
        self.0.run_upkeep();
    }
}

impl std::fmt::Debug for Page {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Page")
    }
}
