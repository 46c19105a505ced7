//! A setting that cannot be used.

use crate::util::{debug_is_display, shown};

/// A setting that cannot be used.
///
/// Its `Debug` is the same text as its `Display`, because Rust prints `Debug` for an error that `main` returns.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// An environment variable has a value that it does not take.
    #[error("the environment variable `{variable}` is `{}`, which {problem}; it takes {takes}", shown(.value))]
    Variable {
        /// Its name.
        variable: &'static str,
        /// Its value.
        value: String,
        /// What is wrong with it.
        problem: String,
        /// The values that it takes.
        takes: &'static str,
    },
    /// A setting of the builder has a value that it does not take.
    #[error("`{method}` of the builder is `{}`, which {problem}; it takes {takes}", shown(.value))]
    Builder {
        /// The name of its method.
        method: &'static str,
        /// Its value, without secrets.
        value: String,
        /// What is wrong with it.
        problem: String,
        /// The values that it takes.
        takes: &'static str,
    },
    /// A global label cannot be used: its name or value is invalid, or a metric already has a label with its name.
    #[error("the global label `{}`, of the builder or of `METRICS_GLOBAL_LABELS`, {problem}", shown(.name))]
    GlobalLabel {
        /// Its name.
        name: String,
        /// What is wrong with it, and what to write instead.
        problem: String,
    },
    /// A label of the group at the Pushgateway cannot be used: its name or value is invalid, or a metric already has a label
    /// with its name, which the gateway would replace.
    #[error("the label `{}` of the group at the Pushgateway {problem}", shown(.name))]
    PushLabel {
        /// Its name.
        name: String,
        /// What is wrong with it, and what to do instead.
        problem: String,
    },
}

debug_is_display!(ConfigError);

impl ConfigError {
    /// A variable of the environment with a value that it does not take.
    pub(super) fn of_variable(
        variable: &'static str,
        value: impl Into<String>,
        problem: impl Into<String>,
        takes: &'static str,
    ) -> Self {
        Self::Variable { variable, value: value.into(), problem: problem.into(), takes }
    }

    /// A method of the builder with a value that it does not take.
    pub(super) fn of_builder(
        method: &'static str,
        value: impl Into<String>,
        problem: impl Into<String>,
        takes: &'static str,
    ) -> Self {
        Self::Builder { method, value: value.into(), problem: problem.into(), takes }
    }
}
