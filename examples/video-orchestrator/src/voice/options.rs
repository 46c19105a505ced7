//! The option of the voice.

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub(crate) struct VoiceOptions {
    /// The voice that speaks the scripts.
    #[arg(long, value_enum, default_value_t = VoiceChoice::Auto)]
    pub(crate) voice: VoiceChoice,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum VoiceChoice {
    /// `espeak-ng` where it is installed, else the built-in synthesizer.
    Auto,
    /// The program `espeak-ng`.
    EspeakNg,
    /// The built-in synthesizer: tones, not words.
    Builtin,
}
