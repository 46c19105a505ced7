//! Records values in the series of a metric.

use metrics::{Key, KeyName, Level, Metadata, Recorder};

#[cfg(feature = "exemplars")]
use super::call_span::CallSpan;
use super::facade::{address_of, with_global_recorder, with_recorder};
use super::fraction::take_rest;
use super::mode::{self, Mode};
use super::own::OwnShard;
use super::sample::Sample;
#[cfg(feature = "exporter")]
use super::series_source;
use crate::definition::{FacadeHandle, Family, KeptHandle, Registration};
#[cfg(feature = "exporter")]
use crate::storage::{Buckets, CounterCell, GaugeCell, HistogramCell, Row, SumCell};
use crate::util::catch_panic;
use crate::vocabulary::Kind;

/// The target in the facade's metadata of values that our own sites record.
pub(crate) const OWN_TARGET: &str = "metrics_runtime";

impl Family {
    /// Records a value in the series of a slot. The mode decides which recorder keeps the series.
    #[inline(always)]
    pub(crate) fn record(&'static self, mode: Mode, slot: u32, sample: Sample) {
        self.record_in(OwnShard::get(), mode, slot, sample);
    }

    /// Records a value that no call records.
    #[inline]
    pub(crate) fn record_value(&'static self, slot: u32, sample: Sample) {
        let mode = mode::current();
        #[cfg(feature = "exemplars")]
        if mode == Mode::INSTALLED_WITH_TRACES || CallSpan::at_hand().is_some() {
            return self.record_in_trace(mode, slot, sample);
        }
        self.record(mode, slot, sample);
    }

    /// As [`record`](Self::record), for one of the values of a call, which looks up the shard of its thread for all of them.
    #[inline(always)]
    pub(super) fn record_in(&'static self, own: OwnShard, mode: Mode, slot: u32, sample: Sample) {
        #[cfg(feature = "exporter")]
        if mode == Mode::INSTALLED && self.record_in_row(own, slot, sample) {
            return;
        }
        #[cfg(not(feature = "exporter"))]
        let _ = own;
        self.record_slowly(mode, slot, sample);
    }

    /// Records in our own recorder's row; `false` if the slot has no row (yet).
    #[cfg(feature = "exporter")]
    #[inline(always)]
    fn record_in_row(&'static self, own: OwnShard, slot: u32, sample: Sample) -> bool {
        let Some(row) = self.slots.row(slot) else { return false };
        match sample {
            Sample::Increment(by) => CounterCell::new(row).increment_in(own, by),
            Sample::IncrementNanoseconds(steps) | Sample::IncrementMillionths(steps) => {
                SumCell::new(row).add_in(own, steps);
            }
            Sample::Up => GaugeCell::new(row).step_in(own, true),
            Sample::Down => GaugeCell::new(row).step_in(own, false),
            Sample::Add(delta) => GaugeCell::new(row).add(delta.value()),
            Sample::Set(value) => GaugeCell::new(row).set(value.value()),
            Sample::Nanoseconds(nanoseconds) => self.observe_in(own, row, nanoseconds),
            // A value that is not finite fits in no bucket and in no sum, so it is left out.
            Sample::Observation(value) if !value.value().is_finite() => {}
            Sample::Observation(value) => {
                // They were published before the row.
                if let Some(buckets) = self.slots.buckets.get() {
                    self.observe_in(own, row, buckets.scale().steps_of(value.value()));
                }
            }
        }
        true
    }

    /// Adds an observation to a histogram.
    #[cfg(feature = "exporter")]
    #[inline(always)]
    fn observe_in(&'static self, own: OwnShard, row: Row, steps: u64) {
        // What a short call costs counts most, and short calls fall into the first bucket.
        if self.slots.buckets.is_in_first(steps) {
            HistogramCell::observe_in(own, row, 0, steps);
        } else {
            self.observe_later(own, row, steps);
        }
    }

    /// Adds an observation that falls into a bucket after the first.
    #[cfg(feature = "exporter")]
    #[inline(never)]
    fn observe_later(&'static self, own: OwnShard, row: Row, steps: u64) {
        // The buckets were published before the row.
        if let Some(buckets) = self.slots.buckets.get() {
            HistogramCell::observe_in(own, row, buckets.bucket_of(steps), steps);
        }
    }

