//! What the tables say of a crate. It is kept in a file, so that a run that was stopped can go on.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::reasons::REASONS;
use crate::test_results::TestResults;
use crate::trial::Trial;
use crate::workspace::{read, write};

/// A crate in numbers.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Summary {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The tests as published.
    pub before: Tests,
    /// With attributes.
    pub sets: Vec<SetSummary>,
}

/// A crate with one set of attributes in numbers.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct SetSummary {
    /// The name of the set.
    pub set: String,
    /// The functions.
    pub functions: usize,
    /// How many lost their attributes, for each reason of the list.
    pub taken_back: Vec<usize>,
    /// The tests.
    pub tests: Tests,
    /// How many faults were found.
    pub faults: usize,
}

/// How many tests passed and failed.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Tests {
    /// These passed.
    pub passed: usize,
    /// These failed.
    pub failed: usize,
}

impl From<&TestResults> for Tests {
    fn from(results: &TestResults) -> Self {
        Self { passed: results.count("ok"), failed: results.count("FAILED") }
    }
}

impl From<&Trial> for Summary {
    fn from(trial: &Trial) -> Self {
        let sets = trial.sets.iter().map(|set| SetSummary {
            set: set.set.to_owned(),
            functions: set.functions,
            taken_back: (0..REASONS.len())
                .map(|place| set.taken_back.values().filter(|reason| **reason == place).count())
                .collect(),
            tests: Tests::from(&set.tests),
            faults: set.faults.len(),
        });
        Self {
            name: trial.package.name.clone(),
            version: trial.package.version.clone(),
            before: Tests::from(&trial.before),
            sets: sets.collect(),
        }
    }
}

impl SetSummary {
    /// The functions that kept their attributes.
    #[must_use]
    pub fn annotated(&self) -> usize {
        self.functions - self.taken_back.iter().sum::<usize>()
    }
}

impl Summary {
    /// Keeps it.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn keep(&self, folder: &Path) -> Result<(), String> {
        let text = serde_json::to_string_pretty(self).map_err(|error| error.to_string())?;
        write(&file(folder, &self.name), &text)
    }

    /// The one that was kept for this version.
    #[must_use]
    pub fn kept(folder: &Path, name: &str, version: &str) -> Option<Self> {
        let text = read(&file(folder, name)).ok()?;
        serde_json::from_str(&text).ok().filter(|summary: &Self| summary.version == version)
    }
}

fn file(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.json"))
}
