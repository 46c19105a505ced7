//! `last`: the time of the last call that ended `ok`.

use std::time::{SystemTime, UNIX_EPOCH};

use metrics_runtime::{Event, Kind, Label, counted, declare_metrics, testing};
use system_tests::{Page, promtool_check_metrics, strict_parse_openmetrics};

#[derive(Clone, Copy, Label)]
enum Source {
    Orders,
    Stock,
}

declare_metrics! {
    /// Imports of the counter that is declared.
    counter DECLARED = "declared_imports_total";
}

#[counted(counter = "imports_total", on = end, last = "import_last_success_timestamp_seconds", labels(source, outcome))]
async fn import(source: Source, fails: bool) -> Result<(), std::fmt::Error> {
    std::future::ready(()).await;
    if fails { Err(std::fmt::Error) } else { Ok(()) }
}

#[counted(counter = "plain_total", last = "plain_last_timestamp_seconds")]
fn plain(panics: bool) {
    assert!(!panics, "the call panics");
}

#[counted(counter = DECLARED, last = "declared_last_timestamp_seconds")]
fn declared() {}

#[counted(counter = "failed_total", on = failure, last = "failed_last_timestamp_seconds", labels(outcome))]
fn failing() -> Result<(), std::fmt::Error> {
    Err(std::fmt::Error)
}

/// Seconds since 1970.
fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970").as_secs_f64()
}

fn poll<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime can be made").block_on(future)
}

#[test]
#[allow(clippy::float_cmp, reason = "the times are read from one text")]
fn the_page_has_the_time_of_the_last_success() {
    let catalog = metrics_runtime::catalog();
    let metric = catalog.metric("import_last_success_timestamp_seconds").expect("an attribute names it");
    assert_eq!((metric.kind(), metric.unit(), metric.max_series()), (Kind::Gauge, Some("seconds"), 2));
    assert_eq!(metric.help(), "When the last call of `import` that ended `ok` has ended, in seconds since 1970.");
    assert!(metric.sites()[0].records(Event::LastOk) && metric.sites()[0].item() == "import");

    let handle = metrics_runtime::builder().listen(([127, 0, 0, 1], 0)).init().expect("the settings are valid");
    let value = |name: &str, labels: &[(&str, &str)]| {
        let page = Page::from(handle.render());
        page.value(name, labels).unwrap_or_else(|| panic!("{name} is missing:\n{}", page.text()))
    };
    let of = |source| value("import_last_success_timestamp_seconds", &[("source", source)]);
    assert_eq!((of("orders"), of("stock")), (0.0, 0.0), "it is there before the first call");

    let _ = poll(import(Source::Stock, true));
    drop(import(Source::Stock, false));
    assert_eq!(of("stock"), 0.0, "a failure, and a future that was never polled, are no success");
    let before = now();
    poll(import(Source::Orders, false)).expect("it succeeds");
    let first = of("orders");
    assert!((before..=now()).contains(&first), "{before} {first}");
    let _ = poll(import(Source::Orders, true));
    assert_eq!((of("orders"), of("stock")), (first, 0.0), "a failure keeps the time of the last success");
    poll(import(Source::Orders, false)).expect("it succeeds");
    assert!(of("orders") >= first);

    let time = |name| value(name, &[]);
    assert!(std::panic::catch_unwind(|| plain(true)).is_err());
    assert_eq!(time("plain_last_timestamp_seconds"), 0.0);
    plain(false);
    declared();
    let _ = failing();
    assert!(time("plain_last_timestamp_seconds") >= before && time("declared_last_timestamp_seconds") >= before);
    assert_eq!(time("failed_last_timestamp_seconds"), 0.0);

    promtool_check_metrics(&handle.render()).expect("the page follows the rules");
    let address = handle.local_addr().expect("it listens");
    let headers = [("accept", "application/openmetrics-text;version=1.0.0")];
    let (open_metrics, _) =
        system_tests::Response::get_with_headers(&format!("http://{address}/metrics"), &headers).expect("it answers");
    strict_parse_openmetrics(&open_metrics.body).expect("the page follows the rules");

    // A capture has it, too.
    let captured = testing::capture(|| plain(false));
    assert!(captured.gauge("plain_last_timestamp_seconds", &[]) >= before, "{captured:?}");
}
