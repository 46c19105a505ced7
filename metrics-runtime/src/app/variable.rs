//! How settings are read from the environment.

use super::config_error::ConfigError;

/// Reads a variable that takes what the second text says. One that is empty counts as unset.
pub(crate) type Read<'a> = &'a dyn Fn(&'static str, &'static str) -> Result<Option<String>, ConfigError>;
