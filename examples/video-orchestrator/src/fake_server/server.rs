//! The routes of ComfyUI that the orchestrator uses.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;

use super::engine::Engine;
use super::options::FakeServerOptions;
use super::validation::validate;

/// Starts the server on a free port of this machine.
pub(crate) async fn start(options: FakeServerOptions) -> io::Result<SocketAddr> {
    start_at((Ipv4Addr::LOCALHOST, 0).into(), options).await
}

/// Starts the server at an address.
pub(crate) async fn start_at(address: SocketAddr, options: FakeServerOptions) -> io::Result<SocketAddr> {
    let (engine, orders) = Engine::new(options);
    let engine = Arc::new(engine);
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    let router = Router::new()
        .route("/prompt", post(submit))
        .route("/history/{prompt_id}", get(history))
        .route("/view", get(view))
        .route("/queue", get(queue).post(change_queue))
        .route("/interrupt", post(interrupt))
        .with_state(Arc::clone(&engine));
    tokio::spawn(async move { engine.run(orders).await });
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}

async fn submit(State(engine): State<Arc<Engine>>, Json(body): Json<Value>) -> Response {
    match validate(&body["prompt"]) {
        Ok(order) => {
            let proposed_id = body["prompt_id"].as_str().map(str::to_owned);
            let (prompt_id, number) = engine.submit(order, proposed_id);
            Json(json!({ "prompt_id": prompt_id, "number": number, "node_errors": {} })).into_response()
        }
        Err(rejection) => (StatusCode::BAD_REQUEST, Json(rejection)).into_response(),
    }
}

/// Empty until the workflow is done, as in ComfyUI.
async fn history(State(engine): State<Arc<Engine>>, Path(prompt_id): Path<String>) -> Json<Value> {
    let mut answer = Map::new();
    if let Some(entry) = engine.history(&prompt_id) {
        answer.insert(prompt_id, entry);
    }
    Json(answer.into())
}

#[derive(Deserialize)]
struct View {
    filename: String,
}

async fn view(State(engine): State<Arc<Engine>>, Query(View { filename }): Query<View>) -> Response {
    match engine.image(&filename) {
        Some(png) => ([(header::CONTENT_TYPE, "image/png")], png).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn queue(State(engine): State<Arc<Engine>>) -> Json<Value> {
    Json(engine.queue())
}

#[derive(Deserialize)]
struct ChangeQueue {
    #[serde(default)]
    delete: Vec<String>,
}

async fn change_queue(State(engine): State<Arc<Engine>>, Json(ChangeQueue { delete }): Json<ChangeQueue>) {
    engine.delete(&delete);
}

#[derive(Deserialize)]
struct Interrupt {
    prompt_id: Option<String>,
}

async fn interrupt(State(engine): State<Arc<Engine>>, Json(Interrupt { prompt_id }): Json<Interrupt>) {
    engine.interrupt(prompt_id.as_deref());
}
