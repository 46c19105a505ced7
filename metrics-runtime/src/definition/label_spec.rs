//! A label of a metric, as the compiler knows it.

use crate::util::catch_panic;
use crate::vocabulary::{Capped, FailedOutcome, Label, Outcome};

/// When the value of a label is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    /// Before the body runs.
    AtStart,
    /// From the returned value.
    FromResult,
    /// From how the call ended; the first `skipped` outcomes have no value of their own.
    FromOutcome { skipped: u32 },
    /// Always: it has one value, and each of the metric's sites its own.
    Fixed,
    /// From the returned error, and from how the call ended where it returned none.
    FromError,
}

/// One label of a metric.
#[derive(Clone, Copy, Debug)]
pub struct LabelSpec {
    name: &'static str,
    cardinality: u32,
    value: fn(usize) -> Option<&'static str>,
    capped: fn() -> Option<Capped>,
    /// The value for want of one.
    pub(crate) none: Option<u32>,
    /// Values behind those of the type.
    added: &'static [&'static str],
    pub(crate) known: Known,
    /// The distance in the slots between two neighbouring values of this label.
    pub(crate) stride: u32,
}

impl LabelSpec {
    /// A label whose value is a parameter's, or one that cannot panic.
    ///
    /// It takes what the type's `Label` says one by one rather than the type: generated code then mentions the type
    /// always in the same words, and the compiler says only once that it is no label.
    ///
    /// # Panics
    ///
    /// In the compiler, where the type has no value.
    #[must_use]
    pub const fn new(
        name: &'static str,
        cardinality: usize,
        none: Option<usize>,
        value: fn(usize) -> Option<&'static str>,
        capped: fn() -> Option<Capped>,
    ) -> Self {
        assert!(cardinality > 0, "a label needs at least one value");
        Self {
            name,
            cardinality: index_to_u32(cardinality),
            value,
            capped,
            none: match none {
                Some(index) => Some(index_to_u32(index)),
                None => None,
            },
            added: &[],
            known: Known::AtStart,
            stride: 0,
        }
    }

    /// A label whose value is an expression's. Should that panic, the label is `none` and the program goes on.
    #[must_use]
    pub const fn or_none(mut self) -> Self {
        if self.none.is_none() {
            self.none = Some(self.cardinality);
            self.added = &["none"];
            self.cardinality += 1;
        }
        self
    }

    /// A label whose value is read from what the function returned, and `none` where it returned nothing.
    #[must_use]
    pub const fn from_result(self) -> Self {
        let mut label = self.or_none();
        label.known = Known::FromResult;
        label
    }

    /// The label `reason` from a set of the user's own: its values, and those of the calls that returned no error.
    #[must_use]
    pub const fn from_error(mut self) -> Self {
        self.added = &["cancelled", "panic", "error"];
        // An error whose reason cannot be asked without a panic is at least an error.
        self.none = Some(self.cardinality + 2);
        self.cardinality += 3;
        self.known = Known::FromError;
        self
    }

    /// A label with one value, which the metric's other sites do not have.
    #[must_use]
    pub const fn fixed(name: &'static str, value: fn(usize) -> Option<&'static str>) -> Self {
        let mut label = Self::new(name, 1, None, value, not_capped);
        label.known = Known::Fixed;
        label
    }

    /// The label `outcome`.
    #[must_use]
    pub const fn outcome() -> Self {
        let mut label = Self::of::<Outcome>("outcome");
        label.known = Known::FromOutcome { skipped: 0 };
        label
    }

    /// The label `outcome` of a metric that counts failures alone, or the label `reason`: every outcome but `ok`.
    #[must_use]
    pub const fn failure(name: &'static str) -> Self {
        let mut label = Self::of::<FailedOutcome>(name);
        label.known = Known::FromOutcome { skipped: 1 };
        label
    }

    const fn of<L: Label>(name: &'static str) -> Self {
        Self::new(name, L::CARDINALITY, L::NONE, L::value, L::capped)
    }

