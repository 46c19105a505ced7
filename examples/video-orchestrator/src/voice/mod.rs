//! The voice-over: a script, spoken into a WAV file.

mod options;
mod error;
mod espeak;
mod synthesizer;

use std::path::Path;
use std::time::Duration;

use metrics_runtime::{counted_failure, timed};
use serde::Serialize;

pub(crate) use error::VoiceError;
use options::VoiceChoice;
pub(crate) use options::VoiceOptions;

/// A voice-over is made faster than it plays; one that takes this long is stuck.
const TIMEOUT: Duration = Duration::from_secs(120);

/// The voice that speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Voice {
    EspeakNg,
    Builtin,
}

/// A voice-over that was made.
#[derive(Debug)]
pub(crate) struct Voiceover {
    pub(crate) seconds: f64,
}

impl Voice {
    /// The chosen voice; an error where it is not installed.
    pub(crate) async fn choose(options: &VoiceOptions) -> Result<Self, VoiceError> {
        match options.voice {
            VoiceChoice::Builtin => Ok(Self::Builtin),
            VoiceChoice::EspeakNg => espeak::check().await.map(|()| Self::EspeakNg),
            VoiceChoice::Auto => Ok(espeak::check().await.map_or(Self::Builtin, |()| Self::EspeakNg)),
        }
    }

    /// Speaks a script into a WAV file.
    #[timed(
        histogram = "voiceover_generation_seconds",
        buckets(1, 2, 5, 10, 20, 40, 60, 120),
        description = "Time spent on a job's voice-over."
    )]
    #[counted_failure(counter = "voiceover_failures_total", description = "Voice-overs that were not made.")]
    pub(crate) async fn synthesize_voice(self, script: &str, file: &Path) -> Result<Voiceover, VoiceError> {
        if !script.chars().any(char::is_alphanumeric) {
            return Err(VoiceError::NothingToSay);
        }
        let speaking = async {
            match self {
                Self::EspeakNg => espeak::speak(script, file).await,
                Self::Builtin => synthesizer::speak(script, file).await,
            }
        };
        tokio::time::timeout(TIMEOUT, speaking).await.unwrap_or(Err(VoiceError::Timeout(TIMEOUT)))?;
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
        let loudest = wav.samples::<i16>().map(|sample| i32::from(sample.expect("the file is complete")).abs()).max();
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
    async fn a_script_without_words_is_rejected() {
        let result = Voice::Builtin.synthesize_voice("… — !", Path::new("not-written.wav")).await;
        assert!(matches!(result, Err(VoiceError::NothingToSay)));
    }
}
