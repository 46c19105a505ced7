//! The page: the values of a recorder, written in one of the formats.

mod catalog_metrics;
mod foreign_metrics;
mod assembly;

pub(crate) use assembly::Page;
