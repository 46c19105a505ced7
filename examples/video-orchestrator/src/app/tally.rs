//! How the jobs have ended, in numbers.

use std::fmt::Write as _;

use crate::report::plural;

/// How many jobs have ended, and how.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) as_intended: usize,
    pub(crate) not_as_intended: usize,
    pub(crate) rejected: usize,
}

impl Tally {
    pub(crate) fn is_empty(&self) -> bool {
        self.as_intended + self.not_as_intended + self.rejected == 0
    }

    pub(crate) fn is_as_intended(&self) -> bool {
        self.not_as_intended == 0 && self.rejected == 0
    }

    pub(crate) fn sentence(&self) -> String {
        let jobs = self.as_intended + self.not_as_intended;
        let mut sentence = format!("{} of {jobs} {} ended as intended", self.as_intended, plural(jobs, "job"));
        match self.rejected {
            0 => {}
            1 => sentence.push_str("; 1 text was not a job"),
            rejected => {
                let _ = write!(sentence, "; {rejected} texts were not jobs");
            }
        }
        sentence
    }
}
