//! How settings are read, from options and from the environment.

mod address_setting;
mod command_line;
mod empty_variables;
mod numbers;
mod setting_name;

pub(crate) use address_setting::AddressSetting;
pub(crate) use command_line::parse_command_line;
pub(crate) use numbers::{parse_factor, parse_seconds, parse_share};
pub(crate) use setting_name::setting_name;
