//! What keeps the worker itself from doing jobs.

use std::error::Error;
use std::io;

use metrics_runtime::{Label, declare_metrics};

declare_metrics! {
    /// Whether the worker takes no jobs, because it could not do them: 1 or 0; of several workers with one page, how many.
    pub(crate) gauge WORKER_PAUSED = "worker_paused", labels(reason: Trouble);
}

/// What keeps the worker itself from doing jobs, whatever the job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Label)]
pub(crate) enum Trouble {
    /// The ComfyUI server cannot be reached.
    Comfyui,
    /// The output folder cannot be written.
    Output,
}

impl Trouble {
    /// What the worker waits for.
    pub(crate) fn end(self) -> &'static str {
        match self {
            Self::Comfyui => "the ComfyUI server answers",
            Self::Output => "the output folder can be written",
        }
    }
}

/// Whether an error says that no file can be written, and not only this one.
pub(super) fn is_about_the_disk(error: &(dyn Error + 'static)) -> bool {
    let kinds = [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded, io::ErrorKind::ReadOnlyFilesystem];
    let mut next = Some(error);
    while let Some(error) = next {
        let io_error = match error.downcast_ref::<hound::Error>() {
            // It is not the source of this one.
            Some(hound::Error::IoError(error)) => Some(error),
            _ => error.downcast_ref::<io::Error>(),
        };
        if io_error.is_some_and(|error| kinds.contains(&error.kind())) {
            return true;
        }
        next = error.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::voice::VoiceError;

    #[test]
    fn a_full_disk_is_found_wherever_it_is_met() {
        let full = || io::Error::from(io::ErrorKind::StorageFull);
        assert!(is_about_the_disk(&full()));
        assert!(is_about_the_disk(&VoiceError::Wav(hound::Error::IoError(full()))));
        assert!(!is_about_the_disk(&io::Error::from(io::ErrorKind::NotADirectory)));
        assert!(!is_about_the_disk(&VoiceError::NothingToSay));
    }
}
