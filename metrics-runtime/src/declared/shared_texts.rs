//! The texts of capped labels, where several processes share their values: each text has the same place in all of them.

use std::sync::{Arc, OnceLock};

/// The texts that all processes have.
pub(crate) trait SharedTexts: Send + Sync {
    /// The place of a text among those of a label, which can have `max` of them; `None` if there is none left, or if the others
    /// cannot be asked.
    fn place(&self, label: &str, text: &str, max: usize) -> Option<usize>;

    /// Tells that a process has counted a value of a label as `other`.
    fn add_other(&self, label: &str);

    /// Whether a process has counted a value of a label as `other`.
    fn has_other(&self, label: &str) -> bool;

    /// The text at a place; `None` if there is none yet.
    fn text(&self, label: &str, place: usize) -> Option<&'static str>;
}

static INSTALLED: OnceLock<Arc<dyn SharedTexts>> = OnceLock::new();

/// From now on, new texts get their places from here.
#[cfg_attr(not(all(unix, feature = "exporter")), allow(dead_code, reason = "nothing shares values here"))]
pub(crate) fn install_shared_texts(texts: Arc<dyn SharedTexts>) {
    // A program joins other processes once.
    let _ = INSTALLED.set(texts);
}

/// The texts of all processes, if this one shares its values.
pub(super) fn installed() -> Option<&'static dyn SharedTexts> {
    INSTALLED.get().map(Arc::as_ref)
}
