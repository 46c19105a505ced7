//! Metrics whose values nothing records: they are read while a page is made.

use super::family::Family;
use super::site::Place;
use crate::util::ProcessStatus;

/// A metric whose values are read while a page is made.
#[derive(Debug)]
#[cfg_attr(not(feature = "exporter"), allow(dead_code, reason = "only our own page reads them"))]
pub(crate) struct Reading {
    /// The metric.
    pub(crate) family: &'static Family,
    /// Where it is defined.
    pub(crate) place: &'static Place,
    /// Its unit.
    pub(crate) unit: Option<&'static str>,
    /// Where its values come from.
    pub(crate) source: Source,
}

/// Where the values come from that are read while a page is made.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(feature = "exporter"), allow(dead_code, reason = "only our own page reads them"))]
pub(crate) enum Source {
    /// The state of the process. `None` if the system does not give the value: then the page has no such metric.
    Process(fn(&ProcessStatus) -> Option<f64>),
}
