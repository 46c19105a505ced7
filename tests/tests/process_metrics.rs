//! The metrics of the process: they are there without a line of the program, and are read while the page is made.

#![cfg(target_os = "linux")]

use std::fs::File;
use std::hint::black_box;
use std::time::{SystemTime, UNIX_EPOCH};

use metrics_runtime::Kind;
use system_tests::{Page, Response, promtool_check_metrics, strict_parse_openmetrics, wait_until};

const METRICS: [(&str, Kind, Option<&str>, &str); 7] = [
    ("process_cpu_seconds_total", Kind::Counter, Some("seconds"), "Total user and system CPU time spent in seconds."),
    ("process_max_fds", Kind::Gauge, None, "Maximum number of open file descriptors."),
    ("process_open_fds", Kind::Gauge, None, "Number of open file descriptors."),
    ("process_resident_memory_bytes", Kind::Gauge, Some("bytes"), "Resident memory size in bytes."),
    (
        "process_start_time_seconds",
        Kind::Gauge,
        Some("seconds"),
        "Start time of the process since unix epoch in seconds.",
    ),
    ("process_threads", Kind::Gauge, None, "Number of OS threads in the process."),
    ("process_virtual_memory_bytes", Kind::Gauge, Some("bytes"), "Virtual memory size in bytes."),
];

#[test]
#[allow(clippy::float_cmp, reason = "counts are whole numbers, and the start is one number")]
fn the_page_has_the_present_state_of_the_process() {
    let catalog = metrics_runtime::catalog();
    for (name, kind, unit, help) in METRICS {
        let metric = catalog.metric(name).unwrap_or_else(|| panic!("the catalog has {name}"));
        assert_eq!((metric.kind(), metric.unit(), metric.help(), metric.max_series()), (kind, unit, help, 1), "{name}");
    }

    let handle = metrics_runtime::builder().listen(([127, 0, 0, 1], 0)).global_label("zone", "a").init().expect("init");
    let page = || Page::from(handle.render());
    let value = |page: &Page, name: &str| {
        page.value(name, &[("zone", "a")]).unwrap_or_else(|| panic!("{name} is missing:\n{}", page.text()))
    };
    let first = page();
    for (name, kind, _, help) in METRICS {
        assert_eq!(first.kind(name), Some(kind.to_string().as_str()));
        assert_eq!(first.help(name), Some(help));
        assert!(value(&first, name) > 0.0 || kind == Kind::Counter, "{name}");
    }
    let start = value(&first, "process_start_time_seconds");
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970").as_secs_f64();
    assert!((now - 3600.0..now + 2.0).contains(&start), "{start} is not shortly before {now}");
    assert!(value(&first, "process_open_fds") < value(&first, "process_max_fds"));

    // Nothing runs in this process but this test and the endpoint, to which no one is connected.
    let files: Vec<File> = (0..5).map(|_| File::open("/dev/null").expect("it is there")).collect();
    let memory = black_box(vec![1_u8; 64 << 20]);
    let second = page();
    let grown = |name| value(&second, name) - value(&first, name);
    assert_eq!(grown("process_open_fds"), 5.0);
    assert!(grown("process_resident_memory_bytes") > 60e6, "{}", grown("process_resident_memory_bytes"));
    assert!(grown("process_virtual_memory_bytes") > 60e6, "{}", grown("process_virtual_memory_bytes"));
    drop((files, memory));
    let threads = value(&second, "process_threads");
    std::thread::scope(|scope| {
        let (end, ended) = std::sync::mpsc::channel::<()>();
        scope.spawn(move || ended.recv().is_err());
        assert_eq!(value(&page(), "process_threads"), threads + 1.0);
        drop(end);
    });
    // A counter with a fraction, which never decreases.
    let mut last = value(&second, "process_cpu_seconds_total");
    wait_until("a fraction of a second", || {
        let now = value(&page(), "process_cpu_seconds_total");
        assert!(now >= last, "{now} after {last}");
        last = now;
        (now > value(&first, "process_cpu_seconds_total") && now.fract() > 0.0).then_some(())
    });
    assert_eq!(value(&page(), "process_start_time_seconds"), start);

    // With all descriptors in use, no file can be read. What the system gives without a file is still there.
    let mut files = Vec::new();
    while let Ok(file) = File::open("/dev/null") {
        files.push(file);
    }
    let unreadable = page();
    for name in ["process_cpu_seconds_total", "process_start_time_seconds", "process_threads"] {
        assert!(!unreadable.text().contains(name), "{}", unreadable.text());
    }
    assert_eq!(value(&unreadable, "process_max_fds"), value(&first, "process_max_fds"));
    drop(files);
    assert_eq!(promtool_check_metrics(unreadable.text()), Ok(()));
    assert_eq!(value(&page(), "process_start_time_seconds"), start);

    assert_eq!(promtool_check_metrics(first.text()), Ok(()));
    let address = handle.local_addr().expect("it listens");
    let accept = [("accept", "application/openmetrics-text;version=1.0.0")];
    let (openmetrics, _) = Response::get_with_headers(&format!("http://{address}/metrics"), &accept).expect("a page");
    assert_eq!(strict_parse_openmetrics(&openmetrics.body), Ok(()), "{}", openmetrics.body);
    for line in ["# TYPE process_cpu_seconds counter", "# UNIT process_cpu_seconds seconds"] {
        assert!(openmetrics.body.lines().any(|found| found == line), "{line} is missing:\n{}", openmetrics.body);
    }
    assert!(openmetrics.body.contains("\nprocess_cpu_seconds_total{zone=\"a\"} "), "{}", openmetrics.body);
}
