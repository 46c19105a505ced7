//! The name of a setting, for messages that say what to change.

/// The variable where it has this value, else the option.
pub(crate) fn setting_name(variable: &'static str, option: &'static str, value: &str) -> &'static str {
    if std::env::var(variable).is_ok_and(|found| found == value) { variable } else { option }
}
