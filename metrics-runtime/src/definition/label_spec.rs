//! A label of a metric as constant data.

use crate::util::catch_panic;
use crate::vocabulary::{Capped, FailedOutcome, Label, LabelData, Outcome};

/// Where the value of a label comes from, and so when it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ValueSource {
    /// A parameter or an expression, evaluated before the body runs.
    Start,
    /// The returned value.
    ReturnedValue,
    /// The outcome of the call. The label has no values for the first `skipped` outcomes.
    Outcome { skipped: u32 },
    /// The outcome of a call that failed and was not cancelled.
    FailureExceptCancelled,
    /// The site: each site of the metric has one value of this label.
    Fixed,
    /// The returned error, or the outcome of the call if it returned no error.
    ReturnedError {
        /// Whether a value that gives no reason may be an error.
        may_be_missing: bool,
    },
}

/// One label of a metric.
#[derive(Clone, Copy, Debug)]
pub struct LabelSpec {
    name: &'static str,
    cardinality: u32,
    value: fn(usize) -> Option<&'static str>,
    capped: fn() -> Option<Capped>,
    /// The index of the value for a call that gives none.
    pub(crate) fallback: Option<u32>,
    /// Values in addition to those of the type. Their indices come after the type's.
    extra_values: &'static [&'static str],
    pub(crate) source: ValueSource,
    /// The distance between the slots of two neighbouring values of this label.
    pub(crate) stride: u32,
}

impl LabelSpec {
    /// A label whose value is a parameter, or an expression that cannot panic.
    ///
    /// It takes the data of the type's `Label` instead of the type. Generated code then names the type always in the same form,
    /// `<Step as Label>::…`, and the compiler reports only once that the type is not a label.
    ///
    /// # Panics
    ///
    /// If the type has no value, or more than fit in 32 bits. It runs in const evaluation, so the panic is a compile error.
    #[must_use]
    pub const fn new(name: &'static str, label: LabelData) -> Self {
        let LabelData { cardinality, none, value, capped } = label;
        assert!(cardinality > 0, "a label needs at least one value");
        Self {
            name,
            cardinality: index_to_u32(cardinality),
            value,
            capped,
            fallback: match none {
                Some(index) => Some(index_to_u32(index)),
                None => None,
            },
            extra_values: &[],
            source: ValueSource::Start,
            stride: 0,
        }
    }

    /// A label whose value is an expression. If the expression panics, the label is `none` and the program continues.
    #[must_use]
    pub const fn or_none(mut self) -> Self {
        if self.fallback.is_none() {
            self.fallback = Some(self.cardinality);
            self.extra_values = &["none"];
            self.cardinality += 1;
        }
        self
    }

    /// A label whose value is read from the returned value. It is `none` if the call returned nothing.
    #[must_use]
    pub const fn from_result(self) -> Self {
        let mut label = self.or_none();
        label.source = ValueSource::ReturnedValue;
        label
    }

    /// The label `reason` with the user's own set of reasons. It has the values of the set, and three more for the calls that
    /// give no reason of the set.
    #[must_use]
    pub const fn from_error(mut self) -> Self {
        self.extra_values = &["cancelled", "panic", "error"];
        // If the code that gives an error's reason panics, the reason is `error`.
        self.fallback = Some(self.cardinality + 2);
        self.cardinality += 3;
        self.source = ValueSource::ReturnedError { may_be_missing: false };
        self
    }

    /// The same, where a value that is no `Err` may be an error too: it has the reason `error`.
    #[must_use]
    pub const fn or_value(mut self) -> Self {
        self.source = ValueSource::ReturnedError { may_be_missing: true };
        self
    }

    /// The same, where calls that are cancelled are not counted.
    #[must_use]
    pub const fn without_cancelled(mut self) -> Self {
        self.extra_values = &["panic", "error"];
        self.cardinality -= 1;
        self.fallback = Some(self.cardinality - 1);
        self
    }

