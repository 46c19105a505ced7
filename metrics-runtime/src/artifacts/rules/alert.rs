//! An alert, with the two cases that its test shows.

use std::time::Duration;

use super::template::Shown;

/// An alert of `alerts.rules.yml`.
#[derive(Clone, Debug)]
pub(super) struct Alert {
    pub(super) name: String,
    pub(super) expr: String,
    /// How long the expression must have held.
    pub(super) wait: Duration,
    pub(super) severity: Severity,
    /// Labels that the rule adds.
    pub(super) labels: Vec<(&'static str, String)>,
    /// A template, in one sentence.
    pub(super) summary: String,
    /// A template: what it means, where to look, what to do.
    pub(super) description: String,
    pub(super) test: AlertTest,
}

/// How fast somebody has to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Severity {
    /// Now.
    Page,
    /// In working hours.
    Ticket,
}

impl Severity {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Ticket => "ticket",
        }
    }
}

/// Series for which the alert fires, and series for which it is silent.
#[derive(Clone, Debug)]
pub(super) struct AlertTest {
    /// The time between two samples.
    pub(super) step: Duration,
    /// When the alert is looked at.
    pub(super) at: Duration,
    pub(super) fires: Vec<Series>,
    pub(super) silent: Vec<Series>,
    /// The labels that the firing alert gets from the series.
    pub(super) labels: Vec<(&'static str, String)>,
    pub(super) value: (Shown, f64),
}

/// A series with its samples.
#[derive(Clone, Debug)]
pub(super) struct Series {
    /// With its labels.
    pub(super) name: String,
    pub(super) values: Values,
}

/// The samples of a series.
#[derive(Clone, Debug)]
pub(super) enum Values {
    /// The same each time.
    Constant(f64),
    /// From 0, by this much each time.
    Growing(u32),
    /// By 1 each time up to this number, and then the same.
    Steps(u32),
}

const MINUTE: Duration = Duration::from_secs(60);

impl AlertTest {
    /// A test for an alert that looks back over `window`, and whose expression must have held for `wait`. It is empty so far.
    /// A long window is not filled: that would take `promtool` long.
    pub(super) fn after(window: Duration, wait: Duration) -> Self {
        let fifth = |time: Duration| Some(Duration::from_secs(time.as_secs() / 5)).filter(|step| !step.is_zero());
        let step = if window.is_zero() { MINUTE } else { fifth(window).unwrap_or(Duration::from_secs(1)).min(MINUTE) };
        let minutes = (window.min(2 * MINUTE) + wait).as_secs().div_ceil(60) + 1;
        Self {
            step,
            at: Duration::from_secs(minutes * 60),
            fires: Vec::new(),
            silent: Vec::new(),
            labels: Vec::new(),
            value: (Shown::Count, 0.0),
        }
    }
}
