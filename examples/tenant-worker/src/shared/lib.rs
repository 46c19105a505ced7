//! What the two programs of this example share: the configuration, the queue and the work itself, and no metrics.

mod config;
mod mirror;
mod queue;
mod rows;

pub use config::Config;
pub use mirror::request;
pub use queue::Queue;
pub use rows::{InvalidRow, median, parse};
