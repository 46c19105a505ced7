//! What the system tests share: real servers on free ports, and a reader of the page.
//!
//! Everything here panics with a message if it cannot do its work: a test that cannot run has failed.

mod waiting;
mod process;
#[cfg(unix)]
mod fork;
mod http;
mod log;
mod targets;
mod certificate;
mod redis_server;
mod prometheus;
mod stored_exemplars;
mod alertmanager;
mod pushgateway;
mod victoria_metrics;
mod rotel;
mod otlp_receiver;
mod trace_spans;
mod recording_proxy;
mod page;
mod end;
mod exact_values;
mod points;
mod counters;
mod browser;
mod temporary_crate;

/// Compiles and runs the examples of the guide.
#[cfg(doctest)]
#[doc = include_str!("../../docs/guide.md")]
struct Guide;

/// Compiles and runs the example of a capped label.
#[cfg(doctest)]
#[doc = include_str!("../../docs/labels.md")]
struct Labels;

/// Compiles the example in the README.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

pub use alertmanager::Alertmanager;
pub use browser::Browser;
pub use certificate::Certificate;
pub use counters::{Seen, watch_counters};
#[cfg(unix)]
pub use end::End;
pub use fork::Forked;
pub use http::Response;
pub use log::Log;
pub use otlp_receiver::{OtlpReceiver, Reply, Request};
pub use page::{Exemplar, Page};
pub use points::{Points, Series, add_point, assert_same_points};
pub use process::{Process, THIS_PROGRAM, free_port, start_on_free_port, this_program};
pub use prometheus::{Prometheus, promtool, promtool_check_metrics, promtool_parse_metrics, strict_parse_openmetrics};
pub use pushgateway::{NodeExporter, Pushgateway};
pub use recording_proxy::{ProxiedRequest, RecordingProxy};
pub use redis_server::RedisServer;
pub use rotel::Rotel;
pub use stored_exemplars::StoredExemplar;
pub use targets::targets;
pub use temporary_crate::TemporaryCrate;
pub use trace_spans::TraceSpan;
pub use victoria_metrics::{Sample, VictoriaMetrics};
pub use waiting::{SAFETY_LIMIT, wait_until};
