//! Alerts on the metrics themselves: values that do not arrive.

use std::time::Duration;

use super::alert::{Alert, AlertTest, Severity, Values};
use super::program::{Program, TEST_INSTANCE};
use super::template::Shown;
use crate::{Kind, Metric};

pub(super) fn alerts(program: Program<'_>) -> Vec<Alert> {
    [refused(program), overflow(program), in_flight_overflow(program), export(program)].into_iter().flatten().collect()
}

fn refused(program: Program<'_>) -> Option<Alert> {
    let refused = program.metric("metrics_values_refused_total", Kind::Counter)?;
    Some(Alert {
        name: "MetricsValuesRefused".to_owned(),
        expr: format!("{} > 0", program.over("increase", refused.name(), &[], "1h")),
        wait: Duration::ZERO,
        severity: Severity::Ticket,
        labels: Vec::new(),
        summary: "A metric of the job `{{ $labels.job }}` is not on its page.".to_owned(),
        description: "Values of another crate's metric were refused within the last hour. The log of the program names each such \
                      metric once, and says why. Rename the metric, or change its kind or labels."
            .to_owned(),
        test: growth_test(program, refused, vec![("job", program.test_job())]),
    })
}

fn overflow(program: Program<'_>) -> Option<Alert> {
    let overflow = program.metric("metrics_label_overflow_total", Kind::Counter)?;
    let selected = program.select(overflow.name(), &[]);
    let label = overflow.labels().first().and_then(|label| label.values().first().copied()).unwrap_or("x");
    Some(Alert {
        name: "MetricsLabelOverflow".to_owned(),
        expr: format!("sum by (job, label) (increase({selected}[1h])) > 0"),
        wait: Duration::ZERO,
        severity: Severity::Ticket,
        labels: Vec::new(),
        summary: "The label `{{ $labels.label }}` has more values than it can keep.".to_owned(),
        description: "Further values of the label were counted as `other` within the last hour. The log of the program names the \
                      first of them. If they are real values, raise the label's `max_values`. If not, something that belongs to a \
                      single call has become a label's value: put it on the trace."
            .to_owned(),
        test: growth_test(program, overflow, vec![("job", program.test_job()), ("label", label.to_owned())]),
    })
}

fn in_flight_overflow(program: Program<'_>) -> Option<Alert> {
    let overflow = program.metric("metrics_in_flight_overflow_total", Kind::Counter)?;
    let selected = program.select(overflow.name(), &[]);
    let oldest = overflow.labels().first().and_then(|label| label.values().first().copied()).unwrap_or("x");
    Some(Alert {
        name: "MetricsInFlightOverflow".to_owned(),
        expr: format!("sum by (job, oldest) (increase({selected}[1h])) > 0"),
        wait: Duration::ZERO,
        severity: Severity::Ticket,
        labels: Vec::new(),
        summary: "`{{ $labels.oldest }}` does not see all calls in flight.".to_owned(),
        description: "More calls were in flight at a time within the last hour than have places for their start: 256 of each attribute. \
                      The age of the oldest call leaves out those without a place, also if they never end. Look first at why there are so \
                      many calls at a time. If this is normal, put the attribute on a function of which fewer calls run at a time."
            .to_owned(),
        test: growth_test(program, overflow, vec![("job", program.test_job()), ("oldest", oldest.to_owned())]),
    })
}

/// Both are asked for: with an interval of hours the age alone is normal, and one failure among many exports is, too.
fn export(program: Program<'_>) -> Option<Alert> {
    const QUARTER: Duration = Duration::from_secs(15 * 60);
    let failures = program.metric("metrics_export_failures_total", Kind::Counter)?;
    let age = program.metric("metrics_export_age_seconds", Kind::Gauge)?;
    let labels = "job, instance, road";
    let grows = format!("sum by ({labels}) (increase({}[15m])) > 0", program.select(failures.name(), &[]));
    let old = format!("max by ({labels}) ({}) > {}", program.select(age.name(), &[]), QUARTER.as_secs());
    let seconds = 1000.0;
    let road = [("road", "push")];
    let series = |by: u32| {
        vec![
            program.series(age, "", &road, Values::Constant(seconds)),
            program.series(failures, "", &road, Values::Growing(by)),
        ]
    };
    Some(Alert {
        name: "MetricsExportFailing".to_owned(),
        expr: format!("{old}\nand {grows}"),
        wait: Duration::ZERO,
        severity: Severity::Ticket,
        labels: Vec::new(),
        summary: format!(
            "The metrics of {{{{ $labels.instance }}}} of the job `{{{{ $labels.job }}}}` have not left by the road \
             `{{{{ $labels.road }}}}` for {}.",
            Shown::Duration.code()
        ),
        description: "Exports fail, and none has succeeded for 15 minutes. The log of the program says why, when it began. Look at \
                      the receiver (for `textfile`, the folder and its disk), then at its address in the program's variables. The \
                      values are not lost as long as the program runs: the next export that succeeds has all of them."
            .to_owned(),
        test: AlertTest {
            fires: series(1),
            silent: series(0),
            labels: vec![
                ("job", program.test_job()),
                ("instance", TEST_INSTANCE.to_owned()),
                ("road", "push".to_owned()),
            ],
            value: (Shown::Duration, seconds),
            ..AlertTest::after(QUARTER, Duration::ZERO)
        },
    })
}

/// The counter grows, or stays.
pub(super) fn growth_test(program: Program<'_>, counter: &Metric, labels: Vec<(&'static str, String)>) -> AlertTest {
    let series = |by: u32| vec![program.series(counter, "", &[], Values::Growing(by))];
    AlertTest {
        fires: series(1),
        silent: series(0),
        labels,
        value: (Shown::Count, 0.0),
        ..AlertTest::after(Duration::from_secs(60 * 60), Duration::ZERO)
    }
}
