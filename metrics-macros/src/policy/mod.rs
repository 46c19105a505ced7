//! Which label names are refused by default, and what a crate's or workspace's `metrics.toml` says about them.

pub(crate) mod pattern;
pub(crate) mod builtin;
pub(crate) mod read_once;
pub(crate) mod file;
