//! A worker with metrics: `cargo run -p quickstart`, then `curl 127.0.0.1:8000/metrics`.

use std::time::Duration;

use metrics_runtime::{Label, counted, counted_failure, in_flight, timed};

#[derive(Clone, Copy, Label)]
enum Step {
    Text2image,
    Upscale,
}

/// Generates one image.
#[timed(histogram = "image_generation_seconds", labels(step), buckets(0.01, 0.05, 0.1, 0.5))]
#[counted(counter = "images_generated_total", on = ok)]
#[counted_failure(counter = "image_generation_failures_total")]
#[in_flight(gauge = "images_in_flight")]
async fn generate_image(step: Step, number: u64) -> Result<(), String> {
    tokio::time::sleep(Duration::from_millis(10 + number % 90)).await;
    if number % 7 == 6 { Err(format!("image {number} came out black")) } else { Ok(()) }
}

#[tokio::main]
async fn main() -> Result<(), metrics_runtime::InitError> {
    let metrics = metrics_runtime::init()?;
    println!("metrics are at http://{}/metrics", metrics.local_addr().map_or("nowhere".into(), |at| at.to_string()));
    for number in 0.. {
        let step = if number % 2 == 0 { Step::Text2image } else { Step::Upscale };
        if let Err(error) = generate_image(step, number).await {
            eprintln!("{error}");
        }
    }
    Ok(())
}
