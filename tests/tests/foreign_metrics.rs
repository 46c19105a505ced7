//! Whatever other crates record through the facade, the page can be parsed and shows what they mean.

#![allow(clippy::float_cmp, reason = "counts are whole numbers")]

use std::collections::BTreeSet;
use std::sync::{Barrier, Mutex, MutexGuard, OnceLock, PoisonError};

use metrics::{counter, describe_counter, describe_gauge, gauge, histogram};
use metrics_runtime::{Handle, Label, declare_metrics};
use system_tests::{Log, Page, Prometheus, Response, promtool_parse_metrics, strict_parse_openmetrics};

#[derive(Clone, Copy, Debug, Label)]
enum Step {
    Draw,
}

declare_metrics! {
    /// Images.
    counter IMAGES = "images_generated_total", labels(step: Step);
    /// Seconds.
    histogram SECONDS = "image_seconds", buckets(1, 2);
}

/// The program and its log.
struct Program {
    handle: Handle,
    log: Log,
}

/// The log lines about a metric.
fn about(log: &Log, metric: &str) -> Vec<String> {
    let field = format!(" metric=\"{metric}\"");
    log.text().lines().filter(|line| line.ends_with(&field)).map(str::to_owned).collect()
}

const ZONE: (&str, &str) = ("zone", "a \\\"b\\");

/// The tests share one recorder, so each locks it while it counts what is refused.
fn program() -> (&'static Program, MutexGuard<'static, ()>) {
    static PROGRAM: OnceLock<Program> = OnceLock::new();
    static ALONE: Mutex<()> = Mutex::new(());
    let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let program = PROGRAM.get_or_init(|| {
        let log = Log::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
        tracing::subscriber::set_global_default(subscriber).expect("there is no other");
        let builder = metrics_runtime::builder().listen(([127, 0, 0, 1], 0)).global_label(ZONE.0, ZONE.1);
        Program { handle: builder.init().expect("the settings are valid"), log }
    });
    (program, alone)
}

impl Program {
    fn page(&self) -> Page {
        Page::from(self.handle.render())
    }

    /// The page in OpenMetrics.
    fn openmetrics(&self) -> String {
        let address = self.handle.local_addr().expect("it listens");
        let accept = [("accept", "application/openmetrics-text;version=1.0.0")];
        Response::get_with_headers(&format!("http://{address}/metrics"), &accept).expect("it answers").0.body
    }

    /// The value of the series with this name, these labels and the global one.
    fn value(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        self.page().value(name, &[&[ZONE], labels].concat())
    }

    fn refused(&self) -> f64 {
        self.value("metrics_values_refused_total", &[]).expect("it is there before anything is refused")
    }

    /// Checks that each of these records, of one value each, is refused.
    #[track_caller]
    fn assert_refused(&self, records: &[fn()]) {
        for (at, record) in records.iter().enumerate() {
            let (before, names) = (self.refused(), names(&self.page()));
            record();
            assert_eq!(self.refused(), before + 1.0, "record {at} is refused");
            assert_eq!(self::names(&self.page()), names, "record {at} adds nothing to the page");
        }
        self.assert_readable();
    }

    /// Checks both formats with their parsers, and that no series is there twice.
    #[track_caller]
    fn assert_readable(&self) {
        let (text, openmetrics) = (self.page(), self.openmetrics());
        assert_eq!(promtool_parse_metrics(text.text()), Ok(()), "{}", text.text());
        assert_eq!(strict_parse_openmetrics(&openmetrics), Ok(()), "{openmetrics}");
        for page in [text, Page::from(openmetrics)] {
            let names = names(&page);
            assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{}", page.text());
        }
    }
}

/// The lines of the page without the values.
fn names(page: &Page) -> Vec<String> {
    page.text().lines().map(|line| line.rsplit_once(' ').map_or(line, |(name, _)| name).to_owned()).collect()
}

