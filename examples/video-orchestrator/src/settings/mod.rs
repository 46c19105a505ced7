//! How settings are read, from options and from the environment.

mod empty_variables;
mod numbers;
mod setting_name;

pub(crate) use empty_variables::ignore_empty_variables;
pub(crate) use numbers::{parse_factor, parse_seconds, parse_share};
pub(crate) use setting_name::setting_name;
