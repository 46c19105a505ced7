//! The final state of all metrics, read from the page: what leaves by another road is what a scrape sees, other crates' metrics
//! too.

mod labels;
mod exemplar;
mod families;

pub(crate) use exemplar::Exemplar;
pub(crate) use families::{Buckets, Family, Series, Value, families};
