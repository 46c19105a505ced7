//! The HTTP server of `/metrics`. It has its own thread and its own runtime.

#[cfg(feature = "axum")]
mod router;
mod fork;
mod service;
mod serve;
mod respond;
mod negotiate;

#[cfg(feature = "axum")]
pub(crate) use router::router;
pub(crate) use service::{PreparedService, Service};
