//! Labels: types whose set of values is closed.

use core::fmt;

use super::outcome::{FailedOutcome, Outcome};

/// A type whose values a label of a metric can have: a closed set, known to the compiler.
///
/// Each combination of label values is a time series that Prometheus keeps in memory. A label whose values cannot be
/// listed (an id, a file name, a user's text) makes as many series as there are values. That is why `String`, `&str`
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
/// [`ignore_fields`](macro@crate::Label) makes an enum with fields a label: each variant is one value.
///
/// For values that are known only when the program runs, derive it on a struct around [`Interned`](crate::Interned): a
/// capped label, which keeps a limited number of values.
///
/// It is implemented for `bool` (`false`, `true`), for `Option<L>` (the values of `L`, and `none`) and for `&L`.
///
/// The rule against unbounded values is Prometheus' own:
/// <https://prometheus.io/docs/practices/naming/#labels>.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a label: the set of its values is not closed",
    label = "not a label: the values of `{Self}` cannot be listed",
    note = "each value of a label is another time series, which Prometheus keeps as long as its data",
    note = "if the set of values is closed, make it an enum without fields and derive `Label`: `#[derive(Clone, Copy, metrics_runtime::Label)]`",
    note = "if there are few values, known only when the program runs, use a struct around `metrics_runtime::Interned` with `#[label(max_values = 32)]`, and create each value once with `new`",
    note = "if each call has a different value (an id, a name, a text), it belongs on the trace: `#[tracing::instrument(fields(..))]`"
)]
pub trait Label {
    /// The number of values. Every index is less than this.
    const CARDINALITY: usize;

    /// The index of the value `none`, if the set has this value.
    ///
    /// A label that is read from the returned value is `none` if the call returned nothing: it was cancelled, or it
    /// panicked. If the set has its own `none`, both are the same value.
    const NONE: Option<usize> = None;

    /// The index of this value. It is less than [`CARDINALITY`](Self::CARDINALITY).
    fn index(&self) -> usize;

    /// The text of the value with this index, or `None` if there is no such value (yet).
    fn value(index: usize) -> Option<&'static str>;

    /// The capped label that these values belong to, if they are added while the program runs. It tells whether two labels
    /// are the same. Their values cannot: two labels that have none yet look alike. Neither can their functions: the linker
    /// may merge two equal ones.
    #[doc(hidden)]
    #[must_use]
    fn capped() -> Option<Capped> {
        None
    }

    /// All of this but the index of a value. Generated code reads it at each use of the label: as one constant the compiler works it
    /// out once for the type.
    #[doc(hidden)]
    const DATA: LabelData =
        LabelData { cardinality: Self::CARDINALITY, none: Self::NONE, value: Self::value, capped: Self::capped };
}

/// What a [`Label`] says of its values.
#[derive(Clone, Copy, Debug)]
pub struct LabelData {
    /// The number of values.
    pub cardinality: usize,
    /// The index of the value `none`.
    pub none: Option<usize>,
    /// The text of the value with this index.
    pub value: fn(usize) -> Option<&'static str>,
    /// The capped label that the values belong to.
    pub capped: fn() -> Option<Capped>,
}

/// What the runtime asks of the values of a capped label.
pub(crate) trait CappedValues: fmt::Debug + Sync {
    /// The number of preset values that have no index yet.
    #[cfg_attr(not(feature = "exporter"), allow(dead_code, reason = "only our own recorder has a limit"))]
    fn waiting(&self) -> usize {
        0
    }

    /// Gives these values their indices. From now on a preset value gets its index at once.
    fn start(&self) {}
}

/// The identity of a capped label. Each keeps its values in its own static, whose address identifies it.
#[derive(Clone, Copy, Debug)]
pub struct Capped {
    values: &'static dyn CappedValues,
    type_name: &'static str,
    #[cfg_attr(not(feature = "exporter"), allow(dead_code, reason = "only processes that share their values ask"))]
    path: &'static str,
    #[cfg_attr(not(feature = "exporter"), allow(dead_code, reason = "only processes that share their values ask"))]
    kept: usize,
}

impl Capped {
    /// The value that stands for every value that is not kept. No other value of a capped label has this text.
    pub(crate) const OTHER: &str = "other";

    /// The capped label of the type `L` with these values. It keeps so many, and other processes know it by this path.
    pub(crate) fn new<L>(values: &'static dyn CappedValues, path: &'static str, kept: usize) -> Self {
        Self { values, type_name: core::any::type_name::<L>(), path, kept }
    }

    /// The number of preset values that have no index yet.
    #[cfg(feature = "exporter")]
    pub(crate) fn waiting(self) -> usize {
        self.values.waiting()
    }

    /// Gives the preset values their indices. Comes before the first series.
    pub(crate) fn start(self) {
        self.values.start();
    }

    /// The number of values that it keeps. Their indices come first.
    #[cfg(feature = "exporter")]
    pub(crate) const fn kept(self) -> usize {
        self.kept
    }

    /// The path by which other processes know the label.
    #[cfg(feature = "exporter")]
    pub(crate) const fn path(self) -> &'static str {
        self.path
    }

    /// The name of the label's type.
    pub(crate) const fn type_name(self) -> &'static str {
        self.type_name
    }
}

impl PartialEq for Capped {
    fn eq(&self, other: &Self) -> bool {
        core::ptr::addr_eq(self.values, other.values)
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
