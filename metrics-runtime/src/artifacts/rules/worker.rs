//! Alerts on the program's instances.

use std::time::Duration;

use super::alert::{Alert, AlertTest, Series, Severity, Values};
use super::program::{Program, TEST_INSTANCE};
use super::promql::{equal, selector};
use super::queues::jobs_wait;
use super::template::{Shown, literal};
use super::words;
use crate::Kind;

pub(super) fn alerts(program: Program<'_>) -> Vec<Alert> {
    [gone(program), restarting(program), killed(program)].into_iter().flatten().collect()
}

/// `None` if the job's name is not known: then nothing can be missing.
fn gone(program: Program<'_>) -> Option<Alert> {
    let job = program.job?;
    let wait = program.options.worker_gone_for;
    let up = |value: f64| Series {
        name: selector("up", &[equal("job", job), equal("instance", TEST_INSTANCE)]),
        values: Values::Constant(value),
    };
    // `== 1` leaves nothing if all instances are down, too.
    let mut expr = format!("absent({} == 1)", selector("up", &[equal("job", job)]));
    let (mut fires, mut silent) = (vec![up(0.0)], vec![up(1.0)]);
    let mut only = "";
    if let Some((wait, depth)) = jobs_wait(program).filter(|_| program.options.scale_to_zero) {
        expr = format!("{expr}\nand on () {wait}");
        only = " while jobs wait";
        fires.push(program.series(depth, "", &[], Values::Constant(1.0)));
        silent = vec![up(0.0), program.series(depth, "", &[], Values::Constant(0.0))];
    }
    Some(Alert {
        name: "WorkerGone".to_owned(),
        expr,
        wait,
        severity: Severity::Page,
        labels: vec![("job", literal(job))],
        summary: format!("No instance of the job `{}` can be scraped{only}.", literal(job)),
        description: format!(
            "Prometheus has reached no instance for {}: none is known, or all are down. Look first at what should start them, \
             then at Prometheus' page of targets: an instance that runs may be unreachable. The log of the last instance says why \
             it ended.{}",
            words::time(wait),
            if only.is_empty() {
                " If it is normal that none runs while there is nothing to do, set `AlertOptions::scale_to_zero`."
            } else {
                ""
            }
        ),
        test: AlertTest {
            fires,
            silent,
            labels: vec![("job", job.to_owned())],
            ..AlertTest::after(Duration::ZERO, wait)
        },
    })
}

fn restarting(program: Program<'_>) -> Option<Alert> {
    let started = program.metric("process_start_time_seconds", Kind::Gauge)?;
    let starts = program.options.restarts;
    let series = |starts: u32| vec![program.series(started, "", &[], Values::Steps(starts))];
    // All samples are within the 15 minutes.
    let at = Duration::from_secs(10 * 60);
    let step = Duration::from_secs(u64::from((600 / (starts + 2)).clamp(1, 60)));
    Some(Alert {
        name: "WorkerRestarting".to_owned(),
        // `resets` would not see a start: a start time only grows.
        expr: format!("changes({}[15m]) >= {starts}", program.select(started.name(), &[])),
        wait: Duration::ZERO,
        severity: Severity::Ticket,
        labels: Vec::new(),
        summary: format!(
            "{{{{ $labels.instance }}}} of the job `{{{{ $labels.job }}}}` has restarted {} times within 15 minutes.",
            Shown::Count.code()
        ),
        description: "Look first at the end of its log, and at what its platform says about the last end: out of memory, a failed \
                      health check, a panic. A configuration that is refused ends a program at once, each time. The limit is \
                      `AlertOptions::restarts`."
            .to_owned(),
        test: AlertTest {
            step,
            at,
            fires: series(starts),
            silent: series(starts - 1),
            labels: vec![("job", program.test_job()), ("instance", TEST_INSTANCE.to_owned())],
            value: (Shown::Count, starts.into()),
        },
    })
}

/// Only processes that share a folder count such calls: the page of a single process is gone with it.
fn killed(program: Program<'_>) -> Option<Alert> {
    let killed = program.metric("calls_killed_total", Kind::Counter)?;
    let window = Duration::from_secs(15 * 60);
    let series = |by: u32| vec![program.series(killed, "", &[("function", "x")], Values::Growing(by))];
    Some(Alert {
        name: "CallsKilled".to_owned(),
        expr: format!("sum by (job, function) (increase({}[15m])) > 0", program.select(killed.name(), &[])),
        wait: Duration::ZERO,
        severity: Severity::Ticket,
        labels: Vec::new(),
        summary: "Processes of the job `{{ $labels.job }}` were killed in calls of `{{ $labels.function }}`.".to_owned(),
        description: "They ended within the last 15 minutes without a word of their own. Look first at the system's log: out of memory \
                      is the usual reason. A deploy that waits too short a time for the end of calls is another."
            .to_owned(),
        test: AlertTest {
            fires: series(1),
            silent: series(0),
            labels: vec![("job", program.test_job()), ("function", "x".to_owned())],
            value: (Shown::Count, 0.0),
            ..AlertTest::after(window, Duration::ZERO)
        },
    })
}
