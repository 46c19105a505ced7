//! Series of functions for tests: how many calls there are in each step, and how they end.

use super::alert::{Series, Values};
use super::calls::{CANCELLED, CountedFailures, cancelled_label, count_end};
use super::program::Program;
use crate::Metric;

/// The number of calls in a step of a test. A part of it is a thousandth of a percent.
pub(super) const CALLS: u32 = 100_000;

/// The first number of calls whose part of [`CALLS`] is above a percentage, and the last one whose part is below it.
pub(super) fn calls_around(percent: f64) -> (u32, u32) {
    let exact = percent / 100.0 * f64::from(CALLS);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 100,000")]
    let calls = |number: f64| number.clamp(0.0, f64::from(CALLS)) as u32;
    // A thousandth more or less than the threshold, so that how a computer rounds does not decide.
    (three_digits(calls((exact * 1.001).floor() + 1.0)), calls((exact * 0.999).ceil() - 1.0))
}

/// Rounded up. Prometheus shows four digits of a percentage.
fn three_digits(number: u32) -> u32 {
    let unit = 10_u32.pow(number.checked_ilog10().unwrap_or_default().saturating_sub(2));
    number.div_ceil(unit) * unit
}

/// What these calls are of all calls of a test.
pub(super) fn part(calls: u32) -> f64 {
    f64::from(calls) / f64::from(CALLS)
}

/// How many calls end in a step, and how.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ends {
    pub(super) good: u32,
    pub(super) bad: u32,
    /// Those that must not change the result.
    pub(super) cancelled: u32,
}

impl Ends {
    /// [`CALLS`] calls, of which so many are not good, and as many that were cancelled.
    pub(super) const fn with_bad(bad: u32) -> Self {
        Self { good: CALLS - bad, bad, cancelled: CALLS }
    }
}

/// Samples that grow in each step, by enough for the smallest number of failures that counts.
pub(super) fn growing(program: Program<'_>) -> impl Fn(u32) -> Values {
    let times = program.options.min_failures;
    move |calls| Values::Growing(calls * times)
}

/// The series of counted failures and of all calls.
pub(super) fn counted(
    program: Program<'_>,
    failures: CountedFailures<'_>,
    ends: Ends,
    values: impl Fn(u32) -> Values,
) -> Vec<Series> {
    let Ends { good, bad, cancelled } = ends;
    let (counter, total) = (failures.counter, failures.total);
    let failed = |labels: &[(&str, &str)], calls: u32| program.series(counter, "", labels, values(calls));
    let all = |labels: &[(&str, &str)], calls: u32| program.series(total, count_end(total), labels, values(calls));
    let reason = cancelled_label(counter);
    let mut series = match reason {
        Some(label) => {
            vec![failed(&[(label, a_failure(counter, label))], bad), failed(&[(label, CANCELLED)], cancelled)]
        }
        None => vec![failed(&[], bad)],
    };
    match cancelled_label(total) {
        Some(label) => series.extend([all(&[(label, "ok")], good + bad), all(&[(label, CANCELLED)], cancelled)]),
        // Cancelled calls are known from the counter, or not at all.
        None => series.push(all(&[], good + bad + reason.map_or(0, |_| cancelled))),
    }
    series
}

/// A value of the label that is a failure.
fn a_failure(counter: &Metric, label: &str) -> &'static str {
    let labels = counter.labels();
    let values = labels.iter().filter(|known| known.name() == label).flat_map(|known| known.values().iter().copied());
    values.into_iter().find(|value| *value != CANCELLED && *value != "ok").unwrap_or("error")
}

/// The series of a histogram that an objective reads: bad calls are slow or, if it tells them apart, fail quickly.
pub(super) fn timed(
    program: Program<'_>,
    histogram: &Metric,
    under: f64,
    ends: Ends,
    values: impl Fn(u32) -> Values,
) -> Vec<Series> {
    let Ends { good, bad, cancelled } = ends;
    let bound = under.to_string();
    let bucket = |labels: &[(&str, &str)], calls: u32| {
        let labels: Vec<_> = labels.iter().copied().chain([("le", bound.as_str())]).collect();
        program.series(histogram, "_bucket", &labels, values(calls))
    };
    let count = |labels: &[(&str, &str)], calls: u32| program.series(histogram, "_count", labels, values(calls));
    let Some(label) = cancelled_label(histogram) else {
        return vec![bucket(&[], good), count(&[], good + bad)];
    };
    let ends = [("ok", good), ("error", bad), (CANCELLED, cancelled)];
    ends.into_iter().flat_map(|(end, calls)| [bucket(&[(label, end)], calls), count(&[(label, end)], calls)]).collect()
}

/// All series of a histogram. `up_to` gives the number of calls that are at most as slow as a bound.
pub(super) fn buckets(program: Program<'_>, histogram: &Metric, calls: u32, up_to: impl Fn(f64) -> u32) -> Vec<Series> {
    let values = growing(program);
    let outcome = cancelled_label(histogram).map(|label| (label, "ok"));
    let one = |end: &str, le: Option<&str>, calls: u32| {
        let labels: Vec<_> = outcome.into_iter().chain(le.map(|le| ("le", le))).collect();
        program.series(histogram, end, &labels, values(calls))
    };
    let mut series: Vec<Series> =
        histogram.buckets().iter().map(|bound| one("_bucket", Some(&bound.to_string()), up_to(*bound))).collect();
    series.push(one("_bucket", Some("+Inf"), calls));
    series.push(one("_count", None, calls));
    series
}
