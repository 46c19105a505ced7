//! One change of the metrics.

/// A change, and what it means for queries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) metric: String,
    pub(super) text: String,
    pub(super) lost: Lost,
    /// The alerts and panels that this breaks, and the alerts that read the metric.
    pub(super) users: Vec<String>,
}

/// What a query may have used, and that is no longer there or means something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Lost {
    Nothing,
    Metric,
    /// The label, or one of its values.
    Label(String),
    /// A bucket.
    Bound,
}
