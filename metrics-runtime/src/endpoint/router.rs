//! The endpoint as an `axum` router.

use axum::Router;
use axum::extract::Request;
use axum::routing::any;

use super::respond;
use crate::page::Page;

/// The same routes and responses as the endpoint's own server, for the application's server.
pub(crate) fn router<S: Clone + Send + Sync + 'static>(page: Page) -> Router<S> {
    let handler = move |request: Request| {
        let response = respond::respond(&request, &page);
        async move { response }
    };
    Router::new().route("/metrics", any(handler.clone())).route("/healthz", any(handler))
}
