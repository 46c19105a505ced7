//! The dashboard's variables: the data source, jobs, instances, and the values of closed labels.

use std::collections::{BTreeMap, BTreeSet};

use super::panel::datasource;
use crate::Catalog;
use crate::artifacts::json::{Json, object};

/// The variables.
pub(super) struct Variables {
    /// The values of each closed label of the program, over all its metrics.
    labels: BTreeMap<&'static str, BTreeSet<&'static str>>,
    /// A series of the program, by which its jobs and instances are found.
    series: Option<String>,
    job: Option<String>,
}

impl Variables {
    pub(super) fn of(catalog: &Catalog, job: Option<&str>) -> Self {
        let mut labels: BTreeMap<&'static str, BTreeSet<&'static str>> = BTreeMap::new();
        // Of these not all values are known, so a variable would hide some.
        let mut open = BTreeSet::new();
        let metrics = || catalog.metrics().filter(|metric| !metric.is_ours());
        for label in metrics().flat_map(crate::Metric::labels) {
            labels.entry(label.name()).or_default().extend(label.values());
            if !label.is_closed() {
                open.insert(label.name());
            }
        }
        labels.retain(|name, values| values.len() > 1 && !open.contains(name));
        // A series that each process of the program has from the start.
        let always = metrics().find(|metric| metric.labels().iter().all(crate::MetricLabel::is_closed));
        let series = always.map(|metric| match metric.kind() {
            crate::Kind::Histogram => format!("{}_count", metric.name()),
            _ => metric.name().to_owned(),
        });
        Self { labels, series, job: job.map(str::to_owned) }
    }

    /// Whether there is a variable for this label.
    pub(super) fn has(&self, label: &str) -> bool {
        self.labels.contains_key(label)
    }

    pub(super) fn json(&self) -> Json {
        let series = self.series.as_deref().unwrap_or("up");
        let mut variables = vec![
            object! {
                "name" => "datasource",
                "label" => "Data source",
                "type" => "datasource",
                "query" => "prometheus",
                "current" => object! { "text" => "default", "value" => "default" },
                "options" => Json::List(Vec::new()),
                "refresh" => 1_u32,
                "regex" => "",
                "multi" => false,
                "includeAll" => false,
                "hide" => 0_u32,
            },
            self.query_variable("job", "Job", &format!("label_values({series}, job)")),
            self.query_variable("instance", "Instance", &format!("label_values({series}{{job=~\"$job\"}}, instance)")),
        ];
        variables.extend(self.labels.iter().map(|(label, values)| custom_variable(label, values)));
        Json::List(variables)
    }

    fn query_variable(&self, name: &str, label: &str, query: &str) -> Json {
        // Without a job, all jobs that have the series.
        let current = match (&self.job, name) {
            (Some(job), "job") => object! { "text" => vec![job.as_str()], "value" => vec![job.as_str()] },
            _ => all(),
        };
        object! {
            "name" => name,
            "label" => label,
            "type" => "query",
            "datasource" => datasource(),
            "query" => object! { "qryType" => 1_u32, "query" => query, "refId" => format!("{name}-variable") },
            "current" => current,
            "options" => Json::List(Vec::new()),
            "refresh" => 2_u32,
            "regex" => "",
            "sort" => 1_u32,
            "multi" => true,
            "includeAll" => true,
            "allValue" => ".+",
            "hide" => 0_u32,
        }
    }
}

fn all() -> Json {
    object! { "text" => vec!["All"], "value" => vec!["$__all"] }
}

/// The values are known before there is a sample, so nothing is asked.
fn custom_variable(label: &str, values: &BTreeSet<&str>) -> Json {
    let options: Vec<Json> =
        values.iter().map(|value| object! { "text" => *value, "value" => *value, "selected" => false }).collect();
    // Commas separate the values.
    let query: Vec<String> = values.iter().map(|value| value.replace('\\', "\\\\").replace(',', "\\,")).collect();
    object! {
        "name" => label,
        "label" => label,
        "type" => "custom",
        "query" => query.join(","),
        "current" => all(),
        "options" => options,
        "multi" => true,
        "includeAll" => true,
        "allValue" => ".*",
        "hide" => 0_u32,
    }
}
