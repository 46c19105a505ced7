//! Names and numbers in texts for people.

use std::time::Duration;

/// `image_generation` → `ImageGeneration`. Two names stay two names: a digit, or a second `_`, keeps its `_`.
pub(super) fn camel_case(name: &str) -> String {
    let mut camel = String::new();
    for part in name.split('_') {
        let mut characters = part.chars();
        match characters.next() {
            Some(first) if first.is_ascii_alphabetic() => camel.push(first.to_ascii_uppercase()),
            Some(first) => camel.extend(['_', first]),
            None => camel.push('_'),
        }
        camel.push_str(characters.as_str());
    }
    camel
}

/// A metric's name without the end that says its kind and unit.
pub(super) fn base_name(metric: &str) -> &str {
    let ends = ["_total", "_oldest_seconds", "_seconds"];
    ends.iter().find_map(|end| metric.strip_suffix(end)).unwrap_or(metric)
}

/// `15 minutes`
pub(super) fn time(time: Duration) -> String {
    seconds(time.as_secs_f64())
}

/// `15 minutes`, from seconds.
pub(super) fn seconds(seconds: f64) -> String {
    let units = [("day", 86_400.0), ("hour", 3_600.0), ("minute", 60.0)];
    let whole = units.iter().find(|(_, unit)| seconds >= *unit && seconds % unit == 0.0);
    let (unit, length) = whole.copied().unwrap_or(("second", 1.0));
    let count = seconds / length;
    let plural = if (count - 1.0).abs() < f64::EPSILON { "" } else { "s" };
    format!("{count} {unit}{plural}")
}

/// `one`, `two` or `three` things with their word.
pub(super) fn in_code(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match &names[..] {
        [] => String::new(),
        [name] => name.clone(),
        [names @ .., last] => format!("{} and {last}", names.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_different() {
        let names = ["image_generation", "step_1", "step1", "a__b", "a_b", "ab"].map(camel_case);
        assert_eq!(names, ["ImageGeneration", "Step_1", "Step1", "A_B", "AB", "Ab"]);
    }

    #[test]
    fn times_have_the_unit_that_fits() {
        let shown = [0.25, 1.0, 5.0, 90.0, 900.0, 3600.0, 172_800.0].map(seconds);
        let texts = ["0.25 seconds", "1 second", "5 seconds", "90 seconds", "15 minutes", "1 hour", "2 days"];
        assert_eq!(shown, texts);
    }
}
