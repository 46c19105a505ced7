//! Alerts on annotated functions.

use std::time::Duration;

use super::alert::{Alert, AlertTest, Severity, Values};
use super::calls::{
    CountedFailures, cancelled_label, count_name, failure_label, functions, is_timed, not_cancelled, places,
};
use super::program::Program;
use super::promql::{bucket, duration};
use super::template::{Shown, literal};
use super::test_series::{self, CALLS, Ends, calls_around, growing, part};
use super::words::{self, base_name, camel_case};
use crate::{Catalog, Kind, Metric, Objective};

pub(super) fn alerts(program: Program<'_>) -> Vec<Alert> {
    let failures = CountedFailures::all(program.catalog);
    let failing = failures.iter().map(|failures| failing(program, *failures));
    let slow = program.catalog.metrics().filter_map(|metric| slow(program, metric));
    let stuck = oldest_gauges(program.catalog).map(|gauge| stuck(program, gauge));
    let buckets = program.catalog.metrics().filter_map(|metric| buckets_too_small(program, metric));
    failing.chain(slow).chain(stuck).chain(buckets).collect()
}

fn failing(program: Program<'_>, failures: CountedFailures<'_>) -> Alert {
    let name = failures.counter.name();
    let options = program.options;
    let percent = options.failure_percents.get(name).copied().unwrap_or(options.failure_percent);
    let (floor, window) = (options.min_failures, duration(options.window));
    let failed = |by: &str| failures.failed(program, by, &window);
    let (more, fewer) = calls_around(percent);
    let series = |failed: u32| test_series::counted(program, failures, Ends::with_bad(failed), growing(program));
    Alert {
        name: format!("{}High", camel_case(base_name(name))),
        expr: format!(
            "{}\n  / {}\n  > {}\nand {} >= {floor}",
            failed("rate"),
            failures.calls(program, "rate", &window),
            threshold(percent),
            failed("increase")
        ),
        wait: Duration::ZERO,
        severity: Severity::Ticket,
        labels: Vec::new(),
        summary: format!("{} of the calls of {} fail.", Shown::Percentage.code(), failures.functions()),
        description: format!(
            "More than {percent} % of the calls within {}, and at least {floor}, have failed: `{name}` ({}) by the calls in `{}`. \
             {}If this part is normal here, raise `AlertOptions::failure_percent_of`.",
            words::time(options.window),
            help(failures.counter),
            count_name(failures.total),
            match failure_label(failures.counter) {
                Some(label) => format!(
                    "{}Look first at the label `{label}`: timeouts point to a service that is slow, panics to a mistake in the \
                     program, and errors are in its log. ",
                    if cancelled_label(failures.counter).or(cancelled_label(failures.total)).is_some() {
                        "Cancelled calls are left out. "
                    } else {
                        "Cancelled calls are not failures. "
                    }
                ),
                None => "Look first at the program's log, and at the services that the function calls. ".to_owned(),
            }
        ),
        test: AlertTest {
            fires: series(more),
            silent: series(fewer),
            labels: vec![("job", program.test_job())],
            value: (Shown::Percentage, part(more)),
            ..AlertTest::after(options.window, Duration::ZERO)
        },
    }
}

