//! `metrics.lock`: what queries depend on. A review of its changes sees what a change of the code does to them.

mod model;
mod change;
mod difference;
mod users;

pub use difference::LockDifference;
pub(super) use model::Lock;
