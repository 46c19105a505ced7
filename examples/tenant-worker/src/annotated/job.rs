//! A job, as its line says it, and what can go wrong with it.

use metrics_runtime::{Failure, Interned, Label};
use serde::Deserialize;
use tenant_worker::InvalidRow;
use thiserror::Error;

/// A name of the configuration. All others are `other`.
#[derive(Clone, Copy, Deserialize, Label)]
#[serde(from = "String")]
#[label(max_values = 12, display)]
pub(crate) struct Tenant(Interned);

impl From<String> for Tenant {
    fn from(name: String) -> Self {
        Self::new(&name)
    }
}

#[derive(Deserialize)]
pub(crate) struct Job {
    pub(crate) tenant: Tenant,
    #[serde(flatten)]
    pub(crate) work: Work,
}

/// As a label, only the kind of the work.
#[derive(Deserialize, Label)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[label(ignore_fields, as_str)]
pub(crate) enum Work {
    Import { rows: String },
    Report { numbers: Vec<f64> },
    Fetch { path: String },
}

#[derive(Clone, Copy, Label)]
pub(crate) enum JobReason {
    InvalidRow,
    NoAnswer,
}

#[derive(Debug, Error, Failure)]
#[failure(reason: JobReason)]
pub(crate) enum JobError {
    #[error(transparent)]
    #[failure(error, reason = InvalidRow)]
    InvalidRow(#[from] InvalidRow),
    #[error("the mirror does not answer: {0}")]
    #[failure(source, reason = NoAnswer)]
    NoAnswer(#[from] std::io::Error),
}
