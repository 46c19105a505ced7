//! `build_info!()`: the program's version and revision on the page.

use metrics_runtime::Kind;
use system_tests::{Page, Response, promtool_parse_metrics, strict_parse_openmetrics};

#[test]
#[allow(clippy::float_cmp, reason = "the value is one")]
fn the_page_shows_the_version_and_the_revision() {
    // In a function here; `build_info_twice.rs` has it beside functions.
    metrics_runtime::build_info!();

    let variables = [
        option_env!("GIT_REVISION"),
        option_env!("VERGEN_GIT_SHA"),
        option_env!("GITHUB_SHA"),
        option_env!("CI_COMMIT_SHA"),
    ];
    let revision = variables.into_iter().flatten().find(|value| !value.is_empty()).unwrap_or("unknown");

    let catalog = metrics_runtime::catalog();
    assert_eq!(catalog.program(), Some("system-tests"));
    assert_eq!(catalog.check().map_err(|conflict| conflict.to_string()), Ok(vec![]));
    let metric = catalog.metric("build_info").expect("it is in the catalog");
    assert_eq!((metric.kind(), metric.unit(), metric.max_series(), metric.budget()), (Kind::Gauge, None, 1, 1));
    let labels: Vec<_> = metric.labels().iter().map(|label| (label.name(), label.values().to_vec())).collect();
    assert_eq!(labels, [("version", vec![env!("CARGO_PKG_VERSION")]), ("revision", vec![revision])]);

    let handle = metrics_runtime::builder().listen(([127, 0, 0, 1], 0)).init().expect("the settings are valid");
    let page = Page::from(handle.render());
    let labels = [("version", env!("CARGO_PKG_VERSION")), ("revision", revision)];
    assert_eq!(page.value("build_info", &labels), Some(1.0), "{}", page.text());
    assert_eq!(page.series("build_info").len(), 1, "{}", page.text());

    let accept = [("accept", "application/openmetrics-text;version=1.0.0")];
    let address = handle.local_addr().expect("it listens");
    let (openmetrics, _) = Response::get_with_headers(&format!("http://{address}/metrics"), &accept).expect("a page");
    assert_eq!(promtool_parse_metrics(page.text()), Ok(()), "{}", page.text());
    assert_eq!(strict_parse_openmetrics(&openmetrics.body), Ok(()), "{}", openmetrics.body);
}
