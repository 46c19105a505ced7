//! The faster of two mirrors.

use std::io::Result;
use std::net::SocketAddr;

use metrics_runtime::{Label, counted_failure, measure, measured, timed};
use tokio::select;

#[derive(Clone, Copy, Label)]
enum Mirror {
    First,
    Second,
}

pub(crate) async fn fetch(mirrors: [SocketAddr; 2], path: &str) -> Result<String> {
    measure!(
        /// Asks both mirrors.
        #[timed(histogram = "fetch_seconds", labels(outcome), buckets(0.01, 0.1, 1, 10))]
        #[counted_failure(counter = "fetch_failures_total", description = "Answers of neither mirror, by reason.")]
        async move {
            select! {
                answer = ask(Mirror::First, mirrors[0], path) => answer,
                answer = ask(Mirror::Second, mirrors[1], path) => answer,
            }
        }
    )
    .await
}

/// Asks one mirror.
///
/// The slower of the two is cancelled every time, so that is no failure; the histogram still has it.
#[measured(labels(mirror))]
#[timed(histogram = "ask_seconds", labels(outcome), buckets(0.01, 0.1, 1, 10))]
#[counted_failure(counter = "ask_failures_total", except(cancelled))]
async fn ask(mirror: Mirror, address: SocketAddr, path: &str) -> Result<String> {
    tenant_worker::request(address, path).await
}
