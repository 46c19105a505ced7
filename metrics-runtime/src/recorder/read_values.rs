//! The values of a metric that are read while a page is made.

use std::collections::HashMap;

use crate::definition::{Reading, Source};
use crate::storage::Row;
use crate::util::ProcessStatus;

/// The values of one metric, read for one page.
#[derive(Debug)]
pub(crate) enum ReadValues {
    /// One value of the process.
    Process(f64),
    /// The age of the oldest call in flight, by the first word of the series' row. A series without such a call is left out.
    Ages(HashMap<u32, f64>),
    /// A value for each series that has one, by the first word of its row.
    Indexed(HashMap<u32, f64>),
}

impl ReadValues {
    /// Reads the values; `None` if there are none to show.
    pub(super) fn read(readings: &[&'static Reading], process: impl FnOnce() -> ProcessStatus) -> Option<Self> {
        if let [Reading { source: Source::Process(read), .. }] = readings {
            return read(&process()).map(Self::Process);
        }
        if let [Reading { source: Source::Indexed(read) | Source::OfAllProcesses(read), family, .. }] = readings {
            let slots = family.slots.all.iter().enumerate();
            let values: HashMap<u32, f64> =
                slots.filter_map(|(index, slot)| Some((slot.row()?.first(), read(index)?))).collect();
            return (!values.is_empty()).then_some(Self::Indexed(values));
        }
        let mut ages: HashMap<u32, f64> = HashMap::new();
        for reading in readings {
            let Source::Oldest(oldest) = reading.source else { continue };
            oldest.for_each_age(|slot, age| {
                if let Some(row) = reading.family.slots.row(slot) {
                    let oldest = ages.entry(row.first()).or_default();
                    *oldest = oldest.max(age);
                }
            });
        }
        Some(Self::Ages(ages))
    }

    /// The value of the series with this row; `None` if the page does not have the series now.
    pub(crate) fn value(&self, row: Row) -> Option<f64> {
        match self {
            Self::Process(value) => Some(*value),
            Self::Ages(ages) => Some(ages.get(&row.first()).copied().unwrap_or_default()),
            Self::Indexed(values) => values.get(&row.first()).copied(),
        }
    }
}
