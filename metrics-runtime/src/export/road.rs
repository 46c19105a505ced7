//! What a road is.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use crate::definition::ExportRoad;
use crate::page::Page;

/// A road by which the page leaves the program. It is used by one thread, which may wait as long as it likes.
pub(crate) trait Road: Send + 'static {
    /// Its name, in the log and in the label `road`.
    fn name(&self) -> ExportRoad;

    /// The time between two exports.
    fn interval(&self) -> Duration;

    /// How long an export at the interval may take.
    fn limit(&self) -> Duration {
        Duration::from_secs(10)
    }

    /// Whether it carries the values of all processes that share a folder, and not only those of this one. Where each process
    /// sends to the same receiver, the values of all would arrive once for each process.
    fn carries_all_processes(&self) -> bool {
        false
    }

    /// Sends the values of now. It gives up at the deadline.
    fn send(&mut self, page: &Page, deadline: Instant) -> Result<(), RoadError>;

    /// What is done instead of sending when the program ends.
    fn finish(&mut self, page: &Page, deadline: Instant) -> Result<(), RoadError> {
        self.send(page, deadline)
    }
}

/// Why the values did not arrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RoadError {
    /// Failures of one kind are logged once in an outage.
    pub(crate) kind: Cow<'static, str>,
    /// What happened, on one line and without secrets.
    pub(crate) message: String,
    /// The receiver asks not to send before this time has passed.
    pub(crate) retry_after: Option<Duration>,
}

impl RoadError {
    pub(crate) fn new(kind: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self { kind: kind.into(), message: message.into(), retry_after: None }
    }
}
