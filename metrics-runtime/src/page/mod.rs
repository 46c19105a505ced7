//! The page: writes the values of a recorder in one of the exposition formats.

mod lines;
mod exemplars;
mod catalog_metrics;
mod foreign_metrics;
mod before_page;
mod assembly;
mod compressed;

pub(crate) use assembly::Page;
pub(crate) use before_page::BeforePage;
pub(crate) use compressed::compress;
