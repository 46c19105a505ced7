//! A worker whose histograms lead to its traces: `cargo run -p traced-worker`, with a collector at `127.0.0.1:4318`.

use std::error::Error;
use std::time::Duration;

use metrics_runtime::timed;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::SpanExporter;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::prelude::*;

/// Draws one image.
#[tracing::instrument]
#[timed(histogram = "draw_seconds", buckets(0.05, 0.1, 0.2, 0.5, 1))]
fn draw(job_id: u64) {
    std::thread::sleep(Duration::from_millis(20 + job_id * 37 % 300));
}

fn main() -> Result<(), Box<dyn Error>> {
    // To the address in `OTEL_EXPORTER_OTLP_ENDPOINT`, by default http://localhost:4318.
    let exporter = SpanExporter::builder().with_http().build()?;
    let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).build();
    let traces = tracing_opentelemetry::layer().with_tracer(provider.tracer("traced-worker"));
    let traces = metrics_runtime::exemplar_layer(traces);
    tracing_subscriber::registry().with(LevelFilter::INFO).with(traces).init();
    metrics_runtime::init()?;

    for job_id in 1..=2000 {
        draw(job_id);
    }
    provider.shutdown()?;
    Ok(())
}