    /// Whether each site has a value of its own.
    pub(crate) fn is_fixed(&self) -> bool {
        self.known == Known::Fixed
    }

    pub(crate) const fn cardinality(&self) -> u32 {
        self.cardinality
    }

    /// The label's name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The offset of an expression's index, and that of `none` where the expression panics: a label must not change
    /// what the program does.
    #[inline]
    #[must_use]
    pub fn evaluate(&self, index: impl FnOnce() -> usize) -> u32 {
        catch_panic(index).map_or_else(|| self.none.unwrap_or(0) * self.stride, |index| self.at(index))
    }

    /// The offset of the value with this index among the metric's slots.
    ///
    /// A hand-written `Label` may answer with an index that it does not have; it must not reach another series' slot.
    #[inline]
    fn at(&self, index: usize) -> u32 {
        let last = self.cardinality - 1;
        let index = u32::try_from(index).unwrap_or(last).min(last);
        index * self.stride
    }

    /// Which value a slot has.
    pub(crate) const fn index_at(&self, slot: u32) -> u32 {
        (slot / self.stride) % self.cardinality
    }

    /// The value with this text, with its index.
    #[cfg(feature = "exporter")]
    pub(crate) fn find(&self, text: &str) -> Option<(u32, &'static str)> {
        let values = (0..self.cardinality).filter_map(|index| Some((index, self.value_at(index * self.stride)?)));
        values.into_iter().find(|(_, value)| *value == text)
    }

    pub(crate) fn value_at(&self, slot: u32) -> Option<&'static str> {
        let index = self.index_at(slot);
        match index.checked_sub(self.own_values()) {
            // A hand-written `Label` may panic.
            None => catch_panic(|| (self.value)(index as usize)).flatten(),
            Some(added) => self.added.get(added as usize).copied(),
        }
    }

    /// The number of the type's own values.
    pub(crate) const fn own_values(&self) -> u32 {
        #[allow(clippy::cast_possible_truncation, reason = "there are at most three")]
        {
            self.cardinality - self.added.len() as u32
        }
    }

    /// Whether the slot can only be reached by an expression of the user's that panics.
    pub(crate) fn is_expression_panic(&self, slot: u32) -> bool {
        let index = self.index_at(slot);
        let is_added = index >= self.own_values() && Some(index) == self.none;
        is_added && matches!(self.known, Known::AtStart | Known::FromError)
    }

    /// The number of the values that a series is created for before anything is recorded.
    #[cfg(feature = "exporter")]
    pub(crate) fn values_at_start(&self) -> u64 {
        let slots = (0..self.cardinality).map(|index| index * self.stride);
        slots.filter(|slot| !self.is_expression_panic(*slot) && self.value_at(*slot).is_some()).count() as u64
    }

    /// The texts of the values that it can have already.
    pub(crate) fn values(&self) -> impl Iterator<Item = &'static str> {
        (0..self.cardinality).filter_map(|index| self.value_at(index * self.stride))
    }

    /// The capped label that its values are of, where they come with time.
    pub(crate) fn capped(&self) -> Option<Capped> {
        (self.capped)()
    }

    /// Whether both stand for the same name and the same values, now and later.
    pub(crate) fn agrees_with(&self, other: &Self) -> bool {
        if self.known == Known::Fixed && other.known == Known::Fixed {
            return self.name == other.name;
        }
        self.name == other.name && self.cardinality == other.cardinality && self.has_the_values_of(other)
    }

    fn has_the_values_of(&self, other: &Self) -> bool {
        match (self.capped(), other.capped()) {
            // One function has one set of values, and so have two that the linker has made one of because they are the
            // same. One function may have two addresses as well; then the values tell, if there are none to come.
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

const fn not_capped() -> Option<Capped> {
    None
}

/// Indices are stored in 32 bits, so that the guard of a call stays small.
const fn index_to_u32(index: usize) -> u32 {
    assert!(index < u32::MAX as usize, "a label has too many values");
    #[allow(clippy::cast_possible_truncation, reason = "the line above has checked it")]
    {
        index as u32
    }
}
