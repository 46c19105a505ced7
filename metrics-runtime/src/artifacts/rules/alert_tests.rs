//! `alerts.test.yml`: for each alert a case that fires, and one that is silent.

use std::fmt::Write as _;

use super::alert::{Alert, Series, Values};
use super::alert_rules::groups;
use super::program::Program;
use super::promql::duration;
use super::recording::OBJECTIVE_GROUPS;
use super::template::expand;
use crate::artifacts::json::quoted;

const HEAD: &str = "\
# Tests of alerts.rules.yml, for `promtool test rules`: each alert fires once, and is silent once.
# The file is made from the program's metrics: do not change it by hand.
rule_files:
  - recording.rules.yml
  - alerts.rules.yml
evaluation_interval: 1m
";

/// The file.
pub(in crate::artifacts) fn alert_tests(program: Program<'_>) -> String {
    let mut file = HEAD.to_owned();
    let groups = groups(program);
    // What is recorded is there for the alerts that are evaluated after it.
    let order = OBJECTIVE_GROUPS.into_iter().chain(groups.iter().map(|(name, _)| *name));
    let _ = writeln!(file, "group_eval_order: [{}]", order.collect::<Vec<_>>().join(", "));
    let alerts: Vec<Alert> = groups.into_iter().flat_map(|(_, alerts)| alerts).collect();
    file.push_str(if alerts.is_empty() { "tests: []\n" } else { "tests:\n" });
    for alert in &alerts {
        file.push_str(&case(alert, "fires", &alert.test.fires, &expected(alert)));
        file.push_str(&case(alert, "is silent", &alert.test.silent, ""));
    }
    file
}

fn case(alert: &Alert, what: &str, series: &[Series], expected: &str) -> String {
    let test = &alert.test;
    let samples = test.at.as_secs() / test.step.as_secs().max(1);
    let mut case =
        format!("  - name: {} {what}\n    interval: {}\n    input_series:\n", alert.name, duration(test.step));
    for series in series {
        let values = match series.values {
            Values::Constant(value) => format!("{value}x{samples}"),
            Values::Growing(by) => format!("0+{by}x{samples}"),
            Values::Steps(count) => format!("0+1x{count} {count}x{}", samples.saturating_sub(count.into())),
        };
        let _ = writeln!(case, "      - series: {}\n        values: {}", quoted(&series.name), quoted(&values));
    }
    let _ = writeln!(
        case,
        "    alert_rule_test:\n      - eval_time: {}\n        alertname: {}\n        exp_alerts:{}",
        duration(test.at),
        alert.name,
        if expected.is_empty() { " []" } else { "" }
    );
    case.push_str(expected);
    case
}

/// The alert that fires, with its labels and texts as Prometheus writes them.
fn expected(alert: &Alert) -> String {
    let (shown, value) = alert.test.value;
    let mut expected = format!("          - exp_labels:\n              severity: {}\n", alert.severity.as_str());
    for (name, value) in &alert.test.labels {
        let _ = writeln!(expected, "              {name}: {}", quoted(value));
    }
    for (name, value) in
        alert.labels.iter().filter(|(name, _)| alert.test.labels.iter().all(|(other, _)| other != name))
    {
        let _ = writeln!(expected, "              {name}: {}", quoted(value));
    }
    let text = |template: &str| quoted(&expand(template, &alert.test.labels, &shown.text(value)));
    let _ = writeln!(
        expected,
        "            exp_annotations:\n              summary: {}\n              description: {}",
        text(&alert.summary),
        text(&alert.description)
    );
    expected
}
