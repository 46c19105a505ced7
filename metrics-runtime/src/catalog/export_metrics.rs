//! How the roads are doing by which the page leaves the program without a scrape.

use crate::definition::{
    Budget, ExportRoad, Family, LabelSpec, Place, Reading, Slot, Slots, Source, export_age, export_failures, labels,
};
use crate::vocabulary::{Kind, Label};

/// Both metrics have one series for each road.
static LABELS: &[LabelSpec] = &labels(
    Budget::new("metrics_export_failures_total", Kind::Counter, &[], ExportRoad::CARDINALITY as u64),
    [LabelSpec::new("road", ExportRoad::CARDINALITY, ExportRoad::NONE, ExportRoad::value, ExportRoad::capped)],
);

macro_rules! metrics {
    ($($kind:ident $name:literal, $unit:expr, $read:expr, $help:literal;)*) => {
        &[$({
            static SLOTS: Slots<[Slot; ExportRoad::CARDINALITY]> = Slots::new();
            static FAMILY: Family = Family {
                kind: Kind::$kind,
                name: $name,
                help: $help,
                labels: LABELS,
                buckets: &[],
                budget: ExportRoad::CARDINALITY as u64,
                slots: &SLOTS,
            };
            static PLACE: Place = Place { item: $name, module: module_path!(), file: file!(), line: line!() };
            Reading { family: &FAMILY, place: &PLACE, unit: $unit, source: Source::Road($read) }
        }),*]
    };
}

pub(super) static EXPORT_METRICS: &[Reading] = metrics! {
    Counter "metrics_export_failures_total", None, export_failures,
        "Exports of the page that failed: the log says why when an outage begins.";
    Gauge "metrics_export_age_seconds", Some("seconds"), export_age,
        "The time since the last successful export of the page; before the first one, since the start.";
};
