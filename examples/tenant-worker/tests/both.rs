//! The annotated program and its twin get the same jobs, and must show the same numbers.
//!
//! `tenant_busy_seconds_total` is a counter of fractions of a second. A counter of `metrics` is a whole number, so the twin has none.

mod mirror;
mod worker;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use system_tests::{Page, wait_until};
use worker::{PROGRAMS, Worker};

/// Nothing waits so long.
const NEVER: f64 = 600.0;

/// A gauge that changes with time. It is 0 where nothing is in flight, as the lines of the other tests show.
const OLDEST: &str = "jobs_in_flight_oldest_seconds";

/// What both programs have.
fn shared(page: &Page) -> BTreeMap<String, f64> {
    page.own_series().into_iter().filter(|(series, _)| !series.starts_with("tenant_busy_seconds_total")).collect()
}

fn import(tenant: &str, rows: &str) -> Value {
    json!({"tenant": tenant, "kind": "import", "rows": rows})
}

fn fetch(tenant: &str, path: &str) -> Value {
    json!({"tenant": tenant, "kind": "fetch", "path": path})
}

fn report(tenant: &str, numbers: &[f64]) -> Value {
    json!({"tenant": tenant, "kind": "report", "numbers": numbers})
}

#[test]
fn both_have_the_series_of_all_tenants_from_the_start() {
    let [annotated, plain] = PROGRAMS.map(|program| shared(&Worker::start(program, &[], NEVER).last_page()));
    assert_eq!(annotated, plain);
    assert!(annotated.values().all(|value| *value == 0.0), "{annotated:?}");
    // 12 tenants and `other`, 3 kinds.
    let failures = annotated.keys().filter(|series| series.starts_with("job_failures_total{")).count();
    assert_eq!(failures, 13 * 3 * 4);
}

#[test]
fn both_say_what_each_metric_is() {
    let [annotated, plain] = PROGRAMS.map(|program| Worker::start(program, &[], NEVER).page());
    for line in plain.text().lines().filter(|line| line.starts_with("# ")) {
        assert!(annotated.text().contains(&format!("{line}\n")), "`{line}` is not in\n{}", annotated.text());
    }
}

#[test]
fn every_ending_of_a_job_is_counted_once() {
    let jobs = [
        import("acme", "pears;12\napples;30\n"),
        import("acme", "plums;5"),
        import("borealis", "pears;12\napples;many\n"),
        import("fjord", ""),
        report("cobalt", &[3.0, 1.0, 2.0]),
        report("cobalt", &[]), // panics
        fetch("delta", "first"),
        fetch("delta", "second"),
        fetch("ember", "broken"),
        report("nobody", &[1.0]),
        import("somebody", "plums;5"),
    ];
    for program in PROGRAMS {
        let page = Worker::start(program, &jobs, NEVER).last_page();
        let lines = page.exact_values();
        assert_eq!(lines, include_str!("endings.txt"), "{program}");
    }
}

#[test]
fn a_job_that_takes_too_long_is_cancelled_with_what_it_waits_for() {
    for program in PROGRAMS {
        let page = Worker::start(program, &[fetch("fjord", "nothing"), report("lumen", &[1.0])], 0.2).last_page();
        assert_eq!(page.exact_values(), include_str!("too_long.txt"), "{program}");
        let busy = page.value("tenant_busy_seconds_total", &[("tenant", "fjord")]);
        assert_eq!(busy.is_some_and(|seconds| seconds >= 0.2), program == PROGRAMS[0], "{program}: {busy:?}");
    }
}

#[test]
fn jobs_that_wait_and_jobs_in_flight_are_there_while_they_are() {
    let jobs =
        [fetch("granite", "nothing"), report("harbour", &[1.0]), report("harbour", &[2.0]), report("indigo", &[1.0])];
    for program in PROGRAMS {
        let worker = Worker::start(program, &jobs, NEVER);
        let page = wait_until("the first job", || {
            let page = worker.page();
            let waiting = page.value("jobs_waiting", &[]) == Some(3.0);
            (waiting && page.value("jobs_in_flight", &[("kind", "fetch"), ("tenant", "granite")]) == Some(1.0))
                .then_some(page)
        });
        let lines = page.exact_values();
        let lines = lines.split_inclusive('\n').filter(|line| !line.starts_with(OLDEST)).collect::<String>();
        assert_eq!(lines, include_str!("in_flight.txt"), "{program}");
        let ages = || worker.page().series(OLDEST).into_iter().filter(|(_, age)| *age != 0.0).collect::<Vec<_>>();
        // The first job has no end, so it gets older and older. All others have not begun.
        let young = wait_until("the age of the job", || Some(ages()).filter(|ages| !ages.is_empty()));
        assert_eq!(young.len(), 1, "{program}: {young:?}");
        let (labels, age) = &young[0];
        assert_eq!((labels["kind"].as_str(), labels["tenant"].as_str()), ("fetch", "granite"), "{program}");
        assert!(*age > 0.0, "{program}: {age}");
        wait_until("a higher age", || (ages()[0].1 > *age).then_some(()));
    }
}

#[test]
fn jobs_of_a_paused_tenant_are_skipped() {
    let jobs = [report("delta", &[1.0]), report("cobalt", &[1.0]), report("nobody", &[1.0])];
    for program in PROGRAMS {
        let pause = |folder: &Path| fs::write(folder.join("paused.txt"), "delta\nother\n").expect("it can be written");
        let page = Worker::start_in(program, &jobs, NEVER, pause).last_page();
        assert_eq!(page.exact_values(), include_str!("paused.txt"), "{program}");
    }
}

/// No other test has such a list, and none of them counts a failure: a list that is not there is none.
#[test]
fn a_list_of_paused_tenants_that_cannot_be_read_is_a_failure() {
    for program in PROGRAMS {
        let spoil = |folder: &Path| fs::create_dir(folder.join("paused.txt")).expect("it can be made");
        let page = Worker::start_in(program, &[report("cobalt", &[1.0])], NEVER, spoil).last_page();
        assert_eq!(page.exact_values(), include_str!("unreadable.txt"), "{program}");
    }
}
