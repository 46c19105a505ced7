//! Counters of fractions: of seconds, and of anything that is declared `fractional`.

use std::sync::LazyLock;
use std::thread;
use std::time::Duration;

use metrics_runtime::{Handle, Label, catalog, declare_metrics, testing};
use system_tests::{Page, promtool_check_metrics, strict_parse_openmetrics};

#[derive(Clone, Copy, Label)]
enum Step {
    Draw,
    Upscale,
}

declare_metrics! {
    /// The time that went into work.
    counter CPU = "fractions_cpu_seconds_total";
    /// The time that went into a step.
    counter STEP = "fractions_step_seconds_total", labels(step: Step);
    /// The energy that was used.
    counter ENERGY = "fractions_energy_joules_total", fractional, labels(step: Step);
    /// Parts of pages.
    counter PAGES = "fractions_pages_total", fractional;
    /// What a thread adds.
    counter SHARED = "fractions_shared_seconds_total";
    /// More than 64 bits hold.
    counter LARGE = "fractions_large_seconds_total";
    /// What another crate records.
    counter FOREIGN = "fractions_foreign_seconds_total";
    /// Whole numbers.
    counter WHOLE = "fractions_jobs_total";
}

static HANDLE: LazyLock<Handle> =
    LazyLock::new(|| metrics_runtime::builder().listen(([127, 0, 0, 1], 0)).init().expect("the settings are valid"));

fn url() -> String {
    format!("http://{}/metrics", HANDLE.local_addr().expect("it listens"))
}

/// The lines of a metric, in both formats, which must be the same.
fn lines(name: &str) -> Vec<String> {
    let of = |page: &Page| -> Vec<String> {
        page.text().lines().filter(|line| line.starts_with(name)).map(str::to_owned).collect()
    };
    let lines = of(&Page::fetch(&url()));
    assert_eq!(of(&Page::fetch_openmetrics(&url())), lines);
    lines
}

#[test]
fn seconds_are_exact_to_a_nanosecond() {
    LazyLock::force(&HANDLE);
    (0..10).for_each(|_| CPU.increment(0.1));
    CPU.increment(Duration::from_nanos(1));
    CPU.increment(2);
    CPU.increment(0.25_f32);
    CPU.increment(3_u64);
    CPU.inc();
    // They add nothing.
    for nothing in [-1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0, 4e-10] {
        CPU.increment(nothing);
    }
    CPU.increment(-5);
    assert_eq!(lines("fractions_cpu_seconds_total"), ["fractions_cpu_seconds_total 7.250000001"]);
}

#[test]
fn labels_choose_a_series() {
    LazyLock::force(&HANDLE);
    STEP.with(Step::Draw).increment(Duration::from_millis(20));
    STEP.with(Step::Draw).inc();
    ENERGY.with(Step::Upscale).increment(0.000_001);
    ENERGY.with(Step::Upscale).increment(1e12);
    assert_eq!(
        lines("fractions_step_seconds_total"),
        ["fractions_step_seconds_total{step=\"draw\"} 1.02", "fractions_step_seconds_total{step=\"upscale\"} 0"]
    );
    assert_eq!(
        lines("fractions_energy_joules_total"),
        [
            "fractions_energy_joules_total{step=\"draw\"} 0",
            "fractions_energy_joules_total{step=\"upscale\"} 1000000000000.000001",
        ]
    );
}

#[test]
fn other_fractions_are_exact_to_a_millionth() {
    LazyLock::force(&HANDLE);
    (0..3).for_each(|_| PAGES.increment(0.333_333_4));
    PAGES.increment(7_u8);
    assert_eq!(lines("fractions_pages_total"), ["fractions_pages_total 7.999999"]);
}

#[test]
fn threads_add_to_one_sum() {
    LazyLock::force(&HANDLE);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| (0..1000).for_each(|_| SHARED.increment(0.001)));
        }
    });
    assert_eq!(lines("fractions_shared_seconds_total"), ["fractions_shared_seconds_total 8"]);
}

