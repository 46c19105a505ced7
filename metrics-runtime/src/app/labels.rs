//! Labels of settings.

use std::collections::BTreeMap;

use super::config_error::ConfigError;
use crate::format::is_label_name;
use crate::util::shown;

/// Whether a setting can have this label; an error completes a sentence.
pub(crate) fn check_label(name: &str, value: &str) -> Result<(), String> {
    check_label_name(name)?;
    // <https://prometheus.io/docs/concepts/data_model/#metric-names-and-labels>
    if value.is_empty() { Err("has an empty value: to Prometheus, such a label is absent".to_owned()) } else { Ok(()) }
}

/// Reads `service=video,zone=a`. `wrong` makes the error of a problem.
pub(crate) fn parse_labels(
    value: &str,
    labels: &mut BTreeMap<String, String>,
    wrong: &dyn Fn(String) -> ConfigError,
) -> Result<(), ConfigError> {
    for pair in value.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
        let Some((name, text)) = pair.split_once('=') else {
            return Err(wrong(format!("has no `=` in `{}`", shown(pair))));
        };
        let (name, text) = (name.trim(), text.trim());
        check_label(name, text)
            .map_err(|problem| wrong(format!("names the label `{}`, which {problem}", shown(name))))?;
        if labels.insert(name.to_owned(), text.to_owned()).is_some() {
            return Err(wrong(format!("gives `{}` twice", shown(name))));
        }
    }
    Ok(())
}

/// The rules of Prometheus for label names: <https://prometheus.io/docs/concepts/data_model/#metric-names-and-labels>.
fn check_label_name(name: &str) -> Result<(), String> {
    if name.is_empty() || !is_label_name(name) {
        return Err("is not a label name: use letters, digits and `_`, and do not begin with a digit".to_owned());
    }
    if name.starts_with("__") {
        return Err("begins with `__`: Prometheus reserves such names".to_owned());
    }
    if matches!(name, "le" | "quantile") {
        return Err("is reserved by Prometheus for histograms and summaries".to_owned());
    }
    Ok(())
}
