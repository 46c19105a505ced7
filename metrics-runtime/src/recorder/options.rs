//! What the recorder can be configured with.

use std::collections::BTreeMap;

/// The recorder's part of the program's settings.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    /// The labels that every series has.
    pub(crate) global_labels: BTreeMap<String, String>,
    /// Other bounds for a histogram of the catalog, by its name.
    pub(crate) buckets: BTreeMap<String, Vec<f64>>,
}
