//! Annotated async functions can be nested as deep as plain ones. Each of them costs the compiler a part of its default
//! `recursion_limit` when it finds out whether a spawned future is `Send`.
//!
//! `build.rs` writes the functions: for each set of attributes as functions, as methods, as generic functions, and as functions
//! with `#[tracing::instrument]` above and below the attributes.

#![allow(
    clippy::needless_pass_by_value,
    clippy::unused_async,
    clippy::used_underscore_binding,
    reason = "the functions differ only in how they are nested"
)]

use std::future::Future;
use std::io::Error;

use metrics_runtime::testing::Capture;

include!(concat!(env!("OUT_DIR"), "/depth.rs"));

/// Spawns the outermost function, and looks at what the innermost and the outermost recorded.
fn check<F>(prefix: &str, layers: usize, future: F)
where
    F: Future<Output = Result<usize, Error>> + Send + 'static,
{
    let capture = Capture::new();
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime can be made");
    let depth = runtime.block_on(async { tokio::spawn(capture.wrap(future)).await });
    assert_eq!(depth.expect("no layer panics").expect("no layer fails"), layers);
    let seen = capture.snapshot();
    for layer in [0, layers - 1] {
        let name = |suffix: &str| format!("{prefix}_{layer}{suffix}");
        match prefix.rsplit_once("_by_").expect("the prefix names the set").1 {
            "timed" => assert_eq!(seen.observations(&name("_seconds"), &[("outcome", "ok")]).len(), 1),
            "counted" => assert_eq!(seen.counter(&name("_total"), &[("outcome", "ok")]), 1),
            "failure" => assert_eq!(seen.counter(&name("_failures_total"), &[("reason", "error")]), 0),
            "all" => {
                assert_eq!(seen.observations(&name("_seconds"), &[("outcome", "ok")]).len(), 1);
                assert_eq!(seen.counter(&name("_total"), &[]), 1);
                assert_eq!(seen.counter(&name("_failures_total"), &[("reason", "error")]), 0);
                assert!(seen.gauge(&name("_active"), &[]).abs() < f64::EPSILON);
            }
            set => panic!("the set `{set}` is not known"),
        }
    }
}
