//! `recording.rules.yml`: what dashboards and alerts would compute again and again.

use std::fmt::Write as _;

use super::burn::{QUIET, WINDOWS};
use super::calls::{CountedFailures, count_name, not_cancelled};
use super::objective_calls::ObjectiveCalls;
use super::program::Program;
use super::recording_names::{
    OBJECTIVE_WINDOWS, QUANTILES, RATE_WINDOW, failure_ratio_name, objective_calls_name, objective_errors_name,
    objective_ratio_name, quantile_name, rate_labels, rate_name,
};
use super::yaml::block;
use crate::{Kind, Metric};

const HEAD: &str = "\
# Recording rules for Prometheus. The file is made from the program's metrics: do not change it by hand.
# The alerts on objectives need them.
";

/// Rules that are evaluated together.
struct Group {
    name: &'static str,
    /// How often, if not as often as others.
    interval: Option<&'static str>,
    rules: Vec<Rule>,
}

struct Rule {
    record: String,
    expr: String,
}

/// The group of an objective's short windows, and that of its long ones, which are many samples each.
const OBJECTIVES: &str = "objective_ratios";
const LONG: &str = "objective_ratios_of_days";

/// The groups that alerts read, in the order in which they must be evaluated.
pub(super) const OBJECTIVE_GROUPS: [&str; 2] = [OBJECTIVES, LONG];

/// The file.
pub(in crate::artifacts) fn recording_rules(program: Program<'_>) -> String {
    let mut file = HEAD.to_owned();
    let groups = [
        Group { name: "rates", interval: None, rules: rates(program) },
        Group { name: OBJECTIVES, interval: None, rules: objectives(program, |window| !window.ends_with('d')) },
        // Less than five minutes: what is older is not there for a query.
        Group { name: LONG, interval: Some("2m"), rules: objectives(program, |window| window.ends_with('d')) },
    ];
    let groups: Vec<Group> = groups.into_iter().filter(|group| !group.rules.is_empty()).collect();
    file.push_str(if groups.is_empty() { "groups: []\n" } else { "groups:\n" });
    for group in groups {
        let _ = writeln!(file, "  - name: {}", group.name);
        if let Some(interval) = group.interval {
            let _ = writeln!(file, "    interval: {interval}");
        }
        file.push_str("    rules:\n");
        for Rule { record, expr } in &group.rules {
            let _ = write!(file, "      - record: {record}\n        expr: {}", block(expr, 10));
        }
    }
    file
}

fn rates(program: Program<'_>) -> Vec<Rule> {
    let metrics = program.catalog.metrics().filter(|metric| metric.kind() != Kind::Gauge);
    let mut rules: Vec<Rule> = metrics.map(|metric| rate(program, metric)).collect();
    rules.extend(CountedFailures::all(program.catalog).iter().map(|failures| Rule {
        record: failure_ratio_name(failures.counter),
        expr: format!(
            "{}\n  / {}",
            failures.failed(program, "rate", RATE_WINDOW),
            failures.calls(program, "rate", RATE_WINDOW)
        ),
    }));
    for histogram in program.catalog.metrics().filter(|metric| metric.kind() == Kind::Histogram) {
        let buckets = program.select(&format!("{}_bucket", histogram.name()), &not_cancelled(histogram));
        rules.extend(QUANTILES.map(|quantile| Rule {
            record: quantile_name(histogram, quantile),
            expr: format!("histogram_quantile({quantile}, sum by (job, le) (rate({buckets}[{RATE_WINDOW}])))"),
        }));
    }
    rules
}

fn rate(program: Program<'_>, metric: &Metric) -> Rule {
    let by = rate_labels(metric).join(", ");
    let selected = program.select(&count_name(metric), &[]);
    Rule { record: rate_name(metric), expr: format!("sum by ({by}) (rate({selected}[{RATE_WINDOW}]))") }
}

fn objectives(program: Program<'_>, has: impl Fn(&str) -> bool) -> Vec<Rule> {
    let mut rules = Vec::new();
    for objective in ObjectiveCalls::all(program.catalog) {
        let metric = objective.metric();
        rules.extend(OBJECTIVE_WINDOWS.iter().filter(|window| has(window)).map(|window| Rule {
            record: objective_ratio_name(metric, window),
            expr: format!(
                "{}\n  / {}",
                objective.errors(program, "rate", window),
                objective.all_calls(program, "rate", window)
            ),
        }));
        let counted = WINDOWS.iter().map(|window| window.long).chain([QUIET]);
        rules.extend(counted.filter(|window| has(window)).map(|window| Rule {
            record: objective_errors_name(metric, window),
            expr: objective.errors(program, "increase", window),
        }));
        if has(QUIET) {
            rules.push(Rule {
                record: objective_calls_name(metric, QUIET),
                expr: objective.all_calls(program, "increase", QUIET),
            });
        }
    }
    rules
}
