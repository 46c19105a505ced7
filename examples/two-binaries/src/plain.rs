//! The library that is written with `metrics`, and the exporter: `cargo run -p two-binaries --bin plain -- WORD FILE…`.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context as _;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};

fn main() -> anyhow::Result<()> {
    let word = std::env::args().nth(1).context("usage: plain WORD FILE…")?;
    let address: SocketAddr =
        std::env::var("METRICS_LISTEN").map_or(Ok(([127, 0, 0, 1], 8000).into()), |at| at.parse())?;
    let mut exporter = PrometheusBuilder::new().with_http_listener(address);
    for (metric, buckets) in word_search_plain::BUCKETS {
        exporter = exporter.set_buckets_for_metric(Matcher::Full(metric.to_owned()), buckets)?;
    }
    exporter.install()?;
    word_search_plain::describe();
    for file in std::env::args_os().skip(2).map(PathBuf::from) {
        match word_search_plain::search(&file, &word) {
            Ok(at) => println!("{}: {at}", file.display()),
            Err(error) => println!("{}: {error}", file.display()),
        }
    }
    println!("metrics are at http://{address}/metrics");
    loop {
        std::thread::park();
    }
}
