//! The metrics of the process give way where the program or another crate has another metric of their name.

#![cfg(target_os = "linux")]
#![allow(clippy::float_cmp, reason = "the values are whole numbers")]

use std::collections::BTreeSet;

use metrics_runtime::declare_metrics;
use system_tests::{Page, Response, promtool_parse_metrics, strict_parse_openmetrics};

declare_metrics! {
    /// The same name, kind and labels as ours.
    gauge OPEN_FILES = "process_open_fds";
    /// A name that `process_max_fds` would take.
    gauge LIMIT = "process_max_fds", labels(soft: bool);
}

#[test]
fn each_name_is_on_the_page_once() {
    let catalog = metrics_runtime::catalog();
    assert_eq!(catalog.check().map_err(|conflict| conflict.to_string()), Ok(vec![]));
    for (name, sites) in [("process_open_fds", 1), ("process_max_fds", 1), ("process_threads", 1)] {
        assert_eq!(catalog.metric(name).map(|metric| metric.sites().len()), Some(sites), "{name}");
    }
    assert_eq!(catalog.metric("process_open_fds").map(|metric| metric.sites()[0].item()), Some("OPEN_FILES"));

    let handle = metrics_runtime::builder().listen(([127, 0, 0, 1], 0)).init().expect("the settings are valid");
    let page = || Page::from(handle.render());
    OPEN_FILES.set(-1.0);
    LIMIT.with(true).set(-2.0);
    let first = page();
    assert_eq!(first.value("process_open_fds", &[]), Some(-1.0));
    assert_eq!(first.value("process_max_fds", &[("soft", "true")]), Some(-2.0));
    assert!(first.value("process_threads", &[]).is_some_and(|threads| threads > 0.0));

    // As `metrics-process` does: a description says nothing of a value.
    metrics::describe_gauge!("process_threads", "Threads of another crate.");
    assert_eq!(page().help("process_threads"), Some("Number of OS threads in the process."));
    // The same values, but as old as the crate's last look: the page reads them itself.
    metrics::gauge!("process_threads").set(-3.0);
    metrics::counter!("process_cpu_seconds_total").absolute(1_000_000);
    // Another kind, other labels, and a name that ours takes only in OpenMetrics.
    metrics::histogram!("process_resident_memory_bytes", "of" => "heap").record(1.0);
    metrics::gauge!("process_start_time_seconds", "of" => "machine").set(-4.0);
    let last = page();
    assert_eq!(last.series("process_threads").len(), 1, "{}", last.text());
    assert!(last.value("process_threads", &[]).is_some_and(|threads| threads > 0.0), "{}", last.text());
    assert_eq!(last.help("process_threads"), Some("Number of OS threads in the process."));
    assert!(
        last.value("process_cpu_seconds_total", &[]).is_some_and(|seconds| seconds < 1_000_000.0),
        "{}",
        last.text()
    );
    assert_eq!(last.value("process_resident_memory_bytes_count", &[("of", "heap")]), Some(1.0));
    assert_eq!(last.value("process_start_time_seconds", &[("of", "machine")]), Some(-4.0));
    assert!(last.value("process_virtual_memory_bytes", &[]).is_some(), "no one else has this one");
    assert_eq!(last.value("metrics_values_refused_total", &[]), Some(0.0));

    let accept = [("accept", "application/openmetrics-text;version=1.0.0")];
    let address = handle.local_addr().expect("it listens");
    let (openmetrics, _) = Response::get_with_headers(&format!("http://{address}/metrics"), &accept).expect("a page");
    assert_eq!(promtool_parse_metrics(last.text()), Ok(()), "{}", last.text());
    assert_eq!(strict_parse_openmetrics(&openmetrics.body), Ok(()), "{}", openmetrics.body);
    for page in [last.text(), &openmetrics.body] {
        let types: Vec<&str> = page.lines().filter(|line| line.starts_with("# TYPE ")).collect();
        assert_eq!(types.len(), types.iter().collect::<BTreeSet<_>>().len(), "{page}");
    }
}
