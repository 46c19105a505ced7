//! A web service that keeps notes, with metrics: `cargo run -p web-service`.
//!
//! `src/plain` has the same program, written with `metrics` and `metrics-exporter-prometheus`.

mod error;
mod http;
mod metrics;
mod store;

use tokio::net::TcpListener;
use web_service::{Pool, Settings};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let settings = Settings::from_env()?;
    let pool = Pool::open(&settings.database, settings.connections, settings.busy_timeout)?;
    let metrics = metrics::init(&pool).await?;
    let listener = TcpListener::bind(&settings.listen).await?;
    println!("notes are at http://{}/notes", listener.local_addr()?);
    println!("metrics are at http://{}/metrics", metrics.local_addr().map_or("nowhere".into(), |at| at.to_string()));
    axum::serve(listener, http::router(store::Store::new(pool))).await?;
    Ok(())
}
