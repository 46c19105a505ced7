//! Files for people, made from the catalog: alerts with their tests, recording rules, a dashboard, a lock, and a reference
//! page (feature `artifacts`).
//!
//! The catalog knows, before the program runs, every metric with its kind, unit, labels, values and buckets, and the
//! functions that record it. So the files cannot disagree with the program. One line of the program writes them:
//!
//! ```no_run
//! # fn main() -> Result<(), metrics_runtime::artifacts::WriteError> {
//! metrics_runtime::catalog().write_files("metrics")?;
//! # Ok(())
//! # }
//! ```
//!
//! One line in a test keeps them current: [`testing::assert_files_current`](crate::testing::assert_files_current).
//!
//! | file | what |
//! | --- | --- |
//! | `metrics.lock` | each metric with its kind, unit, labels, values, buckets and functions; its changes are reviewed |
//! | `alerts.rules.yml` | alerts for Prometheus |
//! | `alerts.test.yml` | tests of the alerts, for `promtool test rules` |
//! | `recording.rules.yml` | what the dashboard would compute again and again |
//! | `dashboard.json` | a dashboard for Grafana |
//! | `metrics.md` | the reference page |
//!
//! The same catalog and options give the same bytes.

mod json;
mod source_file;
mod lock;
mod queries;
mod reference;
mod options;
mod rules;
mod dashboard;
mod files;

pub use files::{Artifacts, File, OutOfDate, WriteError};
pub use lock::LockDifference;
pub use options::AlertOptions;
pub use queries::{QueryCheck, QueryFileError, QueryProblem};
