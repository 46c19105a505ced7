//! The faster of two mirrors.

use std::io::Result;
use std::net::SocketAddr;
use std::time::Instant;

use metrics::{counter, histogram};
use tokio::select;

use crate::job::io_outcome;
use crate::metrics::unfinished;
use crate::stretch::StretchGuard;

pub(crate) async fn fetch(mirrors: [SocketAddr; 2], path: &str) -> Result<String> {
    let fetching = StretchGuard::start("fetch_seconds", Some("fetch_failures_total"));
    let answer = select! {
        answer = ask("first", mirrors[0], path) => answer,
        answer = ask("second", mirrors[1], path) => answer,
    };
    fetching.end(answer.as_ref().err().map_or("ok", io_outcome));
    answer
}

/// Asks one mirror.
async fn ask(mirror: &'static str, address: SocketAddr, path: &str) -> Result<String> {
    let mut call = AskGuard { mirror, start: Instant::now(), outcome: None };
    let answer = tenant_worker::request(address, path).await;
    call.outcome = Some(answer.as_ref().err().map_or("ok", io_outcome));
    answer
}

/// Records a call when it is dropped, so that one that is cancelled or panics is counted too.
struct AskGuard {
    mirror: &'static str,
    start: Instant,
    outcome: Option<&'static str>,
}

impl Drop for AskGuard {
    fn drop(&mut self) {
        let outcome = self.outcome.unwrap_or_else(unfinished);
        histogram!("ask_seconds", "mirror" => self.mirror, "outcome" => outcome).record(self.start.elapsed());
        // The slower of the two is cancelled every time, so that is no failure; the histogram still has it.
        if !matches!(outcome, "ok" | "cancelled") {
            counter!("ask_failures_total", "mirror" => self.mirror, "reason" => outcome).increment(1);
        }
    }
}
