//! The routes, and the middleware that measures them.

use std::time::Instant;

use axum::body::{Body, HttpBody};
use axum::extract::{MatchedPath, Path, Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures_util::TryStreamExt;
use metrics::{counter, gauge, histogram};
use web_service::{NewNote, Note};

use crate::ending::unfinished;
use crate::error::StoreError;
use crate::metrics::{METHODS, ROUTES, STATUSES, one_of};
use crate::store::Store;
use crate::timer::Timer;

pub(crate) fn router(store: Store) -> Router {
    Router::new()
        .route("/notes", get(list).post(create))
        .route("/notes/batch", post(create_all))
        .route("/notes/{id}", get(find).delete(delete))
        .route("/export", get(export))
        .layer(middleware::from_fn(measure))
        .with_state(store)
}

async fn measure(request: Request, next: Next) -> Response {
    let mut call = RequestGuard::new(&request);
    let response = next.run(request).await;
    call.status = one_of(&STATUSES, response.status().as_str(), "other");
    call.outcome = Some(if response.status().is_server_error() { "error" } else { "ok" });
    if let Some(size) = response.body().size_hint().exact() {
        #[allow(clippy::cast_precision_loss, reason = "no response is as large")]
        histogram!("http_response_size_bytes", "method" => call.method, "route" => call.route).record(size as f64);
    }
    response
}

/// Records a request when it is dropped, so that one whose client has gone is counted too.
struct RequestGuard {
    method: &'static str,
    route: &'static str,
    start: Instant,
    status: &'static str,
    outcome: Option<&'static str>,
}

impl RequestGuard {
    fn new(request: &Request) -> Self {
        let method = one_of(&METHODS, request.method().as_str(), "OTHER");
        let path = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
        let route = one_of(&ROUTES, path, "unknown");
        gauge!("http_requests_in_flight", "method" => method, "route" => route).increment(1);
        // The size of a stream is not known.
        if let Some(size) = request.body().size_hint().exact() {
            #[allow(clippy::cast_precision_loss, reason = "no request is as large")]
            histogram!("http_request_size_bytes", "method" => method, "route" => route).record(size as f64);
        }
        Self { method, route, start: Instant::now(), status: "none", outcome: None }
    }
}

impl Drop for RequestGuard {
    fn drop(&mut self) {
        let Self { method, route, status, .. } = *self;
        gauge!("http_requests_in_flight", "method" => method, "route" => route).decrement(1);
        histogram!("http_request_seconds", "method" => method, "route" => route, "status" => status)
            .record(self.start.elapsed());
        match self.outcome.unwrap_or_else(unfinished) {
            "ok" => {}
            reason => {
                counter!("http_failures_total", "method" => method, "route" => route, "reason" => reason).increment(1);
            }
        }
    }
}

async fn create(State(store): State<Store>, Json(note): Json<NewNote>) -> Result<(StatusCode, Json<Note>), StoreError> {
    Ok((StatusCode::CREATED, Json(store.create(note).await?)))
}

async fn create_all(
    State(store): State<Store>,
    Json(notes): Json<Vec<NewNote>>,
) -> Result<(StatusCode, Json<Vec<Note>>), StoreError> {
    Ok((StatusCode::CREATED, Json(store.create_all(notes).await?)))
}

async fn find(State(store): State<Store>, Path(id): Path<i64>) -> Result<Json<Note>, StoreError> {
    Ok(Json(store.find(id).await?))
}

async fn list(State(store): State<Store>) -> Result<Response, StoreError> {
    let notes = store.list().await?;
    let _timer = Timer::start("list_encode_seconds");
    Ok(Json(notes).into_response())
}

async fn delete(State(store): State<Store>, Path(id): Path<i64>) -> Result<StatusCode, StoreError> {
    store.delete(id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// One note a line, as they are read: the notes need not fit into memory.
async fn export(State(store): State<Store>) -> Response {
    let lines = store.export().await.map_ok(|note| format!("{}\n", serde_json::json!(note)));
    Body::from_stream(lines).into_response()
}
