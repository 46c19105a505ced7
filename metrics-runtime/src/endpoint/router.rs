//! The endpoint as an `axum` router.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::routing::any;

use super::respond::{Wanted, respond};
use super::shared_pages::SharedPages;
use crate::page::Page;

/// The same routes and responses as the endpoint's own server, for the application's server.
pub(crate) fn router<S: Clone + Send + Sync + 'static>(page: Page) -> Router<S> {
    let pages = Arc::new(SharedPages::new(page, None));
    let handler = move |request: Request| {
        let (wanted, pages) = (Wanted::by(&request), Arc::clone(&pages));
        async move { respond(wanted, &pages, None).await }
    };
    Router::new().route("/metrics", any(handler.clone())).route("/healthz", any(handler))
}
