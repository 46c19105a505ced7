//! The row of the objectives. Its queries read recorded series: a rate over days is too much to compute at each look.

use super::layout::Row;
use super::panel::{Panel, Query, Style};
use crate::artifacts::rules::objective_ratio_name;
use crate::{Catalog, Metric, Objective};

/// The windows whose burn rates are shown, from the fastest to the slowest.
const WINDOWS: [(&str, &str); 3] = [("1h", "1 hour"), ("6h", "6 hours"), ("3d", "3 days")];

/// The window of the number.
const LONGEST: &str = "30d";

pub(super) fn row(catalog: &Catalog) -> Row {
    let mut panels = Vec::new();
    for objective in catalog.objectives() {
        if let Some(metric) = catalog.metric(objective.metric()) {
            panels.push(good_calls(objective, metric));
            panels.push(burn_rates(objective, metric));
        }
    }
    Row { title: "Objectives".to_owned(), key: "objectives".to_owned(), panels, is_closed: false }
}

/// `99 % under 300 s`
fn asked_for(objective: &Objective) -> String {
    let under = objective.under().map_or_else(String::new, |under| format!(" under {under} s"));
    format!("{} %{under}", objective.percent())
}

fn recorded(metric: &Metric, window: &str) -> String {
    format!("{}{{job=~\"$job\"}}", objective_ratio_name(metric, window))
}

fn good_calls(objective: &Objective, metric: &Metric) -> Panel {
    let title = format!("{}: good calls in 30 days", metric.name());
    let description = format!(
        "The part of the calls that was good. The objective is {}. It needs the series of recording.rules.yml.",
        asked_for(objective)
    );
    let query = vec![Query::new(format!("1 - {}", recorded(metric, LONGEST)), "{{job}}")];
    Panel::lines(&title, "percentunit", &description, query).with_style(Style::Number)
}

fn burn_rates(objective: &Objective, metric: &Metric) -> Panel {
    let title = format!("{}: burn rate", metric.name());
    let description = format!(
        "How fast the budget of the objective ({}) is used up: at 1 it lasts for 30 days. It needs the series of \
         recording.rules.yml.",
        asked_for(objective)
    );
    // Rounded, so that 100 - 99.9 is 0.1.
    let budget = ((100.0 - objective.percent()) * 1e9).round() / 1e11;
    let queries = WINDOWS.map(|(window, words)| Query::new(format!("{} / {budget}", recorded(metric, window)), words));
    Panel::lines(&title, "short", &description, queries.into())
}
