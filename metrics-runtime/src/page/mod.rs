//! The page: writes the values of a recorder in one of the exposition formats.

mod lines;
mod exemplars;
mod catalog_metrics;
mod foreign_metrics;
mod scrape_hooks;
mod assembly;
mod compressed;

pub(crate) use assembly::Page;
pub(crate) use compressed::compress;
pub(crate) use scrape_hooks::ScrapeHooks;