#[test]
fn a_key_that_would_break_the_page_is_refused() {
    let (program, _alone) = program();
    program.assert_refused(&[
        || counter!("").increment(1),
        || gauge!("").set(1.0),
        || counter!("no_label_name", "" => "v").increment(1),
        || counter!("label_twice", "a.b" => "1", "a_b" => "2").increment(1),
        || counter!("label_twice", "a" => "1", "a" => "2").increment(1),
        || histogram!("bounded", "quantile" => "1").record(1.0),
        || histogram!("bounded", "le" => "1").record(1.0),
        || counter!("reserved", "__name__" => "evil").increment(1),
        || gauge!("reserved", ".-address" => "evil").increment(1.0),
    ]);
}

#[test]
fn every_spelling_of_a_catalog_metrics_name_records_that_metric() {
    let (program, _alone) = program();
    let images = || program.value("images_generated_total", &[("step", "draw")]).expect("it is there from the start");
    let before = images();
    IMAGES.with(Step::Draw).increment(1);
    counter!("images.generated_total", "step" => "draw").increment(2);
    counter!("images generated-total", "step" => "draw", "zone" => ZONE.1, "step" => "draw").increment(4);
    // To Prometheus, a label with an empty value is the same as no label.
    counter!("images_generated_total", "step" => "draw", "job" => "").increment(8);
    assert_eq!(images(), before + 15.0);
    program.assert_refused(&[
        || counter!("images.generated_total").increment(1),
        || gauge!("images.generated_total", "step" => "draw").set(1.0),
        || histogram!("image-seconds", "job" => "7").record(1.0),
    ]);
}

#[test]
fn a_name_that_a_catalog_metric_has_in_one_of_the_formats_is_refused() {
    let (program, _alone) = program();
    SECONDS.observe(1.5);
    program.assert_refused(&[
        || counter!("images_generated", "step" => "draw").increment(1),
        || gauge!("images.generated").set(1.0),
        || gauge!("images_generated_created").set(1.0),
        || histogram!("images_generated").record(1.0),
        || gauge!("image_seconds_count").set(1.0),
        || gauge!("image_seconds_sum").set(1.0),
        || gauge!("image.seconds.bucket").set(1.0),
        || counter!("image_seconds_total").increment(1),
    ]);
}

#[test]
fn of_two_foreign_metrics_with_one_name_on_the_page_the_first_is_kept() {
    let (program, _alone) = program();
    counter!("req").increment(1);
    gauge!("level").set(2.0);
    histogram!("wait").record(3.0);
    program.assert_refused(&[
        || counter!("req_total").increment(1),
        || counter!("req.total").increment(1),
        || gauge!("req").set(1.0),
        || counter!("level").increment(1),
        || histogram!("level").record(1.0),
        || counter!("wait_count").increment(1),
        || gauge!("wait_sum").set(1.0),
        || gauge!("wait_created").set(1.0),
        || gauge!("wait_bucket").set(1.0),
    ]);
    counter!("req").increment(1);
    assert_eq!(program.value("req", &[]), Some(2.0));
    assert_eq!(program.value("level", &[]), Some(2.0));
    assert_eq!(program.value("wait_count", &[]), Some(1.0));
    // Without its suffix this name would be empty.
    counter!("_total").increment(5);
    assert_eq!(program.value("_total", &[]), Some(5.0));
    assert!(program.openmetrics().contains("# TYPE _total counter\n_total_total{"), "{}", program.openmetrics());
    program.assert_readable();
}

