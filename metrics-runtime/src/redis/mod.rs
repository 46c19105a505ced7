//! Redis, as workers use it: its commands measured, its queues sampled, and a service's address found in it (feature
//! `redis`).
//!
//! * [`connect`] gives a measured connection that comes back when it has failed, a [`Link`]: `redis_command_seconds` and
//!   `redis_errors_total`. [`Instrumented`] measures a connection of another kind.
//! * [`sample_queues`] looks at lists of jobs again and again: how many there are, and how long the oldest has waited.
//! * [`Turns`] says which queue a worker looks at first, so that none starves.
//! * [`ServiceUrl`] keeps the address of a service that a key holds.
//!
//! A metric of these that the program declares itself is the program's: what this module would record in it is left out.

mod command;
mod error_kind;
mod instrumented;
mod link;
mod sampler;
mod service_url;
mod trouble;
mod turns;

use std::time::Duration;

/// How long Redis may take to answer this module's own questions.
const LIMIT: Duration = Duration::from_secs(2);

pub use command::Command;
pub use error_kind::ErrorKind;
pub use instrumented::Instrumented;
pub use link::{Link, connect};
pub use sampler::{QUEUE_DEPTH, Queue, QueueSampler, SampledQueue, sample_queues};
pub use service_url::{ServiceUrl, ServiceUrlError};
pub use turns::Turns;
