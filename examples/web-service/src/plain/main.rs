//! The web service with `metrics` and `metrics-exporter-prometheus`: `cargo run -p web-service --bin web-service-plain`.

mod ending;
mod error;
mod http;
mod metrics;
mod store;
mod timer;

use tokio::net::TcpListener;
use web_service::{Pool, Settings};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let settings = Settings::from_env()?;
    let pool = Pool::open(&settings.database, settings.connections, settings.busy_timeout)?;
    let metrics = metrics::serve(&pool).await?;
    let listener = TcpListener::bind(&settings.listen).await?;
    println!("notes are at http://{}/notes", listener.local_addr()?);
    println!("metrics are at http://{metrics}/metrics");
    axum::serve(listener, http::router(store::Store::new(pool))).await?;
    Ok(())
}
