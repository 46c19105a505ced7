//! Takes jobs over HTTP: `curl --json @job.json 127.0.0.1:8001/jobs?priority=high`.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use anyhow::Context;
use axum::extract::{Query, Request, State};
use axum::http::header::{ALLOW, CONNECTION};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::post;
use axum::{Json, Router};
use clap::ValueEnum;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::caller::check_caller;
use super::connections::BoundedListener;
use super::job_queue::JobQueue;
use super::posted_body::{BodyError, Places};
use super::priority::Priority;
use crate::jobs::{JobError, parse_or_report, report_rejection};
use crate::report::{Progress, failure_text};
use crate::traces::{GivenTrace, TRACEPARENT};

#[derive(Clone)]
struct Intake {
    queue: Arc<JobQueue>,
    progress: Arc<Progress>,
    places: Places,
    /// Where it listens.
    own: IpAddr,
}

/// Starts to listen, until `shutdown` is ready; returns the address.
pub(crate) async fn start_intake(
    address: SocketAddr,
    queue: Arc<JobQueue>,
    progress: Arc<Progress>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind(address).await.with_context(|| {
        format!("cannot take jobs at {address}; give `--intake` another address, port 0 for a free one, or `off`")
    })?;
    let address = listener.local_addr()?;
    let router = Router::new()
        .route("/jobs", post(take).fallback(wrong_method))
        .fallback(wrong_path)
        .layer(map_response(close))
        .with_state(Intake { queue, progress, places: Places::new(), own: address.ip() });
    let listener = BoundedListener::new(listener);
    tokio::spawn(async move { axum::serve(listener, router).with_graceful_shutdown(shutdown).await });
    Ok(address)
}

/// A connection takes one job, so that none is kept without use.
async fn close(mut response: Response) -> Response {
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

type Answer = (StatusCode, Json<Value>);

fn rejection(status: StatusCode, error: &str) -> Answer {
    (status, Json(json!({ "error": error })))
}

async fn wrong_path() -> Answer {
    rejection(StatusCode::NOT_FOUND, "not found: jobs are taken by `POST /jobs`")
}

async fn wrong_method() -> ([(HeaderName, &'static str); 1], Answer) {
    ([(ALLOW, "POST")], rejection(StatusCode::METHOD_NOT_ALLOWED, "use POST, with a job in JSON as the body"))
}

/// How much of an unknown name a message shows.
const SHOWN_CHARACTERS: usize = 40;

/// Reads `?priority=high`. An unknown parameter is an error: it may be misspelt, and an urgent job must not wait for that.
fn parse_priority(parameters: &[(String, String)]) -> Result<Priority, String> {
    let mut priority = Priority::Default;
    for (name, value) in parameters {
        if name != "priority" {
            let name: String = name.chars().take(SHOWN_CHARACTERS).collect();
            return Err(format!("`{name}` is not a parameter; write `priority`, which is `high`, `default` or `low`"));
        }
        priority =
            Priority::from_str(value, false).map_err(|_| "`priority` is `high`, `default` or `low`".to_owned())?;
    }
    Ok(priority)
}

/// The origin of a job, for messages.
const ORIGIN: &str = "POST /jobs";

async fn take(State(intake): State<Intake>, request: Request) -> Answer {
    if let Err((status, error)) = check_caller(request.uri(), request.headers(), intake.own) {
        return rejection(status, error);
    }
    let parameters = Query::<Vec<(String, String)>>::try_from_uri(request.uri());
    let priority = match parameters.map_err(|error| error.body_text()).and_then(|query| parse_priority(&query.0)) {
        Ok(priority) => priority,
        Err(error) => return rejection(StatusCode::BAD_REQUEST, &error),
    };
    let headers = request.headers().get_all(TRACEPARENT).iter();
    let header = GivenTrace::by_header(headers.map(HeaderValue::as_bytes));
    let (body, _place) = match intake.places.read(request.into_body()).await {
        Ok(read) => read,
        Err(BodyError::TooLarge(bytes)) => {
            let error = JobError::TooLarge(bytes);
            report_rejection(ORIGIN, &error, &intake.progress);
            return rejection(StatusCode::BAD_REQUEST, &error.to_string());
        }
        Err(error) => return rejection(status_of(&error), &error.to_string()),
    };
    let mut job = match parse_or_report(ORIGIN, &body, &intake.progress) {
        Ok(job) => job,
        Err(error) => return rejection(StatusCode::BAD_REQUEST, &failure_text(&error)),
    };
    match header {
        GivenTrace::Parent(_) => job.traceparent = header,
        GivenTrace::Invalid => {
            tracing::warn!("the header `traceparent` of the job {} is invalid, and is ignored", job.name());
        }
        GivenTrace::Nothing => {}
    }
    match intake.queue.add(&job, priority).await {
        Ok(()) => (StatusCode::ACCEPTED, Json(json!({ "run_id": job.run_id, "job_id": job.job_id }))),
        Err(error) => rejection(StatusCode::SERVICE_UNAVAILABLE, &failure_text(&error)),
    }
}

fn status_of(error: &BodyError) -> StatusCode {
    match error {
        BodyError::Busy => StatusCode::SERVICE_UNAVAILABLE,
        BodyError::Late => StatusCode::REQUEST_TIMEOUT,
        BodyError::Endless | BodyError::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
        BodyError::NotText | BodyError::Broken => StatusCode::BAD_REQUEST,
    }
}
