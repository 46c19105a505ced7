//! Where the help text of a metric comes from.

/// Where a help text comes from. A later one is worth more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum HelpSource {
    /// The attribute gives none, so it is that of the function.
    Default,
    /// The `description` of an attribute.
    Description,
    /// The declaration of the metric.
    Declaration,
}
