//! The windows over which an objective's budget is watched.

use super::alert::Severity;

/// The budget is what the objective allows in 30 days. A budget that is used `burn` times as fast as that is an alert: over a
/// long window, so that it matters, and over a short one, so that the alert ends soon after the cause.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    pub(super) short: &'static str,
    pub(super) long: &'static str,
    pub(super) burn: f64,
    /// The long and the short one in words.
    pub(super) words: [&'static str; 2],
    /// When the whole budget is gone at this rate.
    pub(super) gone_after: &'static str,
    pub(super) severity: Severity,
}

/// From the fastest to the slowest.
pub(super) const WINDOWS: [Window; 4] = [
    Window {
        short: "5m",
        long: "1h",
        burn: 14.4,
        words: ["1 hour", "5 minutes"],
        gone_after: "50 hours",
        severity: Severity::Page,
    },
    Window {
        short: "30m",
        long: "6h",
        burn: 6.0,
        words: ["6 hours", "30 minutes"],
        gone_after: "5 days",
        severity: Severity::Page,
    },
    Window {
        short: "2h",
        long: "1d",
        burn: 3.0,
        words: ["1 day", "2 hours"],
        gone_after: "10 days",
        severity: Severity::Ticket,
    },
    Window {
        short: "6h",
        long: "3d",
        burn: 1.0,
        words: ["3 days", "6 hours"],
        gone_after: "30 days",
        severity: Severity::Ticket,
    },
];

/// The window of functions that are so quiet that the others see too few of their calls.
pub(super) const QUIET: &str = "7d";
pub(super) const QUIET_IN_WORDS: &str = "7 days";
