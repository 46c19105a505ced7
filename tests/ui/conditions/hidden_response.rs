//! What a handler that hides its type returns has no status yet.

use axum::response::IntoResponse;
use metrics_runtime::{counted_failure, server_error};

#[counted_failure(counter = "a_total", error_if = server_error)]
async fn page() -> impl IntoResponse {
    "a page"
}

fn main() {}
