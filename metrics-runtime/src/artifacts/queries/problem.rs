//! What the check of queries finds.

use std::fmt;
use std::path::PathBuf;

/// A query that asks for what the program does not have. It is displayed with its file and its alert or panel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryProblem {
    pub(super) file: PathBuf,
    /// Such as ``alert `QueueDeep` ``.
    pub(super) owner: String,
    pub(super) problem: String,
    pub(super) expression: String,
}

impl QueryProblem {
    /// What is wrong, and what was meant perhaps.
    #[must_use]
    pub fn problem(&self) -> &str {
        &self.problem
    }
}

impl fmt::Display for QueryProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let expression = self.expression.split_whitespace().collect::<Vec<_>>().join(" ");
        write!(f, "{}: {}: {}\n    in `{expression}`", self.file.display(), self.owner, self.problem)
    }
}

/// A file that cannot be read as rules or as a dashboard.
#[derive(Clone, Debug, thiserror::Error)]
#[error("`{}` {problem}", path.display())]
pub struct QueryFileError {
    pub(super) path: PathBuf,
    pub(super) problem: String,
}
