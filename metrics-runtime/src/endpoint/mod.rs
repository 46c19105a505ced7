//! The HTTP server of `/metrics`. It has its own thread and its own runtime.

mod limits;
mod client;
mod places;
mod watched_stream;
mod negotiate;
mod body;
mod shared_pages;
mod response;
mod caller;
mod targets;
mod live_page;
mod respond;
#[cfg(feature = "axum")]
mod router;
mod connection;
mod fork;
mod serve;
mod port;
mod service;
#[cfg(fuzzing)]
pub(crate) mod fuzzing;

pub(crate) use caller::HostName;
pub(crate) use live_page::Front;
pub(crate) use port::Port;
#[cfg(feature = "axum")]
pub(crate) use router::router;
pub(crate) use service::{PreparedService, Service};
pub(crate) use targets::Targets;
