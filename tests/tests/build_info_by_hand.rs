//! A program that declares `build_info` by hand, beside `build_info!()`.

use metrics_runtime::{Interned, Join, Label, declare_metrics};
use system_tests::{Page, promtool_check_metrics, strict_parse_openmetrics};

metrics_runtime::build_info!();

/// A version, such as `1.4.0`.
#[derive(Clone, Copy, Label)]
#[label(max_values = 1)]
struct Version(Interned);

#[derive(Clone, Copy, Label)]
enum Channel {
    Stable,
}

declare_metrics! {
    /// What this program is.
    gauge BUILD_INFO = "build_info", labels(version: Version, channel: Channel);
    /// What its worker is.
    gauge WORKER_BUILD_INFO = "worker_build_info", labels(channel: Channel);
}

#[test]
#[allow(clippy::float_cmp, reason = "the value is one")]
fn the_page_has_one_build_info_with_the_labels_of_the_declaration() {
    let catalog = metrics_runtime::catalog();
    assert_eq!(catalog.check().map_err(|conflict| conflict.to_string()), Ok(vec![]));
    assert_eq!(catalog.program(), Some("system-tests"));
    let metric = catalog.metric("build_info").expect("it is declared");
    let labels: Vec<&str> = metric.labels().iter().map(metrics_runtime::MetricLabel::name).collect();
    assert_eq!((labels, metric.join(), metric.sites().len()), (vec!["version", "channel"], Join::Max, 1));

    let handle = metrics_runtime::builder().listen(([127, 0, 0, 1], 0)).init().expect("the settings are valid");
    BUILD_INFO.with(Version::new("1.4.0"), Channel::Stable).set(1);
    WORKER_BUILD_INFO.with(Channel::Stable).set(1);
    let url = format!("http://{}/metrics", handle.local_addr().expect("it listens"));
    for page in [Page::fetch(&url), Page::fetch_openmetrics(&url)] {
        let lines: Vec<&str> = page.text().lines().filter(|line| line.contains("build_info")).collect();
        assert_eq!(
            lines,
            [
                "# HELP build_info What this program is.",
                "# TYPE build_info gauge",
                "build_info{version=\"1.4.0\",channel=\"stable\"} 1",
                "# HELP worker_build_info What its worker is.",
                "# TYPE worker_build_info gauge",
                "worker_build_info{channel=\"stable\"} 1",
            ]
        );
    }
    let page = Page::fetch_openmetrics(&url);
    assert_eq!(strict_parse_openmetrics(page.text()), Ok(()), "{}", page.text());
    assert_eq!(promtool_check_metrics(&handle.render()), Ok(()), "{}", handle.render());
}
