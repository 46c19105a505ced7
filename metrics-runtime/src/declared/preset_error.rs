//! A name of a configuration that is no value of a capped label.

use core::error::Error;
use core::fmt;

/// A name cannot be a value of its capped label. It is the error of `preset`, which
/// [`#[derive(Label)]`](macro@crate::Label) gives a struct around [`Interned`](crate::Interned).
///
/// It is about the first such name. The names that fit are preset all the same, so a program can log the error and go on: a value
/// with such a name is then counted as `other`.
///
/// ```
/// use metrics_runtime::{Interned, Label};
///
/// #[derive(Clone, Copy, Label)]
/// #[label(max_values = 2)]
/// struct Tenant(Interned);
///
/// let error = Tenant::preset(["acme", "globex", "initech"]).expect_err("they are three");
/// assert_eq!((error.label(), error.max_values(), error.name()), ("tenant", 2, "initech"));
/// assert_eq!(
///     error.to_string(),
///     "the label `tenant` has no room for the value `initech`: it keeps 2 values; raise its `max_values`"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresetError {
    label: &'static str,
    max_values: usize,
    name: String,
    problem: Problem,
}

/// Why a label does not keep a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// The text is empty, too long, or contains control characters.
    Text,
    Full,
    FullOverAllProcesses,
    /// Another process has another value at the same place.
    Displaced,
}

impl Problem {
    /// The reason, for the log.
    pub(super) const fn reason(self) -> &'static str {
        match self {
            Self::Text => "it is empty, too long, or contains control characters",
            Self::Full => "the label already has its largest number of values",
            Self::FullOverAllProcesses => "the label already has its largest number of values over all processes",
            Self::Displaced => "this process had another value at its place before it shared its values",
        }
    }
}

/// How much of a value that is not kept is shown.
const SHOWN_CHARACTERS: usize = 64;

/// The beginning of a text, without control characters.
pub(super) fn shown(text: &str) -> String {
    text.chars().take(SHOWN_CHARACTERS).flat_map(char::escape_debug).collect()
}

impl PresetError {
    pub(super) fn new(label: &'static str, max_values: usize, name: &str, problem: Problem) -> Self {
        Self { label, max_values, name: name.to_owned(), problem }
    }

    /// The name of the label, as `metrics_label_overflow_total` has it.
    #[must_use]
    pub const fn label(&self) -> &'static str {
        self.label
    }

    /// The number of values that the label keeps.
    #[must_use]
    pub const fn max_values(&self) -> usize {
        self.max_values
    }

    /// The first name that cannot be a value.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for PresetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (label, max, name) = (self.label, self.max_values, shown(&self.name));
        let rest = if self.name.chars().nth(SHOWN_CHARACTERS).is_some() { "…" } else { "" };
        let values = if max == 1 { "value" } else { "values" };
        match self.problem {
            Problem::Text => write!(
                f,
                "the label `{label}` cannot have the value `{name}{rest}`: it is empty, longer than 128 bytes, or contains \
                 control characters; give it another name"
            ),
            Problem::Full => write!(
                f,
                "the label `{label}` has no room for the value `{name}{rest}`: it keeps {max} {values}; raise its \
                 `max_values`"
            ),
            Problem::FullOverAllProcesses => write!(
                f,
                "the label `{label}` has no room for the value `{name}{rest}`: it keeps {max} {values} of all processes \
                 together, also of those that have ended; raise its `max_values`"
            ),
            Problem::Displaced => write!(
                f,
                "the label `{label}` cannot have the value `{name}{rest}`: {}; call `init()` before the first value of \
                 the label is made with `new`",
                self.problem.reason()
            ),
        }
    }
}

impl Error for PresetError {}