/// A percentage as a ratio.
pub(super) fn threshold(percent: f64) -> String {
    let text = format!("{:.9}", percent / 100.0);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn slow(program: Program<'_>, histogram: &Metric) -> Option<Alert> {
    let name = histogram.name();
    let limit = slow_after(program, histogram)?;
    let last = *histogram.buckets().last()?;
    // A call that takes longer than the largest bound is counted as one that takes as long as that.
    let (sign, limit) = if limit < last { (">", limit) } else { (">=", last) };
    // So long that it has several calls, even if they are as slow as that.
    let window = program.options.window.max(rounded_up(limit * 4.0));
    let by_bucket = program.select(&format!("{name}_bucket"), &not_cancelled(histogram));
    Some(Alert {
        name: format!("{}Slow", camel_case(base_name(name))),
        expr: format!(
            "histogram_quantile(0.95, sum by (job, le) (rate({by_bucket}[{}]))) {sign} {limit}",
            duration(window)
        ),
        wait: Duration::ZERO,
        severity: Severity::Ticket,
        labels: Vec::new(),
        summary: format!(
            "The slowest 5 % of the calls of {} take {} and more.",
            timed(histogram),
            Shown::Duration.code()
        ),
        description: format!(
            "P95 of `{name}` ({}) over {} is above {}. Look first at the rate of calls and at the services that the function \
             calls. A label of the histogram can show which calls are slow. If this is normal here, raise \
             `AlertOptions::p95`.",
            help(histogram),
            words::time(window),
            words::seconds(limit)
        ),
        test: slow_test(program, histogram, limit, window),
    })
}

/// The series of a test for P95: all calls are above all bounds, or at most as slow as the limit.
fn slow_test(program: Program<'_>, histogram: &Metric, limit: f64, window: Duration) -> AlertTest {
    let bounds = histogram.buckets();
    let last = bounds.last().copied().unwrap_or_default();
    let reached = |from: f64| move |bound: f64| if bound >= from { CALLS } else { 0 };
    // The bucket with the largest bound up to the limit, if there is one.
    let quick = bounds.iter().copied().rfind(|bound| *bound <= limit);
    AlertTest {
        fires: test_series::buckets(program, histogram, CALLS, reached(f64::INFINITY)),
        silent: match quick {
            Some(quick) => test_series::buckets(program, histogram, CALLS, reached(quick)),
            None => test_series::buckets(program, histogram, 0, |_| 0),
        },
        labels: vec![("job", program.test_job())],
        value: (Shown::Duration, last),
        ..AlertTest::after(window, Duration::ZERO)
    }
}

/// The limit of P95 in seconds: an option, the objective's, or the largest bound but one. `None` if the histogram times no calls.
fn slow_after(program: Program<'_>, histogram: &Metric) -> Option<f64> {
    if let (Some(limit), Kind::Histogram) = (program.options.p95.get(histogram.name()), histogram.kind()) {
        return Some(limit.as_secs_f64());
    }
    let bounds = histogram.buckets();
    let objective = program.catalog.objectives().find(|objective| objective.metric() == histogram.name());
    if let Some(under) = objective.and_then(Objective::under) {
        return Some(under);
    }
    is_timed(histogram).then(|| bounds.iter().rev().nth(1).or(bounds.last()).copied()).flatten()
}

/// A time rounded up, to hours or days if it is long.
fn rounded_up(seconds: f64) -> Duration {
    let unit = [86_400.0, 3_600.0].into_iter().find(|unit| seconds > *unit).unwrap_or(60.0);
    Duration::try_from_secs_f64((seconds / unit).ceil() * unit).unwrap_or(Duration::MAX).min(LONGEST_WINDOW)
}

const LONGEST_WINDOW: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// The help text as a part of a sentence.
fn help(metric: &Metric) -> String {
    literal(metric.help().trim_end_matches('.'))
}

fn timed(metric: &Metric) -> String {
    let functions = functions(metric);
    if functions.is_empty() { format!("`{}`", metric.name()) } else { words::in_code(&functions) }
}

/// The gauges of the age of the oldest call in flight.
fn oldest_gauges(catalog: &Catalog) -> impl Iterator<Item = &Metric> {
    catalog.metrics().filter(|metric| metric.oldest_of().is_some())
}

fn stuck(program: Program<'_>, gauge: &Metric) -> Alert {
    let limit = match program.options.oldest_call.get(gauge.name()) {
        Some(limit) => limit.as_secs_f64(),
        None => stuck_after(program.catalog, gauge),
    };
    let longer = limit.floor() + 1.0;
    let series = |value: f64| vec![program.series(gauge, "", &[], Values::Constant(value))];
    Alert {
        name: format!("{}Stuck", camel_case(base_name(gauge.name()))),
        expr: format!("max by (job, instance) ({}) > {limit}", program.select(gauge.name(), &[])),
        wait: Duration::ZERO,
        severity: Severity::Ticket,
        labels: Vec::new(),
        summary: format!(
            "A call of {} on {{{{ $labels.instance }}}} has been running for {}.",
            timed(gauge),
            Shown::Duration.code()
        ),
        description: format!(
            "A call has been running for more than {}. It is not in the histogram yet, so no other alert sees it. Look first at \
             the service that the function waits for, and whether the wait has a time limit; then at the instance's log. To go \
             on, restart the instance. If a call can take this long, raise `AlertOptions::oldest_call`.",
            words::seconds(limit)
        ),
        test: AlertTest {
            fires: series(longer),
            silent: series(limit),
            labels: vec![("job", program.test_job()), ("instance", super::program::TEST_INSTANCE.to_owned())],
            value: (Shown::Duration, longer),
            ..AlertTest::after(Duration::ZERO, Duration::ZERO)
        },
    }
}

/// Twice the largest bound of the histogram that times the same functions, or an hour.
fn stuck_after(catalog: &Catalog, gauge: &Metric) -> f64 {
    let functions = places(gauge);
    let histogram = catalog.metrics().find(|metric| is_timed(metric) && places(metric) == functions);
    histogram.and_then(|metric| metric.buckets().last()).map_or(3_600.0, |last| last * 2.0)
}

/// The time over which calls above the largest bound are counted.
const BUCKETS_WINDOW: Duration = Duration::from_secs(6 * 60 * 60);

fn buckets_too_small(program: Program<'_>, histogram: &Metric) -> Option<Alert> {
    let name = histogram.name();
    let last = *histogram.buckets().last()?;
    let percent = program.options.above_buckets_percent;
    let floor = program.options.min_failures;
    let window = BUCKETS_WINDOW.max(rounded_up(last * 4.0));
    let over = |by: &str, end: &str, matchers: &[String]| {
        let matchers: Vec<String> = not_cancelled(histogram).into_iter().chain(matchers.iter().cloned()).collect();
        program.over(by, &format!("{name}{end}"), &matchers, &duration(window))
    };
    let below = |by: &str| over(by, "_bucket", &[bucket(last)]);
    let all = |by: &str| over(by, "_count", &[]);
    let (more, fewer) = calls_around(percent);
    let series = |above: u32| {
        test_series::buckets(program, histogram, CALLS, |bound| if bound < last { 0 } else { CALLS - above })
    };
    Some(Alert {
        name: format!("{}BucketsTooSmall", camel_case(base_name(name))),
        expr: format!(
            "1 - {}\n  / {}\n  > {}\nand {}\n  - {}\n  >= {floor}",
            below("rate"),
            all("rate"),
            threshold(percent),
            all("increase"),
            below("increase")
        ),
        wait: Duration::ZERO,
        severity: Severity::Ticket,
        labels: Vec::new(),
        summary: format!("{} of the values of `{name}` are above its largest bucket bound.", Shown::Percentage.code()),
        description: format!(
            "More than {percent} % of the values within {} are above {}. How far above is not known, so quantiles are too small. \
             Look first whether the calls have become slower. If not, add larger bounds to the histogram's `buckets(…)`.",
            words::time(window),
            words::seconds(last)
        ),
        test: AlertTest {
            fires: series(more),
            silent: series(fewer),
            labels: vec![("job", program.test_job())],
            value: (Shown::Percentage, part(more)),
            ..AlertTest::after(window, Duration::ZERO)
        },
    })
}
