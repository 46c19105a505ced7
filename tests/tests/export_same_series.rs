//! Values and labels that a program does not have every day, at a Pushgateway and in a file that `node_exporter` reads. They are
//! those of the scrape.

mod export {
    pub(crate) mod unusual;
}

use std::time::Duration;

use export::unusual::record;
use system_tests::{NodeExporter, Page, Points, Pushgateway, assert_same_points};

/// Without the metrics of the process, some of which a file leaves out.
fn of_program(points: Points) -> Points {
    points.into_iter().filter(|((name, _), _)| !name.starts_with("process_")).collect()
}

#[test]
fn unusual_values_are_the_same_by_every_road() {
    let (gateway, folder) = (Pushgateway::start(), tempfile::tempdir().expect("a temporary folder can be made"));
    let (node_exporter, file) = (NodeExporter::reading(folder.path()), folder.path().join("same.prom"));
    let of_node_exporter = node_exporter.page().points();
    let handle = metrics_runtime::builder()
        .listen(([127, 0, 0, 1], 0))
        .global_label("service", "same")
        .push_url(gateway.url())
        .push_job("same/series")
        .push_grouping("instance", "one")
        .push_grouping("folder", "/var/tmp é")
        .push_interval(Duration::from_secs(24 * 60 * 60))
        .textfile(&file)
        .init()
        .expect("the settings are valid");
    record();
    metrics::gauge!("other_gauge").set(f64::NAN);

    assert!(metrics_runtime::flush(), "the values have arrived");

    let address = handle.local_addr().expect("it listens");
    let scraped = Page::fetch(&format!("http://{address}/metrics"));
    let expected = of_program(scraped.points());
    assert!(expected.len() > 60, "{}", scraped.text());

    let mut pushed = gateway.page().points_of(&[("job", "same/series"), ("instance", "one"), ("folder", "/var/tmp é")]);
    pushed.retain(|(name, _), _| name != "push_time_seconds" && name != "push_failure_time_seconds");
    assert_same_points(&of_program(pushed), &expected);

    let read = node_exporter.page();
    assert_eq!(read.value("node_textfile_scrape_error", &[]), Some(0.0), "{}", node_exporter.log());
    assert!(!node_exporter.log().contains("level=error"), "{}", node_exporter.log());
    let is_own = |name: &String| of_node_exporter.keys().any(|(own, _)| own == name);
    let mut in_file = of_program(read.points());
    in_file.retain(|(name, _), _| !is_own(name) && name != "node_textfile_mtime_seconds");
    assert_same_points(&in_file, &expected);

    // What is on no page before it begins.
    for road in ["push", "textfile"] {
        let labels = [("service", "same"), ("road", road)];
        assert_eq!(scraped.value("metrics_export_failures_total", &labels), Some(0.0));
        assert!(scraped.value("metrics_export_age_seconds", &labels).is_some_and(|age| age >= 0.0));
    }
    assert_eq!(scraped.series("metrics_export_age_seconds").len(), 2, "there is no third road");

    // By hand, into another file.
    let (by_hand, missing) = (folder.path().join("by_hand.txt"), folder.path().join("missing/x.prom"));
    handle.write_textfile(&by_hand).expect("the folder is there");
    let written = Page::from(std::fs::read_to_string(&by_hand).expect("it is written"));
    assert_same_points(&of_program(written.points()), &expected);
    assert!(written.series("process_open_fds").is_empty() && !written.series("process_threads").is_empty());
    let refused = handle.write_textfile(&missing).expect_err("the folder does not exist");
    assert_eq!(refused.kind(), std::io::ErrorKind::NotFound);
    handle.write_textfile("/").expect_err("it names no file");
    let left: Vec<_> =
        std::fs::read_dir(folder.path()).expect("it is there").flatten().map(|file| file.file_name()).collect();
    assert_eq!(left.len(), 2, "no temporary file is left: {left:?}");
}
