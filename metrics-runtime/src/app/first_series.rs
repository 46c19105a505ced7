//! Creates the series that exist before anything is recorded.

use crate::catalog::{Metric, PROGRAMS};
use crate::record::{Bits, Mode, Sample};

/// Creates all series of these metrics whose label values are known already, so that the first page has them at zero. If a series appeared
/// only with its first failure, `rate()` would not show that failure. `mode` is the mode that the program will have.
pub(super) fn create<'a>(mode: Mode, metrics: impl Iterator<Item = &'a Metric>) {
    for family in metrics.flat_map(Metric::families) {
        for (slot, _) in (0u32..).zip(&family.slots.all) {
            if !family.labels.iter().any(|label| label.is_panic_fallback(slot)) {
                family.fill_slot(slot);
            }
        }
    }
    for program in PROGRAMS {
        program.family.record(mode, 0, Sample::Set(Bits::new(1.0)));
    }
}
