//! Preset values where several processes share one page: each name has one place, whatever the order of the configuration.

#![cfg(unix)]

use std::path::Path;
use std::thread;

use metrics_runtime::{Interned, Label, counted};
use system_tests::{Page, Process, free_port, this_program};

/// The names that the program presets; it is the same program again, since metrics are installed once in a process.
const NAMES: &str = "PRESET_NAMES";

/// A tenant, by its name in the configuration.
#[derive(Clone, Copy, Label)]
#[label(max_values = 3)]
struct Tenant(Interned);

#[counted(counter = "preset_work_total", labels(tenant))]
fn work(tenant: Tenant) {
    let _ = tenant;
}

/// The program. It is a test of its own so that it can be started.
#[test]
fn program() {
    let Ok(names) = std::env::var(NAMES) else { return };
    tracing_subscriber::fmt().with_ansi(false).with_writer(std::io::stdout).init();
    Tenant::preset(names.split(',')).expect("there are few");
    let _handle = metrics_runtime::init().expect("the metrics can be installed");
    work(Tenant::new(names.split(',').next().expect("there is one")));
    println!("ready");
    loop {
        thread::park();
    }
}

fn start(names: &str, folder: &Path, port: u16) -> Process {
    let mut command = this_program();
    command
        .env(NAMES, names)
        .env("PROMETHEUS_MULTIPROC_DIR", folder)
        .env("METRICS_LISTEN", format!("127.0.0.1:{port}"));
    Process::start(&mut command)
}

#[test]
fn a_configuration_with_another_order_is_no_conflict() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let port = free_port();
    let mut first = start("acme,globex", folder.path(), port);
    let _ = first.wait_for_line("ready");
    // The configuration has changed: another first name, and a new one.
    let mut second = start("initech,globex,acme", folder.path(), port);
    let _ = second.wait_for_line("ready");
    // There is no place left for its only name.
    let mut third = start("umbrella", folder.path(), port);
    let warning = third.wait_for_line("a preset value has no series");
    assert!(
        warning.contains(
            "the label `tenant` has no room for the value `umbrella`: it keeps 3 values of all processes together, also of \
             those that have ended; raise its `max_values`"
        ),
        "{warning}"
    );
    let _ = third.wait_for_line("ready");
    let page = Page::wait_for(&format!("http://127.0.0.1:{port}/metrics"));
    let counts =
        ["acme", "globex", "initech", "other"].map(|tenant| page.value("preset_work_total", &[("tenant", tenant)]));
    assert_eq!(counts, [Some(1.0), Some(0.0), Some(1.0), Some(1.0)], "{}", page.text());
    assert_eq!(page.value("metrics_label_overflow_total", &[("label", "tenant")]), Some(1.0));
}
