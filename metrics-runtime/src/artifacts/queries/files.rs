//! Reads the queries of a file: rules of Prometheus in YAML, or a dashboard of Grafana in JSON.

use std::path::Path;

use serde_json::Value;
use yaml_rust2::{Yaml, YamlLoader};

use super::problem::QueryFileError;

/// A query of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::artifacts) struct FileQuery {
    /// The alert or the panel.
    pub(in crate::artifacts) owner: String,
    pub(in crate::artifacts) expression: String,
    /// The series that the query records, if it is a recording rule.
    pub(in crate::artifacts) records: Option<String>,
}

/// A file of queries is not larger; one of 100 MB is a mistake.
const MAX_BYTES: u64 = 32 << 20;

/// The queries of a file.
pub(in crate::artifacts) fn read_file(path: &Path) -> Result<Vec<FileQuery>, QueryFileError> {
    let fail = |problem: String| QueryFileError { path: path.to_owned(), problem };
    let metadata = std::fs::metadata(path).map_err(|error| fail(format!("cannot be read: {error}")))?;
    if metadata.len() > MAX_BYTES {
        return Err(fail(format!("has {} bytes; a file of queries has {MAX_BYTES} at most", metadata.len())));
    }
    let text = std::fs::read_to_string(path).map_err(|error| fail(format!("cannot be read: {error}")))?;
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    match extension {
        "json" => {
            let dashboard: Value =
                serde_json::from_str(&text).map_err(|error| fail(format!("is not JSON: {error}")))?;
            dashboard_queries(&dashboard).ok_or_else(|| fail(NOT_A_DASHBOARD.to_owned()))
        }
        "yml" | "yaml" => {
            let documents = YamlLoader::load_from_str(&text).map_err(|error| fail(format!("is not YAML: {error}")))?;
            let queries: Option<Vec<_>> = documents.iter().map(rule_queries).collect();
            queries.map(|queries| queries.concat()).ok_or_else(|| fail(NOT_RULES.to_owned()))
        }
        _ => Err(fail("must end in `.yml` or `.yaml` (rules), or `.json` (a dashboard)".to_owned())),
    }
}

const NOT_A_DASHBOARD: &str = "is not a dashboard of Grafana: it has no `panels`";
const NOT_RULES: &str = "has no rules of Prometheus: it needs `groups`, each with `rules`";

/// The queries of a file of rules, or of a `PrometheusRule` of the Prometheus operator.
fn rule_queries(document: &Yaml) -> Option<Vec<FileQuery>> {
    // A test of rules, for `promtool test rules`: the rules themselves are in other files.
    if !document["tests"].is_badvalue() && !document["rule_files"].is_badvalue() {
        return Some(Vec::new());
    }
    let groups = [&document["groups"], &document["spec"]["groups"]].into_iter().find_map(Yaml::as_vec)?;
    let rules = groups.iter().filter_map(|group| group["rules"].as_vec()).flatten();
    let queries = rules.filter_map(|rule| {
        let records = rule["record"].as_str().map(str::to_owned);
        let owner = match (&records, rule["alert"].as_str()) {
            (Some(name), _) => format!("recording rule `{name}`"),
            (None, Some(name)) => format!("alert `{name}`"),
            (None, None) => return None,
        };
        // A number alone is an expression, too.
        let expression =
            rule["expr"].as_str().map(str::to_owned).or_else(|| rule["expr"].as_i64().map(|number| number.to_string()));
        Some(FileQuery { owner, expression: expression?, records })
    });
    Some(queries.collect())
}

/// The queries of a dashboard: of its panels, also those in closed rows, of its variables and of its annotations.
fn dashboard_queries(dashboard: &Value) -> Option<Vec<FileQuery>> {
    // The API and exports wrap it.
    let dashboard = dashboard.get("dashboard").unwrap_or(dashboard);
    let mut queries = Vec::new();
    panel_queries(dashboard.get("panels")?.as_array()?, &mut queries);
    let list = |path: &str| dashboard.pointer(path).and_then(Value::as_array).into_iter().flatten();
    for variable in list("/templating/list") {
        let name = variable.get("name").and_then(Value::as_str).unwrap_or_default();
        let query = variable.get("query").and_then(|query| query.as_str().or_else(|| query.get("query")?.as_str()));
        let is_query = variable.get("type").and_then(Value::as_str) == Some("query");
        if let Some(expression) = query.filter(|_| is_query).and_then(variable_expression) {
            queries.push(FileQuery { owner: format!("variable `{name}`"), expression, records: None });
        }
    }
    for annotation in list("/annotations/list") {
        let name = annotation.get("name").and_then(Value::as_str).unwrap_or_default();
        if let Some(expression) = annotation.get("expr").and_then(Value::as_str) {
            queries.push(FileQuery {
                owner: format!("annotation `{name}`"),
                expression: expression.to_owned(),
                records: None,
            });
        }
    }
    Some(queries)
}

fn panel_queries(panels: &[Value], queries: &mut Vec<FileQuery>) {
    for panel in panels {
        let title = panel.get("title").and_then(Value::as_str).unwrap_or_default();
        for target in panel.get("targets").and_then(Value::as_array).into_iter().flatten() {
            if let Some(expression) = target.get("expr").and_then(Value::as_str).filter(|text| !text.trim().is_empty())
            {
                let owner = format!("panel `{title}`");
                queries.push(FileQuery { owner, expression: expression.to_owned(), records: None });
            }
        }
        if let Some(inner) = panel.get("panels").and_then(Value::as_array) {
            panel_queries(inner, queries);
        }
    }
}

/// The selector in Grafana's `label_values(selector, label)` and `query_result(expression)`; `label_names()` and the like
/// have none.
fn variable_expression(query: &str) -> Option<String> {
    let (function, arguments) = query.trim().strip_suffix(')')?.split_once('(')?;
    match function.trim() {
        "label_values" => {
            let (selector, label) = arguments.rsplit_once(',')?;
            // The label is read of the selected series.
            Some(format!("group by ({}) ({})", label.trim(), selector.trim()))
        }
        "query_result" => Some(arguments.trim().to_owned()),
        _ => None,
    }
}
