//! The environment variables that concern traces, and what is wrong with them.

use std::ffi::OsString;

use crate::report::one_line;

/// Stands for a value that may hold a secret.
pub(super) const HIDDEN: &str = "…";
/// How much of a value a message shows.
const SHOWN_BYTES: usize = 200;

/// Why traces cannot be sent.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TracesError {
    #[error("the environment variable `{variable}` is `{value}`, which {problem}; it takes {takes}")]
    Variable { variable: &'static str, value: String, problem: &'static str, takes: &'static str },
    #[cfg(not(feature = "traces"))]
    #[error(
        "the environment variable `{0}` asks for traces, and this program was built without the feature `traces`: build it \
         with the feature, or set `OTEL_TRACES_EXPORTER` to `none`"
    )]
    MissingFeature(&'static str),
    #[cfg(feature = "traces")]
    #[error("the client for traces cannot be made: {0}")]
    Client(String),
}

impl TracesError {
    /// A value that may be shown.
    pub(super) fn of(variable: &'static str, value: &str, problem: &'static str, takes: &'static str) -> Self {
        Self::Variable { variable, value: one_line(value, SHOWN_BYTES), problem, takes }
    }

    /// An address: without what could be a secret.
    #[cfg(feature = "traces")]
    pub(super) fn of_address(variable: &'static str, value: &str, problem: &'static str, takes: &'static str) -> Self {
        Self::of(variable, &metrics_runtime::redis::redact_address(value), problem, takes)
    }
}

/// The variables. One that is empty counts as unset.
#[derive(Clone, Copy)]
pub(super) struct Variables<'a>(pub(super) &'a dyn Fn(&'static str) -> Option<OsString>);

impl Variables<'_> {
    pub(super) fn get(self, name: &'static str) -> Result<Option<String>, TracesError> {
        let Some(value) = (self.0)(name) else { return Ok(None) };
        match value.into_string() {
            Ok(value) if value.trim().is_empty() => Ok(None),
            Ok(value) => Ok(Some(value)),
            Err(_) => Err(TracesError::of(name, HIDDEN, "is not valid Unicode", "a text")),
        }
    }

    /// The first of two that is set.
    #[cfg(feature = "traces")]
    pub(super) fn first(self, names: [&'static str; 2]) -> Result<Option<(&'static str, String)>, TracesError> {
        for name in names {
            if let Some(value) = self.get(name)? {
                return Ok(Some((name, value)));
            }
        }
        Ok(None)
    }
}