    /// Records in a mode other than [`Mode::INSTALLED`], or in a series for the first time.
    #[cold]
    #[inline(never)]
    fn record_slowly(&'static self, mode: Mode, slot: u32, sample: Sample) {
        let mode = mode.on_this_thread();
        if mode == Mode::OFF {
            return;
        }
        if mode.uses_facade() {
            let _ = with_recorder(|recorder| {
                if let Some(handle) = self.register(recorder, slot) {
                    handle.record(sample, |fraction| fraction.units_at(address_of(recorder), self, slot));
                }
            });
            return;
        }
        let handle = self.fill_slot(slot);
        #[cfg(feature = "exporter")]
        if self.record_in_row(OwnShard::get(), slot, sample) {
            return;
        }
        if let Some(handle) = handle {
            let _ = catch_panic(|| handle.record(sample, || self.ask_attached(slot)));
        }
    }

    /// Fills the slots of all series whose label values are known already, except those that calls are recorded in only if an
    /// expression of the user's panics.
    pub(crate) fn fill_first_slots(&'static self) {
        #[cfg(feature = "exporter")]
        if let Some(source) = series_source::installed() {
            source.first_series(self, &mut |slot, row, buckets| self.publish(slot, row, buckets));
            return;
        }
        for (slot, _) in (0u32..).zip(&self.slots.all) {
            if !self.labels.iter().any(|label| label.is_panic_fallback(slot)) {
                self.fill_slot(slot);
            }
        }
    }

    /// Puts the row of a series into its slot.
    #[cfg(feature = "exporter")]
    fn publish(&self, slot: u32, row: Row, buckets: Buckets) {
        // All series of the metric have the same buckets.
        self.slots.buckets.publish(buckets);
        if let Some(slot) = self.slots.all.get(slot as usize) {
            slot.publish(row);
        }
    }

    /// Fills a slot with the handle of its series. Returns the facade's handle; `None` if our own recorder keeps the series, or
    /// if there is no handle (yet).
    pub(crate) fn fill_slot(&'static self, index: u32) -> Option<&'static KeptHandle> {
        let slot = self.slots.all.get(index as usize)?;
        #[cfg(feature = "exporter")]
        if let Some(source) = series_source::installed() {
            if slot.row().is_none()
                && let Some((row, buckets)) = source.series(self, index)
            {
                self.publish(index, row, buckets);
            }
            return None;
        }
        slot.handle(|| match self.ask_attached(index) {
            Registration::Handle(handle) => {
                Registration::Handle(Box::new(KeptHandle::of(handle, take_rest(self, index))))
            }
            Registration::Pending => Registration::Pending,
            Registration::Panicked => Registration::Panicked,
        })
    }

    /// Asks the attached recorder for the series of a slot.
    fn ask_attached(&self, slot: u32) -> Registration<FacadeHandle> {
        match with_global_recorder(|recorder: &dyn Recorder| catch_panic(|| self.register(recorder, slot))) {
            Some(Some(Some(handle))) => Registration::Handle(handle),
            Some(None) => Registration::Panicked,
            Some(Some(None)) | None => Registration::Pending,
        }
    }

    /// Asks a recorder for the series of a slot. `None` if one of the labels has no such value yet.
    fn register(&self, recorder: &dyn Recorder, slot: u32) -> Option<FacadeHandle> {
        static METADATA: Metadata<'_> = Metadata::new(OWN_TARGET, Level::INFO, None);
        let labels = self
            .labels
            .iter()
            .map(|label| Some(metrics::Label::from_static_parts(label.name(), label.value_at(slot)?)))
            .collect::<Option<Vec<_>>>()?;
        let key = Key::from_parts(KeyName::from_const_str(self.name), labels);
        Some(match self.kind {
            Kind::Counter => FacadeHandle::Counter(recorder.register_counter(&key, &METADATA)),
            Kind::Gauge => FacadeHandle::Gauge(recorder.register_gauge(&key, &METADATA)),
            Kind::Histogram => FacadeHandle::Histogram(recorder.register_histogram(&key, &METADATA)),
        })
    }
}
