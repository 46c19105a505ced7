//! The program, as `build_info!()` describes it.

use super::family::Family;
use super::site::Place;

/// The program that was built: its name, and the metric that shows its version and revision.
#[derive(Debug)]
pub struct Program {
    /// The name of its package.
    pub(crate) name: &'static str,
    /// The metric, whose one series is always 1.
    pub(crate) family: &'static Family,
    /// Where it is written.
    pub(crate) place: &'static Place,
}

impl Program {
    /// The program of the package `name`.
    #[must_use]
    pub const fn new(name: &'static str, family: &'static Family, place: &'static Place) -> Self {
        Self { name, family, place }
    }
}

/// The first of these variables that is set to a text; `unknown` if none is.
#[must_use]
pub const fn first_set(variables: &[Option<&'static str>]) -> &'static str {
    let mut at = 0;
    while at < variables.len() {
        if let Some(value) = variables[at]
            && !value.is_empty()
        {
            return value;
        }
        at += 1;
    }
    "unknown"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_variable_is_as_one_that_is_not_set() {
        assert_eq!(first_set(&[None, Some(""), Some("4f2a"), Some("77")]), "4f2a");
        assert_eq!(first_set(&[None, Some("")]), "unknown");
    }
}
