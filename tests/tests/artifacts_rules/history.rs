//! Histories of a function's calls, and what fires in them: cases for `promtool`, written by hand.

use std::fmt::Write as _;

/// The minutes between two samples. `promtool` takes 10,000 samples at most, and a week has 10,080 minutes.
pub(crate) const STEP: u32 = 2;

/// What happens next: for so many minutes, so many calls of each kind in every [`STEP`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    pub(crate) minutes: u32,
    pub(crate) calls: Calls,
}

/// Calls of `image`, which should end `ok` within 300 seconds.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Calls {
    pub(crate) good: u32,
    pub(crate) slow: u32,
    /// They fail at once.
    pub(crate) failed: u32,
    pub(crate) cancelled: u32,
}

/// A test of `promtool`: for each time in minutes, the windows of the alerts of `image` that fire.
pub(crate) fn case(name: &str, spans: &[Span], expected: &[(u32, &[&str])]) -> String {
    let series = [
        ("_bucket", r#", outcome="ok", le="300""#, (|calls| calls.good) as fn(Calls) -> u32),
        ("_count", r#", outcome="ok""#, |calls| calls.good + calls.slow),
        ("_bucket", r#", outcome="error", le="300""#, |calls| calls.failed),
        ("_count", r#", outcome="error""#, |calls| calls.failed),
        ("_bucket", r#", outcome="cancelled", le="300""#, |calls| calls.cancelled),
        ("_count", r#", outcome="cancelled""#, |calls| calls.cancelled),
    ];
    let mut case = format!("  - name: {name}\n    interval: {STEP}m\n    input_series:\n");
    for (end, labels, of) in series {
        let series = format!(r#"rule_images_seconds{end}{{job="app", instance="a", step="Plain"{labels}}}"#);
        let _ = writeln!(case, "      - series: '{series}'\n        values: '{}'", samples(spans, of));
    }
    case.push_str("    promql_expr_test:\n");
    for (minutes, windows) in expected {
        let _ = writeln!(
            case,
            "      - expr: sum by (window) (ALERTS{{alertname=~\"RuleImagesBurn.+\", alertstate=\"firing\"}})\n        \
             eval_time: {minutes}m\n        exp_samples:{}",
            if windows.is_empty() { " []" } else { "" }
        );
        for window in *windows {
            let _ = writeln!(case, "          - labels: '{{window=\"{window}\"}}'\n            value: 1");
        }
    }
    case
}

fn samples(spans: &[Span], of: impl Fn(Calls) -> u32) -> String {
    let mut samples = String::from("0");
    let mut count = 0;
    for span in spans {
        let by = of(span.calls);
        let _ = write!(samples, " {}+{by}x{}", count + by, span.minutes / STEP - 1);
        count += by * span.minutes / STEP;
    }
    samples
}

/// The file with these cases.
pub(crate) fn file(cases: &[String]) -> String {
    format!(
        "rule_files: [recording.rules.yml, alerts.rules.yml]\nevaluation_interval: 30m\n\
         group_eval_order: [objective_ratios, objective_ratios_of_days, objectives]\ntests:\n{}",
        cases.concat()
    )
}
