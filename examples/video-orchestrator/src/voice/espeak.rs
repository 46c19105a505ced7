//! The voice of `espeak-ng`: <https://github.com/espeak-ng/espeak-ng>.

use std::path::Path;
use std::process::Stdio;

use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use super::VoiceError;

/// Whether it is installed.
pub async fn check() -> Result<(), VoiceError> {
    let output = Command::new("espeak-ng").arg("--version").stdin(Stdio::null()).output().await;
    let output = output.map_err(VoiceError::Start)?;
    if output.status.success() { Ok(()) } else { Err(failed(&output)) }
}

/// Speaks the script, which goes in on standard input: no text can then be taken for an option.
pub async fn speak(script: &str, file: &Path) -> Result<(), VoiceError> {
    let mut child = Command::new("espeak-ng")
        .arg("--stdin")
        .arg("-w")
        .arg(file)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(VoiceError::Start)?;
    if let Some(mut input) = child.stdin.take() {
        // Where it has ended before it read everything, its status says why.
        let _ = input.write_all(script.as_bytes()).await;
    }
    let output = child.wait_with_output().await.map_err(VoiceError::Start)?;
    if output.status.success() { Ok(()) } else { Err(failed(&output)) }
}

fn failed(output: &std::process::Output) -> VoiceError {
    VoiceError::Espeak {
        status: output.status,
        said: String::from_utf8_lossy(&output.stderr).lines().next().unwrap_or("it does not say why").to_owned(),
    }
}
