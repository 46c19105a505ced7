//! A fleet: the workers that share a Redis, as a list for Prometheus.

mod error;
#[expect(unsafe_code, reason = "`linkme` puts the definitions into a section of the program")]
mod metrics;
mod member;
mod registry;
mod list;
mod renewal;
mod membership;
mod builder;
#[cfg(fuzzing)]
#[allow(missing_docs, clippy::must_use_candidate, reason = "only the fuzz targets use it")]
pub mod fuzzing;

pub use builder::Fleet;
pub use error::FleetError;
pub use membership::Membership;
