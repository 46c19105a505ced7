//! Takes jobs over HTTP: `curl --data @job.json 127.0.0.1:8001/jobs?priority=high`.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use clap::ValueEnum;
use serde::Deserialize;
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
        .route("/jobs", post(take))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(Shared { queue, progress });
    tokio::spawn(async move { axum::serve(listener, router).with_graceful_shutdown(shutdown.asked()).await });
    Ok(address)
}

/// `POST /jobs?priority=high`
#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    priority: Option<String>,
}

async fn take(
    State(shared): State<Shared>,
    Query(Wanted { priority }): Query<Wanted>,
    body: String,
) -> (StatusCode, Json<Value>) {
    let priority = match priority.map(|priority| Priority::from_str(&priority, false)).transpose() {
        Ok(priority) => priority.unwrap_or(Priority::Default),
        Err(_) => {
            let error = "`priority` is `high`, `default` or `low`";
            return (StatusCode::BAD_REQUEST, Json(json!({ "error": error })));
        }
    };
    let job = match rejected::parse_or_report("POST /jobs", &body, &shared.progress) {
        Ok(job) => job,
        Err(error) => return (StatusCode::BAD_REQUEST, Json(json!({ "error": error.to_string() }))),
    };
    match shared.queue.enqueue(&job, priority).await {
        Ok(()) => (StatusCode::ACCEPTED, Json(json!({ "run_id": job.run_id, "job_id": job.job_id }))),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "error": failure_text::of(&error) }))),
    }
}
