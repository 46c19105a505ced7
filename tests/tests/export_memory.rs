//! While a receiver is away, the program's memory stays the same: nothing waits to be sent.

use std::time::Duration;

use metrics_runtime::Handle;
use system_tests::{Page, free_port, wait_until};

/// Each export makes a page and a request of about this many bytes.
const SERIES: u32 = 100;
const LENGTH: usize = 10_000;

fn value(metrics: &Handle, name: &str, labels: &[(&str, &str)]) -> f64 {
    Page::from(metrics.render()).value(name, labels).expect("it is on the page")
}

/// The memory after so many failures.
fn memory_after(metrics: &Handle, failures: f64) -> f64 {
    wait_until("exports fail", || {
        let failed = value(metrics, "metrics_export_failures_total", &[("road", "otlp")]);
        (failed >= failures).then_some(())
    });
    value(metrics, "process_resident_memory_bytes", &[])
}

#[test]
fn exports_that_fail_keep_no_memory() {
    let metrics = metrics_runtime::builder()
        .no_listener()
        .otlp_endpoint(format!("http://127.0.0.1:{}", free_port()))
        .otlp_interval(Duration::from_millis(1))
        .init()
        .expect("nothing is wrong");
    for series in 0..SERIES {
        metrics::gauge!("other_level", "text" => format!("{series} {}", "x".repeat(LENGTH))).set(1.0);
    }
    let before = memory_after(&metrics, 5.0);
    let after = memory_after(&metrics, 35.0);
    // Thirty pages alone would be 30 MB.
    assert!(after - before < 15e6, "{before} bytes have become {after}");
}
