//! The whole dashboard.

use super::function_row;
use super::functions::functions;
use super::ids::fnv1a;
use super::layout::{Row, lay_out};
use super::objective_row;
use super::panel::datasource;
use super::promql::{label_names, selector};
use super::shared_rows;
use super::variables::Variables;
use crate::Catalog;
use crate::artifacts::json::{Json, object};

/// With more functions than these, their rows are closed at first: each open row asks Prometheus for all its panels.
const OPEN_ROWS: usize = 6;

/// The version of Grafana's classic model that the panels are written for (Grafana 10.4 and later).
const SCHEMA_VERSION: u32 = 39;

pub(in crate::artifacts) fn document(catalog: &Catalog, job: Option<&str>) -> String {
    let variables = Variables::of(catalog, job);
    let functions = functions(catalog);
    let are_closed = functions.len() > OPEN_ROWS;
    let mut rows: Vec<Row> = functions
        .iter()
        .map(|function| function_row::row(function, &functions, catalog, &variables, are_closed))
        .collect();
    rows.push(objective_row::row(catalog));
    rows.push(shared_rows::by_hand(catalog, &variables));
    rows.push(shared_rows::queues(catalog, &variables));
    rows.push(shared_rows::services(catalog, &variables));
    rows.push(shared_rows::process(catalog, &variables));
    let name = job.unwrap_or("program");
    let dashboard = object! {
        // One dashboard for each job: a second program must not replace the first one's.
        "uid" => format!("metrics-{:08x}", fnv1a(name)),
        "title" => job.map_or_else(|| "Metrics of the program".to_owned(), |job| format!("Metrics of {job}")),
        "description" => "Made from the metrics of the program. Changes by hand are lost when it is made anew.",
        "tags" => vec!["metrics-runtime"],
        "timezone" => "browser",
        "editable" => true,
        "graphTooltip" => 1_u32,
        "refresh" => "30s",
        "schemaVersion" => SCHEMA_VERSION,
        "version" => 1_u32,
        "time" => object! { "from" => "now-1h", "to" => "now" },
        "links" => Json::List(Vec::new()),
        "annotations" => object! { "list" => Json::List(annotations(catalog, &variables)) },
        "templating" => object! { "list" => variables.json() },
        "panels" => lay_out(&rows),
    };
    format!("{dashboard}\n")
}

/// A mark where a new version starts.
fn annotations(catalog: &Catalog, variables: &Variables) -> Vec<Json> {
    let builtin = object! {
        "name" => "Annotations & Alerts",
        "type" => "dashboard",
        "builtIn" => 1_u32,
        "datasource" => object! { "type" => "grafana", "uid" => "-- Grafana --" },
        "enable" => true,
        "hide" => true,
        "iconColor" => "rgba(0, 211, 255, 1)",
    };
    let versions = catalog.metric("build_info").map(|build| {
        let builds = selector(variables, build, "", "");
        let labels: Vec<String> = label_names(build).iter().map(|label| format!("{{{{{label}}}}}")).collect();
        object! {
            "name" => "Versions",
            "datasource" => datasource(),
            "enable" => true,
            "iconColor" => "blue",
            "expr" => format!("{builds} unless {builds} offset 1m"),
            "step" => "60s",
            "titleFormat" => labels.join(" "),
            "textFormat" => "{{instance}}",
        }
    });
    std::iter::once(builtin).chain(versions).collect()
}