#[test]
fn keys_that_are_equal_on_the_page_are_one_series() {
    let (program, _alone) = program();
    for name in ["spelt.so", "spelt_so", "spelt so"] {
        counter!(name, "a.b" => "1").increment(1);
        counter!(name, "a_b" => "1", "a.b" => "1").increment(10);
    }
    counter!("in_the_zone").increment(1);
    counter!("in_the_zone", "zone" => ZONE.1).increment(10);
    counter!("in_the_zone", "zone" => "b").increment(100);
    counter!("in_the_zone", "zone" => "").increment(1000);
    counter!("labelled").increment(1);
    counter!("labelled", "empty" => "").increment(10);
    for value in ["p\"q", "p\\\"q", "p\\\\\"q", "\\", "\\\\", "\\\\\\", "\\\n", "\n\\", "\\n", "\n"] {
        gauge!("valued", "value" => value).increment(1.0);
    }
    for _ in 0..20 {
        assert_eq!(program.value("spelt_so", &[("a_b", "1")]), Some(33.0));
        assert_eq!(program.value("in_the_zone", &[]), Some(11.0));
        assert_eq!(program.page().value("in_the_zone", &[("zone", "b")]), Some(100.0));
        assert_eq!(program.page().value("in_the_zone", &[("zone", "")]), Some(1000.0));
        assert_eq!(program.page().series("in_the_zone").len(), 3);
        assert_eq!(program.value("labelled", &[]), Some(11.0));
        for value in ["p\"q", "p\\\"q", "p\\\\\"q", "\\", "\\\\", "\\\\\\", "\\\n", "\n\\", "\\n", "\n"] {
            assert_eq!(program.value("valued", &[("value", value)]), Some(1.0), "{value:?}");
        }
        assert_eq!(program.page().series("valued").len(), 10);
    }
    program.assert_readable();
}

#[test]
fn a_histogram_has_its_buckets_sum_and_count_with_any_name() {
    let (program, _alone) = program();
    for name in ["account", "checksum", "job_count", "sum", "a_bucket", "colon:", "colons::"] {
        for value in [1.0, 2.0] {
            histogram!(name).record(value);
        }
        for page in [program.page(), Page::from(program.openmetrics())] {
            assert_eq!(page.kind(name), Some("histogram"), "{name}");
            assert_eq!(page.value(&format!("{name}_sum"), &[ZONE]), Some(3.0), "{name}");
            assert_eq!(page.value(&format!("{name}_count"), &[ZONE]), Some(2.0), "{name}");
            assert!(page.series(name).is_empty(), "{name}");
            assert_eq!(page.value(&format!("{name}_bucket"), &[ZONE, ("le", "+Inf")]), Some(2.0), "{name}");
        }
    }
    program.assert_readable();
}

#[test]
fn openmetrics_has_no_sum_of_negative_values() {
    let (program, _alone) = program();
    for value in [-3.0, 1.0] {
        histogram!("difference", "side" => "left").record(value);
    }
    histogram!("difference", "side" => "right").record(1.0);
    let openmetrics = Page::from(program.openmetrics());
    for (labels, sum, count) in [([ZONE, ("side", "left")], -2.0, 2.0), ([ZONE, ("side", "right")], 1.0, 1.0)] {
        assert_eq!(program.page().value("difference_sum", &labels), Some(sum));
        assert_eq!(program.page().value("difference_count", &labels), Some(count));
        assert_eq!(openmetrics.value("difference_sum", &labels), None);
        assert_eq!(openmetrics.value("difference_count", &labels), None);
        let all = [&labels[..], &[("le", "+Inf")]].concat();
        assert_eq!(openmetrics.value("difference_bucket", &all), Some(count));
    }
    program.assert_readable();
}

#[test]
fn le_and_quantile_are_usual_labels_outside_of_histograms() {
    let (program, _alone) = program();
    gauge!("own_bound", "le" => "1").set(1.0);
    gauge!("own_bound", "le" => "1", "x" => "2").set(2.0);
    counter!("own_quantile_total", "quantile" => "1").increment(3);
    for page in [program.page(), Page::from(program.openmetrics())] {
        assert_eq!(page.value("own_bound", &[ZONE, ("le", "1")]), Some(1.0));
        assert_eq!(page.value("own_bound", &[ZONE, ("le", "1"), ("x", "2")]), Some(2.0));
        assert_eq!(page.value("own_quantile_total", &[ZONE, ("quantile", "1")]), Some(3.0));
    }
    program.assert_readable();
}

