//! The same series by every road: the scrape, the Pushgateway, and a file that `node_exporter` reads.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use metrics_runtime::{Label, counted, declare_metrics, timed};
use system_tests::{NodeExporter, Page, Pushgateway};

#[derive(Clone, Copy, Label)]
enum Step {
    Voice,
    #[label(rename = "a\"b\\c {d}=,/é")]
    Hostile,
}

declare_metrics! {
    /// Bytes that are waiting.
    gauge WAITING = "waiting_bytes", labels(step: Step);
}

#[counted(counter = "steps_total", on = end, labels(step, outcome))]
#[timed(histogram = "step_seconds", labels(step))]
fn run(step: Step, fails: bool) -> Result<(), String> {
    if fails { Err(format!("{} has failed", step.index())) } else { Ok(()) }
}

type Series = BTreeMap<(String, Vec<(String, String)>), String>;

/// The series of a page by name and labels, without those labels that a road adds.
fn series(page: &Page, names: &BTreeSet<String>, added: &[(&str, &str)]) -> Series {
    let mut all = Series::new();
    for name in names {
        for (mut labels, value) in page.series(name) {
            if added.iter().all(|(label, value)| labels.remove(*label).as_deref() == Some(*value)) {
                all.insert((name.clone(), labels.into_iter().collect()), value.to_string());
            }
        }
    }
    all
}

/// The names of all series, without those whose values change from page to page or are about the road itself.
fn names(page: &Page) -> BTreeSet<String> {
    let lines = page.text().lines().filter(|line| !line.starts_with('#'));
    let names = lines.filter_map(|line| line.split(['{', ' ']).next());
    names
        .filter(|name| !name.starts_with("process_") && !name.starts_with("metrics_export_"))
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_road_has_the_same_series() {
    let (gateway, folder) = (Pushgateway::start(), tempfile::tempdir().expect("a temporary folder can be made"));
    let (node_exporter, file) = (NodeExporter::reading(folder.path()), folder.path().join("same.prom"));
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
    for (step, fails) in [(Step::Voice, false), (Step::Voice, true), (Step::Hostile, false)] {
        let _ = run(step, fails);
    }
    WAITING.with(Step::Hostile).set(-1.25e30);
    WAITING.with(Step::Voice).set(f64::NAN);
    metrics::counter!("other.crate", "path" => "/a\\b\"\n").increment(7);
    metrics::histogram!("other_seconds").record(0.25);
    metrics::gauge!("other_gauge").set(f64::NEG_INFINITY);

    assert!(metrics_runtime::flush(), "the values have arrived");

    let address = handle.local_addr().expect("it listens");
    let scraped = Page::fetch(&format!("http://{address}/metrics"));
    let names = names(&scraped);
    assert!(names.contains("steps_total") && names.contains("step_seconds_bucket") && names.contains("other_crate"));
    let expected = series(&scraped, &names, &[]);
    assert!(expected.len() > 40, "{}", scraped.text());

    let pushed = gateway.page();
    let added = [("job", "same/series"), ("instance", "one"), ("folder", "/var/tmp é")];
    assert_eq!(series(&pushed, &names, &added), expected, "the gateway has other series:\n{}", pushed.text());
    // A help text and a kind come along. The metrics of the process, which the gateway also has of itself, are told apart by
    // the labels of the group.
    for page in [&pushed, &node_exporter.page()] {
        assert_eq!(page.kind("step_seconds"), Some("histogram"));
        assert_eq!(page.help("waiting_bytes"), Some("Bytes that are waiting."));
    }
    assert!(!series(&pushed, &["process_open_fds".to_owned()].into(), &added).is_empty());

    let read = node_exporter.page();
    assert_eq!(series(&read, &names, &[]), expected, "`node_exporter` has other series:\n{}", read.text());
    assert_eq!(read.value("node_textfile_scrape_error", &[]), Some(0.0), "{}", node_exporter.log());
    assert!(!node_exporter.log().contains("level=error"), "{}", node_exporter.log());

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
    assert_eq!(series(&written, &names, &[]), expected);
    assert!(written.series("process_open_fds").is_empty() && !written.series("process_threads").is_empty());
    let refused = handle.write_textfile(&missing).expect_err("the folder does not exist");
    assert_eq!(refused.kind(), std::io::ErrorKind::NotFound);
    handle.write_textfile("/").expect_err("it names no file");
    let left: Vec<_> =
        std::fs::read_dir(folder.path()).expect("it is there").flatten().map(|file| file.file_name()).collect();
    assert_eq!(left.len(), 2, "no temporary file is left: {left:?}");
}
