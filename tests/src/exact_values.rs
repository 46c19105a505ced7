//! All series of a page, for programs whose pages are compared.

use std::collections::{BTreeMap, BTreeSet};

use crate::Page;

/// What the toolkit has on its page without being asked. The last four come where another package of the build asks for the feature
/// `redis`: features are united over a build.
const OF_THE_TOOLKIT: [&str; 6] = ["metrics_", "process_", "fleet_", "queue_", "redis_", "service_url_"];

/// Whether a metric is the program's own, by its name.
fn is_own(name: &str) -> bool {
    !OF_THE_TOOLKIT.iter().any(|prefix| name.starts_with(prefix))
}

impl Page {
    /// The names and kinds of the program's own metrics.
    pub fn own_metrics(&self) -> impl Iterator<Item = (&str, &str)> {
        let metrics = self.text().lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '));
        metrics.filter(|(name, _)| is_own(name))
    }

    /// The series of the program's own metrics and their values, each as it is in the text format, with its labels in
    /// alphabetical order.
    #[must_use]
    pub fn own_series(&self) -> BTreeMap<String, f64> {
        let names = self.text().lines().filter_map(|line| line.split(['{', ' ']).next());
        let names: BTreeSet<&str> = names.filter(|name| !name.is_empty() && *name != "#").collect();
        let series = names.into_iter().filter(|name| is_own(name)).flat_map(|name| {
            self.series(name).into_iter().map(move |(labels, value)| {
                let labels: Vec<String> = labels.iter().map(|(name, value)| format!("{name}={value:?}")).collect();
                let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
                (format!("{name}{labels}"), value)
            })
        });
        series.collect()
    }

    /// The lines of these series that are not zero and do not depend on the time that something has taken: no counters of
    /// seconds, of a histogram of seconds only the count, of others also the sum and the buckets.
    #[must_use]
    pub fn exact_values(&self) -> String {
        let takes_time = |series: &str| {
            let name = series.split('{').next().unwrap_or_default();
            ["_seconds_sum", "_seconds_bucket", "_seconds_total"].iter().any(|end| name.ends_with(end))
        };
        let lines = self.own_series().into_iter().filter(|(series, value)| *value != 0.0 && !takes_time(series));
        lines.map(|(series, value)| format!("{series} {value}\n")).collect::<Vec<_>>().concat()
    }
}
