//! Alerts on objectives: how fast the budget of calls that need not be good is used up.

use std::time::Duration;

use super::alert::{Alert, AlertTest, Series, Severity, Values};
use super::burn::{QUIET, QUIET_IN_WORDS, WINDOWS, Window};
use super::functions::threshold;
use super::objective_calls::{Calls, ObjectiveCalls};
use super::program::Program;
use super::recording_names::{objective_calls_name, objective_errors_name, objective_ratio_name};
use super::template::Shown;
use super::test_series::{self, Ends, calls_around, growing, part};
use super::words::{base_name, camel_case};

pub(super) fn alerts(program: Program<'_>) -> Vec<Alert> {
    let objectives = ObjectiveCalls::all(program.catalog);
    let mut alerts = Vec::new();
    for objective in &objectives {
        let name = name(objective, &objectives);
        // One that asks for more errors than there can be calls would never fire.
        let windows = WINDOWS.iter().filter(|window| window.burn * objective.budget_percent() < 100.0);
        alerts.extend(windows.map(|window| burning(program, *objective, *window, &name)));
        alerts.push(quiet(program, *objective, &name));
    }
    alerts
}

/// `ImageGeneration`. Where a counter's name differs only in its end, the histogram keeps its own.
fn name(objective: &ObjectiveCalls<'_>, all: &[ObjectiveCalls<'_>]) -> String {
    let name = objective.metric().name();
    let base = base_name(name);
    let is_taken = all.iter().any(|other| other.metric().name() != name && base_name(other.metric().name()) == base);
    camel_case(if is_taken && name.ends_with("_seconds") { name } else { base })
}

fn burning(program: Program<'_>, objective: ObjectiveCalls<'_>, window: Window, name: &str) -> Alert {
    let Window { short, long, burn, words: [long_time, short_time], gone_after, severity } = window;
    let metric = objective.metric();
    let ratio = |window: &str| program.select(&objective_ratio_name(metric, window), &[]);
    let budget = threshold(objective.budget_percent());
    let floor = program.options.min_failures;
    let (more, fewer) = calls_around(burn * objective.budget_percent());
    let series = |bad: u32| calls_in_a_test(program, &objective, Ends::with_bad(bad), growing(program));
    Alert {
        name: format!("{name}Burn{long}"),
        expr: format!(
            "{} > {burn} * {budget}\nand {} > {burn} * {budget}\nand {} >= {floor}",
            ratio(long),
            ratio(short),
            program.select(&objective_errors_name(metric, long), &[])
        ),
        wait: Duration::ZERO,
        severity,
        labels: vec![("window", long.to_owned())],
        summary: format!(
            "{} of the calls of {} within {long_time} {}.",
            Shown::Percentage.code(),
            objective.functions(),
            objective.not_good()
        ),
        description: format!(
            "The objective is that {} % of the calls are good. For {long_time}, and still in the last {short_time}, so many of them \
             were not, at least {floor}, that what it allows in 30 days is used up in less than {gone_after}. {}",
            objective.percent,
            look_first(&objective)
        ),
        test: AlertTest {
            fires: series(more),
            silent: series(fewer),
            labels: vec![("job", program.test_job())],
            value: (Shown::Percentage, part(more)),
            ..AlertTest::after(5 * MINUTE, Duration::ZERO)
        },
    }
}

const MINUTE: Duration = Duration::from_secs(60);

/// For functions with so few calls that the windows do not have enough of them.
fn quiet(program: Program<'_>, objective: ObjectiveCalls<'_>, name: &str) -> Alert {
    let metric = objective.metric();
    let (floor, budget) = (program.options.min_failures, threshold(objective.budget_percent()));
    let step = Duration::from_secs(u64::from((180 / (floor + 2)).clamp(1, 60)));
    let only = |bad: u32| Ends { good: 0, bad, cancelled: 0 };
    let series = |bad: u32| calls_in_a_test(program, &objective, only(bad), Values::Steps);
    Alert {
        name: format!("{name}Burn{QUIET}"),
        expr: format!(
            "{} >= {floor}\nand {} * {budget} < {floor}",
            program.select(&objective_errors_name(metric, QUIET), &[]),
            program.select(&objective_calls_name(metric, QUIET), &[])
        ),
        wait: Duration::ZERO,
        severity: Severity::Ticket,
        labels: vec![("window", QUIET.to_owned())],
        summary: format!(
            "At least {floor} calls of {} within {QUIET_IN_WORDS} {}.",
            objective.functions(),
            objective.not_good()
        ),
        description: format!(
            "The objective is that {} % of the calls are good. The function has so few calls that it allows less than {floor} others in \
             {QUIET_IN_WORDS}, and the alerts on shorter times see too few of them. This alert ends {QUIET_IN_WORDS} after them. {}",
            objective.percent,
            look_first(&objective)
        ),
        test: AlertTest {
            step,
            at: Duration::from_secs((step.as_secs() * u64::from(floor + 2)).div_ceil(60) * 60),
            fires: series(floor),
            // Prometheus adds a part for the time that the samples do not cover.
            silent: series(floor / 2),
            labels: vec![("job", program.test_job())],
            value: (Shown::Count, 0.0),
        },
    }
}

fn look_first(objective: &ObjectiveCalls<'_>) -> String {
    match objective.calls {
        Calls::Within { histogram, .. } => format!(
            "Look first at what the function waits for, and at `{}` by its labels: which calls are slow, and since when?",
            histogram.name()
        ),
        Calls::Failures(failures) => format!(
            "Look first at `{}` by its labels, and at the program's log: what fails, and since when?",
            failures.counter.name()
        ),
    }
}

/// Series of calls that end like this.
fn calls_in_a_test(
    program: Program<'_>,
    objective: &ObjectiveCalls<'_>,
    ends: Ends,
    values: impl Fn(u32) -> Values,
) -> Vec<Series> {
    match objective.calls {
        Calls::Within { histogram, under } => test_series::timed(program, histogram, under, ends, values),
        Calls::Failures(failures) => test_series::counted(program, failures, ends, values),
    }
}
