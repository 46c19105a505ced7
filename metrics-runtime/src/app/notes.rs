//! Logs what is not good about the catalog, and stops nothing.

use crate::catalog::CatalogNote;

pub(super) fn log_notes(notes: &[CatalogNote]) {
    for note in notes {
        tracing::warn!("{note}");
    }
}
