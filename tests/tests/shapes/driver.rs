//! Drives a shape, and compares the page with the calls that were made.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;

use metrics_runtime::{Handle, Outcome};
use system_tests::SAFETY_LIMIT;

use super::prelude::WORK;

/// The calls of a shape that were made, by how they ended.
#[derive(Default)]
pub struct Run {
    ended: [u32; Outcome::ALL.len()],
}

impl Run {
    pub fn ok(&mut self, call: impl FnOnce() -> bool) {
        assert!(call(), "the call must end well");
        self.also(Outcome::Ok, 1);
    }

    pub fn error(&mut self, call: impl FnOnce() -> bool) {
        assert!(call(), "the call must end with an error");
        self.also(Outcome::Error, 1);
    }

    pub fn timeout(&mut self, call: impl FnOnce() -> bool) {
        assert!(call(), "the call must end with a timeout");
        self.also(Outcome::Timeout, 1);
    }

    pub fn panic<T>(&mut self, call: impl FnOnce() -> T) {
        assert!(catch_unwind(AssertUnwindSafe(call)).is_err(), "the call must panic");
        self.also(Outcome::Panic, 1);
    }

    pub fn cancel(&mut self, call: impl FnOnce()) {
        call();
        self.also(Outcome::Cancelled, 1);
    }

    /// Adds calls that were made inside other calls, and ended in this way.
    pub const fn also(&mut self, outcome: Outcome, calls: u32) {
        self.ended[outcome as usize] += calls;
    }

    fn all(&self) -> u32 {
        self.ended.iter().sum()
    }

    fn each(&self) -> impl Iterator<Item = (Outcome, u32)> {
        Outcome::ALL.into_iter().zip(self.ended)
    }
}

/// Drives a shape under one set of attributes.
pub fn check(shape: &str, set: &str, drive: fn(&mut Run)) {
    let metrics = metrics();
    let mut run = Run::default();
    drive(&mut run);
    let seen = Seen { run, metric: format!("{shape}_{set}"), page: metrics.render() };
    match set {
        "bare" => {
            seen.equal("_seconds_count", seen.run.all());
            let worked = seen.run.all() - seen.run.ended[Outcome::Cancelled as usize];
            seen.check_duration("_seconds_sum", worked);
        }
        "timed" => seen.check_timed(),
        "counted" => seen.check_outcomes("_total"),
        "counted_failure" => seen.check_failures("_total"),
        "in_flight" => {
            seen.equal("", 0);
            seen.equal("_oldest_seconds", 0);
        }
        "observed" => {
            // What is cancelled or panics returns nothing.
            let ended = &seen.run.ended;
            let returned: u32 =
                [Outcome::Ok, Outcome::Error, Outcome::Timeout].iter().map(|end| ended[*end as usize]).sum();
            seen.equal("_rows_count", returned);
            seen.equal("_rows_sum", 2 * returned);
        }
        _ => {
            seen.equal("_rows_sum", 2 * seen.run.all());
            seen.check_timed();
            seen.equal("_total", seen.run.all());
            seen.check_failures("_failures_total");
            seen.equal("_active", 0);
            seen.equal("_oldest_seconds", 0);
        }
    }
}

/// The calls, and the page after them.
struct Seen {
    run: Run,
    metric: String,
    page: String,
}

impl Seen {
    fn check_timed(&self) {
        self.check_outcomes("_seconds_count");
        self.check_duration("_seconds_sum{outcome=\"ok\"}", self.run.ended[Outcome::Ok as usize]);
    }

    fn check_outcomes(&self, suffix: &str) {
        for (outcome, calls) in self.run.each() {
            self.equal(&format!("{suffix}{{outcome=\"{outcome}\"}}"), calls);
        }
    }

    fn check_failures(&self, suffix: &str) {
        for (outcome, calls) in self.run.each().filter(|(outcome, _)| outcome.is_failure()) {
            self.equal(&format!("{suffix}{{reason=\"{outcome}\"}}"), calls);
        }
    }

    /// Checks the sum of the durations of this number of calls.
    fn check_duration(&self, suffix: &str, calls: u32) {
        let sum = self.value(suffix);
        let least = WORK.as_secs_f64() * f64::from(calls);
        assert!(
            (least..SAFETY_LIMIT.as_secs_f64()).contains(&sum),
            "{suffix} is {sum}, and {calls} calls took at least {least}"
        );
    }

    fn equal(&self, suffix: &str, count: u32) {
        let value = self.value(suffix);
        assert!((value - f64::from(count)).abs() < 0.5, "`{}{suffix}` is {value}, not {count}", self.metric);
    }

    fn value(&self, suffix: &str) -> f64 {
        let line = format!("{}{suffix} ", self.metric);
        self.page
            .lines()
            .find_map(|found| found.strip_prefix(&line)?.parse().ok())
            .unwrap_or_else(|| panic!("`{line}` is not on the page"))
    }
}

fn metrics() -> &'static Handle {
    static METRICS: OnceLock<Handle> = OnceLock::new();
    METRICS.get_or_init(|| {
        metrics_runtime::builder().enabled(true).no_listener().init().expect("nothing else installs a recorder")
    })
}
