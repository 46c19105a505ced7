use std::path::PathBuf;

use toml::de::DeTable;

use crate::analyse::check_label_name;
use crate::policy::file::Policy;
use crate::texts::assert_is_line;

/// The most bytes of a message about the file.
const MAX_MESSAGE: usize = 1024;

/// A `metrics.toml`.
///
/// It is a policy, or it has a mistake that is told in one short line, with the place in the file. No policy allows a name that
/// Prometheus reserves or that the file itself denies, and `*` stands for any letters.
pub fn metrics_toml(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    let (policy, mistake) = Policy::read(PathBuf::from("metrics.toml"), text);
    assert!(policy.file.is_some());
    assert!(policy.series_per_metric > 0);
    if let Some(mistake) = mistake {
        assert_is_line(&mistake, MAX_MESSAGE);
        let line = mistake.strip_prefix("metrics.toml:").and_then(|rest| rest.split_once(": "));
        let line: usize = line.and_then(|(line, _)| line.parse().ok()).expect("the line is named");
        assert!((1..=text.matches('\n').count() + 1).contains(&line), "{mistake}");
        // Only the mistake is reported.
        assert!(policy.may_allow("anything_id") && policy.denied_by("anything_id").is_none());
        return;
    }
    for name in ["le", "quantile", "__name__"] {
        assert!(check_label_name(&policy, name).is_err(), "`{name}` is allowed");
    }
    let denied = denied(text);
    for name in names_in(text) {
        let is_denied = denied.iter().any(|pattern| fits(pattern, &name));
        assert_eq!(policy.denied_by(&name).is_some(), is_denied, "`{name}`, where {denied:?} are denied");
        assert!(!is_denied || check_label_name(&policy, &name).is_err(), "`{name}` is denied and allowed");
    }
}

/// The patterns of `deny`, of a file that has no mistake.
fn denied(text: &str) -> Vec<String> {
    let document = DeTable::parse(text).expect("the file has no mistake");
    let labels = document.get_ref().get("labels").and_then(|labels| labels.get_ref().as_table());
    let deny = labels.and_then(|labels| labels.get("deny")).and_then(|deny| deny.get_ref().as_array());
    deny.into_iter().flatten().filter_map(|pattern| pattern.get_ref().as_str()).map(str::to_owned).collect()
}

/// Names that the patterns of the file could be about: what stands between quotes, with some letters for each `*`. Its own letters
/// are among them, in both directions, so that a part of a pattern can be found at several places.
fn names_in(text: &str) -> impl Iterator<Item = String> {
    let patterns = text.split('"').filter(|part| !part.is_empty() && part.len() < 60).take(16);
    patterns.flat_map(|pattern| {
        let own = pattern.replace('*', "");
        let reversed: String = own.chars().rev().collect();
        ["", "x", "ab_", &own, &reversed].map(|letters| pattern.replace('*', letters))
    })
}

/// Whether a name fits a pattern, another way than the macros find it: by the parts that are between the stars.
fn fits(pattern: &str, name: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut name) = name.strip_prefix(first) else { return false };
    let (middle, last) = rest.rsplit_once('*').unwrap_or(("", rest));
    let Some(within) = name.strip_suffix(last) else { return false };
    name = within;
    middle.split('*').all(|part| match name.find(part) {
        Some(at) => {
            name = &name[at + part.len()..];
            true
        }
        None => false,
    })
}