    /// A label that has one value at this site. The metric's other sites have other values.
    #[must_use]
    pub const fn fixed(name: &'static str, value: fn(usize) -> Option<&'static str>) -> Self {
        let mut label = Self::closed(name, 1, value);
        label.source = ValueSource::Fixed;
        label
    }

    /// The label `outcome`.
    #[must_use]
    pub const fn outcome() -> Self {
        let mut label = Self::new("outcome", Outcome::DATA);
        label.source = ValueSource::Outcome { skipped: 0 };
        label
    }

    /// The label `outcome` of a metric that counts only failures, or the label `reason`: every outcome except `ok`.
    #[must_use]
    pub const fn failure(name: &'static str) -> Self {
        let mut label = Self::new(name, FailedOutcome::DATA);
        label.source = ValueSource::Outcome { skipped: 1 };
        label
    }

    /// The same, where calls that are cancelled are not counted.
    #[must_use]
    pub const fn failure_except_cancelled(name: &'static str) -> Self {
        let mut label = Self::closed(name, NOT_CANCELLED.len(), |index| NOT_CANCELLED.get(index).copied());
        label.source = ValueSource::FailureExceptCancelled;
        label
    }

    /// A label whose values are not those of a type.
    const fn closed(name: &'static str, cardinality: usize, value: fn(usize) -> Option<&'static str>) -> Self {
        Self::new(name, LabelData { cardinality, none: None, value, capped: not_capped })
    }

    /// Whether each site has its own single value.
    pub(crate) fn is_fixed(&self) -> bool {
        self.source == ValueSource::Fixed
    }

    /// The number of values, including the extra ones.
    pub(crate) const fn cardinality(&self) -> u32 {
        self.cardinality
    }

    /// The label's name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Evaluates an expression to an index and gives its offset, or the offset of `none` if the expression panics: a label
    /// must not change what the program does.
    #[inline]
    #[must_use]
    pub fn evaluate(&self, index: impl FnOnce() -> usize) -> u32 {
        catch_panic(index).map_or_else(|| self.fallback.unwrap_or(0) * self.stride, |index| self.offset_of(index))
    }

    /// The same for a value that is at hand.
    #[inline]
    #[must_use]
    pub fn offset_by<T: ?Sized>(&self, index: fn(&T) -> usize, value: &T) -> u32 {
        self.evaluate(|| index(value))
    }

    /// The offset of a value that [`evaluated`] gave, or the offset of `none` if there is none.
    #[inline]
    #[must_use]
    pub fn evaluate_value<T>(&self, value: &Option<T>, index: impl FnOnce(&T) -> usize) -> u32 {
        match value {
            Some(value) => self.evaluate(|| index(value)),
            None => self.fallback.unwrap_or(0) * self.stride,
        }
    }

    /// The index of the last value. It is `error`, if the label gives the reason of an error.
    #[inline]
    #[must_use]
    pub const fn last(&self) -> usize {
        self.cardinality as usize - 1
    }

    /// The offset of the value with this index among the metric's slots.
    ///
    /// A hand-written `Label` may return an index that is too large. It is limited, so that it does not lead to the slot of
    /// another series.
    #[inline]
    fn offset_of(&self, index: usize) -> u32 {
        let last = self.cardinality - 1;
        let index = u32::try_from(index).unwrap_or(last).min(last);
        index * self.stride
    }

    /// The index of this label's value in a slot.
    pub(crate) const fn index_at(&self, slot: u32) -> u32 {
        (slot / self.stride) % self.cardinality
    }

    /// The value with this text, and its index.
    #[cfg(feature = "exporter")]
    pub(crate) fn find(&self, text: &str) -> Option<(u32, &'static str)> {
        let values = (0..self.cardinality).filter_map(|index| Some((index, self.value_at(index * self.stride)?)));
        values.into_iter().find(|(_, value)| *value == text)
    }

