//! Rules for Prometheus: alerts, their tests, and recording rules.

mod promql;
mod words;
mod template;
mod yaml;
mod alert;
mod program;
mod calls;
mod test_series;
mod queues;
mod functions;
mod worker;
mod toolkit;
mod incomplete_pages;
mod burn;
mod objective_calls;
mod recording_names;
mod recording;
mod objectives;
mod alert_rules;
mod alert_tests;

pub(super) use alert_rules::alert_rules;
pub(super) use alert_tests::alert_tests;
pub(super) use program::Program;
pub(super) use recording::recording_rules;
pub(super) use recording_names::objective_ratio_name;
