//! The texts of alerts: Go templates, with `{{ $labels.x }}` and `{{ $value | … }}`.

/// A text of the program as a part of a template. Nothing in it is code.
pub(super) fn literal(text: &str) -> String {
    text.replace("{{", BRACES)
}

/// The code that writes two braces.
const BRACES: &str = r#"{{ "{{" }}"#;

/// What Prometheus makes of a template, with the alert's labels and the text that the filter of its value gives.
pub(super) fn expand(template: &str, labels: &[(&'static str, String)], value: &str) -> String {
    let mut expanded = String::new();
    let mut rest = template;
    while let Some((text, code)) = rest.split_once("{{") {
        expanded.push_str(text);
        if let Some(after) = code.strip_prefix(&BRACES[2..]) {
            expanded.push_str("{{");
            rest = after;
            continue;
        }
        let (code, after) = code.split_once("}}").unwrap_or((code, ""));
        match code.trim().strip_prefix("$labels.") {
            Some(name) => {
                let label = labels.iter().find(|(label, _)| *label == name);
                expanded.push_str(label.map_or("", |(_, value)| value));
            }
            None => expanded.push_str(value),
        }
        rest = after;
    }
    expanded.push_str(rest);
    expanded
}

/// A filter for a value, and what it writes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shown {
    /// A whole number.
    Count,
    /// A ratio, as a percentage.
    Percentage,
    /// Seconds.
    Duration,
}

impl Shown {
    /// The code in a template.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Count => r#"{{ $value | printf "%.0f" }}"#,
            Self::Percentage => "{{ $value | humanizePercentage }}",
            Self::Duration => "{{ $value | humanizeDuration }}",
        }
    }

    /// What Prometheus writes.
    pub(super) fn text(self, value: f64) -> String {
        match self {
            Self::Count => format!("{value:.0}"),
            Self::Percentage => format!("{}%", four_digits(value * 100.0)),
            Self::Duration => duration(value),
        }
    }
}

/// `%.4g`, for numbers that it does not write with an exponent.
fn four_digits(number: f64) -> f64 {
    format!("{number:.3e}").parse().unwrap_or(number)
}

fn duration(value: f64) -> String {
    if value < 1.0 {
        let small = [("ms", 1e3), ("us", 1e6), ("ns", 1e9)];
        let unit = small.iter().find(|(_, per_second)| value * per_second >= 1.0);
        return unit.map_or("0s".to_owned(), |(unit, per_second)| format!("{}{unit}", four_digits(value * per_second)));
    }
    if value < 60.0 {
        return format!("{}s", four_digits(value));
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole seconds, which Go leaves over too"
    )]
    let whole = value as u64;
    let (days, hours, minutes, seconds) = (whole / 86_400, whole / 3_600 % 24, whole / 60 % 60, whole % 60);
    match (days, hours) {
        (0, 0) => format!("{minutes}m {seconds}s"),
        (0, _) => format!("{hours}h {minutes}m {seconds}s"),
        _ => format!("{days}d {hours}h {minutes}m {seconds}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_the_program_is_not_code() {
        let hostile = "{{ $value }} }} {{{{ {{ \"{{\" }}";
        let template = format!("{}: {{{{ $labels.queue }}}}, {}", literal(hostile), Shown::Count.code());
        let expanded = expand(&template, &[("queue", "a {{ b".to_owned())], "7");
        assert_eq!(expanded, format!("{hostile}: a {{{{ b, 7"));
    }

    #[test]
    fn values_look_as_prometheus_shows_them() {
        let durations =
            [0.0, 0.25, 0.000_05, 1.0, 59.5, 61.9, 3601.0, 90_061.0].map(|value| Shown::Duration.text(value));
        assert_eq!(durations, ["0s", "250ms", "50us", "1s", "59.5s", "1m 1s", "1h 0m 1s", "1d 1h 1m 1s"]);
        let percentages = [1.0, 0.051, 0.000_51, 0.333_333].map(|value| Shown::Percentage.text(value));
        assert_eq!(percentages, ["100%", "5.1%", "0.051%", "33.33%"]);
        assert_eq!(Shown::Count.text(1_000_001.0), "1000001");
    }
}
