//! The routes, and the middleware that measures them.

use axum::body::{Body, HttpBody};
use axum::extract::{MatchedPath, Path, Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures_util::TryStreamExt;
use metrics_runtime::{counted_failure, in_flight, measured, observed, server_error, timed};
use web_service::{NewNote, Note};

use crate::error::StoreError;
use crate::metrics::{LIST_ENCODE, Method, Route, Status};
use crate::store::Store;

pub(crate) fn router(store: Store) -> Router {
    Router::new()
        .route("/notes", get(list).post(create))
        .route("/notes/batch", post(create_all))
        .route("/notes/{id}", get(find).delete(delete))
        .route("/export", get(export))
        .layer(middleware::from_fn(measure))
        .with_state(store)
}

/// Answers an HTTP request.
#[measured(
    labels(method: Method = method_of(&request), route: Route = route_of(&request)),
    buckets(100, 1_000, 10_000, 100_000), // of both sizes
)]
#[timed(
    histogram = "http_request_seconds",
    labels(status: Status = |response| Status::new(response.status().as_str())),
    buckets(0.005, 0.025, 0.1, 0.5, 2.5),
    max_series = 4_400, // with `none`: 5 methods x 6 routes x 18 statuses, x 8 lines of a histogram
)]
#[counted_failure(counter = "http_failures_total", error_if = server_error)]
#[in_flight(gauge = "http_requests_in_flight")]
#[observed(
    histogram = "http_request_size_bytes",
    value = request.body().size_hint().exact(), // that of a stream is not known
    description = "How large the requests are.",
)]
#[observed(
    histogram = "http_response_size_bytes",
    value = |response| response.body().size_hint().exact(),
    description = "How large the responses are.",
)]
async fn measure(request: Request, next: Next) -> Response {
    next.run(request).await
}

fn method_of(request: &Request) -> Method {
    request.method().as_str().parse().unwrap_or(Method::Other)
}

fn route_of(request: &Request) -> Route {
    let path = request.extensions().get::<MatchedPath>();
    path.and_then(|path| path.as_str().parse().ok()).unwrap_or(Route::Unknown)
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
    let _timer = LIST_ENCODE.start();
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
