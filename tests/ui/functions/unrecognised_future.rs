use metrics_runtime::timed;

use std::future::Future;
use std::pin::Pin;

async fn inner() {}

#[timed(histogram = "a_seconds")]
fn made_elsewhere() -> impl Future<Output = ()> {
    inner()
}

#[timed(histogram = "a_seconds")]
fn boxed_elsewhere() -> Pin<Box<dyn Future<Output = ()>>> {
    let future = inner();
    Box::pin(future)
}

#[timed(histogram = "a_seconds")]
fn early(fast: bool) -> Pin<Box<dyn Future<Output = ()>>> {
    if fast {
        return Box::pin(std::future::ready(()));
    }
    Box::pin(async move { inner().await })
}

fn main() {}
