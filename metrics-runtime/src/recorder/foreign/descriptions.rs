//! The descriptions of other crates' metrics.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use metrics::Unit;

use crate::vocabulary::Kind;

/// The descriptions, by kind and name. They are not given to the exporter, because it changes texts that contain backslashes.
#[derive(Debug, Default)]
pub(super) struct Descriptions(Mutex<HashMap<(Kind, String), Description>>);

#[derive(Debug)]
struct Description {
    help: String,
    unit: Option<Unit>,
}

impl Descriptions {
    /// Keeps the first help text and the first unit of a metric.
    pub(super) fn add(&self, kind: Kind, name: &str, unit: Option<Unit>, help: &str) {
        let mut descriptions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let description = descriptions.entry((kind, name.to_owned()));
        let description = description.or_insert_with(|| Description { help: help.to_owned(), unit });
        description.unit = description.unit.or(unit);
    }

    pub(super) fn help(&self, kind: Kind, name: &str) -> Option<String> {
        self.get(kind, name, |description| description.help.clone())
    }

    pub(super) fn unit(&self, kind: Kind, name: &str) -> Option<Unit> {
        self.get(kind, name, |description| description.unit).flatten()
    }

    fn get<T>(&self, kind: Kind, name: &str, read: impl FnOnce(&Description) -> T) -> Option<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&(kind, name.to_owned())).map(read)
    }
}
