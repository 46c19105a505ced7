//! Metrics that are declared once and set by hand.

use core::marker::PhantomData;

use super::number::{Increment, Number, Observation};
use super::unit::{Seconds, Whole};
use crate::definition::Family;
use crate::record::{Bits, Sample};
use crate::vocabulary::Label;

/// The bound of the methods that only a metric without labels has. All metrics have these methods, so that for a metric
/// with labels the compiler can explain how to choose a series.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "this metric has labels: choose one of its series",
    label = "write `.with(…)` before this, with a value for each label, in the order of the declaration"
)]
pub trait NoLabels {}

#[diagnostic::do_not_recommend]
impl NoLabels for () {}

/// Defines the type of a declared metric, the type of one of its series, and the methods that choose a series. A histogram and a
/// counter have their unit in their type.
macro_rules! handles {
    (
        $(#[$about:meta])* $metric:ident $(<$unit:ident = $default:ident>)?,
        $(#[$about_series:meta])* $series:ident { $($methods:tt)* }
    ) => {
        $(#[$about])*
        #[derive(Debug)]
        pub struct $metric<Labels = () $(, $unit = $default)?> {
            family: &'static Family,
            types: PhantomData<fn(Labels $(, $unit)?)>,
        }

        $(#[$about_series])*
        #[derive(Clone, Copy, Debug)]
        #[must_use = "a series by itself records nothing"]
        pub struct $series $(<$unit = $default>)? {
            pub(super) family: &'static Family,
            pub(super) slot: u32,
            unit: PhantomData<fn($($unit)?)>,
        }

        impl<Labels $(, $unit)?> $metric<Labels $(, $unit)?> {
            #[doc(hidden)]
            #[must_use]
            pub const fn new(family: &'static Family) -> Self {
                Self { family, types: PhantomData }
            }

            pub(crate) const fn family(&self) -> &'static Family {
                self.family
            }

            /// The only series of a metric without labels. Keep it to record several values in it.
            pub const fn series(&self) -> $series $(<$unit>)?
            where
                Labels: NoLabels,
            {
                $series { family: self.family, slot: 0, unit: PhantomData }
            }
        }

        handles!(@with $metric $series [$($unit)?] A a 0);
        handles!(@with $metric $series [$($unit)?] A a 0, B b 1);
        handles!(@with $metric $series [$($unit)?] A a 0, B b 1, C c 2);
        handles!(@with $metric $series [$($unit)?] A a 0, B b 1, C c 2, D d 3);
        handles!(@with $metric $series [$($unit)?] A a 0, B b 1, C c 2, D d 3, E e 4);
        handles!(@with $metric $series [$($unit)?] A a 0, B b 1, C c 2, D d 3, E e 4, F f 5);

        impl $(<$unit>)? $series $(<$unit>)? {
            $($methods)*
        }
    };
    (@with $metric:ident $series:ident [$($unit:ident)?] $($type:ident $value:ident $at:literal),+) => {
        impl<$($type: Label,)+ $($unit)?> $metric<($($type,)+) $(, $unit)?> {
            /// The series with these label values. They have the order of the declaration.
            #[inline]
            #[allow(clippy::many_single_char_names, reason = "one name for each label, whatever it means")]
            pub fn with(&self, $($value: $type),+) -> $series $(<$unit>)? {
                let slot = 0 $(+ self.family.labels[$at].evaluate(|| $value.index()))+;
                $series { family: self.family, slot, unit: PhantomData }
            }
        }
    };
}

handles! {
    /// A counter that [`declare_metrics!`](crate::declare_metrics) declares: a count that only grows, from 0.
    ///
    /// It counts whole numbers. A counter whose name ends in `_seconds_total` counts seconds: it takes a
    /// [`Duration`](core::time::Duration) or any number. One that is declared `fractional` takes any number too.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// metrics_runtime::declare_metrics! {
    ///     /// Messages that could not be read.
    ///     counter UNREADABLE = "unreadable_messages_total";
    ///     /// The time that went into drawing.
    ///     counter DRAWING = "drawing_cpu_seconds_total";
    ///     /// The energy that was used.
    ///     counter ENERGY = "energy_joules_total", fractional;
    /// }
    ///
    /// UNREADABLE.increment(1);
    /// DRAWING.increment(0.25);
    /// DRAWING.increment(Duration::from_millis(20));
    /// ENERGY.increment(12.5);
    /// ```
    Counter<Unit = Whole>,
    /// One series of a [`Counter`].
    CounterSeries {
        /// Adds `by` to the counter: a `u64`, or a number of its unit with fractions where it counts seconds or is declared
        /// `fractional`.
        ///
        /// Seconds are counted to a nanosecond and other fractions to a millionth: each `by` is rounded to the nearest. A negative
        /// number, NaN and infinity add nothing. At most 2^63 of these are added at once: 292 years, or 9 * 10^12 of anything
        /// else.
        #[inline]
        pub fn increment(self, by: impl Increment<Unit>) {
            self.family.record_value(self.slot, by.incremented().sample());
        }

        /// Adds one to the counter.
        #[inline]
        pub fn inc(self)
        where
            u64: Increment<Unit>,
        {
            self.increment(1_u64);
        }
    }
}

impl<Labels, Unit> Counter<Labels, Unit> {
    /// Adds one to the counter.
    #[inline]
    pub fn inc(&self)
    where
        Labels: NoLabels,
        u64: Increment<Unit>,
    {
        self.series().inc();
    }

    /// Adds `by` to the counter. See [`CounterSeries::increment`].
    #[inline]
    pub fn increment(&self, by: impl Increment<Unit>)
    where
        Labels: NoLabels,
    {
        self.series().increment(by);
    }
}

handles! {
    /// A gauge that [`declare_metrics!`](crate::declare_metrics) declares: a value that goes up and down, from 0.
    ///
    /// ```
    /// use metrics_runtime::Label;
    ///
    /// #[derive(Clone, Copy, Label)]
    /// pub enum Queue {
    ///     High,
    ///     Default,
    /// }
    ///
    /// metrics_runtime::declare_metrics! {
    ///     /// Jobs waiting.
    ///     pub gauge QUEUE_DEPTH = "queue_depth", labels(queue: Queue);
    /// }
    ///
    /// QUEUE_DEPTH.with(Queue::Default).set(12.0);
    /// ```
    Gauge,
    /// One series of a [`Gauge`].
    GaugeSeries {
        /// Sets the gauge to `value`.
        ///
        /// The value `other` of a capped label stands for many values, so a gauge that is set has no right number there: this
        /// series becomes NaN, and our page leaves it out. Use `increment` and `decrement` where the sum of them is wanted.
        #[inline]
        pub fn set(self, value: impl Number) {
            self.family.record_value(self.slot, self.sample_of(value.to_f64()));
        }

        #[inline]
        pub(super) fn sample_of(self, value: f64) -> Sample {
            let is_other = self.family.labels.iter().any(|label| label.is_other(self.slot));
            Sample::Set(Bits::new(if is_other { f64::NAN } else { value }))
        }

        /// Adds `by` to the gauge.
        #[inline]
        pub fn increment(self, by: impl Number) {
            self.family.record_value(self.slot, Sample::Add(Bits::new(by.to_f64())));
        }

        /// Subtracts `by` from the gauge.
        #[inline]
        pub fn decrement(self, by: impl Number) {
            self.family.record_value(self.slot, Sample::Add(Bits::new(-by.to_f64())));
        }

        /// Adds one to the gauge. It is faster than adding another number.
        #[inline]
        pub fn inc(self) {
            self.family.record_value(self.slot, Sample::Up);
        }

        /// Subtracts one from the gauge. It is faster than subtracting another number.
        #[inline]
        pub fn dec(self) {
            self.family.record_value(self.slot, Sample::Down);
        }
    }
}

impl<Labels> Gauge<Labels> {
    /// Sets the gauge to `value`.
    #[inline]
    pub fn set(&self, value: impl Number)
    where
        Labels: NoLabels,
    {
        self.series().set(value);
    }

    /// Adds `by` to the gauge.
    #[inline]
    pub fn increment(&self, by: impl Number)
    where
        Labels: NoLabels,
    {
        self.series().increment(by);
    }

    /// Subtracts `by` from the gauge.
    #[inline]
    pub fn decrement(&self, by: impl Number)
    where
        Labels: NoLabels,
    {
        self.series().decrement(by);
    }

    /// Adds one to the gauge. It is faster than adding another number.
    #[inline]
    pub fn inc(&self)
    where
        Labels: NoLabels,
    {
        self.series().inc();
    }

    /// Subtracts one from the gauge. It is faster than subtracting another number.
    #[inline]
    pub fn dec(&self)
    where
        Labels: NoLabels,
    {
        self.series().dec();
    }
}

handles! {
    /// A histogram that [`declare_metrics!`](crate::declare_metrics) declares: observations, counted in buckets. Its unit is at the
    /// end of its name.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// metrics_runtime::declare_metrics! {
    ///     /// How long a job waited before a worker took it.
    ///     histogram JOB_WAIT = "job_wait_seconds", buckets(1, 10, 60, 600);
    ///     /// How large a response was.
    ///     histogram RESPONSE_SIZE = "response_size_bytes";
    ///     /// How many rows were written at once.
    ///     histogram BATCH = "batch_rows", buckets(1, 10, 100, 1000);
    /// }
    ///
    /// JOB_WAIT.observe(2.5);
    /// JOB_WAIT.observe(Duration::from_secs(2));
    /// RESPONSE_SIZE.observe(b"hello".len());
    /// BATCH.observe(12);
    /// ```
    Histogram<Unit = Seconds>,
    /// One series of a [`Histogram`].
    HistogramSeries {
        /// Observes a number of the histogram's unit, or a [`Duration`](core::time::Duration) if that is seconds.
        ///
        /// A negative number counts as zero, because the sum of a histogram never falls; NaN and infinity are ignored. The sum is
        /// kept to a nanosecond, a whole byte, a billionth of a ratio or a millionth of anything else. One value is at most
        /// 2^63 of these: 292 years, 9 * 10^18 bytes, or 9 * 10^12 of anything else.
        #[inline]
        pub fn observe(self, value: impl Observation<Unit>) {
            if let Some(sample) = value.observed().sample() {
                self.family.record_value(self.slot, sample);
            }
        }
    }
}

impl<Labels, Unit> Histogram<Labels, Unit> {
    /// Observes a number of the histogram's unit, or a [`Duration`](core::time::Duration) if that is seconds. See
    /// [`HistogramSeries::observe`].
    #[inline]
    pub fn observe(&self, value: impl Observation<Unit>)
    where
        Labels: NoLabels,
    {
        self.series().observe(value);
    }
}
