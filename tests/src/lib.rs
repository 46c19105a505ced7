//! What the system tests share: real servers on free ports, and a reader of the page.
//!
//! Everything here panics with a message where it cannot do its work: a test that cannot run has failed.

mod process;
mod http;
mod redis_server;
mod prometheus;
mod page;
mod temporary_crate;

/// The examples in the documentation are compiled, and run.
#[cfg(doctest)]
#[doc = include_str!("../../docs/guide.md")]
struct Guide;

/// The example of a capped label is compiled, and run.
#[cfg(doctest)]
#[doc = include_str!("../../docs/labels.md")]
struct Labels;

/// The example in the README is compiled, and run.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

pub use http::Response;
pub use page::Page;
pub use process::{Process, free_port, wait_until};
pub use prometheus::{Prometheus, promtool_check_metrics, promtool_parse_metrics, strict_parse_openmetrics};
pub use redis_server::RedisServer;
pub use temporary_crate::TemporaryCrate;