#[test]
fn a_description_belongs_to_a_name_on_the_page_and_a_kind() {
    let (program, _alone) = program();
    describe_gauge!("described.jobs_total", "Refused.");
    describe_counter!("described.jobs_total", "Some \"jobs\" \\\\ of\na crate.");
    describe_counter!("described_jobs_total", "Too late.");
    describe_counter!("image.seconds", "Refused.");
    counter!("described-jobs_total").increment(1);
    program.assert_refused(&[|| gauge!("described_jobs_total").set(1.0), || counter!("image.seconds").increment(1)]);
    assert_eq!(program.page().help("described_jobs_total"), Some("Some \"jobs\" \\\\\\\\ of\\na crate."));
    let openmetrics = Page::from(program.openmetrics());
    assert_eq!(openmetrics.help("described_jobs"), Some("Some \\\"jobs\\\" \\\\\\\\ of\\na crate."));
    assert_eq!(program.page().help("image_seconds"), Some("Seconds."));
}

#[test]
fn the_log_explains_a_refusal_once_for_each_name() {
    let (program, _alone) = program();
    for at in 0..3 {
        counter!("logged", "job" => at.to_string()).increment(1);
        gauge!("logged", "job" => at.to_string()).set(1.0);
        gauge!("logged_total", "job" => at.to_string()).set(1.0);
        gauge!("image_seconds_sum").set(1.0);
    }
    for (metric, why) in [
        ("logged", "it would be written with the name `logged`, which a crate's counter `logged` already has"),
        (
            "logged_total",
            "it would be written with the name `logged_total`, which a crate's counter `logged` already has",
        ),
        (
            "image_seconds_sum",
            "it would be written with the name `image_seconds_sum`, which the program's histogram `image_seconds` \
             already has",
        ),
    ] {
        let lines = about(&program.log, metric);
        assert_eq!(lines.len(), 1, "{}", program.log.text());
        let line = format!("is not recorded: {why}: give one of the two another name");
        assert!(lines[0].contains(&line), "{}", lines[0]);
    }
}

#[test]
fn a_line_of_the_log_is_short() {
    let (program, _alone) = program();
    let long = format!("long\u{1b}{}", "x".repeat(10_000));
    counter!(long.clone()).increment(1);
    gauge!(long.clone()).set(1.0);
    gauge!("long_label", long.clone() => "1", long => "2").set(1.0);
    let text = program.log.text();
    let lines: Vec<&str> =
        text.lines().filter(|line| line.contains("written as `long_x") || line.contains("name `long_x")).collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert!(lines.iter().all(|line| line.len() < 1024 && !line.contains('\u{1b}')), "{lines:?}");
}

#[test]
fn a_name_is_claimed_once_by_threads_that_record_it_at_once() {
    const NAMES: u32 = 300;
    let (program, _alone) = program();
    let before = program.refused();
    let barrier = Barrier::new(8);
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let barrier = &barrier;
            scope.spawn(move || {
                for at in 0..NAMES {
                    let name = format!("at_once_{at}");
                    barrier.wait();
                    if thread % 2 == 0 { counter!(name).increment(1) } else { gauge!(name).increment(1.0) }
                }
            });
        }
    });
    let page = program.page();
    // Four threads record one kind, and four the other.
    assert!((0..NAMES).all(|at| page.value(&format!("at_once_{at}"), &[ZONE]) == Some(4.0)), "{}", page.text());
    assert_eq!(program.refused(), before + f64::from(4 * NAMES));
    program.assert_readable();
}

#[test]
fn a_real_prometheus_accepts_the_page() {
    let (program, _alone) = program();
    counter!("taken.total", "a.b" => "1").increment(1);
    counter!("taken").increment(1);
    counter!("", "" => "", "__name__" => "evil").increment(1);
    histogram!("taken_account", "x" => "\\\"\n").record(1.0);
    histogram!("taken_account", "quantile" => "1").record(1.0);
    gauge!("taken_account_sum").set(1.0);
    let address = program.handle.local_addr().expect("it listens");
    let prometheus = Prometheus::scraping(&[address]);
    prometheus.wait_for("up == 1", |result| result.len() == 1);
    let taken = prometheus.wait_for("taken_total", |result| !result.is_empty());
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0]["metric"]["zone"], ZONE.1);
    let account = prometheus.wait_for("taken_account_count == 1", |result| !result.is_empty());
    assert_eq!(account[0]["metric"]["x"], "\\\"\n");
}
