//! In place of the other files where the system has no locks that end with a process.

use std::path::Path;
use std::sync::Arc;

use crate::catalog::Catalog;
use crate::definition::Join;
use crate::recorder::Store;
use crate::storage::Row;

/// There are no other processes.
#[derive(Debug, Default)]
pub(crate) struct Others;

/// A process cannot join others.
#[derive(Debug)]
pub(crate) enum Membership {}

impl Membership {
    pub(crate) fn prepare(_: &Path, _: &Arc<Store>, _: &Catalog) -> Result<Self, &'static str> {
        Err("processes can share their values on Unix only")
    }

    pub(crate) fn join(&self) {
        match *self {}
    }

    pub(crate) fn others(&self) -> Arc<Others> {
        match *self {}
    }

    pub(crate) fn has_living_others(&self) -> bool {
        match *self {}
    }
}

impl Others {
    pub(crate) const NONE: Self = Self;

    pub(crate) fn count(&self, _: usize) -> u64 {
        0
    }

    pub(crate) fn read_histogram(&self, _: usize, _: &mut [u64]) -> u128 {
        0
    }

    pub(crate) fn gauge(&self, _: Join, _: Row, own: f64) -> f64 {
        own
    }

    pub(crate) fn has_values(&self, _: usize, _: usize) -> bool {
        false
    }

    pub(crate) fn is_empty(&self) -> bool {
        true
    }
}