    /// The text of this label's value in a slot, or `None` if the label has no such value (yet).
    pub(crate) fn value_at(&self, slot: u32) -> Option<&'static str> {
        let index = self.index_at(slot);
        match index.checked_sub(self.type_cardinality()) {
            // A hand-written `Label` may panic.
            None => catch_panic(|| (self.value)(index as usize)).flatten(),
            Some(extra) => self.extra_values.get(extra as usize).copied(),
        }
    }

    /// The number of values without the extra ones.
    pub(crate) const fn type_cardinality(&self) -> u32 {
        #[allow(clippy::cast_possible_truncation, reason = "there are at most three")]
        {
            self.cardinality - self.extra_values.len() as u32
        }
    }

    /// Whether calls are recorded in the slot only if an expression of the user's panics.
    pub(crate) fn is_panic_fallback(&self, slot: u32) -> bool {
        let index = self.index_at(slot);
        let is_extra_fallback = index >= self.type_cardinality() && Some(index) == self.fallback;
        is_extra_fallback
            && matches!(self.source, ValueSource::Start | ValueSource::ReturnedError { may_be_missing: false })
    }

    /// The number of values whose series are created before anything is recorded.
    #[cfg(feature = "exporter")]
    pub(crate) fn values_at_start(&self) -> u64 {
        let slots = (0..self.cardinality).map(|index| index * self.stride);
        let known = slots.filter(|slot| !self.is_panic_fallback(*slot) && self.value_at(*slot).is_some()).count();
        (known + self.capped().map_or(0, Capped::waiting)) as u64
    }

    /// The texts of the values that exist already.
    pub(crate) fn values(&self) -> impl Iterator<Item = &'static str> {
        (0..self.cardinality).filter_map(|index| self.value_at(index * self.stride))
    }

    /// The capped label that its values belong to, if they are added while the program runs.
    pub(crate) fn capped(&self) -> Option<Capped> {
        (self.capped)()
    }

    /// Whether the value in a slot stands for all values that a capped label does not keep.
    pub(crate) fn is_other(&self, slot: u32) -> bool {
        self.capped().is_some() && self.value_at(slot) == Some(Capped::OTHER)
    }

    /// Whether both have the same name and the same values, now and later.
    pub(crate) fn agrees_with(&self, other: &Self) -> bool {
        if self.is_fixed() && other.is_fixed() {
            return self.name == other.name;
        }
        self.name == other.name && self.cardinality == other.cardinality && self.has_the_values_of(other)
    }

    fn has_the_values_of(&self, other: &Self) -> bool {
        match (self.capped(), other.capped()) {
            // The same address means the same set of values, also where the linker has merged two equal functions. But one
            // function may have two addresses: then the values are compared, which are all known for these labels.
            (None, None) => core::ptr::fn_addr_eq(self.value, other.value) || self.has_all_values_of(other),
            (one, other) => one == other,
        }
    }

    fn has_all_values_of(&self, other: &Self) -> bool {
        (0..self.cardinality).all(|index| {
            let value = self.value_at(index * self.stride);
            value.is_some() && value == other.value_at(index * other.stride)
        })
    }
}

/// Evaluates an expression that is the value of several labels. It gives nothing if the expression panics: a label must not change
/// what the program does.
#[inline]
pub fn evaluated<T>(value: impl FnOnce() -> T) -> Option<T> {
    catch_panic(value)
}

/// The failures of calls that are not cancelled, in the order of the outcomes.
const NOT_CANCELLED: [&str; 3] = [Outcome::Error.as_str(), Outcome::Timeout.as_str(), Outcome::Panic.as_str()];

const fn not_capped() -> Option<Capped> {
    None
}

/// Indices are stored in 32 bits, so that the guard of a call stays small.
const fn index_to_u32(index: usize) -> u32 {
    assert!(index < u32::MAX as usize, "a label has too many values");
    #[allow(clippy::cast_possible_truncation, reason = "the line above checks it")]
    {
        index as u32
    }
}
