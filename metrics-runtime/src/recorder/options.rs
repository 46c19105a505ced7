//! The options of the recorder.

use std::collections::BTreeMap;

/// The part of the program's settings that the recorder needs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    /// The labels that every series has, by name.
    pub(crate) global_labels: BTreeMap<String, String>,
    /// The bucket bounds that the program gives to histograms of the catalog, in seconds, and to those of other crates, by the
    /// metric's name on the page.
    pub(crate) buckets: BTreeMap<String, Vec<f64>>,
    /// Whether other processes of the program read the rows, so that each series has its row in the same place in all of them.
    pub(crate) has_fixed_rows: bool,
}
