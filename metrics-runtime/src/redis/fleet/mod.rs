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

pub use builder::Fleet;
pub use error::FleetError;
pub use membership::Membership;
