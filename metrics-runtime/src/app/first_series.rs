//! The series that exist before anything is recorded.

use crate::catalog::Catalog;

/// Creates all series whose label values are known already, so that they are on the first page, at zero: a series that
/// appears with its first failure hides that failure from `rate()`.
pub(super) fn create(catalog: &Catalog) {
    for family in catalog.families() {
        for (slot, _) in (0u32..).zip(&family.slots.all) {
            if !family.labels.iter().any(|label| label.is_panic_fallback(slot)) {
                family.fill_slot(slot);
            }
        }
    }
}
