//! Metrics whose values nothing records: they are read while a page is made.

use super::family::Family;
use super::in_flight_starts::InFlightStarts;
use super::site::Place;
use super::slots::Slots;
use crate::util::ProcessStatus;
use crate::vocabulary::Kind;

/// A metric whose values are read while a page is made.
#[derive(Debug)]
#[cfg_attr(not(feature = "exporter"), allow(dead_code, reason = "only our own page reads them"))]
pub struct Reading {
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
    /// The age of the oldest call in flight.
    Oldest(&'static Oldest),
    /// A value for each index of the only label, such as how a road of exports is doing. `None` if the program has no such
    /// thing: then the page has no such series.
    #[cfg(feature = "exporter")]
    Indexed(fn(usize) -> Option<f64>),
    /// As `Indexed`, of all processes that share their values, and not of this one.
    #[cfg(feature = "exporter")]
    OfAllProcesses(fn(usize) -> Option<f64>),
}

/// The age of the oldest call in flight of one attribute.
#[derive(Debug)]
#[cfg_attr(not(feature = "exporter"), allow(dead_code, reason = "only our own page reads them"))]
pub struct Oldest {
    /// The metric of the ages. Its labels, and so its slots, are those of `gauge`.
    pub family: &'static Family,
    /// The metric that counts the calls in flight.
    pub gauge: &'static Family,
    /// The starts of the calls.
    pub starts: &'static InFlightStarts,
    /// Counts the calls for which the table has no place.
    pub overflow: &'static Family,
}

impl Oldest {
    /// The metric of the ages of a gauge's calls.
    #[must_use]
    pub const fn family(
        gauge: &'static Family,
        name: &'static str,
        help: &'static str,
        slots: &'static Slots,
    ) -> Family {
        Family { kind: Kind::Gauge, name, help, labels: gauge.labels, buckets: &[], budget: gauge.budget, slots }
    }

    /// The metric as the catalog has it, with the place of the function.
    #[must_use]
    pub const fn reading(&'static self, place: &'static Place) -> Reading {
        Reading { family: self.family, place, unit: Some("seconds"), source: Source::Oldest(self) }
    }
}
