use metrics_runtime::{counted, counted_failure, in_flight, timed};

use std::pin::Pin;

trait Stream {
    type Item;
}

struct Empty;

impl Stream for Empty {
    type Item = u32;
}

type BoxStream<T> = Pin<Box<dyn Stream<Item = T>>>;

#[timed(histogram = "a_seconds")]
#[in_flight(gauge = "a_active")]
fn shown() -> impl Stream<Item = u32> {
    Empty
}

#[counted_failure(counter = "b_failures_total")]
fn boxed() -> Pin<Box<dyn Stream<Item = u32> + Send>> {
    Box::pin(Empty)
}

struct Frames;

impl Frames {
    #[counted(counter = "c_total", on = ok)]
    fn aliased(&self) -> BoxStream<u32> {
        Box::pin(Empty)
    }
}

// Calls that start can be counted, and an `async fn` is measured until it returns the stream.
#[counted(counter = "d_total")]
fn counted_only() -> impl Stream<Item = u32> {
    Empty
}

#[timed(histogram = "e_seconds")]
async fn opened() -> impl Stream<Item = u32> {
    Empty
}

fn main() {}
