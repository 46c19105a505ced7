use metrics_runtime::{counted, in_flight, timed};

use std::future::{Future, Ready};
use std::pin::Pin;

type Later<T> = Pin<Box<dyn Future<Output = T> + Send>>;

#[timed(histogram = "a_seconds")]
fn aliased() -> Later<u32> {
    Box::pin(async { 1 })
}

#[counted(counter = "b_total", on = ok)]
fn named() -> Ready<u32> {
    std::future::ready(1)
}

struct Worker;

impl Worker {
    #[in_flight(gauge = "c")]
    fn method<T: Send + 'static>(&self, value: T) -> Later<T> {
        Box::pin(async { value })
    }
}

// The shape of tower's services.
trait Service<R> {
    type Future: Future<Output = R>;

    fn call(&mut self, request: R) -> Self::Future;
}

impl Service<u32> for Worker {
    type Future = Later<u32>;

    #[timed(histogram = "call_seconds")]
    fn call(&mut self, request: u32) -> Self::Future {
        Box::pin(handle(request))
    }
}

#[timed(histogram = "handle_seconds", labels(outcome))]
async fn handle(request: u32) -> u32 {
    request
}

// Calls that start can be counted.
#[counted(counter = "d_total")]
fn counted() -> Later<u32> {
    Box::pin(async { 1 })
}

fn main() {}
