//! How the roads are doing by which the page leaves the program without a scrape.

use super::readings::readings;
use crate::definition::{
    Budget, ExportRoad, Family, LabelSpec, Place, Reading, Slot, Slots, Source, export_age, export_failures, labels,
};
use crate::vocabulary::{Kind, Label};

/// Both metrics have one series for each road.
static LABELS: &[LabelSpec] = &labels(
    Budget::new("metrics_export_failures_total", Kind::Counter, &[], ExportRoad::CARDINALITY as u64),
    [LabelSpec::new("road", ExportRoad::DATA)],
);

pub(super) static EXPORT_METRICS: &[Reading] = readings! {
    series: ExportRoad::CARDINALITY, labels: LABELS;
    Counter "metrics_export_failures_total", None, Source::Indexed(export_failures),
        "Exports of the page that failed: the log says why when an outage begins.";
    Gauge "metrics_export_age_seconds", Some("seconds"), Source::Indexed(export_age),
        "The time since the last successful export of the page; before the first one, since the start.";
};
