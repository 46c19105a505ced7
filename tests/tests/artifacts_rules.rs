//! The rules that are made from the catalog, in the hands of a real `promtool`.

mod artifacts_rules {
    pub(crate) mod history;
    pub(crate) mod program;
}

use std::fs;
use std::time::Duration;

use artifacts_rules::history::{Calls, STEP, Span, case, file};
use artifacts_rules::program::link;
use metrics_runtime::artifacts::{AlertOptions, Artifacts};
use system_tests::promtool;
use tempfile::TempDir;

/// The files of this program, in a folder.
fn written(options: impl FnOnce(Artifacts<'_>) -> Artifacts<'_>) -> TempDir {
    link();
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    options(metrics_runtime::catalog().artifacts()).write(folder.path()).expect("the files can be written");
    folder
}

fn text(folder: &TempDir, file: &str) -> String {
    fs::read_to_string(folder.path().join(file)).expect("the file is written")
}

/// Checks the rules and runs their tests.
#[track_caller]
fn check(folder: &TempDir) {
    for arguments in [
        ["check", "rules", "--lint-fatal", "alerts.rules.yml", "recording.rules.yml"].as_slice(),
        ["test", "rules", "alerts.test.yml"].as_slice(),
    ] {
        if let Err(problem) = promtool(folder.path(), arguments) {
            panic!(
                "{arguments:?}: {problem}\n{}\n{}",
                text(folder, "alerts.rules.yml"),
                text(folder, "alerts.test.yml")
            );
        }
    }
}

const MINUTE: Duration = Duration::from_secs(60);

#[test]
fn each_alert_fires_and_is_silent() {
    check(&written(|files| files));
}

#[test]
fn what_breaks_the_metrics_themselves_has_an_alert() {
    let rules = text(&written(|files| files), "alerts.rules.yml");
    for name in [
        "MetricsValuesRefused",
        "MetricsLabelOverflow",
        "MetricsInFlightOverflow",
        "MetricsExportFailing",
        "MetricsReadingFailing",
        "MetricsProcessesUnreadable",
        "MetricsProcessesLostChunks",
    ] {
        assert!(rules.contains(&format!("- alert: {name}\n")), "{name} is missing:\n{rules}");
    }
}

#[test]
fn with_a_job_and_other_thresholds() {
    let alerts = AlertOptions::default()
        .queue_depth(0)
        .queue_not_served_for(10 * MINUTE)
        .p95("rule_images_seconds", 15 * MINUTE)
        .p95("rule_waits_seconds", Duration::from_millis(1500))
        .failure_percent(0.0)
        .failure_percent_of("rule_jobs_failed_total", 99.9)
        .oldest_call("rule_images_in_flight_oldest_seconds", Duration::from_millis(1500))
        .above_buckets_percent(0.01)
        .scale_to_zero(true)
        .restarts(100);
    let folder = written(|files| files.job("video").alerts(alerts));
    check(&folder);
    let rules = text(&folder, "alerts.rules.yml");
    assert!(rules.contains("alert: WorkerGone"), "{rules}");
    assert!(rules.contains("histogram_quantile(0.95, sum by (job, le) (rate(rule_images_seconds_bucket{job=\"video\", outcome!=\"cancelled\"}[1h]))) > 900"), "{rules}");
    assert!(!rules.contains("has no effect"), "{rules}");
}

#[test]
fn a_hostile_job_stays_a_text_and_a_chain_that_is_tried_out_alerts_within_seconds() {
    let seconds = Duration::from_secs;
    let alerts = AlertOptions::default()
        .queue_deep_for(seconds(1))
        .queue_not_served_for(seconds(6))
        .worker_gone_for(seconds(2))
        .sample_age(seconds(3))
        .oldest_job(Duration::MAX)
        .window(seconds(10))
        .failure_percent(f64::NAN)
        .above_buckets_percent(-3.0)
        .restarts(0);
    check(&written(|files| files.job("a\"b\\{{ $value }}\n- é\u{1}: #'").alerts(alerts)));
}

#[test]
fn a_test_notices_another_threshold() {
    let oldest = "rule_images_in_flight_oldest_seconds";
    let lower = AlertOptions::default()
        .queue_depth(99)
        .oldest_job(29 * MINUTE)
        .sample_age(MINUTE / 2)
        .failure_percent(4.9)
        .above_buckets_percent(4.9)
        .p95("rule_shared_seconds", Duration::from_secs(1))
        .p95("rule_images_seconds", Duration::from_secs(200))
        .oldest_call(oldest, 39 * MINUTE)
        .restarts(2);
    let higher = AlertOptions::default()
        .queue_depth(101)
        .queue_not_served_for(2 * 60 * MINUTE)
        .oldest_job(31 * MINUTE)
        .sample_age(2 * MINUTE)
        .failure_percent(5.1)
        .above_buckets_percent(5.1)
        .oldest_call(oldest, 41 * MINUTE)
        .worker_gone_for(60 * MINUTE)
        .restarts(4);
    let both = [
        "QueueDeep",
        "QueueOldestJobTooOld",
        "QueueUnknown",
        "RuleImagesFailedHigh",
        "RuleImagesBucketsTooSmall",
        "RuleImagesInFlightStuck",
        "WorkerRestarting",
    ];
    fails(lower, &[&both[..], &["RuleSharedSlow", "RuleImagesSlow"]].concat(), " is silent,", |case| {
        !case.contains("got:[]")
    });
    fails(higher, &[&both[..], &["QueueNotServed", "WorkerGone"]].concat(), " fires,", |case| case.contains("got:[]"));
}

/// With these options, each of these alerts fails its case of the tests for the default options.
fn fails(options: AlertOptions, alerts: &[&str], case: &str, how: impl Fn(&str) -> bool) {
    let folder = written(|files| files.job("video").alerts(options));
    let tests = written(|files| files.job("video"));
    fs::copy(tests.path().join("alerts.test.yml"), folder.path().join("alerts.test.yml")).expect("it can be copied");
    let problem = promtool(folder.path(), &["test", "rules", "alerts.test.yml"]).expect_err("it has other thresholds");
    let failed: Vec<&str> = problem.split("    name: ").collect();
    for alert in alerts {
        let name = format!("{alert}{case}");
        assert!(failed.iter().any(|failed| failed.starts_with(&name) && how(failed)), "{name} {problem}");
    }
}

#[test]
fn a_metric_that_the_program_does_not_have_is_named() {
    let alerts = AlertOptions::default().p95("image_seconds\n- x", MINUTE).without("QueueDeep");
    let folder = written(|files| files.alerts(alerts));
    let rules = text(&folder, "alerts.rules.yml");
    assert!(
        rules.contains("# The option `p95` has no effect: the program has no histogram `image_seconds?- x`."),
        "{rules}"
    );
    assert!(!rules.contains("QueueDeep"), "{rules}");
    promtool(folder.path(), &["check", "rules", "alerts.rules.yml"]).expect("a comment is in one line");
}

#[test]
fn only_functions_whose_calls_are_all_counted_have_a_failure_rate() {
    let rules = text(&written(|files| files), "alerts.rules.yml");
    for alert in ["RuleImagesFailedHigh", "RuleJobsFailedHigh", "RulePlainFailedHigh", "RuleHostileFailuresHigh"] {
        assert!(rules.contains(&format!("alert: {alert}\n")), "{alert}: {rules}");
    }
    // Its failures are counted in two functions, and all calls in one.
    assert!(!rules.contains("RuleSharedFailedHigh"), "{rules}");
    // Calls that ended `ok` are in it, too.
    assert!(!rules.contains("RuleEndedHigh"), "{rules}");
}

#[test]
fn the_files_are_the_same_each_time() {
    link();
    let catalog = metrics_runtime::catalog();
    assert_eq!(catalog.artifacts().files(), metrics_runtime::catalog().artifacts().files());
}

const LOST: &str = "\
rule_files: [recording.rules.yml, alerts.rules.yml]
evaluation_interval: 1m
tests:
  - name: a worker is lost while jobs wait
    interval: 1m
    input_series:
      - { series: 'up{job=\"video\", instance=\"a\"}', values: '1x10 0x40' }
      - { series: 'queue_depth{job=\"video\", instance=\"a\", queue=\"q\"}', values: '3x10 stale' }
      - { series: 'jobs_completed_total{job=\"video\", instance=\"a\", step=\"Plain\"}', values: '0+1x10 stale' }
    promql_expr_test:
      - expr: count by (alertname) (ALERTS{alertstate=\"firing\"})
        eval_time: 10m
        exp_samples: []
      - expr: count by (alertname) (ALERTS{alertstate=\"firing\"})
        eval_time: 30m
        exp_samples:
          - { labels: '{alertname=\"QueueNotServed\"}', value: 1 }
          - { labels: '{alertname=\"WorkerGone\"}', value: 1 }
  - name: no worker, and nothing to do
    interval: 1m
    input_series:
      - { series: 'up{job=\"video\", instance=\"a\"}', values: '1x10 stale' }
      - { series: 'queue_depth{job=\"video\", instance=\"a\", queue=\"q\"}', values: '0x10 stale' }
    promql_expr_test: &silent
      - expr: count by (alertname) (ALERTS{alertstate=\"firing\"})
        eval_time: 30m
        exp_samples: []
  - name: another program has seen since that no job waits
    interval: 1m
    input_series:
      - { series: 'queue_depth{job=\"video\", instance=\"a\", queue=\"q\"}', values: '3x10 stale' }
      - { series: 'jobs_completed_total{job=\"video\", instance=\"b\", step=\"Plain\"}', values: '0+1x40' }
      - { series: 'queue_depth{job=\"api\", instance=\"c\", queue=\"q\"}', values: '0x40' }
    promql_expr_test: *silent
  - name: one worker serves the queue
    interval: 1m
    input_series:
      - { series: 'up{job=\"video\", instance=\"a\"}', values: '0x40' }
      - { series: 'up{job=\"video\", instance=\"b\"}', values: '1x40' }
      - { series: 'queue_depth{job=\"video\", instance=\"b\", queue=\"q\"}', values: '3x40' }
      - { series: 'jobs_completed_total{job=\"video\", instance=\"a\", step=\"Plain\"}', values: '0x40' }
      - { series: 'jobs_completed_total{job=\"video\", instance=\"b\", step=\"Plain\"}', values: '0+1x40' }
    promql_expr_test: *silent
  - name: the depth is not known
    interval: 1m
    input_series:
      - { series: 'up{job=\"video\", instance=\"a\"}', values: '1x40' }
      - { series: 'queue_depth{job=\"video\", instance=\"a\", queue=\"q\"}', values: 'NaNx40' }
      - { series: 'queue_sample_age_seconds{job=\"video\", instance=\"a\", queue=\"q\"}', values: '0+60x40' }
    promql_expr_test:
      - expr: count by (alertname) (ALERTS{alertstate=\"firing\"})
        eval_time: 30m
        exp_samples:
          - { labels: '{alertname=\"QueueUnknown\"}', value: 1 }
  - name: one of two workers knows the depth
    interval: 1m
    input_series:
      - { series: 'up{job=\"video\", instance=\"a\"}', values: '1x40' }
      - { series: 'queue_depth{job=\"video\", instance=\"a\", queue=\"q\"}', values: 'NaNx40' }
      - { series: 'queue_depth{job=\"video\", instance=\"b\", queue=\"q\"}', values: '0x40' }
      - { series: 'queue_sample_age_seconds{job=\"video\", instance=\"a\", queue=\"q\"}', values: '0+60x40' }
      - { series: 'queue_sample_age_seconds{job=\"video\", instance=\"b\", queue=\"q\"}', values: '5x40' }
    promql_expr_test: *silent
";

#[test]
fn a_queue_is_not_forgotten_with_its_worker() {
    let folder = written(|files| files.job("video").alerts(AlertOptions::default().scale_to_zero(true)));
    fs::write(folder.path().join("lost.test.yml"), LOST.replace("NaNx40", &["NaN"; 41].join(" ")))
        .expect("it can be written");
    if let Err(problem) = promtool(folder.path(), &["test", "rules", "lost.test.yml"]) {
        panic!("{problem}");
    }
}

const HOUR: u32 = 60;
const DAY: u32 = 24 * HOUR;

fn span(minutes: u32, calls: Calls) -> Span {
    Span { minutes, calls }
}

/// Calls of which so many out of a thousand are not good. Some are slow, and others fail quickly.
fn busy(minutes: u32, bad: u32) -> Span {
    span(minutes, Calls { good: 1000 - bad, slow: bad / 2, failed: bad - bad / 2, cancelled: 500 })
}

fn idle(minutes: u32) -> Span {
    span(minutes, Calls::default())
}

/// The objective is 99 %, so the budget is 1 %.
#[test]
fn an_objective_that_is_missed_alerts_as_fast_as_it_matters() {
    let one_failure = span(STEP, Calls { failed: 1, ..Calls::default() });
    let failures = |count: usize, every: u32| [one_failure, idle(every - STEP)].repeat(count);
    let cases = [
        case("within the objective", &[busy(3 * DAY, 9)], &[(HOUR, &[]), (DAY, &[]), (3 * DAY, &[])]),
        case(
            "burning, and recovery",
            &[busy(4 * DAY, 0), busy(HOUR, 300), busy(DAY, 0)],
            &[
                (4 * DAY, &[]),
                (4 * DAY + HOUR / 2, &["1h"]),
                (4 * DAY + HOUR, &["1h"]),
                // Of the calls of an hour, 15 % were not good, and of those of the last five minutes none.
                (4 * DAY + HOUR + HOUR / 2, &[]),
                (5 * DAY, &[]),
            ],
        ),
        case(
            "seven times too fast",
            &[busy(4 * DAY, 0), busy(14 * HOUR, 70)],
            // After 5 hours, 5.8 % of 6 hours. After 14 hours, 4.1 % of a day, and 1.4 % of 3 days.
            &[(4 * DAY + 5 * HOUR, &[]), (4 * DAY + 6 * HOUR, &["6h"]), (4 * DAY + 14 * HOUR, &["1d", "3d", "6h"])],
        ),
        case("twice too fast", &[busy(3 * DAY, 20)], &[(2 * HOUR, &["3d"]), (DAY, &["3d"]), (3 * DAY, &["3d"])]),
        case(
            "a single failure",
            &[idle(DAY), one_failure, idle(DAY)],
            &[(DAY + HOUR / 2, &[]), (DAY + HOUR, &[]), (2 * DAY, &[])],
        ),
        case("only cancelled", &[span(DAY, Calls { cancelled: 10, ..Calls::default() })], &[(HOUR, &[]), (DAY, &[])]),
        case(
            "one call in two days, which fails",
            &failures(4, 2 * DAY),
            // The third failure is on the fifth day. Three days never have three.
            &[(2 * DAY + HOUR, &[]), (4 * DAY + HOUR, &["7d"]), (6 * DAY, &["7d"])],
        ),
        case(
            "one call in a day, which fails",
            &failures(3, DAY),
            &[(DAY + HOUR, &[]), (2 * DAY + HOUR, &["3d", "7d"]), (2 * DAY + 7 * HOUR, &["7d"])],
        ),
        case(
            "one call in an hour, which fails",
            &failures(6, HOUR),
            &[(HOUR + HOUR / 2, &[]), (5 * HOUR + HOUR / 2, &["1d", "3d", "6h", "7d"])],
        ),
    ];
    let folder = written(|files| files);
    fs::write(folder.path().join("objectives.test.yml"), file(&cases)).expect("it can be written");
    if let Err(problem) = promtool(folder.path(), &["test", "rules", "objectives.test.yml"]) {
        panic!("{problem}");
    }
}
