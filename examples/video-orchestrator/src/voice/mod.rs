//! The voice-over: a script, spoken into a WAV file.

mod espeak;
mod synth;

use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;

use metrics_runtime::{Failure, counted_failure, timed};
use serde::Serialize;

use crate::cli;

/// A script is spoken faster than it is heard; what takes this long has got stuck.
const LIMIT: Duration = Duration::from_secs(120);

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Voice {
    EspeakNg,
    Builtin,
}

/// What was spoken.
#[derive(Debug)]
pub struct Voiceover {
    pub seconds: f64,
}

/// Why there is no voice-over.
#[derive(Debug, thiserror::Error, Failure)]
pub enum VoiceError {
    #[error("the script has nothing that can be spoken: write words")]
    #[failure(error)]
    NothingToSay,
    #[error("the voice-over was not done within {0:?}")]
    #[failure(timeout)]
    Timeout(Duration),
    #[error("`espeak-ng` does not start")]
    #[failure(source)]
    Start(#[source] std::io::Error),
    #[error("`espeak-ng` has failed ({status}): {said}")]
    #[failure(error)]
    Espeak { status: ExitStatus, said: String },
    #[error("the WAV file cannot be written or read")]
    #[failure(source)]
    Wav(#[from] hound::Error),
}

impl Voice {
    /// The voice that was asked for; an error where it is not there.
    pub async fn choose(wanted: cli::Voice) -> Result<Self, VoiceError> {
        match wanted {
            cli::Voice::Builtin => Ok(Self::Builtin),
            cli::Voice::EspeakNg => espeak::check().await.map(|()| Self::EspeakNg),
            cli::Voice::Auto => Ok(espeak::check().await.map_or(Self::Builtin, |()| Self::EspeakNg)),
        }
    }

    /// Speaks a script into a WAV file.
    #[timed(
        histogram = "voiceover_generation_seconds",
        buckets(1, 2, 5, 10, 20, 40, 60, 120),
        description = "Time spent on a job's voice-over."
    )]
    #[counted_failure(counter = "voiceover_failures_total", description = "Voice-overs that were not made.")]
    pub async fn synthesize_voice(self, script: &str, file: &Path) -> Result<Voiceover, VoiceError> {
        if !script.chars().any(char::is_alphanumeric) {
            return Err(VoiceError::NothingToSay);
        }
        let speaking = async {
            match self {
                Self::EspeakNg => espeak::speak(script, file).await,
                Self::Builtin => synth::speak(script, file).await,
            }
        };
        tokio::time::timeout(LIMIT, speaking).await.unwrap_or(Err(VoiceError::Timeout(LIMIT)))?;
        let wav = hound::WavReader::open(file)?;
        Ok(Voiceover { seconds: f64::from(wav.duration()) / f64::from(wav.spec().sample_rate) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn speak(voice: Voice, script: &str) -> (f64, i32) {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let file = folder.path().join("voice.wav");
        let voiceover = voice.synthesize_voice(script, &file).await.expect("the script can be spoken");
        let mut wav = hound::WavReader::open(&file).expect("the file is a WAV");
        let loudest = wav.samples::<i16>().map(|sample| i32::from(sample.expect("the file is whole")).abs()).max();
        (voiceover.seconds, loudest.unwrap_or(0))
    }

    #[tokio::test]
    async fn both_voices_are_audible_and_as_long_as_the_text() {
        for voice in [Voice::Builtin, Voice::EspeakNg] {
            let (short, loudest) = speak(voice, "A kettle.").await;
            assert!(loudest > 3000, "{voice:?} is too quiet: {loudest}");
            let (long, _) = speak(voice, "A kettle knows one song, and has never been bored of it.").await;
            assert!(short > 0.3 && long > 2.0 * short, "{voice:?}: {short} s, {long} s");
        }
    }

    #[tokio::test]
    async fn a_script_without_words_is_refused() {
        let result = Voice::Builtin.synthesize_voice("… — !", Path::new("not-written.wav")).await;
        assert!(matches!(result, Err(VoiceError::NothingToSay)));
    }
}
