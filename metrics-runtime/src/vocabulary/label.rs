//! Labels: types whose set of values is closed.

use super::outcome::{FailedOutcome, Outcome};

/// A type whose values can stand in a metric's label: a closed set, known to the compiler.
///
/// Each combination of label values is a time series that Prometheus keeps in memory, so a label whose values nobody
/// can list (an id, a file name, a user's text) makes as many series as there are values. That is why `String`, `&str`
/// and the integers do not implement this trait, and why a metric's largest number of series is a constant here.
///
/// Derive it on an enum without fields:
///
/// ```
/// use metrics_runtime::Label;
///
/// #[derive(Clone, Copy, Label)]
/// enum StatusClass {
///     #[label(rename = "2xx")]
///     Success,
///     ClientError, // "client_error"
/// }
///
/// assert_eq!(StatusClass::CARDINALITY, 2);
/// assert_eq!(StatusClass::value(StatusClass::Success.index()), Some("2xx"));
/// assert_eq!(StatusClass::value(1), Some("client_error"));
/// ```
///
/// On a struct around [`Interned`](crate::Interned) the derive makes a label with a cap, for values that are known only
/// when the program runs.
///
/// It is implemented for `bool` (`false`, `true`), for `Option<L>` (the values of `L`, and `none`) and for `&L`.
///
/// The rule against unbounded values is Prometheus' own:
/// <https://prometheus.io/docs/practices/naming/#labels>.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a label: the set of its values is not closed",
    label = "not a label: nobody can list the values of `{Self}`",
    note = "each value of a label is a time series of its own, kept by Prometheus for as long as its data",
    note = "a closed set of values: make it an enum without fields and derive it, `#[derive(Clone, Copy, metrics_runtime::Label)]`",
    note = "few values, known only when the program runs: a struct around `metrics_runtime::Interned` with `#[label(max_values = 32)]`, made once with `new`",
    note = "a value that only one call has (an id, a name, a text) belongs on the trace: `#[tracing::instrument(fields(..))]`"
)]
pub trait Label {
    /// The number of values: every index is less than this.
    const CARDINALITY: usize;

    /// The index of the value `none`, where the set has one.
    ///
    /// A label that is read from the returned value has the value `none` when a call ends without one (it was
    /// cancelled, or panicked); a set that has its own `none` shares it.
    const NONE: Option<usize> = None;

    /// Which of the values this is, less than [`CARDINALITY`](Self::CARDINALITY).
    fn index(&self) -> usize;

    /// The text of the value with this index, or `None` where there is no such value (yet).
    fn value(index: usize) -> Option<&'static str>;

    /// Which capped label's values these are, where they come with time. Two labels without values look the same, and
    /// two functions may be one in the program, so neither says whether two labels are the same.
    #[doc(hidden)]
    #[must_use]
    fn capped() -> Option<Capped> {
        None
    }
}

/// One of the program's capped labels. Each keeps its values in its own static, whose address identifies it.
#[derive(Clone, Copy, Debug)]
pub struct Capped {
    values: usize,
    type_name: &'static str,
}

impl Capped {
    /// The capped label of the type `L`, whose values are kept in a static at this address.
    pub(crate) fn new<L>(values: usize) -> Self {
        Self { values, type_name: core::any::type_name::<L>() }
    }

    /// The name of its type.
    pub(crate) const fn type_name(self) -> &'static str {
        self.type_name
    }
}

impl PartialEq for Capped {
    fn eq(&self, other: &Self) -> bool {
        self.values == other.values
    }
}

/// `false` and `true`.
#[diagnostic::do_not_recommend]
impl Label for bool {
    const CARDINALITY: usize = 2;

    fn index(&self) -> usize {
        usize::from(*self)
    }

    fn value(index: usize) -> Option<&'static str> {
        ["false", "true"].get(index).copied()
    }
}

/// The values of `L`, and `none`.
#[diagnostic::do_not_recommend]
impl<L: Label> Label for Option<L> {
    const CARDINALITY: usize = match L::NONE {
        Some(_) => L::CARDINALITY,
        None => L::CARDINALITY + 1,
    };
    const NONE: Option<usize> = match L::NONE {
        Some(index) => Some(index),
        None => Some(L::CARDINALITY),
    };

    fn index(&self) -> usize {
        match self {
            Some(label) => label.index(),
            None => L::NONE.unwrap_or(L::CARDINALITY),
        }
    }

    fn value(index: usize) -> Option<&'static str> {
        if Some(index) == Self::NONE { Some("none") } else { L::value(index) }
    }

    fn capped() -> Option<Capped> {
        L::capped()
    }
}

#[diagnostic::do_not_recommend]
impl<L: Label + ?Sized> Label for &L {
    const CARDINALITY: usize = L::CARDINALITY;
    const NONE: Option<usize> = L::NONE;

    fn index(&self) -> usize {
        L::index(self)
    }

    fn value(index: usize) -> Option<&'static str> {
        L::value(index)
    }

    fn capped() -> Option<Capped> {
        L::capped()
    }
}

/// `error`, `timeout`, `cancelled`, `panic`.
#[diagnostic::do_not_recommend]
impl Label for FailedOutcome {
    const CARDINALITY: usize = Outcome::ALL.len() - 1;

    fn index(&self) -> usize {
        *self as usize
    }

    fn value(index: usize) -> Option<&'static str> {
        Outcome::ALL.get(index + 1).map(|outcome| outcome.as_str())
    }
}

/// `ok`, `error`, `timeout`, `cancelled`, `panic`.
#[diagnostic::do_not_recommend]
impl Label for Outcome {
    const CARDINALITY: usize = Self::ALL.len();

    fn index(&self) -> usize {
        *self as usize
    }

    fn value(index: usize) -> Option<&'static str> {
        Self::ALL.get(index).map(|outcome| outcome.as_str())
    }
}
