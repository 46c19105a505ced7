//! What the program shows: progress, log lines, and tables of its metrics.

mod one_line;
mod failure_text;
mod options;
mod output;
mod outage_log;
mod plural;
mod progress;
mod metric_list;
mod summary;

pub(crate) use failure_text::failure_text;
pub(crate) use metric_list::metric_list;
pub(crate) use one_line::one_line;
pub(crate) use options::MetricListOptions;
pub(crate) use outage_log::OutageLog;
pub(crate) use output::print;
pub(crate) use plural::plural;
pub(crate) use progress::{LogWriter, Progress, has_colours};
pub(crate) use summary::summary_table;
