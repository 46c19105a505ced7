//! How the values of a gauge become one, where several processes share their values.

use super::family::Family;

/// What a gauge of several processes shows. Processes that have ended do not count; for all but the sum, those that have not set it do
/// not count either.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Join {
    /// The sum of their values.
    #[default]
    Sum,
    /// The largest of their values.
    Max,
    /// The smallest of their values.
    Min,
    /// The value that was set last; a value that was only added to counts as never set.
    Latest,
}

/// The join of one gauge, if it was declared with one.
#[derive(Debug)]
pub struct GaugeJoin {
    pub(crate) family: &'static Family,
    pub(crate) join: Join,
}

impl GaugeJoin {
    /// The join of this metric.
    #[must_use]
    pub const fn new(family: &'static Family, join: Join) -> Self {
        Self { family, join }
    }
}
