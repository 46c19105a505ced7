//! Alerts on pages that are not complete: gauges that could not be read, and processes whose values are left out.

use std::time::Duration;

use super::alert::{Alert, AlertTest, Severity, Values};
use super::program::Program;
use super::template::Shown;
use super::toolkit::growth_test;
use crate::Kind;

pub(super) fn alerts(program: Program<'_>) -> Vec<Alert> {
    let unreadable = left_out(
        program,
        "metrics_processes_unreadable",
        "MetricsProcessesUnreadable",
        format!(
            "The values of {} processes of the job `{{{{ $labels.job }}}}` are not on its page.",
            Shown::Count.code()
        ),
        "Files of other processes cannot be read. The log of the program names each of them once, and says why: it is damaged, or of \
         another version of the toolkit. Let all processes of the folder have the same version, and delete a damaged file.",
    );
    let lost = left_out(
        program,
        "metrics_processes_lost_chunks",
        "MetricsProcessesLostChunks",
        "Some values of the processes of the job `{{ $labels.job }}` are not on its page.".to_owned(),
        "The file system of the folder that the processes share was full when they needed more room there. Make room, then restart \
         the processes.",
    );
    [readings(program), unreadable, lost].into_iter().flatten().collect()
}

fn readings(program: Program<'_>) -> Option<Alert> {
    let failures = program.metric("metrics_reading_failures_total", Kind::Counter)?;
    let selected = program.select(failures.name(), &[]);
    let reason = failures.labels().first().and_then(|label| label.values().first().copied()).unwrap_or("x");
    Some(Alert {
        name: "MetricsReadingFailing".to_owned(),
        expr: format!("sum by (job, reason) (increase({selected}[1h])) > 0"),
        wait: Duration::ZERO,
        severity: Severity::Ticket,
        labels: Vec::new(),
        summary: "Gauges of the job `{{ $labels.job }}` could not be read: {{ $labels.reason }}.".to_owned(),
        description: "Functions of `read_from` panicked or did not return in time within the last hour, and their gauges were NaN: no \
                      alert on them can fire then. The log of the program names each gauge once. A panic is a mistake in the function. \
                      A function that is too slow also holds up those after it: read the value elsewhere, and give the gauge what is \
                      known."
            .to_owned(),
        test: growth_test(program, failures, vec![("job", program.test_job()), ("reason", reason.to_owned())]),
    })
}

/// A gauge of what is left out is above zero.
fn left_out(
    program: Program<'_>,
    gauge: &str,
    name: &str,
    summary: String,
    description: &'static str,
) -> Option<Alert> {
    let gauge = program.metric(gauge, Kind::Gauge)?;
    let series = |value: f64| vec![program.series(gauge, "", &[], Values::Constant(value))];
    Some(Alert {
        name: name.to_owned(),
        expr: format!("max by (job) ({}) > 0", program.select(gauge.name(), &[])),
        wait: Duration::ZERO,
        severity: Severity::Ticket,
        labels: Vec::new(),
        summary,
        description: description.to_owned(),
        test: AlertTest {
            fires: series(2.0),
            silent: series(0.0),
            labels: vec![("job", program.test_job())],
            value: (Shown::Count, 2.0),
            ..AlertTest::after(Duration::ZERO, Duration::ZERO)
        },
    })
}
