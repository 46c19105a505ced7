//! Series and their values, to compare those of a page with what has been stored of it.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Page, VictoriaMetrics};

/// A name as on the page, such as `wait_seconds_bucket`, and labels. The number in the label `le` is written in one way.
pub type Series = (String, BTreeMap<String, String>);

/// Each series with the bits of its value, so that a value that is not a number equals itself.
pub type Points = BTreeMap<Series, u64>;

/// Adds a series.
///
/// # Panics
///
/// If it is there already.
pub fn add_point(points: &mut Points, name: &str, mut labels: BTreeMap<String, String>, value: f64) {
    if name.ends_with("_bucket")
        && let Some(bound) = labels.get_mut("le")
        && let Ok(number) = bound.parse::<f64>()
    {
        *bound = format!("{number:?}");
    }
    let value = if value.is_nan() { f64::NAN } else { value };
    let series = (name.to_owned(), labels);
    assert!(points.insert(series.clone(), value.to_bits()).is_none(), "{series:?} is there twice");
}

impl Page {
    /// All series.
    ///
    /// # Panics
    ///
    /// If one is there twice.
    #[must_use]
    pub fn points(&self) -> Points {
        let names = self.text().lines().filter(|line| !line.starts_with('#'));
        let names: BTreeSet<&str> =
            names.filter_map(|line| line.split(['{', ' ']).next()).filter(|name| !name.is_empty()).collect();
        let mut points = Points::new();
        for name in names {
            for (labels, value) in self.series(name) {
                add_point(&mut points, name, labels, value);
            }
        }
        points
    }

    /// The series that have these labels, without them.
    ///
    /// # Panics
    ///
    /// If one is there twice.
    #[must_use]
    pub fn points_of(&self, group: &[(&str, &str)]) -> Points {
        let points = self.points().into_iter().filter_map(|((name, mut labels), value)| {
            let mut group = group.iter();
            let is_of_group = group.all(|(label, value)| labels.remove(*label).as_deref() == Some(*value));
            is_of_group.then_some(((name, labels), value))
        });
        points.collect()
    }
}

impl VictoriaMetrics {
    /// All series, with their last values. Each must have these labels more, which are left out.
    ///
    /// # Panics
    ///
    /// If it does not answer, or a series has not these labels.
    #[must_use]
    pub fn points(&self, more: &[(&str, &str)]) -> Points {
        let mut points = Points::new();
        for sample in self.samples() {
            let mut labels = sample.labels;
            let name = labels.remove("__name__").expect("a series has a name");
            for (label, value) in more {
                assert_eq!(labels.remove(*label).as_deref(), Some(*value), "{name} has not the label `{label}`");
            }
            add_point(&mut points, &name, labels, sample.value);
        }
        points
    }
}

/// Metrics whose values are others on each page.
const MOVING: [&str; 6] = [
    "process_cpu_seconds_total",
    "process_open_fds",
    "process_virtual_memory_bytes",
    "process_resident_memory_bytes",
    "process_threads",
    "metrics_export_age_seconds",
];

/// Asserts that both have the same series with the same values, and says what is different. Values that are others on each page are
/// not compared.
///
/// # Panics
///
/// If they are different.
pub fn assert_same_points(found: &Points, expected: &Points) {
    for (series, value) in expected {
        let found = found.get(series).unwrap_or_else(|| panic!("{series:?} is missing"));
        let is_moving = MOVING.contains(&series.0.as_str());
        let (number, expected) = (f64::from_bits(*found), f64::from_bits(*value));
        assert!(found == value || is_moving, "{series:?} is {number} and not {expected}");
    }
    let more: Vec<_> = found.keys().filter(|series| !expected.contains_key(*series)).collect();
    assert!(more.is_empty(), "{more:?}");
}
