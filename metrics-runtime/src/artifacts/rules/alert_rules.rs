//! `alerts.rules.yml`.

use std::fmt::Write as _;

use super::alert::Alert;
use super::program::Program;
use super::promql::duration;
use super::yaml::{block, comment};
use super::{functions, incomplete_pages, objectives, queues, toolkit, worker};
use crate::Kind;
use crate::artifacts::json::quoted;

const HEAD: &str = "\
# Alerts for Prometheus. The file is made from the program's metrics: change the options there, and not this file.
# Those on objectives read the series of recording.rules.yml.
# `promtool test rules alerts.test.yml` runs their tests.
";

/// A group of rules, with its alerts.
pub(super) type Group = (&'static str, Vec<Alert>);

/// The alerts of the program, in groups. A metric that the program does not have gives none.
pub(super) fn groups(program: Program<'_>) -> Vec<Group> {
    let groups = [
        ("queues", queues::alerts(program)),
        ("functions", functions::alerts(program)),
        ("objectives", objectives::alerts(program)),
        ("worker", worker::alerts(program)),
        ("metrics", [toolkit::alerts(program), incomplete_pages::alerts(program)].concat()),
    ];
    let is_wanted = |alert: &Alert| !program.options.without.contains(&alert.name);
    let groups =
        groups.into_iter().map(|(name, alerts)| (name, alerts.into_iter().filter(is_wanted).collect::<Vec<_>>()));
    groups.filter(|(_, alerts)| !alerts.is_empty()).collect()
}

/// The file.
pub(in crate::artifacts) fn alert_rules(program: Program<'_>) -> String {
    let mut file = HEAD.to_owned();
    for problem in options_without_effect(program) {
        file.push_str(&comment(&problem));
    }
    let groups = groups(program);
    file.push_str(if groups.is_empty() { "groups: []\n" } else { "groups:\n" });
    for (name, alerts) in groups {
        let _ = writeln!(file, "  - name: {name}\n    rules:");
        for alert in &alerts {
            file.push_str(&rule(alert));
        }
    }
    file
}

fn rule(alert: &Alert) -> String {
    let mut rule = format!("      - alert: {}\n        expr: {}", alert.name, block(&alert.expr, 10));
    if !alert.wait.is_zero() {
        let _ = writeln!(rule, "        for: {}", duration(alert.wait));
    }
    let _ = writeln!(rule, "        labels:\n          severity: {}", alert.severity.as_str());
    for (name, value) in &alert.labels {
        let _ = writeln!(rule, "          {name}: {}", quoted(value));
    }
    let _ = writeln!(rule, "        annotations:\n          summary: {}", quoted(&alert.summary));
    let _ = writeln!(rule, "          description: {}", quoted(&alert.description));
    rule
}

/// Options that name a metric which the program does not have: most often a name that was changed.
fn options_without_effect(program: Program<'_>) -> Vec<String> {
    let options = program.options;
    let named = [
        ("failure_percent_of", options.failure_percents.keys().collect::<Vec<_>>(), Kind::Counter),
        ("p95", options.p95.keys().collect(), Kind::Histogram),
        ("oldest_call", options.oldest_call.keys().collect(), Kind::Gauge),
    ];
    let unknown = named.iter().flat_map(|(option, names, kind)| {
        let missing = names.iter().filter(|name| program.metric(name, *kind).is_none());
        missing.map(move |name| format!("The option `{option}` has no effect: the program has no {kind} `{name}`."))
    });
    unknown.collect()
}
