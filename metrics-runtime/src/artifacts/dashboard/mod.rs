//! `dashboard.json`: a dashboard for Grafana, in the classic model (v1), because Grafana's file provisioning refuses v2.

mod functions;
mod promql;
mod panel;
mod ids;
mod variables;
mod function_row;
mod objective_row;
mod shared_rows;
mod layout;
mod document;

pub(super) use document::document;
