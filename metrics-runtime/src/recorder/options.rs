//! The options of the recorder.

use std::collections::BTreeMap;

/// The part of the program's settings that the recorder needs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    /// The labels that every series has, by name.
    pub(crate) global_labels: BTreeMap<String, String>,
    /// Bucket bounds in seconds that replace those of a histogram of the catalog, by the metric's name.
    pub(crate) buckets: BTreeMap<String, Vec<f64>>,
}
