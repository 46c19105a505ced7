//! What a gauge shows where several processes share their values.

#![cfg(unix)]
#![allow(clippy::float_cmp, reason = "the values are whole")]

use std::path::Path;
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use metrics_runtime::{counted, declare_metrics};
use system_tests::{Page, Process, free_port, this_program};

/// The value that the program sets; it is the same program again, since metrics are installed once in a process.
const VALUE: &str = "JOINS_VALUE";

metrics_runtime::build_info!();

declare_metrics! {
    /// The sum.
    gauge ALL = "joined_all";
    /// The largest.
    gauge MOST = "joined_max", join = max;
    /// The smallest.
    gauge LEAST = "joined_min", join = min;
    /// The one that was set last.
    gauge LAST = "joined_latest", join = latest;
}

/// Work that has succeeded.
#[counted(counter = "joined_work_total", last = "joined_work_last_success_timestamp_seconds")]
fn work() {}

/// The program. It is a test of its own so that it can be started.
#[test]
fn program() {
    let Ok(value) = std::env::var(VALUE) else { return };
    let _handle = metrics_runtime::init().expect("the metrics can be installed");
    if let Ok(value) = value.parse::<f64>() {
        for gauge in [&ALL, &MOST, &LEAST, &LAST] {
            gauge.set(value);
        }
        work();
    }
    println!("ready");
    loop {
        thread::park();
    }
}

fn start(value: &str, folder: &Path, port: u16) -> Process {
    let mut command = this_program();
    command
        .env(VALUE, value)
        .env("PROMETHEUS_MULTIPROC_DIR", folder)
        .env("METRICS_LISTEN", format!("127.0.0.1:{port}"));
    let mut process = Process::start(&mut command);
    let _ = process.wait_for_line("ready");
    process
}

fn page(port: u16) -> Page {
    Page::wait_for(&format!("http://127.0.0.1:{port}/metrics"))
}

#[test]
fn each_gauge_is_joined_as_it_says() {
    let (folder, port) = (tempfile::tempdir().expect("a temporary folder can be made"), free_port());
    let folder = folder.path().join("metrics");
    // The one that serves has set nothing.
    let _idle = start("none", &folder, port);
    let _first = start("-2", &folder, port);
    let mut second = start("-7", &folder, port);
    let joined =
        |page: &Page| ["joined_all", "joined_max", "joined_min", "joined_latest"].map(|name| page.value(name, &[]));
    let all = page(port);
    assert_eq!(joined(&all), [-9.0, -2.0, -7.0, -7.0].map(Some), "{}", all.text());
    let last = all.value("joined_work_last_success_timestamp_seconds", &[]).expect("it is there");
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is later than 1970").as_secs_f64();
    assert!(last > now - 3600.0 && last < now + 1.0, "{last} at {now}");
    assert_eq!(all.series("build_info").into_iter().map(|(_, value)| value).collect::<Vec<_>>(), [1.0]);

    second.kill();
    let rest = page(port);
    assert_eq!(joined(&rest), [Some(-2.0); 4], "{}", rest.text());
}
