//! Buckets of the builder without the bound of an objective.

use metrics_runtime::{builder, timed};
use system_tests::Log;

#[timed(histogram = "draw_seconds", buckets(1, 10), objective(percent = 99, under = 10))]
fn draw() {}

#[timed(histogram = "kept_seconds", buckets(1, 10), objective(percent = 99, under = 10))]
fn kept() {}

#[test]
fn init_warns_once_of_the_bound_that_is_lost() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    tracing::subscriber::set_global_default(subscriber).expect("there is no other");
    let handle = builder()
        .no_listener()
        .buckets("draw_seconds", [0.1, 1.0])
        .buckets("kept_seconds", [0.1, 10.0])
        .init()
        .expect("the program works all the same");
    draw();
    kept();
    assert!(handle.render().contains("draw_seconds_bucket{le=\"0.1\"} 1"));
    let text = log.text();
    let warnings: Vec<&str> = text.lines().filter(|line| line.contains("WARN")).collect();
    assert_eq!(warnings.len(), 1, "{text}");
    for part in ["draw_seconds", "under=10", "its alerts never fire"] {
        assert!(warnings[0].contains(part), "{part}: {}", warnings[0]);
    }
}
