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
}

impl ReadValues {
    /// Reads the values; `None` if there are none to show.
    pub(super) fn read(readings: &[&'static Reading], process: impl FnOnce() -> ProcessStatus) -> Option<Self> {
        if let [Reading { source: Source::Process(read), .. }] = readings {
            return read(&process()).map(Self::Process);
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

    /// The value of the series with this row.
    pub(crate) fn value(&self, row: Row) -> f64 {
        match self {
            Self::Process(value) => *value,
            Self::Ages(ages) => ages.get(&row.first()).copied().unwrap_or_default(),
        }
    }
}
