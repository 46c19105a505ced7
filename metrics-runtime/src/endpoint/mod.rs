//! The HTTP server of `/metrics`: a thread of its own with a runtime of its own.

mod service;
mod serve;
mod respond;
mod negotiate;

#[cfg(feature = "axum")]
use crate::page::Page;
pub(crate) use service::{PreparedService, Service};

/// The same answers, from the application's own server.
#[cfg(feature = "axum")]
pub(crate) fn router<S: Clone + Send + Sync + 'static>(page: Page) -> axum::Router<S> {
    let answer = move |request: axum::extract::Request| {
        let response = respond::respond(&request, &page);
        async move { response }
    };
    axum::Router::new()
        .route("/metrics", axum::routing::any(answer.clone()))
        .route("/healthz", axum::routing::any(answer))
}
