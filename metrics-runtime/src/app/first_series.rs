//! Creates the series that exist before anything is recorded.

use crate::catalog::{Metric, PROGRAMS};
use crate::definition::{Family, LabelSpec};
use crate::record::{Bits, Mode, Sample};
use crate::vocabulary::Capped;

/// Creates all series of these metrics whose label values are known already, so that the first page has them at zero. If a series appeared
/// only with its first failure, `rate()` would not show that failure. `mode` is the mode that the program will have.
pub(super) fn create<'a>(mode: Mode, metrics: impl Iterator<Item = &'a Metric>) {
    let families: Vec<&'static Family> = metrics.flat_map(Metric::families).collect();
    let labels = families.iter().flat_map(|family| family.labels);
    labels.filter_map(LabelSpec::capped).for_each(Capped::start);
    for family in &families {
        family.fill_first_slots();
    }
    // It is left out where the program declares the metric by hand.
    for program in PROGRAMS.iter().filter(|program| families.iter().any(|family| std::ptr::eq(*family, program.family)))
    {
        program.family.record(mode, 0, Sample::Set(Bits::new(1.0)));
    }
}
