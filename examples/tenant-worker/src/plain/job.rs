//! A job, as its line says it, and what can go wrong with it.

use std::io::{Error as IoError, ErrorKind};
use std::sync::OnceLock;

use serde::Deserialize;
use tenant_worker::InvalidRow;
use thiserror::Error;

/// The names of the configuration, and `other`.
static TENANTS: OnceLock<Vec<String>> = OnceLock::new();

/// A name of the configuration. All others are `other`: whoever writes jobs must not be able to make series.
#[derive(Clone, Copy, Deserialize)]
#[serde(from = "String")]
pub(crate) struct Tenant(Option<usize>);

impl Tenant {
    pub(crate) fn configure(names: &[String]) -> &'static [String] {
        TENANTS.get_or_init(|| names.iter().cloned().chain(["other".to_owned()]).collect())
    }

    pub(crate) fn as_str(self) -> &'static str {
        self.0.and_then(|at| TENANTS.get()?.get(at)).map_or("other", String::as_str)
    }
}

impl From<String> for Tenant {
    fn from(name: String) -> Self {
        Self(TENANTS.get().and_then(|names| names.iter().position(|known| *known == name)))
    }
}

#[derive(Deserialize)]
pub(crate) struct Job {
    pub(crate) tenant: Tenant,
    #[serde(flatten)]
    pub(crate) work: Work,
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Work {
    Import { rows: String },
    Report { numbers: Vec<f64> },
    Fetch { path: String },
}

impl Work {
    pub(crate) const KINDS: [&str; 3] = ["import", "report", "fetch"];

    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Import { .. } => "import",
            Self::Report { .. } => "report",
            Self::Fetch { .. } => "fetch",
        }
    }
}

#[derive(Debug, Error)]
pub(crate) enum JobError {
    #[error(transparent)]
    InvalidRow(#[from] InvalidRow),
    #[error("the mirror does not answer: {0}")]
    NoAnswer(#[from] IoError),
}

impl JobError {
    pub(crate) const REASONS: [&str; 4] = ["invalid_row", "no_answer", "cancelled", "panic"];

    pub(crate) fn reason(&self) -> &'static str {
        match self {
            Self::InvalidRow(_) => "invalid_row",
            Self::NoAnswer(_) => "no_answer",
        }
    }

    pub(crate) fn outcome(&self) -> &'static str {
        match self {
            Self::NoAnswer(error) => io_outcome(error),
            Self::InvalidRow(_) => "error",
        }
    }
}

pub(crate) fn io_outcome(error: &IoError) -> &'static str {
    if error.kind() == ErrorKind::TimedOut { "timeout" } else { "error" }
}
