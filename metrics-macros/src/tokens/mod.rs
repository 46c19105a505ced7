//! Helpers for tokens and types, which every stage uses.

pub(crate) mod deprecated;
pub(crate) mod hygiene;
pub(crate) mod patterns;
pub(crate) mod search;
pub(crate) mod template;
pub(crate) mod text;
pub(crate) mod types;
pub(crate) mod walk;
