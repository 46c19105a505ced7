//! The help text of a metric that has no `description`: what is recorded, never empty.

use crate::parse::attribute::Attribute;
use crate::plan::model::Event;

/// What `described` (a function, or several) records in the metric.
pub(crate) fn default_help(attribute: Attribute, event: Event, metric: &str, described: &str) -> String {
    match (attribute, event) {
        (Attribute::Timed, _) => format!("Time spent in {described}."),
        (_, Event::StartValue | Event::EndValue) => {
            let (quantity, unit) = quantity_of(metric);
            format!("The {quantity} of each call of {described}{unit}.")
        }
        (Attribute::InFlight, _) => format!("Calls of {described} that have started and not ended."),
        (_, Event::FailureExceptCancelled) => {
            format!("Calls of {described} that failed. Cancelled calls are left out.")
        }
        (Attribute::CountedFailure, _) => format!("Calls of {described} that did not end `ok`, by reason."),
        (_, Event::Item) => format!("Items of {described}."),
        (_, Event::Ok) => format!("Calls of {described} that ended `ok`."),
        (_, Event::Failure) => format!("Calls of {described} that did not end `ok`."),
        (_, Event::End) => format!("Calls of {described} that have ended."),
        _ => format!("Calls of {described} that have started."),
    }
}

/// The words of a histogram's name, and its unit.
fn quantity_of(metric: &str) -> (String, &'static str) {
    const UNITS: [(&str, &str); 3] =
        [("_seconds", ", in seconds"), ("_bytes", ", in bytes"), ("_ratio", ", as a ratio")];
    let found = UNITS.iter().find_map(|(suffix, unit)| Some((metric.strip_suffix(suffix)?, *unit)));
    let (name, unit) = found.unwrap_or((metric, ""));
    let words = name.replace('_', " ");
    (if words.is_empty() { "value".to_owned() } else { words }, unit)
}
