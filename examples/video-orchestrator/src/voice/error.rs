//! Why there is no voice-over.

use std::process::ExitStatus;
use std::time::Duration;

use metrics_runtime::Failure;

/// Why there is no voice-over.
#[derive(Debug, thiserror::Error, Failure)]
pub(crate) enum VoiceError {
    #[error("the script has nothing that can be spoken: write words")]
    #[failure(error)]
    NothingToSay,
    #[error("the voice-over was not done within {0:?}")]
    #[failure(timeout)]
    Timeout(Duration),
    #[error("`espeak-ng` does not start")]
    #[failure(source)]
    Start(#[source] std::io::Error),
    #[error("`espeak-ng` has failed ({status}): {message}")]
    #[failure(error)]
    Espeak { status: ExitStatus, message: String },
    #[error("the WAV file cannot be written or read")]
    #[failure(source)]
    Wav(#[from] hound::Error),
}
