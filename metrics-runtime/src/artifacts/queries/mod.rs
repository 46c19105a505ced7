//! Queries that people have written: rules and dashboards, checked against the catalog.

mod files;
mod template;
mod nearest;
mod selectors;
mod series;
mod values;
mod check;
mod problem;

pub use check::QueryCheck;
pub(super) use files::read_file;
pub use problem::{QueryFileError, QueryProblem};
pub(super) use selectors::{Selector, selectors};
