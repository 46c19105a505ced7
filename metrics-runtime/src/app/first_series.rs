//! Creates the series that exist before anything is recorded.

use crate::catalog::{Metric, PROGRAMS};
use crate::definition::Family;
use crate::record::{Bits, Mode, Sample};

/// Creates all series of these metrics whose label values are known already, so that the first page has them at zero. If a series appeared
/// only with its first failure, `rate()` would not show that failure. `mode` is the mode that the program will have.
pub(super) fn create<'a>(mode: Mode, metrics: impl Iterator<Item = &'a Metric>) {
    metrics.flat_map(Metric::families).for_each(Family::fill_first_slots);
    for program in PROGRAMS {
        program.family.record(mode, 0, Sample::Set(Bits::new(1.0)));
    }
}
