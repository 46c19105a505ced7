//! A declared metric, as an annotated function uses it: by path, its labels by name.

use core::fmt;
use core::marker::PhantomData;

use crate::family::Family;
use crate::text::Text;
use crate::{Counter, Gauge, Histogram, Label};

/// A declared metric of whatever kind, with the types of its labels.
pub struct Shared<Labels> {
    family: &'static Family,
    labels: PhantomData<fn(Labels)>,
}

impl<Labels> Clone for Shared<Labels> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Labels> Copy for Shared<Labels> {}

impl<Labels> fmt::Debug for Shared<Labels> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.family.name)
    }
}

/// What `#[counted]` and `#[counted_failure]` take.
#[must_use]
pub const fn counter<Labels>(metric: &'static Counter<Labels>) -> Shared<Labels> {
    Shared { family: metric.family(), labels: PhantomData }
}

/// What `#[in_flight]` takes.
#[must_use]
pub const fn gauge<Labels>(metric: &'static Gauge<Labels>) -> Shared<Labels> {
    Shared { family: metric.family(), labels: PhantomData }
}

/// What `#[timed]` takes.
#[must_use]
pub const fn histogram<Labels>(metric: &'static Histogram<Labels>) -> Shared<Labels> {
    Shared { family: metric.family(), labels: PhantomData }
}

impl<Labels> Shared<Labels> {
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
pub const fn place_of<Labels>(metric: Shared<Labels>, name: &str) -> usize {
    let labels = metric.family.labels;
    let mut at = 0;
    while at < labels.len() {
        if same(labels[at].name(), name) {
            return at;
        }
        at += 1;
    }
    let mut text = Text::new().word("the metric `").word(metric.family.name);
    text = text.word("` is declared without a label `").word(name).word("`: it has ");
    at = 0;
    while at < labels.len() {
        text = text.word(if at > 0 { ", `" } else { "`" }).word(labels[at].name()).word("`");
        at += 1;
    }
    panic!("{}", text.word(if labels.is_empty() { "none" } else { "" }).as_str())
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
    _: Shared<Labels>,
    value: &<Labels as LabelAt<AT>>::Label,
) -> usize {
    value.index()
}

/// Compiles where the label at this place is how a call ended.
#[must_use]
pub const fn is_outcome<Labels: LabelAt<AT, Label = crate::Outcome>, const AT: usize>(_: Shared<Labels>) -> usize {
    AT
}

/// Compiles where the label at this place is how a call failed.
#[must_use]
pub const fn is_failed_outcome<Labels: LabelAt<AT, Label = crate::FailedOutcome>, const AT: usize>(
    _: Shared<Labels>,
) -> usize {
    AT
}
