//! Definitions of the metrics that this crate reads while a page is made.

/// The readings, each with its family and slots. All have the same labels, and so the same number of series.
macro_rules! readings {
    (
        series: $series:expr, labels: $labels:expr;
        $($kind:ident $name:literal, $unit:expr, $source:expr, $help:literal;)*
    ) => {
        &[$({
            static SLOTS: Slots<[Slot; $series]> = Slots::new();
            static FAMILY: Family = Family {
                kind: Kind::$kind,
                name: $name,
                help: $help,
                labels: $labels,
                buckets: &[],
                budget: $series as u64,
                slots: &SLOTS,
            };
            static PLACE: Place = Place { item: $name, module: module_path!(), file: file!(), line: line!() };
            Reading { family: &FAMILY, place: &PLACE, unit: $unit, source: $source }
        }),*]
    };
}
pub(super) use readings;
