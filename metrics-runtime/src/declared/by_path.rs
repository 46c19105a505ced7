//! A declared metric as an annotated function names it: by its path, and its labels by name.

use core::fmt;
use core::marker::PhantomData;

use super::handles::{Counter, Gauge, Histogram};
use crate::definition::Family;
use crate::util::ConstText;
use crate::vocabulary::{FailedOutcome, Label, Outcome};

/// A declared metric of whatever kind, with the types of its labels.
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

/// What `#[counted]` and `#[counted_failure]` take.
#[must_use]
pub const fn counter<Labels>(metric: &'static Counter<Labels>) -> DeclaredMetric<Labels> {
    DeclaredMetric { family: metric.family(), labels: PhantomData }
}

/// What `#[in_flight]` takes.
#[must_use]
pub const fn gauge<Labels>(metric: &'static Gauge<Labels>) -> DeclaredMetric<Labels> {
    DeclaredMetric { family: metric.family(), labels: PhantomData }
}

/// What `#[timed]` takes.
#[must_use]
pub const fn histogram<Labels>(metric: &'static Histogram<Labels>) -> DeclaredMetric<Labels> {
    DeclaredMetric { family: metric.family(), labels: PhantomData }
}

impl<Labels> DeclaredMetric<Labels> {
    /// The metric.
    #[must_use]
    pub const fn family(self) -> &'static Family {
        self.family
    }
}

/// Which of the metric's labels has this name.
///
/// # Panics
///
/// In the compiler, where none has; the message is the program's error.
#[must_use]
#[track_caller]
pub const fn place_of<Labels>(metric: DeclaredMetric<Labels>, name: &str) -> usize {
    let labels = metric.family.labels;
    let mut at = 0;
    while at < labels.len() {
        if same(labels[at].name(), name) {
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

const fn same(one: &str, other: &str) -> bool {
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

/// The types of a metric's labels, by their place.
pub trait LabelAt<const AT: usize> {
    /// The label at this place.
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

/// The index of a label's value; its type is the one in the metric's declaration.
#[inline]
pub fn index_at<Labels: LabelAt<AT>, const AT: usize>(
    _: DeclaredMetric<Labels>,
    value: &<Labels as LabelAt<AT>>::Label,
) -> usize {
    value.index()
}

/// Compiles where the label at this place is how a call ended.
#[must_use]
pub const fn is_outcome<Labels: LabelAt<AT, Label = Outcome>, const AT: usize>(_: DeclaredMetric<Labels>) -> usize {
    AT
}

/// Compiles where the label at this place is how a call failed.
#[must_use]
pub const fn is_failed_outcome<Labels: LabelAt<AT, Label = FailedOutcome>, const AT: usize>(
    _: DeclaredMetric<Labels>,
) -> usize {
    AT
}
