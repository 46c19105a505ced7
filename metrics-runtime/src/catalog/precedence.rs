//! If a metric of this crate and one of the program collide, the program's metric is kept, because the program cannot
//! rename ours.

use std::collections::BTreeMap;

use super::agreement;
use super::metric::Metric;
use crate::format::SeriesNames;

/// If the program defines one of this crate's metrics differently (one of those for Redis, for example), the program's
/// definition is kept. If the program itself records a metric that we would only read, such as `process_threads`, its values
/// are kept.
pub(super) fn prefer_program_definition(metric: &mut Metric) {
    let is_read_by_us = || metric.sites.iter().any(|site| site.is_ours() && site.reading.is_some());
    if !metric.is_ours() && (is_read_by_us() || agreement::check(metric).is_err()) {
        metric.sites.retain(|site| !site.is_ours());
    }
}

/// Leaves out a metric of this crate that would take a name of one of the program's metrics on the page.
pub(super) fn prefer_program_names(metrics: &mut BTreeMap<&'static str, Metric>) {
    let mut ours = SeriesNames::default();
    for metric in metrics.values().filter(|metric| metric.is_ours()) {
        ours.add(metric.name(), metric.kind(), &metric.name());
    }
    let mut taken: Vec<&'static str> = Vec::new();
    for metric in metrics.values().filter(|metric| !metric.is_ours()) {
        // It may take names of several.
        while let Some((_, name)) = ours.find_clash(metric.name(), metric.kind(), |name| !taken.contains(name)) {
            taken.push(name);
        }
    }
    metrics.retain(|name, _| !taken.contains(name));
}
