//! Where a metric of this crate and one of the program collide, the program's counts: the program cannot rename ours.

use std::collections::BTreeMap;

use super::agreement;
use super::metric::Metric;
use crate::format::SeriesNames;

/// If the program defines one of this crate's metrics differently (those for Redis, say), the program's definition counts.
pub(super) fn keep_programs_definition(metric: &mut Metric) {
    if !metric.is_ours() && agreement::check(metric).is_err() {
        metric.sites.retain(|site| !site.is_ours());
    }
}

/// A metric of this crate that would have the name of one of the program's on the page is left out.
pub(super) fn keep_programs_names(metrics: &mut BTreeMap<&'static str, Metric>) {
    let mut names = SeriesNames::default();
    for metric in metrics.values().filter(|metric| !metric.is_ours()) {
        names.add(metric.name(), metric.kind().into(), &());
    }
    let clashes = |metric: &Metric| names.find_clash(metric.name(), metric.kind().into()).is_some();
    metrics.retain(|_, metric| !metric.is_ours() || !clashes(metric));
}
