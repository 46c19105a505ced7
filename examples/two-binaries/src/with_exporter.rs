//! The library in a program that has another exporter already: `cargo run -p two-binaries --bin with-exporter -- WORD FILE…`.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context as _;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};

fn main() -> anyhow::Result<()> {
    let word = std::env::args().nth(1).context("usage: with-exporter WORD FILE…")?;
    let address: SocketAddr =
        std::env::var("METRICS_LISTEN").map_or(Ok(([127, 0, 0, 1], 8000).into()), |at| at.parse())?;
    let mut exporter = PrometheusBuilder::new().with_http_listener(address);
    // The facade does not pass buckets on, so the exporter gets them from the catalog.
    for metric in metrics_runtime::catalog().metrics().filter(|metric| !metric.buckets().is_empty()) {
        exporter = exporter.set_buckets_for_metric(Matcher::Full(metric.name().to_owned()), metric.buckets())?;
    }
    exporter.install()?;
    metrics_runtime::attach()?;
    for file in std::env::args_os().skip(2).map(PathBuf::from) {
        match word_search::search(&file, &word) {
            Ok(at) => println!("{}: {at}", file.display()),
            Err(error) => println!("{}: {error}", file.display()),
        }
    }
    println!("metrics are at http://{address}/metrics");
    loop {
        std::thread::park();
    }
}
