//! Buckets of the builder without the bound of an objective.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use metrics_runtime::{builder, timed};

#[timed(histogram = "draw_seconds", buckets(1, 10), objective(percent = 99, under = 10))]
fn draw() {}

#[timed(histogram = "kept_seconds", buckets(1, 10), objective(percent = 99, under = 10))]
fn kept() {}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("no test panics with it").clone()).expect("it is text")
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no test panics with it").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

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