#[test]
fn a_sum_may_be_larger_than_64_bits_of_nanoseconds() {
    LazyLock::force(&HANDLE);
    (0..4).for_each(|_| LARGE.increment(u64::MAX));
    LARGE.increment(0.5);
    // Four times 292 years, the most that is added at once.
    assert_eq!(lines("fractions_large_seconds_total"), ["fractions_large_seconds_total 36893488147.919103228"]);
}

#[test]
fn another_crate_adds_whole_units() {
    LazyLock::force(&HANDLE);
    let foreign = metrics::counter!("fractions_foreign_seconds_total");
    foreign.increment(2);
    FOREIGN.increment(0.5);
    assert_eq!(lines("fractions_foreign_seconds_total"), ["fractions_foreign_seconds_total 2.5"]);
    foreign.absolute(2);
    foreign.absolute(7);
    assert_eq!(lines("fractions_foreign_seconds_total"), ["fractions_foreign_seconds_total 7"]);
}

#[test]
fn whole_numbers_stay_whole() {
    LazyLock::force(&HANDLE);
    WHOLE.increment(u64::from(u32::MAX));
    WHOLE.inc();
    assert_eq!(lines("fractions_jobs_total"), ["fractions_jobs_total 4294967296"]);
}

#[test]
fn the_catalog_and_the_page_know_the_unit() {
    LazyLock::force(&HANDLE);
    let catalog = catalog();
    let metric = |name: &str| catalog.metric(name).expect("it is declared");
    for (name, unit, is_fractional) in [
        ("fractions_cpu_seconds_total", Some("seconds"), true),
        ("fractions_energy_joules_total", None, true),
        ("fractions_jobs_total", None, false),
    ] {
        assert_eq!((metric(name).unit(), metric(name).is_fractional()), (unit, is_fractional), "{name}");
    }
    let page = Page::fetch_openmetrics(&url());
    assert!(page.text().contains("# TYPE fractions_cpu_seconds counter\n# UNIT fractions_cpu_seconds seconds\n"));
    assert!(!page.text().contains("# UNIT fractions_energy"), "{}", page.text());
}

#[test]
fn a_test_sees_the_exact_value() {
    let capture = || {
        let seen = testing::capture(|| {
            CPU.increment(0.1);
            CPU.increment(0.2);
            metrics::counter!("fractions_cpu_seconds_total").increment(4);
            ENERGY.with(Step::Draw).increment(0.25);
            WHOLE.increment(3);
        });
        assert_eq!(seen.fractions("fractions_cpu_seconds_total", &[]).to_bits(), 4.3_f64.to_bits());
        assert_eq!(seen.fractions("fractions_step_seconds_total", &[("step", "draw")]).to_bits(), 0);
        assert_eq!(seen.fractions("fractions_jobs_total", &[]).to_bits(), 3_f64.to_bits());
        seen.assert_series(
            "
            fractions_cpu_seconds_total 4.3
            fractions_energy_joules_total{step=\"draw\"} 0.25
            fractions_jobs_total 3
            ",
        );
        seen
    };
    let seen = capture();
    LazyLock::force(&HANDLE);
    assert_eq!(capture().snapshot, seen.snapshot);
    for name in ["fractions_cpu_seconds_total", "fractions_large_seconds_total"] {
        let panic = std::panic::catch_unwind(|| seen.counter(name, &[])).expect_err("it is no whole number");
        let message = panic.downcast_ref::<String>().expect("it is a text");
        assert!(message.contains("counts fractions: ask for it with `fractions`"), "{message}");
    }
}

#[test]
fn the_linters_take_the_page() {
    LazyLock::force(&HANDLE);
    STEP.with(Step::Upscale).increment(0.125);
    let page = Page::fetch_openmetrics(&url());
    assert_eq!(strict_parse_openmetrics(page.text()), Ok(()), "{}", page.text());
    assert_eq!(promtool_check_metrics(&HANDLE.render()), Ok(()), "{}", HANDLE.render());
}
