//! Describes the metrics, makes their series, and serves the page.

use std::env;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use anyhow::Result;
use axum::Router;
use axum::routing::get;
use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};
use tokio::net::TcpListener;
use web_service::Pool;

pub(crate) const METHODS: [&str; 4] = ["GET", "POST", "DELETE", "OTHER"];
pub(crate) const ROUTES: [&str; 5] = ["/notes", "/notes/batch", "/notes/{id}", "/export", "unknown"];
pub(crate) const STATUSES: [&str; 11] = ["200", "201", "204", "400", "404", "405", "415", "422", "500", "503", "none"];
const STORE_METHODS: [&str; 5] = ["create", "create_all", "find", "list", "delete"];
const REASONS: [&str; 4] = ["error", "timeout", "cancelled", "panic"];
const OUTCOMES: [&str; 5] = ["ok", "error", "timeout", "cancelled", "panic"];

/// The text if it is one of these, else the one that stands for all others: a client must not be able to make series.
pub(crate) fn one_of(known: &[&'static str], text: &str, other: &'static str) -> &'static str {
    known.iter().find(|known| **known == text).copied().unwrap_or(other)
}

pub(crate) async fn serve(pool: &Arc<Pool>) -> Result<SocketAddr> {
    let buckets = |name: &str| Matcher::Full(name.to_owned());
    let page = PrometheusBuilder::new()
        .set_buckets_for_metric(buckets("http_request_seconds"), &[0.005, 0.025, 0.1, 0.5, 2.5])?
        .set_buckets_for_metric(buckets("http_request_size_bytes"), &[100.0, 1_000.0, 10_000.0, 100_000.0])?
        .set_buckets_for_metric(buckets("http_response_size_bytes"), &[100.0, 1_000.0, 10_000.0, 100_000.0])?
        .set_buckets_for_metric(buckets("store_seconds"), &[0.001, 0.01, 0.1, 1.0])?
        .set_buckets_for_metric(buckets("pool_wait_seconds"), &[0.001, 0.01, 0.1, 1.0])?
        .set_buckets_for_metric(buckets("query_seconds"), &[0.001, 0.01, 0.1, 1.0])?
        .set_buckets_for_metric(buckets("list_encode_seconds"), &[0.0001, 0.001, 0.01, 0.1])?
        .set_buckets_for_metric(buckets("batch_rows"), &[1.0, 10.0, 100.0, 1000.0])?
        .set_buckets_for_metric(buckets("export_seconds"), &[0.1, 1.0, 10.0, 60.0])?
        .install_recorder()?;
    describe();
    make_series();
    gauge!("build_info", "version" => env!("CARGO_PKG_VERSION"), "sqlite" => rusqlite::version()).set(1);
    gauge!("notes").set(pool.lend().await.run(web_service::count).await?);

    // Without it the samples of histograms stay in memory until the next scrape.
    let upkeep = page.clone();
    thread::spawn(move || {
        loop {
            thread::sleep(Duration::from_secs(5));
            upkeep.run_upkeep();
        }
    });
    let pool = Arc::clone(pool);
    let show = move || {
        #[allow(clippy::cast_precision_loss, reason = "it is small")]
        gauge!("pool_idle_connections").set(pool.idle() as f64);
        let page = page.render();
        async { page }
    };
    let address = env::var("METRICS_LISTEN").unwrap_or_else(|_| "127.0.0.1:8000".to_owned());
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    tokio::spawn(axum::serve(listener, Router::new().route("/metrics", get(show))).into_future());
    Ok(address)
}

fn describe() {
    describe_histogram!("http_request_seconds", Unit::Seconds, "Answers an HTTP request.");
    describe_counter!("http_failures_total", "Calls of `measure` that did not end `ok`, by reason.");
    describe_gauge!("http_requests_in_flight", "Calls of `measure` that have started and not ended.");
    describe_histogram!("http_request_size_bytes", Unit::Bytes, "How large the requests are.");
    describe_histogram!("http_response_size_bytes", Unit::Bytes, "How large the responses are.");
    describe_histogram!("store_seconds", Unit::Seconds, "Time spent in the functions of `Store`.");
    describe_counter!("store_failures_total", "Calls of the functions of `Store` that did not end `ok`, by reason.");
    describe_histogram!("batch_rows", "How many notes were sent at once.");
    describe_histogram!("export_seconds", Unit::Seconds, "How long an export takes.");
    describe_counter!("exported_rows_total", "Notes that were exported.");
    describe_gauge!("pool_idle_connections", "Connections to the database that nobody uses.");
    describe_histogram!("pool_wait_seconds", Unit::Seconds, "How long it took until there was a connection.");
    describe_histogram!(
        "query_seconds",
        Unit::Seconds,
        "How long the database worked, also for a client that has gone."
    );
    describe_histogram!(
        "list_encode_seconds",
        Unit::Seconds,
        "How long it took to write the list of notes, which blocks a thread of the server."
    );
    describe_gauge!("notes", "Notes in the database.");
    describe_gauge!("build_info", "The version of this program, and of the SQLite in it.");
}

/// Without it a series begins with its first value, and `rate()` does not see that.
fn make_series() {
    for (method, route) in METHODS.iter().flat_map(|method| ROUTES.map(|route| (*method, route))) {
        for status in STATUSES {
            let _ = histogram!("http_request_seconds", "method" => method, "route" => route, "status" => status);
        }
        for reason in REASONS {
            counter!("http_failures_total", "method" => method, "route" => route, "reason" => reason).absolute(0);
        }
        gauge!("http_requests_in_flight", "method" => method, "route" => route).set(0);
        let _ = histogram!("http_request_size_bytes", "method" => method, "route" => route);
        let _ = histogram!("http_response_size_bytes", "method" => method, "route" => route);
    }
    for method in STORE_METHODS {
        let _ = histogram!("store_seconds", "method" => method);
        for reason in REASONS {
            counter!("store_failures_total", "method" => method, "reason" => reason).absolute(0);
        }
    }
    for outcome in OUTCOMES {
        let _ = histogram!("export_seconds", "outcome" => outcome);
    }
    counter!("exported_rows_total").absolute(0);
    let _ = histogram!("batch_rows");
    let _ = histogram!("pool_wait_seconds");
    let _ = histogram!("query_seconds");
    let _ = histogram!("list_encode_seconds");
}
