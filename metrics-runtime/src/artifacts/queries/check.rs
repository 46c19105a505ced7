//! Checks queries against the catalog.

use std::collections::BTreeSet;
use std::path::Path;

use promql_parser::label::Matcher;

use super::files::{FileQuery, read_file};
use super::nearest::{hint, nearest};
use super::problem::{QueryFileError, QueryProblem};
use super::selectors::{Selector, selectors};
use super::series::{self, Part};
use super::template::VARIABLE;
use super::values::{fits, named_values};
use crate::{Catalog, Metric, MetricLabel};

/// A check of rules and dashboards against the metrics of the program, whoever wrote them: [`Catalog::check_queries`].
///
/// It finds a metric, a label or a label's value that the program does not have, an `le` that is not a bucket, `rate` of a
/// gauge and the like, `delta` of a counter, and a quantile without buckets. What Prometheus itself adds is known: `job`,
/// `instance`, `up`, `ALERTS`, series that a recording rule of the files records.
///
/// ```no_run
/// # fn main() -> Result<(), metrics_runtime::artifacts::QueryFileError> {
/// let catalog = metrics_runtime::catalog();
/// let problems = catalog.check_queries().other_label("cluster").other_metrics("node_*").files(["alerts.yml"])?;
/// for problem in problems {
///     println!("{problem}");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is checked before `files()`"]
pub struct QueryCheck<'a> {
    catalog: &'a Catalog,
    other_metrics: Vec<String>,
    other_labels: Vec<String>,
}

impl Catalog {
    /// Checks queries that people have written against these metrics.
    pub const fn check_queries(&self) -> QueryCheck<'_> {
        QueryCheck { catalog: self, other_metrics: Vec::new(), other_labels: Vec::new() }
    }
}

/// Series that Prometheus makes itself.
const PROMETHEUS: [&str; 8] = [
    "up",
    "ALERTS",
    "ALERTS_FOR_STATE",
    "scrape_duration_seconds",
    "scrape_samples_scraped",
    "scrape_samples_post_metric_relabeling",
    "scrape_series_added",
    "scrape_timeout_seconds",
];

/// Functions of counters, which mean nothing for a gauge.
const OF_COUNTERS: [&str; 4] = ["rate", "irate", "increase", "resets"];
/// Functions of gauges, which are wrong for a counter whenever the program starts anew.
const OF_GAUGES: [&str; 5] = ["delta", "idelta", "deriv", "predict_linear", "holt_winters"];

impl QueryCheck<'_> {
    /// Metrics of other programs, which the files may ask for: a name, or the beginning of names with `*` at its end.
    pub fn other_metrics(mut self, pattern: impl Into<String>) -> Self {
        self.other_metrics.push(pattern.into());
        self
    }

    /// A label that is added outside of the program, by `relabel_configs` or a service discovery, to each series.
    pub fn other_label(mut self, label: impl Into<String>) -> Self {
        self.other_labels.push(label.into());
        self
    }

    /// Checks all queries of these files: rules of Prometheus (`.yml`, `.yaml`), and dashboards of Grafana (`.json`, the
    /// classic model).
    ///
    /// # Errors
    ///
    /// A file cannot be read, or is neither.
    pub fn files<P: AsRef<Path>>(
        &self,
        paths: impl IntoIterator<Item = P>,
    ) -> Result<Vec<QueryProblem>, QueryFileError> {
        let mut files = Vec::new();
        for path in paths {
            let queries = read_file(path.as_ref())?;
            files.push((path, queries));
        }
        let recorded: BTreeSet<String> =
            files.iter().flat_map(|(_, queries)| queries).filter_map(|query| query.records.clone()).collect();
        let mut problems = Vec::new();
        for (path, queries) in &files {
            for query in queries {
                for problem in self.query_problems(query, &recorded) {
                    let (owner, expression) = (query.owner.clone(), query.expression.clone());
                    problems.push(QueryProblem { file: path.as_ref().to_owned(), owner, problem, expression });
                }
            }
        }
        Ok(problems)
    }

    fn query_problems(&self, query: &FileQuery, recorded: &BTreeSet<String>) -> Vec<String> {
        let selectors = match selectors(&query.expression) {
            Ok(selectors) => selectors,
            Err(problem) => return vec![format!("it is not PromQL: {}", problem.trim())],
        };
        let mut problems: Vec<String> = Vec::new();
        let found = selectors.iter().flat_map(|selector| self.selector_problems(selector, recorded));
        for problem in found.chain(self.grouping_problems(&selectors)) {
            // The two sides of a ratio often have the same mistake.
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
        problems
    }

    /// Labels by which series are grouped, and that none of the grouped series has. It is enough if one has it: a ratio of
    /// two metrics may take a label from one side.
    fn grouping_problems(&self, selectors: &[Selector]) -> Vec<String> {
        let labels: BTreeSet<&String> = selectors.iter().flat_map(|selector| &selector.grouped_by).collect();
        let problems = labels.into_iter().filter(|label| !label.contains(VARIABLE)).filter_map(|label| {
            let grouped = selectors.iter().filter(|selector| selector.grouped_by.contains(label));
            let metrics: Option<Vec<_>> =
                grouped.map(|selector| series::find(self.catalog, selector.name.as_ref()?)).collect();
            // Nothing is known of the labels of other series.
            let metrics = metrics?;
            let is_missing = metrics.iter().all(|(metric, part)| !self.has_label(metric, *part, label));
            metrics.first().filter(|_| is_missing).map(|(metric, _)| unknown_label(metric, label))
        });
        problems.collect()
    }

    fn selector_problems(&self, selector: &Selector, recorded: &BTreeSet<String>) -> Vec<String> {
        // A selector without a name is for all programs.
        let Some(name) = &selector.name else { return Vec::new() };
        if name.contains(VARIABLE) || self.is_other(name) || recorded.contains(name) {
            return Vec::new();
        }
        let Some((metric, part)) = series::find(self.catalog, name) else {
            return vec![self.unknown_metric(name)];
        };
        let mut problems = Vec::new();
        problems.extend(function_problem(selector, name, part));
        for matcher in selector.matchers.iter().filter(|matcher| !matcher.name.contains(VARIABLE)) {
            problems.extend(self.matcher_problems(matcher, metric, part));
        }
        problems
    }

    fn is_other(&self, name: &str) -> bool {
        PROMETHEUS.contains(&name)
            || self.other_metrics.iter().any(|pattern| match pattern.strip_suffix('*') {
                Some(beginning) => name.starts_with(beginning),
                None => name == pattern,
            })
    }

    fn unknown_metric(&self, name: &str) -> String {
        if let Some(metric) = self.catalog.metric(name) {
            return format!(
                "`{name}` is a {}: its series are `{name}_bucket`, `{name}_sum` and `{name}_count`",
                metric.kind()
            );
        }
        let names = series::names(self.catalog);
        let near = nearest(name, names.iter().map(String::as_str));
        format!(
            "the program has no series `{name}`{}",
            near.map_or_else(String::new, |near| format!(": did you mean `{near}`?"))
        )
    }

    fn has_label(&self, metric: &Metric, part: Part, label: &str) -> bool {
        matches!(label, "job" | "instance")
            || (label == "le" && part == Part::Bucket)
            || metric.labels().iter().any(|known| known.name() == label)
            || self.other_labels.iter().any(|known| known == label)
    }

    fn matcher_problems(&self, matcher: &Matcher, metric: &Metric, part: Part) -> Vec<String> {
        if !self.has_label(metric, part, &matcher.name) {
            return vec![unknown_label(metric, &matcher.name)];
        }
        if matcher.value.contains(VARIABLE) {
            return Vec::new();
        }
        if matcher.name == "le" && part == Part::Bucket {
            return bucket_problems(matcher, metric);
        }
        let labels = metric.labels();
        match labels.iter().find(|label| label.name() == matcher.name) {
            Some(label) if label.is_closed() => value_problems(matcher, metric, label),
            _ => Vec::new(),
        }
    }
}

