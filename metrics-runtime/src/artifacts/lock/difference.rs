//! How one lock differs from another: what breaks queries, and what only adds.

use std::fmt;
use std::path::Path;

use super::change::{Change, Lost};
use super::model::{Lock, LockedLabel, LockedMetric};
use super::users::Users;

/// How the metrics of a program have changed since `metrics.lock` was written. It is displayed as text for a review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockDifference {
    breaking: Vec<Change>,
    adding: Vec<Change>,
    series_before: u64,
    series_after: u64,
}

/// How many alerts and panels are shown for each change.
const MAX_USERS: usize = 12;

impl Lock {
    /// How `after` differs from this lock.
    pub(in crate::artifacts) fn difference(&self, after: &Self) -> LockDifference {
        let mut difference = LockDifference {
            breaking: Vec::new(),
            adding: Vec::new(),
            series_before: self.series(),
            series_after: after.series(),
        };
        for (name, metric) in &self.metrics {
            match after.metrics.get(name) {
                Some(now) => difference.compare(name, metric, now),
                None => {
                    let renamed = after.metrics.iter().find(|(other, now)| {
                        !self.metrics.contains_key(*other)
                            && now.kind == metric.kind
                            && now.functions == metric.functions
                    });
                    let hint = renamed.map_or_else(String::new, |(other, _)| format!(" (it may be `{other}` now)"));
                    difference.breaks(name, format!("the metric is gone{hint}"), Lost::Metric);
                }
            }
        }
        for (name, metric) in &after.metrics {
            if !self.metrics.contains_key(name) {
                difference.adds(name, format!("a new {}", metric.kind));
            }
        }
        difference
    }
}

impl LockDifference {
    /// Whether nothing has changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.breaking.is_empty() && self.adding.is_empty() && self.series_before == self.series_after
    }

    /// Whether a query that worked before may not work now: a metric, a label, a value or a bucket is gone, or a kind has
    /// changed.
    #[must_use]
    pub fn breaks_queries(&self) -> bool {
        !self.breaking.is_empty()
    }

    /// Finds the alerts and panels in a folder that the changes break.
    pub(in crate::artifacts) fn with_users_in(mut self, folder: &Path) -> Self {
        let users = Users::of_folder(folder);
        for change in &mut self.breaking {
            change.users = users.of_change(&change.metric, &change.lost);
        }
        self
    }

    fn breaks(&mut self, metric: &str, text: String, lost: Lost) {
        self.breaking.push(Change { metric: metric.to_owned(), text, lost, users: Vec::new() });
    }

    fn adds(&mut self, metric: &str, text: String) {
        self.adding.push(Change { metric: metric.to_owned(), text, lost: Lost::Nothing, users: Vec::new() });
    }

    fn compare(&mut self, name: &str, before: &LockedMetric, after: &LockedMetric) {
        if before.kind != after.kind {
            self.breaks(name, format!("the kind was {}, and is {}", before.kind, after.kind), Lost::Metric);
        }
        if before.unit != after.unit {
            let unit = |unit: &Option<String>| unit.clone().unwrap_or_else(|| "none".to_owned());
            self.breaks(
                name,
                format!("the unit was {}, and is {}", unit(&before.unit), unit(&after.unit)),
                Lost::Metric,
            );
        }
        self.compare_labels(name, before, after);
        for bound in before.buckets.iter().filter(|bound| !after.buckets.contains(bound)) {
            self.breaks(name, format!("the bucket `le=\"{bound}\"` is gone"), Lost::Bound);
        }
        for bound in after.buckets.iter().filter(|bound| !before.buckets.contains(bound)) {
            self.adds(name, format!("a new bucket `le=\"{bound}\"`"));
        }
        for function in before.functions.iter().filter(|function| !after.functions.contains(function)) {
            self.adds(name, format!("`{function}` no longer records it"));
        }
        for function in after.functions.iter().filter(|function| !before.functions.contains(function)) {
            self.adds(name, format!("`{function}` records it too"));
        }
    }

    fn compare_labels(&mut self, name: &str, before: &LockedMetric, after: &LockedMetric) {
        let find = |labels: &[(String, LockedLabel)], label: &str| {
            labels.iter().find(|(name, _)| name == label).map(|(_, values)| values.clone())
        };
        for (label, values) in &before.labels {
            match (values, find(&after.labels, label)) {
                (_, None) => self.breaks(name, format!("the label `{label}` is gone"), Lost::Label(label.clone())),
                (LockedLabel::Closed(before), Some(LockedLabel::Closed(after))) => {
                    self.compare_values(name, label, before, &after);
                }
                (LockedLabel::Open(before), Some(LockedLabel::Open(after))) if *before != after => {
                    self.adds(name, format!("the label `{label}` has {after} values at most, and had {before}"));
                }
                (LockedLabel::Open(_), Some(LockedLabel::Open(_))) => {}
                (LockedLabel::Closed(_), Some(LockedLabel::Open(_))) => {
                    self.adds(
                        name,
                        format!("the values of the label `{label}` are no longer known before the program runs"),
                    );
                }
                (LockedLabel::Open(_), Some(LockedLabel::Closed(_))) => {
                    self.breaks(name, format!("the label `{label}` is a closed set now"), Lost::Label(label.clone()));
                }
            }
        }
        for (label, _) in &after.labels {
            if find(&before.labels, label).is_none() {
                // A query without an aggregation gets several series where it had one.
                self.breaks(name, format!("a new label `{label}`"), Lost::Metric);
            }
        }
    }

    fn compare_values(&mut self, name: &str, label: &str, before: &[String], after: &[String]) {
        let gone: Vec<&String> = before.iter().filter(|value| !after.contains(value)).collect();
        let new: Vec<&String> = after.iter().filter(|value| !before.contains(value)).collect();
        for value in &gone {
            // One value for another is most often a renamed variant.
            let hint = match (&gone[..], &new[..]) {
                ([_], [new]) => format!(" (it may be `{new}` now)"),
                _ => String::new(),
            };
            self.breaks(name, format!("the value `{label}=\"{value}\"` is gone{hint}"), Lost::Label(label.to_owned()));
        }
        for value in new {
            self.adds(name, format!("a new value `{label}=\"{value}\"`"));
        }
    }
}

impl fmt::Display for LockDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (heading, changes) in [("breaks queries", &self.breaking), ("only adds", &self.adding)] {
            if changes.is_empty() {
                continue;
            }
            writeln!(f, "{heading}:")?;
            for change in changes {
                writeln!(f, "  {}: {}", change.metric, change.text)?;
                for user in change.users.iter().take(MAX_USERS) {
                    writeln!(f, "      {user}")?;
                }
                if let Some(more @ 1..) = change.users.len().checked_sub(MAX_USERS) {
                    writeln!(f, "      and {more} more")?;
                }
            }
        }
        let (before, after) = (self.series_before, self.series_after);
        let step = i128::from(after) - i128::from(before);
        writeln!(f, "series at most: {before} before, {after} now ({step:+})")
    }
}
