//! A declared metric as an attribute refers to it: the metric by its path, its labels by their names.

use core::fmt;
use core::marker::PhantomData;

use super::handles::{Counter, Gauge, Histogram};
use super::unit::{CountsCalls, IsSeconds};
use crate::definition::Family;
use crate::util::ConstText;
use crate::vocabulary::{FailedOutcome, Label, Outcome};

/// A declared metric of any kind, with the types of its labels.
pub struct DeclaredMetric<Labels> {
    family: &'static Family,
    labels: PhantomData<fn(Labels)>,
}

impl<Labels> Clone for DeclaredMetric<Labels> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Labels> Copy for DeclaredMetric<Labels> {}

impl<Labels> fmt::Debug for DeclaredMetric<Labels> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.family.name)
    }
}

/// The metric that `#[counted]` and `#[counted_failure]` take. Another kind, or a counter of fractions, does not compile.
#[must_use]
pub const fn counter<Labels, Unit: CountsCalls>(metric: &'static Counter<Labels, Unit>) -> DeclaredMetric<Labels> {
    DeclaredMetric { family: metric.family(), labels: PhantomData }
}

/// The metric that `#[in_flight]` takes. Another kind does not compile.
#[must_use]
pub const fn gauge<Labels>(metric: &'static Gauge<Labels>) -> DeclaredMetric<Labels> {
    DeclaredMetric { family: metric.family(), labels: PhantomData }
}

/// The metric that `#[timed]` takes. Another kind or another unit does not compile.
#[must_use]
pub const fn histogram<Labels, Unit: IsSeconds>(metric: &'static Histogram<Labels, Unit>) -> DeclaredMetric<Labels> {
    DeclaredMetric { family: metric.family(), labels: PhantomData }
}

/// The metric that `#[observed]` takes. Another kind does not compile.
#[must_use]
pub const fn observed_histogram<Labels, Unit>(metric: &'static Histogram<Labels, Unit>) -> DeclaredMetric<Labels> {
    DeclaredMetric { family: metric.family(), labels: PhantomData }
}

impl<Labels> DeclaredMetric<Labels> {
    /// The metric as constant data.
    #[must_use]
    pub const fn family(self) -> &'static Family {
        self.family
    }
}

/// The position of the label with this name among the metric's labels.
///
/// # Panics
///
/// In const evaluation, if no label has this name. The panic message is then the compiler's error.
#[must_use]
#[track_caller]
pub const fn place_of<Labels>(metric: DeclaredMetric<Labels>, name: &str) -> usize {
    let labels = metric.family.labels;
    let mut at = 0;
    while at < labels.len() {
        if is_equal(labels[at].name(), name) {
            return at;
        }
        at += 1;
    }
    let mut text = ConstText::new().text("the metric `").text(metric.family.name);
    text = text.text("` is declared without a label `").text(name).text("`: it has ");
    at = 0;
    while at < labels.len() {
        text = text.text(if at > 0 { ", `" } else { "`" }).text(labels[at].name()).text("`");
        at += 1;
    }
    panic!("{}", text.text(if labels.is_empty() { "none" } else { "" }).as_str())
}

/// `==` cannot be called in const evaluation.
const fn is_equal(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() {
        return false;
    }
    let mut at = 0;
    while at < one.len() {
        if one[at] != other[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// Maps a tuple of label types and a position to the label type at this position.
pub trait LabelAt<const AT: usize> {
    /// The label type at this position.
    type Label: Label;
}

macro_rules! label_at {
    ($($at:literal $label:ident of $($all:ident)+;)+) => {
        $(
            impl<$($all),+> LabelAt<$at> for ($($all,)+)
            where
                $label: Label,
            {
                type Label = $label;
            }
        )+
    };
}

label_at! {
    0 A of A;
    0 A of A B; 1 B of A B;
    0 A of A B C; 1 B of A B C; 2 C of A B C;
    0 A of A B C D; 1 B of A B C D; 2 C of A B C D; 3 D of A B C D;
    0 A of A B C D E; 1 B of A B C D E; 2 C of A B C D E; 3 D of A B C D E; 4 E of A B C D E;
    0 A of A B C D E F; 1 B of A B C D E F; 2 C of A B C D E F; 3 D of A B C D E F; 4 E of A B C D E F;
    5 F of A B C D E F;
}

/// The index of a label's value. The value must have the type that the metric's declaration gives the label.
#[inline]
pub fn index_at<Labels: LabelAt<AT>, const AT: usize>(
    _: DeclaredMetric<Labels>,
    value: &<Labels as LabelAt<AT>>::Label,
) -> usize {
    value.index()
}

/// Compiles only if the label at this position has the type [`Outcome`]: how a call ended.
#[must_use]
pub const fn is_outcome<Labels: LabelAt<AT, Label = Outcome>, const AT: usize>(_: DeclaredMetric<Labels>) -> usize {
    AT
}

/// Compiles only if the label at this position has the type [`FailedOutcome`]: how a call failed.
#[must_use]
pub const fn is_failed_outcome<Labels: LabelAt<AT, Label = FailedOutcome>, const AT: usize>(
    _: DeclaredMetric<Labels>,
) -> usize {
    AT
}
