//! The alerts and panels that a change breaks: those of the files in the folder of the lock.

use std::fs;
use std::path::Path;

use super::change::Lost;
use crate::artifacts::queries::{Selector, read_file, selectors};

/// The queries of the files in a folder.
pub(super) struct Users {
    queries: Vec<UserQuery>,
}

struct UserQuery {
    /// Such as ``alert `QueueDeep` of alerts.rules.yml``.
    shown: String,
    selectors: Vec<Selector>,
}

impl Users {
    /// Reads the rules and dashboards in a folder, whoever wrote them. A file that is neither is left out.
    pub(super) fn of_folder(folder: &Path) -> Self {
        let mut paths: Vec<_> =
            fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path())).collect();
        paths.sort();
        let mut queries = Vec::new();
        for path in paths {
            let Ok(found) = read_file(&path) else { continue };
            let file = path.file_name().unwrap_or_default().to_string_lossy();
            for query in found {
                if let Ok(selectors) = selectors(&query.expression) {
                    queries.push(UserQuery { shown: format!("{} of {file}", query.owner), selectors });
                }
            }
        }
        Self { queries }
    }

    /// The queries that need what a metric has lost.
    pub(super) fn of_change(&self, metric: &str, lost: &Lost) -> Vec<String> {
        let mut users: Vec<String> = Vec::new();
        for query in &self.queries {
            let needs = query.selectors.iter().any(|selector| reads(selector, metric) && needs(selector, lost));
            if needs && !users.contains(&query.shown) {
                users.push(query.shown.clone());
            }
        }
        users
    }
}

/// Whether a selector reads a series of the metric.
fn reads(selector: &Selector, metric: &str) -> bool {
    let suffix = selector.name.as_deref().and_then(|name| name.strip_prefix(metric));
    matches!(suffix, Some("" | "_bucket" | "_sum" | "_count"))
}

/// Whether a selector's result changes by the loss.
fn needs(selector: &Selector, lost: &Lost) -> bool {
    let names_label = |label: &str| {
        selector.matchers.iter().any(|matcher| matcher.name == label)
            || selector.grouped_by.iter().any(|grouped| grouped == label)
    };
    match lost {
        Lost::Nothing => false,
        Lost::Metric => true,
        Lost::Label(label) => names_label(label),
        Lost::Bound => selector.is_in_quantile || names_label("le"),
    }
}
