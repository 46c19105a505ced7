//! One objective of the catalog.

use super::metric::{Events, Site};
use crate::definition::ObjectiveSpec;
use crate::vocabulary::Kind;

/// The share of the calls that must be good: what `objective(…)` of an attribute asks for.
///
/// An objective is one of the whole metric, whichever functions record it.
///
/// ```
/// use metrics_runtime::{Kind, counted_failure, timed};
///
/// /// Draws a frame.
/// #[timed(histogram = "frame_seconds", buckets(0.1, 0.5, 1), objective(percent = 99, under = 0.5))]
/// #[counted_failure(counter = "frame_failures_total", objective(percent = 99.9))]
/// fn draw() -> Result<(), std::io::Error> {
///     Ok(())
/// }
///
/// let catalog = metrics_runtime::catalog();
/// let objectives: Vec<_> = catalog.objectives().collect();
/// assert_eq!((objectives[0].metric(), objectives[0].total()), ("frame_failures_total", "frame_seconds"));
/// assert_eq!((objectives[0].percent(), objectives[0].under()), (99.9, None));
/// assert_eq!((objectives[1].metric(), objectives[1].total()), ("frame_seconds", "frame_seconds"));
/// assert_eq!((objectives[1].percent(), objectives[1].under()), (99.0, Some(0.5)));
/// assert_eq!(objectives[1].total_kind(), Kind::Histogram);
/// # draw().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct Objective {
    pub(super) spec: &'static ObjectiveSpec,
}

impl Objective {
    /// The name of its metric: a histogram of durations, or a counter of failures.
    #[must_use]
    pub fn metric(&self) -> &'static str {
        self.spec.site.family.name
    }

    /// How many of a hundred calls must be good: more than 93.05 and less than 100.
    #[must_use]
    pub fn percent(&self) -> f64 {
        self.spec.percent
    }

    /// The seconds within which a good call ends, which is one of the bucket bounds in the source; `None` for a counter of
    /// failures.
    #[must_use]
    pub fn under(&self) -> Option<f64> {
        self.spec.under
    }

    /// The name of the metric that counts all calls: the histogram itself or, for a counter of failures, a histogram or
    /// another counter of the same functions.
    #[must_use]
    pub fn total(&self) -> &'static str {
        self.spec.total.family.name
    }

    /// The kind of the metric that counts all calls. Of a histogram it is the count.
    #[must_use]
    pub fn total_kind(&self) -> Kind {
        self.spec.total.family.kind
    }

    /// The place in the source where it stands.
    #[must_use]
    pub fn site(&self) -> Site {
        Site::new(self.spec.site.family, self.spec.place, Events::of(self.spec.site.event))
    }

    /// Whether both ask for the same share within the same time.
    pub(super) fn asks_for_the_same(&self, other: &Self) -> bool {
        let numbers = |objective: &Self| (objective.percent().to_bits(), objective.under().map(f64::to_bits));
        numbers(self) == numbers(other)
    }

    /// `99 percent under 300 s`
    pub(super) fn describe(&self) -> String {
        let under = self.under().map(|under| format!(" under {under} s")).unwrap_or_default();
        format!("{} percent{under}", self.percent())
    }
}
