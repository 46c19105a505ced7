//! Takes jobs over HTTP: `curl --data @job.json 127.0.0.1:8001/jobs?priority=high`.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use axum::extract::rejection::StringRejection;
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::header::ALLOW;
use axum::http::{HeaderName, StatusCode};
use axum::routing::post;
use axum::{Json, Router};
use clap::ValueEnum;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::failure_text;
use crate::progress::Progress;
use crate::queue::{Priority, Queue};
use crate::rejected;
use crate::shutdown::Shutdown;

/// Far more than a job has, so that what is too large gets an answer that says so.
const MAX_BODY: usize = 32 << 20;

#[derive(Clone)]
struct Shared {
    queue: Arc<Queue>,
    progress: Arc<Progress>,
}

/// Starts to listen; gives the address.
pub async fn start(
    address: SocketAddr,
    queue: Arc<Queue>,
    progress: Arc<Progress>,
    shutdown: Shutdown,
) -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind(address).await.with_context(|| {
        format!("cannot take jobs at {address}; give `--intake` another address, port 0 for a free one, or `off`")
    })?;
    let address = listener.local_addr()?;
    let router = Router::new()
        .route("/jobs", post(take).fallback(wrong_method))
        .fallback(wrong_path)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(Shared { queue, progress });
    tokio::spawn(async move { axum::serve(listener, router).with_graceful_shutdown(shutdown.asked()).await });
    Ok(address)
}

type Answer = (StatusCode, Json<Value>);

fn refusal(status: StatusCode, error: &str) -> Answer {
    (status, Json(json!({ "error": error })))
}

async fn wrong_path() -> Answer {
    refusal(StatusCode::NOT_FOUND, "not found: jobs are taken by `POST /jobs`")
}

async fn wrong_method() -> ([(HeaderName, &'static str); 1], Answer) {
    ([(ALLOW, "POST")], refusal(StatusCode::METHOD_NOT_ALLOWED, "use POST, with a job in JSON as the body"))
}

/// What a message shows of a name that somebody made up.
const SHOWN_CHARACTERS: usize = 40;

/// `POST /jobs?priority=high`. A parameter that is not known is misspelt, and a job that was meant to be urgent must not wait.
fn priority(parameters: &[(String, String)]) -> Result<Priority, String> {
    let mut priority = Priority::Default;
    for (name, value) in parameters {
        if name != "priority" {
            let name: String = name.chars().take(SHOWN_CHARACTERS).collect();
            return Err(format!("`{name}` is no parameter; there is `priority`, which is `high`, `default` or `low`"));
        }
        priority =
            Priority::from_str(value, false).map_err(|_| "`priority` is `high`, `default` or `low`".to_owned())?;
    }
    Ok(priority)
}

async fn take(
    State(shared): State<Shared>,
    Query(parameters): Query<Vec<(String, String)>>,
    body: Result<String, StringRejection>,
) -> Answer {
    let priority = match priority(&parameters) {
        Ok(priority) => priority,
        Err(error) => return refusal(StatusCode::BAD_REQUEST, &error),
    };
    let body = match body {
        Ok(body) => body,
        Err(error) => return refusal(error.status(), &error.body_text()),
    };
    let job = match rejected::parse_or_report("POST /jobs", &body, &shared.progress) {
        Ok(job) => job,
        Err(error) => return refusal(StatusCode::BAD_REQUEST, &error.to_string()),
    };
    match shared.queue.enqueue(&job, priority).await {
        Ok(()) => (StatusCode::ACCEPTED, Json(json!({ "run_id": job.run_id, "job_id": job.job_id }))),
        Err(error) => refusal(StatusCode::SERVICE_UNAVAILABLE, &failure_text::of(&error)),
    }
}
