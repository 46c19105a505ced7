//! Redis in workers: measured commands, sampled queues, and the address of a service that a key holds (feature
//! `redis`).
//!
//! * [`connect`] gives a measured connection that reconnects after a failure, a [`ReconnectingConnection`]:
//!   `redis_command_seconds` and `redis_errors_total`. [`Instrumented`] measures any other connection.
//! * [`sample_queues`] samples lists of jobs at an interval: how many jobs wait, and how long the oldest has waited.
//! * [`WeightedRoundRobin`] gives the order in which a worker checks its queues, so that no queue starves.
//! * [`ServiceUrl`] caches the address of a service that a key holds.
//! * `Fleet` registers this worker, and lists all workers that share a Redis at `/sd`, for Prometheus (with the feature
//!   `exporter`).
//! * [`redact_address`] gives an address without its secrets, for messages.
//!
//! A program may declare a metric with one of these names itself. Then only the program's metric is on the page, and
//! the values that this module records under the name are left out.

mod blocking;
mod command;
mod error_kind;
#[cfg(feature = "exporter")]
mod fleet;
#[expect(unsafe_code, reason = "`linkme` puts the definitions into a section of the program")]
mod instrumented;
mod liveness;
mod outage_log;
#[expect(unsafe_code, reason = "`linkme` puts the definitions into a section of the program")]
mod queue_metrics;
mod queue_sampler;
mod reconnecting_connection;
mod sampled_queue;
mod server_refusal;
#[expect(unsafe_code, reason = "`linkme` puts the definitions into a section of the program")]
mod service_url;
mod service_url_error;
#[cfg(feature = "redis-tls")]
mod tls;
mod weighted_round_robin;

pub use command::Command;
pub use error_kind::ErrorKind;
#[cfg(all(fuzzing, feature = "exporter"))]
#[doc(hidden)]
pub use fleet::fuzzing;
#[cfg(feature = "exporter")]
pub use fleet::{Fleet, FleetError, Membership};
pub use instrumented::Instrumented;
pub use queue_metrics::{QUEUE_DEPTH, Queue};
pub use queue_sampler::{QueueSampler, sample_queues};
pub use reconnecting_connection::{ReconnectingConnection, connect};
pub use sampled_queue::SampledQueue;
pub use service_url::ServiceUrl;
pub use service_url_error::ServiceUrlError;
pub use weighted_round_robin::WeightedRoundRobin;

pub use crate::util::redact_address;