fn function_problem(selector: &Selector, name: &str, part: Part) -> Option<String> {
    let function = selector.function?;
    if OF_COUNTERS.contains(&function) && !part.is_counter() {
        return Some(format!(
            "`{function}` is for counters, and `{name}` is a gauge: use `delta`, `deriv` or its value"
        ));
    }
    if OF_GAUGES.contains(&function) && part.is_counter() {
        return Some(format!("`{function}` is for gauges, and `{name}` only grows: use `rate` or `increase`"));
    }
    if selector.is_in_quantile && part != Part::Bucket {
        return Some(format!("`histogram_quantile` needs buckets, and `{name}` has none: use a series `…_bucket`"));
    }
    (selector.is_in_quantile && selector.loses_le).then(|| {
        "`histogram_quantile` needs the label `le`, which the aggregation takes away: add it to `by (…)`".to_owned()
    })
}

fn unknown_label(metric: &Metric, label: &str) -> String {
    let labels = metric.labels();
    let names: Vec<&str> = labels.iter().map(MetricLabel::name).collect();
    format!("`{}` has no label `{label}`{}", metric.name(), hint(label, &names))
}

fn value_problems(matcher: &Matcher, metric: &Metric, label: &MetricLabel) -> Vec<String> {
    let what = format!("the label `{}` of `{}`", label.name(), metric.name());
    match named_values(matcher) {
        // An empty value is that of series without the label.
        Some(values) => values
            .into_iter()
            .filter(|value| !value.is_empty() && !label.values().contains(value))
            .map(|value| format!("{what} has no value `{value}`{}", hint(value, label.values())))
            .collect(),
        None if label.values().iter().any(|value| fits(matcher, value)) => Vec::new(),
        None => vec![format!(
            "{what} has no value that the pattern `{}` matches{}",
            matcher.value,
            hint("", label.values())
        )],
    }
}

fn bucket_problems(matcher: &Matcher, metric: &Metric) -> Vec<String> {
    // `300(\.0)?` takes both ways in which Prometheus writes a bound.
    let written = |bound: f64| [format!("{bound}"), format!("{bound:?}")];
    let is_bucket =
        |value: &str| value == "+Inf" || value.parse::<f64>().is_ok_and(|value| metric.buckets().contains(&value));
    let bounds: Vec<String> = metric.buckets().iter().map(f64::to_string).chain(["+Inf".to_owned()]).collect();
    let bounds: Vec<&str> = bounds.iter().map(String::as_str).collect();
    match named_values(matcher) {
        Some(values) => values
            .into_iter()
            .filter(|value| !is_bucket(value))
            .map(|value| {
                format!(
                    "`le=\"{value}\"` is not a bucket of `{}`; its buckets are {}",
                    metric.name(),
                    bounds.join(", ")
                )
            })
            .collect(),
        None if metric.buckets().iter().any(|bound| written(*bound).iter().any(|text| fits(matcher, text))) => {
            Vec::new()
        }
        None if fits(matcher, "+Inf") => Vec::new(),
        None => vec![format!("no bucket of `{}` matches the pattern `{}`", metric.name(), matcher.value)],
    }
}
