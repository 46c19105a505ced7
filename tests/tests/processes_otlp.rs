//! What each of several processes with one page sends by OTLP: its own values, under a name of its own.

#![cfg(unix)]

mod otlp {
    pub(crate) mod decoded;
}

use std::path::Path;
use std::thread;

use metrics_runtime::counted;
use otlp::decoded::Decoded;
use system_tests::{OtlpReceiver, Process, free_port, this_program};

/// How many calls the program makes; it is the same program again, since metrics are installed once in a process.
const CALLS: &str = "PROCESSES_OTLP_CALLS";

#[counted(counter = "sent_work_total")]
fn work() {}

/// The program. It is a test of its own so that it can be started.
#[test]
fn program() {
    let Ok(calls) = std::env::var(CALLS) else { return };
    let _handle = metrics_runtime::init().expect("the metrics can be installed");
    (0..calls.parse().expect("it is a number")).for_each(|_: u32| work());
    println!("flushed: {}", metrics_runtime::flush());
    loop {
        thread::park();
    }
}

fn start(calls: u32, folder: &Path, port: u16, receiver: &OtlpReceiver) -> Process {
    let mut command = this_program();
    command
        .env(CALLS, calls.to_string())
        .env("PROMETHEUS_MULTIPROC_DIR", folder)
        .env("METRICS_LISTEN", format!("127.0.0.1:{port}"))
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.url())
        .env("OTEL_METRIC_EXPORT_INTERVAL", "3600000");
    let mut process = Process::start(&mut command);
    let _ = process.wait_for_line("flushed: true");
    process
}

#[test]
fn each_process_sends_its_own_values() {
    let (folder, port, receiver) =
        (tempfile::tempdir().expect("a temporary folder can be made"), free_port(), OtlpReceiver::start());
    let folder = folder.path().join("metrics");
    let sent: Vec<Decoded> = (1..)
        .zip([10, 20])
        .map(|(number, calls)| {
            // The one before has ended, and the next one must not send its counts.
            let _process = start(calls, &folder, port, &receiver);
            Decoded::of(&receiver.wait_for(number).body)
        })
        .collect();
    for (decoded, calls) in sent.iter().zip([10.0, 20.0]) {
        let values = decoded.points.iter().filter(|((name, _), _)| name == "sent_work_total");
        assert_eq!(values.map(|(_, bits)| f64::from_bits(*bits)).collect::<Vec<f64>>(), [calls]);
        assert!(!decoded.metrics.contains_key("calls_killed_total"));
    }
    let instances = [0, 1].map(|at: usize| &sent[at].resource["service.instance.id"]);
    assert_ne!(instances[0], instances[1], "a receiver would take them for one");
}
