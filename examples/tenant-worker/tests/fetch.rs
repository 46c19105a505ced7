//! A part of the worker, tested without a recorder: `capture_async` has what a future has recorded, and what it has returned.

#[path = "../src/annotated/fetch.rs"]
mod fetch;
mod mirror;

use std::io::{Error, ErrorKind};

use fetch::fetch;
use metrics_runtime::testing::capture_async;
use mirror::{Manners, start_mirrors};

const SILENT: Manners = Manners { answers: &[], closes: &[] };

#[tokio::test]
async fn the_slower_mirror_is_cancelled_and_that_is_no_failure() {
    let mirrors = start_mirrors([SILENT, Manners { answers: &["prices"], closes: &[] }]);
    let seen = capture_async(fetch(mirrors, "prices")).await;
    assert_eq!(seen.output.as_deref().ok(), Some("prices"));
    seen.assert_series(
        r#"
        ask_seconds_count{mirror="first",outcome="cancelled"} 1
        ask_seconds_count{mirror="second",outcome="ok"} 1
        fetch_seconds_count{outcome="ok"} 1
        "#,
    );
}

#[tokio::test]
async fn a_mirror_that_closes_the_connection_is_a_failure() {
    let mirrors = start_mirrors([Manners { answers: &[], closes: &["prices"] }, SILENT]);
    let seen = capture_async(fetch(mirrors, "prices")).await;
    assert_eq!(seen.output.as_ref().map_err(Error::kind), Err(ErrorKind::UnexpectedEof));
    seen.assert_series(
        r#"
        ask_failures_total{mirror="first",reason="error"} 1
        ask_seconds_count{mirror="first",outcome="error"} 1
        ask_seconds_count{mirror="second",outcome="cancelled"} 1
        fetch_failures_total{reason="error"} 1
        fetch_seconds_count{outcome="error"} 1
        "#,
    );
}
