//! Metrics that are declared once and set by hand.

use core::marker::PhantomData;
use core::time::Duration;

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

/// Defines the type of a declared metric, the type of one of its series, and the methods that choose a series.
macro_rules! handles {
    ($(#[$about:meta])* $metric:ident, $(#[$about_series:meta])* $series:ident { $($methods:tt)* }) => {
        $(#[$about])*
        #[derive(Debug)]
        pub struct $metric<Labels = ()> {
            family: &'static Family,
            labels: PhantomData<fn(Labels)>,
        }

        $(#[$about_series])*
        #[derive(Clone, Copy, Debug)]
        #[must_use = "a series by itself records nothing"]
        pub struct $series {
            family: &'static Family,
            slot: u32,
        }

        impl<Labels> $metric<Labels> {
            #[doc(hidden)]
            #[must_use]
            pub const fn new(family: &'static Family) -> Self {
                Self { family, labels: PhantomData }
            }

            pub(crate) const fn family(&self) -> &'static Family {
                self.family
            }
        }

        impl<Labels> $metric<Labels> {
            /// The only series of a metric without labels. Keep it to record several values in it.
            pub const fn series(&self) -> $series
            where
                Labels: NoLabels,
            {
                $series { family: self.family, slot: 0 }
            }
        }

        handles!(@with $metric $series A a 0);
        handles!(@with $metric $series A a 0, B b 1);
        handles!(@with $metric $series A a 0, B b 1, C c 2);
        handles!(@with $metric $series A a 0, B b 1, C c 2, D d 3);
        handles!(@with $metric $series A a 0, B b 1, C c 2, D d 3, E e 4);
        handles!(@with $metric $series A a 0, B b 1, C c 2, D d 3, E e 4, F f 5);

        impl $series {
            $($methods)*
        }
    };
    (@with $metric:ident $series:ident $($type:ident $value:ident $at:literal),+) => {
        impl<$($type: Label),+> $metric<($($type,)+)> {
            /// The series with these label values. They have the order of the declaration.
            #[inline]
            #[allow(clippy::many_single_char_names, reason = "one name for each label, whatever it means")]
            pub fn with(&self, $($value: $type),+) -> $series {
                $series { family: self.family, slot: 0 $(+ self.family.labels[$at].evaluate(|| $value.index()))+ }
            }
        }
    };
}

handles! {
    /// A counter that [`declare_metrics!`](crate::declare_metrics) declares: a count that only grows, from 0.
    ///
    /// ```
    /// metrics_runtime::declare_metrics! {
    ///     /// Messages that could not be read.
    ///     counter UNREADABLE = "unreadable_messages_total";
    /// }
    ///
    /// UNREADABLE.increment(1);
    /// ```
    Counter,
    /// One series of a [`Counter`].
    CounterSeries {
        /// Adds `by` to the counter.
        #[inline]
        pub fn increment(self, by: u64) {
            self.family.record_value(self.slot, Sample::Increment(by));
        }
    }
}

impl<Labels> Counter<Labels> {
    /// Adds `by` to the counter.
    #[inline]
    pub fn increment(&self, by: u64)
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
        pub fn set(self, value: f64) {
            let is_other = self.family.labels.iter().any(|label| label.is_other(self.slot));
            let value = if is_other { f64::NAN } else { value };
            self.family.record_value(self.slot, Sample::Set(Bits::new(value)));
        }

        /// Adds `by` to the gauge.
        #[inline]
        pub fn increment(self, by: f64) {
            self.family.record_value(self.slot, Sample::Add(Bits::new(by)));
        }

        /// Subtracts `by` from the gauge.
        #[inline]
        pub fn decrement(self, by: f64) {
            self.increment(-by);
        }
    }
}

impl<Labels> Gauge<Labels> {
    /// Sets the gauge to `value`.
    #[inline]
    pub fn set(&self, value: f64)
    where
        Labels: NoLabels,
    {
        self.series().set(value);
    }

    /// Adds `by` to the gauge.
    #[inline]
    pub fn increment(&self, by: f64)
    where
        Labels: NoLabels,
    {
        self.series().increment(by);
    }

    /// Subtracts `by` from the gauge.
    #[inline]
    pub fn decrement(&self, by: f64)
    where
        Labels: NoLabels,
    {
        self.series().decrement(by);
    }
}

handles! {
    /// A histogram that [`declare_metrics!`](crate::declare_metrics) declares: observations in seconds, counted in buckets.
    ///
    /// ```
    /// metrics_runtime::declare_metrics! {
    ///     /// How long a job waited before a worker took it.
    ///     histogram JOB_WAIT = "job_wait_seconds", buckets(1, 10, 60, 600);
    /// }
    ///
    /// JOB_WAIT.observe(2.5);
    /// JOB_WAIT.observe_duration(std::time::Duration::from_secs(2));
    /// ```
    Histogram,
    /// One series of a [`Histogram`].
    HistogramSeries {
        /// Observes a duration.
        #[inline]
        pub fn observe_duration(self, duration: Duration) {
            // Saturates at 292 years.
            let nanoseconds = i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX);
            self.family.record_value(self.slot, Sample::Nanoseconds(nanoseconds.cast_unsigned()));
        }

        /// Observes a number of seconds. A negative number counts as zero; NaN and infinity are ignored.
        #[inline]
        pub fn observe(self, seconds: f64) {
            self.family.record_value(self.slot, Sample::Observation(Bits::new(seconds)));
        }
    }
}

impl<Labels> Histogram<Labels> {
    /// Observes a duration.
    #[inline]
    pub fn observe_duration(&self, duration: Duration)
    where
        Labels: NoLabels,
    {
        self.series().observe_duration(duration);
    }

    /// Observes a number of seconds. A negative number counts as zero; NaN and infinity are ignored.
    #[inline]
    pub fn observe(&self, seconds: f64)
    where
        Labels: NoLabels,
    {
        self.series().observe(seconds);
    }
}
