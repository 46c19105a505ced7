//! Takes jobs over HTTP: `curl --data @job.json 127.0.0.1:8001/jobs`.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::failure_text;
use crate::progress::Progress;
use crate::queue::Queue;
use crate::rejected;
use crate::shutdown::Shutdown;

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
    let router = Router::new().route("/jobs", post(take)).with_state(Shared { queue, progress });
    tokio::spawn(async move { axum::serve(listener, router).with_graceful_shutdown(shutdown.asked()).await });
    Ok(address)
}

async fn take(State(shared): State<Shared>, body: String) -> (StatusCode, Json<Value>) {
    let job = match rejected::parse_or_report("POST /jobs", &body, &shared.progress) {
        Ok(job) => job,
        Err(error) => return (StatusCode::BAD_REQUEST, Json(json!({ "error": error.to_string() }))),
    };
    match shared.queue.enqueue(&job).await {
        Ok(()) => (StatusCode::ACCEPTED, Json(json!({ "run_id": job.run_id, "job_id": job.job_id }))),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "error": failure_text::of(&error) }))),
    }
}
