//! `tracing`, with a registry of spans as its subscriber.

use std::hint::black_box;

use tracing_subscriber::util::SubscriberInitExt;

use super::work;

pub fn set_up() {
    tracing_subscriber::registry().init();
}

pub fn call(number: u32) {
    #[tracing::instrument(skip_all, fields(step = "upscale"))]
    fn traced(number: u32) -> Result<u32, std::fmt::Error> {
        work(number)
    }
    let _ = black_box(traced(number));
}

#[tracing::instrument(skip_all, fields(step = "upscale"))]
pub async fn traced_async(number: u32) -> Result<u32, std::fmt::Error> {
    work(number)
}
