//! The endpoint as an `axum` router.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::routing::any;

use super::respond::{Wanted, respond};
use super::shared_pages::SharedPages;
use super::targets::Targets;
use crate::page::Page;

/// The same routes and responses as the endpoint's own server, for the application's server, but without the live page: it shows
/// the paths of the source, and an application's port is often open to everybody. `/sd` is there only if there is a list by now: the
/// application may have such a path itself, and two would be a panic of `axum`.
pub(crate) fn router<S: Clone + Send + Sync + 'static>(page: Page, targets: &Targets) -> Router<S> {
    let (has_list, targets) = (targets.source().is_some(), targets.clone());
    let pages = Arc::new(SharedPages::new(page, None));
    let handler = move |request: Request| {
        let (wanted, pages) = (Wanted::by(&request, &targets, None), Arc::clone(&pages));
        async move { respond(wanted, &pages, None).await }
    };
    let router = Router::new().route("/metrics", any(handler.clone())).route("/healthz", any(handler.clone()));
    if has_list { router.route("/sd", any(handler)) } else { router }
}
