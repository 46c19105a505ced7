//! The attributes that functions get: written as by a user, by their full path, so that no import is needed.

/// What each function gets in one trial.
#[derive(Clone, Copy, Debug)]
pub struct AttributeSet {
    /// How reports name it.
    pub name: &'static str,
    /// The lines above the function; `{}` stands for what makes the metric's name unique.
    pub lines: &'static [&'static str],
    /// Whether they stand above the function's other attributes and its documentation, or below them.
    pub on_top: bool,
}

/// One attribute whose outcome is not looked at, all four, which read the outcome of each call, and one that only counts calls, for
/// which more functions are right.
pub const SETS: [AttributeSet; 3] = [
    AttributeSet { name: "timed", on_top: false, lines: &["#[::metrics_runtime::timed(histogram = \"{}_seconds\")]"] },
    AttributeSet {
        name: "all four",
        on_top: false,
        lines: &[
            "#[::metrics_runtime::timed(histogram = \"{}_seconds\", labels(outcome))]",
            "#[::metrics_runtime::counted(counter = \"{}_done_total\", on = ok)]",
            "#[::metrics_runtime::counted_failure(counter = \"{}_failed_total\")]",
            "#[::metrics_runtime::in_flight(gauge = \"{}_active\")]",
        ],
    },
    AttributeSet { name: "counted", on_top: true, lines: &["#[::metrics_runtime::counted(counter = \"{}_total\")]"] },
];

impl AttributeSet {
    /// The lines for the function with this number.
    pub fn lines_for(&self, number: usize) -> impl Iterator<Item = String> {
        let unique = unique_name(number);
        self.lines.iter().map(move |line| line.replace("{}", &unique))
    }
}

/// The beginning of the metrics' names. It is found in what was compiled.
#[must_use]
pub fn unique_name(number: usize) -> String {
    format!("annotated_{number:05}")
}
