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

    /// What a change means to queries: those that need what the metric has lost are broken. Alerts that read the metric without
    /// it are named too: their threshold may have been chosen for what it was before.
    pub(super) fn of_change(&self, metric: &str, lost: &Lost) -> Vec<String> {
        let (mut broken, mut readers): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
        for query in &self.queries {
            let mut selectors = query.selectors.iter().filter(|selector| reads(selector, metric)).peekable();
            let is_read = selectors.peek().is_some();
            if selectors.any(|selector| needs(selector, lost)) {
                broken.push(format!("breaks the {}", query.shown));
            } else if is_read && query.shown.starts_with("alert ") {
                readers.push(format!("read by the {}", query.shown));
            }
        }
        broken.append(&mut readers);
        broken.dedup();
        broken
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
