//! The built-in voice: a tone for each letter. It speaks no words, but it can be heard, and its length follows the text.

use std::f32::consts::TAU;
use std::path::{Path, PathBuf};

use hound::{SampleFormat, WavSpec, WavWriter};

use super::error::VoiceError;

const SAMPLE_RATE: u16 = 22_050;
const LETTER_SECONDS: f32 = 0.065;
const SPACE_SECONDS: f32 = 0.08;
const PAUSE_SECONDS: f32 = 0.25;
/// A fifth of the loudest that a file can hold.
const LOUDNESS: f32 = 0.2 * i16::MAX as f32;

/// Speaks the script, on a thread for blocking work.
pub(crate) async fn speak(script: &str, file: &Path) -> Result<(), VoiceError> {
    let (script, file): (String, PathBuf) = (script.to_owned(), file.to_owned());
    let written = tokio::task::spawn_blocking(move || write(&script, &file)).await;
    // An error here means a panic, or the end of the program.
    written.map_err(|lost| hound::Error::IoError(std::io::Error::other(lost)))?.map_err(VoiceError::Wav)
}

fn write(script: &str, file: &Path) -> Result<(), hound::Error> {
    let spec = WavSpec {
        channels: 1,
        sample_rate: u32::from(SAMPLE_RATE),
        bits_per_sample: 16,
        sample_format: SampleFormat::Int,
    };
    let mut wav = WavWriter::create(file, spec)?;
    for character in script.chars() {
        match character {
            '.' | '!' | '?' | ',' | ';' | ':' => silence(&mut wav, PAUSE_SECONDS)?,
            letter if letter.is_alphanumeric() => tone(&mut wav, pitch(letter))?,
            _ => silence(&mut wav, SPACE_SECONDS)?,
        }
    }
    wav.finalize()
}

type Wav = WavWriter<std::io::BufWriter<std::fs::File>>;

fn silence(wav: &mut Wav, seconds: f32) -> Result<(), hound::Error> {
    (0..samples(seconds)).try_for_each(|_| wav.write_sample(0_i16))
}

fn tone(wav: &mut Wav, pitch: f32) -> Result<(), hound::Error> {
    let length = samples(LETTER_SECONDS);
    for at in 0..length {
        let turn = TAU * pitch * f32::from(at) / f32::from(SAMPLE_RATE);
        // Two overtones make it sound less like a whistle; the swell at both ends prevents clicks.
        let wave = turn.sin() + 0.5 * (2.0 * turn).sin() + 0.25 * (3.0 * turn).sin();
        let swell = (std::f32::consts::PI * f32::from(at) / f32::from(length)).sin();
        wav.write_sample(to_sample(wave * swell * LOUDNESS))?;
    }
    Ok(())
}

/// A vowel is higher than a consonant, and each letter has its own tone.
fn pitch(letter: char) -> f32 {
    let lower = letter.to_ascii_lowercase();
    let base = if matches!(lower, 'a' | 'e' | 'i' | 'o' | 'u' | 'y') { 190.0 } else { 110.0 };
    let step = u8::try_from(u32::from(lower) % 12).unwrap_or(0);
    base * 2.0_f32.powf(f32::from(step) / 24.0)
}

// The lengths are constants of less than a second.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn samples(seconds: f32) -> u16 {
    (seconds * f32::from(SAMPLE_RATE)) as u16
}

// The loudness is a fifth of the range, and the wave no more than 1.75.
#[allow(clippy::cast_possible_truncation)]
fn to_sample(value: f32) -> i16 {
    value as i16
}
