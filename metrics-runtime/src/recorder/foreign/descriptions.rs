//! The help texts of other crates' metrics.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::vocabulary::Kind;

/// The help texts, by kind and name. They are not given to the exporter, because it changes texts that contain backslashes.
#[derive(Debug, Default)]
pub(super) struct Descriptions(Mutex<HashMap<(Kind, String), String>>);

impl Descriptions {
    pub(super) fn add(&self, kind: Kind, name: &str, description: &str) {
        let mut descriptions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        descriptions.entry((kind, name.to_owned())).or_insert_with(|| description.to_owned());
    }

    pub(super) fn get(&self, kind: Kind, name: &str) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&(kind, name.to_owned())).cloned()
    }
}
