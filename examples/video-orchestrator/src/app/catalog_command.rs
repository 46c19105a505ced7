//! The command that shows the program's metrics, and makes files from them.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use metrics_runtime::Catalog;
use metrics_runtime::artifacts::{AlertOptions, Artifacts};

use crate::report::{MetricListOptions, Progress, metric_list, plural, print};

/// The `job_name` in Prometheus' configuration.
const JOB: &str = "video-orchestrator";
/// People are told when 5 of 100 images take longer.
const SLOW_IMAGES: Duration = Duration::from_secs(15 * 60);

#[derive(Debug, Args)]
pub(crate) struct CatalogCommand {
    #[command(flatten)]
    list: MetricListOptions,
    /// Writes alerts, a dashboard and the like, made from the metrics, into this folder.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["format", "check_queries"])]
    write: Option<PathBuf>,
    /// Checks rules (.yml) and dashboards (.json) against the metrics.
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with = "format")]
    check_queries: Vec<PathBuf>,
    /// Metrics of other programs in these files, such as `node_*`.
    #[arg(long, value_name = "NAME", value_delimiter = ',', requires = "check_queries")]
    other_metrics: Vec<String>,
    /// Labels that Prometheus adds to each series.
    #[arg(long, value_name = "LABEL", value_delimiter = ',', requires = "check_queries")]
    other_labels: Vec<String>,
}

/// The files that are made from the metrics, with this program's options.
pub(crate) fn artifacts(catalog: &Catalog) -> Artifacts<'_> {
    let alerts = AlertOptions::default().p95("image_generation_seconds", SLOW_IMAGES);
    catalog.artifacts().job(JOB).alerts(alerts)
}

/// `false`: a query asks for what the program does not have.
pub(crate) fn show_catalog(command: &CatalogCommand, progress: &Progress) -> anyhow::Result<bool> {
    let catalog = metrics_runtime::catalog();
    if let Some(folder) = &command.write {
        let artifacts = artifacts(&catalog);
        artifacts.write(folder)?;
        for file in artifacts.files() {
            progress.line(&format!("wrote {}", folder.join(file.name()).display()));
        }
        return Ok(true);
    }
    if command.check_queries.is_empty() {
        return print(&metric_list(&command.list)).map(|()| true);
    }
    let mut check = catalog.check_queries();
    for name in &command.other_metrics {
        check = check.other_metrics(name);
    }
    for label in &command.other_labels {
        check = check.other_label(label);
    }
    let problems = check.files(&command.check_queries)?;
    for problem in &problems {
        print(&format!("{problem}\n"))?;
    }
    let files = command.check_queries.len();
    progress.line(&format!(
        "{} {} in {files} {}",
        problems.len(),
        plural(problems.len(), "mistake"),
        plural(files, "file")
    ));
    Ok(problems.is_empty())
}

#[cfg(test)]
mod tests {
    use super::artifacts;

    #[test]
    fn the_files_of_the_metrics_are_current() {
        artifacts(&metrics_runtime::catalog()).assert_current("metrics");
    }
}
